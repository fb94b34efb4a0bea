/**
 * Lists the agents, the factors and the strategies: every `<name>.agent.ts`, `<name>.factor.ts` and `<name>.strategy.ts` in its room becomes a
 * line of the room's `known-*.ts`, so that adding one is one file (and, for agents and factors, its name in the policy). Run after adding or
 * removing one; a test says when it was forgotten.
 */
import { readdirSync, writeFileSync } from 'node:fs';

interface Room {
  readonly folder: string;
  readonly kind: 'agent' | 'factor' | 'strategy';
  readonly plural: string;
  readonly type: string;
  /** Where the list and its type lie, seen from the files: beside them where left out. */
  readonly listIn?: { readonly folder: string; readonly filesFrom: string };
}

const rooms: readonly Room[] = [
  { folder: 'shared/domain/agents', kind: 'agent', plural: 'agents', type: 'Agent' },
  { folder: 'shared/domain/factors', kind: 'factor', plural: 'factors', type: 'Factor' },
  {
    ...{ folder: 'shared/domain/research/strategies', kind: 'strategy', plural: 'strategies', type: 'Strategy' },
    listIn: { folder: 'shared/domain/research', filesFrom: './strategies' },
  },
];

const fileOf = ({ folder, plural, listIn }: Room): string => `${listIn?.folder ?? folder}/known-${plural}.ts`;

/** Every registry with the text it should have. */
export function registries(): Array<{ readonly path: string; readonly text: string }> {
  return rooms.map((room) => ({ path: fileOf(room), text: textOf(room) }));
}

function textOf({ folder, kind, plural, type, listIn }: Room): string {
  const files = listIn?.filesFrom ?? '.';
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(`.${kind}.ts`))
    .map((file) => file.slice(0, -`.${kind}.ts`.length))
    .sort();
  const imports = [
    `import type { ${type} } from './${kind}.ts';`,
    ...names.map((name) => `import { ${constantOf(name, type)} } from '${files}/${name}.${kind}.ts';`),
  ].sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
  return [
    `/** Every ${kind} there is: written by scripts/generate-registries.ts from the files ${listIn ? `in ${files.slice(2)}/` : 'beside this one'}. */`,
    ...imports,
    '',
    listOf(
      `export const known${plural[0]!.toUpperCase()}${plural.slice(1)}: readonly ${type}[] =`,
      names.map((name) => constantOf(name, type)),
    ),
    '',
  ].join('\n');
}

/** As the formatter would write it: on one line where it fits. */
function listOf(head: string, items: readonly string[]): string {
  const line = `${head} [${items.join(', ')}];`;
  return line.length <= 140 ? line : `${head} [\n${items.map((item) => `  ${item},\n`).join('')}];`;
}

const pathOf = (line: string): string => /'(.+)'/.exec(line)![1]!;

const constantOf = (name: string, type: string): string =>
  `${name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}${type}`;

if (import.meta.main) for (const { path, text } of registries()) writeFileSync(path, text);
