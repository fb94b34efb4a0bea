/**
 * What a rule hands its target: the whole event, a fixed text, a part of the event, or a template filled from it.
 * Source: EventBridge user guide, "Transforming Amazon EventBridge target input". As there, values are put between
 * quotes of a template unescaped. A variable whose path is not in the event gives an empty text.
 */
import type { Target } from '@aws-sdk/client-eventbridge';
import type { BusEvent } from './bus-event.ts';

export interface RuleIdentity {
  readonly arn: string;
  readonly name: string;
}

export function targetInput(target: Target, event: BusEvent, rule: RuleIdentity, ingestedAt: string): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAtPath(event, target.InputPath) ?? null);
  if (!target.InputTransformer) return JSON.stringify(event);
  const variables = new Map<string, unknown>([
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event', event],
    ['aws.events.event.json', JSON.stringify(event)],
    ['aws.events.event.ingestion-time', ingestedAt],
  ]);
  for (const [name, path] of Object.entries(target.InputTransformer.InputPathsMap ?? {})) variables.set(name, valueAtPath(event, path));
  return minified(fillTemplate(target.InputTransformer.InputTemplate ?? '', variables));
}

/** `$.a.b[0]['c']`; `undefined` for what is not there. */
export function valueAtPath(root: unknown, path: string): unknown {
  let value: unknown = root;
  for (const [, dotted, index, quoted] of path.replace(/^\$/, '').matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/g)) {
    const key = dotted ?? index ?? quoted!;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Walks the template keeping track of quotes: outside them a variable becomes JSON, between them its bare text. */
function fillTemplate(template: string, variables: ReadonlyMap<string, unknown>): string {
  let filled = '';
  let quoted = false;
  for (let i = 0; i < template.length; i++) {
    const char = template[i]!;
    const name = char === '<' ? /^<([\w.-]+)>/.exec(template.slice(i, i + 300))?.[1] : undefined;
    if (name !== undefined && variables.has(name)) {
      filled += quoted ? bareText(name, variables.get(name)) : JSON.stringify(variables.get(name) ?? '');
      i += name.length + 1;
    } else if (char === '\\' && quoted) {
      filled += char + (template[++i] ?? '');
    } else {
      if (char === '"') quoted = !quoted;
      filled += char;
    }
  }
  return filled;
}

/** The event itself would end the text it stands in, so it alone is escaped. */
function bareText(name: string, value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'object') return escaped(JSON.stringify(value));
  return name === 'aws.events.event.json' ? escaped(String(value)) : String(value);
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

function minified(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}
