/**
 * What differs between two policies: one change for each setting, with what it does to the limits, ordered by path.
 *
 * Objects are compared setting by setting, entries of a list that have names of their own by name, any other list as a whole. A list of
 * entries that changed their order is compared as a whole too, so that the changes applied to the one policy always give the other, byte
 * for byte.
 */
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { type Effect, effectOf } from './hard-limits-effect.ts';
import { type PathStep, pathText } from './policy-patch-path.ts';

export interface PolicyChange {
  /** As a person writes it, e.g. `risk.cvarFracMax`. */
  readonly path: string;
  /** Undefined where there was nothing, or is nothing any more. */
  readonly from: unknown;
  readonly to: unknown;
  readonly effect: Effect;
}

/** Empty when they are the same. Takes any two JSON documents, so that one of another schema can be compared too. */
export function diffPolicies(before: object, after: object): readonly PolicyChange[] {
  return differences(before, after, []).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What would need a second person. */
export const loosening = (changes: readonly PolicyChange[]): readonly PolicyChange[] =>
  changes.filter(({ effect }) => effect === 'loosens');

function differences(from: unknown, to: unknown, path: readonly PathStep[]): PolicyChange[] {
  if (isRecord(from) && isRecord(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return keys.flatMap((key) => differences(from[key], to[key], [...path, { kind: 'key', key }]));
  }
  const entries = entriesToCompare(from, to);
  if (entries) return entries.flatMap(({ name, was, is }) => differences(was, is, [...path, { kind: 'entry', name }]));
  if (sameText(from, to)) return [];
  return [{ path: pathText(path), from, to, effect: effectOfWhole(from, to, path) }];
}

/** A list of entries that is compared as a whole loosens where one of its entries does. */
function effectOfWhole(from: unknown, to: unknown, path: readonly PathStep[]): Effect {
  const [was, is] = [byName(from), byName(to)];
  if (!was || !is) return effectOf(path, from, to);
  const names = [...new Set([...was.keys(), ...is.keys()])];
  const effects = names.flatMap((name) => differences(was.get(name), is.get(name), [...path, { kind: 'entry', name }]));
  return effects.some(({ effect }) => effect === 'loosens') ? 'loosens' : effects.length > 0 ? 'tightens' : 'neutral';
}

interface EntryPair {
  readonly name: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** Undefined unless both are lists of named entries, each name once, in the order that applying the changes would leave. */
function entriesToCompare(from: unknown, to: unknown): readonly EntryPair[] | undefined {
  const [was, is] = [byName(from), byName(to)];
  if (!was || !is) return undefined;
  // Changes are applied in the order of their paths, and a new entry goes to the end.
  const added = [...is.keys()].filter((name) => !was.has(name)).sort((a, b) => (entryText(a) < entryText(b) ? -1 : 1));
  const patched = [...[...was.keys()].filter((name) => is.has(name)), ...added];
  if (!sameText(patched, [...is.keys()])) return undefined;
  return [...new Set([...was.keys(), ...is.keys()])].map((name) => ({ name, was: was.get(name), is: is.get(name) }));
}

const entryText = (name: string): string => pathText([{ kind: 'entry', name }]);

function byName(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const named = new Map<string, unknown>();
  for (const entry of value as readonly unknown[]) {
    if (!isRecord(entry) || typeof entry.name !== 'string' || named.has(entry.name)) return undefined;
    named.set(entry.name, entry);
  }
  return named;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sameText = (from: unknown, to: unknown): boolean =>
  from === undefined || to === undefined ? from === to : canonicalJson(from) === canonicalJson(to);
