/** docs/reference/machines.md: every state machine as a diagram and as a list of its states in order. */
import { isObject, type Json } from '../../test/infra/support/templates.ts';
import { type Deployed, type Machine, type State, table } from './deployed.ts';

export function machinesPage({ machines }: Deployed): string {
  const sections = machines.map((machine) => section(machine));
  return `# State machines

The solid arrows are the ways a state itself chooses. Where a state's errors lead is in the table.

${sections.join('\n\n')}`;
}

function section({ name, definition, states }: Machine): string {
  return [
    `## ${name}`,
    '',
    String(definition.Comment),
    '',
    '```mermaid',
    ...diagram(definition, states),
    '```',
    '',
    table(
      ['state', 'type', 'what it is for', 'at most', 'errors lead to'],
      states.map(({ name: state, declared }) => [
        state,
        String(declared.Type),
        String(declared.Comment ?? ''),
        limitOf(declared),
        catchesOf(declared),
      ]),
    ),
  ].join('\n');
}

function diagram(definition: Machine['definition'], states: readonly State[]): string[] {
  const id = (state: string): string => state.replaceAll(/[^A-Za-z]/g, '');
  const names = states.map(({ name }) => `  state "${name}" as ${id(name)}`);
  const arrows = states.flatMap(({ name, declared }) => {
    const inner = declared.ItemProcessor;
    const within = isObject(inner) ? [`  ${id(name)} --> ${id(String(inner.StartAt))}: for each item`] : [];
    const ends = declared.Type === 'Succeed' || declared.Type === 'Fail' ? [`  ${id(name)} --> [*]`] : [];
    return [...within, ...nextsOf(declared).map((next) => `  ${id(name)} --> ${id(next)}`), ...ends];
  });
  return ['stateDiagram-v2', ...names, `  [*] --> ${id(String(definition.StartAt))}`, ...arrows];
}

const nextsOf = ({ Choices, Next, Default }: State['declared']): string[] => {
  const chosen = ((Choices ?? []) as { readonly [key: string]: Json }[]).map((choice) => choice.Next);
  return [...new Set([...chosen, Default, Next].filter((next) => typeof next === 'string'))];
};

function limitOf({ TimeoutSeconds, Seconds }: State['declared']): string {
  const seconds = TimeoutSeconds ?? Seconds;
  return typeof seconds === 'number' ? `${seconds} s` : '';
}

const catchesOf = ({ Catch }: State['declared']): string =>
  ((Catch ?? []) as { readonly ErrorEquals: readonly string[]; readonly Next: string }[])
    .map(({ ErrorEquals, Next }) => `${ErrorEquals.join(', ')} → ${Next}`)
    .join('; ');
