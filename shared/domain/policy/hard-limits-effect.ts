/**
 * What a change of one setting does to the limits: tightens, loosens, or neither.
 *
 * The steps: find the setting's class in the table of hard limits, compare the two values by it. A value that is not of the kind its
 * class speaks of, one that appeared or went, and a setting without a class loosen: nobody has said that they do not.
 */
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { type LimitClass, limitClasses } from './hard-limits.ts';
import type { PathStep } from './policy-patch-path.ts';

export type Effect = 'tightens' | 'loosens' | 'neutral';

/** The class of a setting, or of the whole section it lies in; undefined when the table has none. */
export function limitClassOf(path: readonly PathStep[]): LimitClass | undefined {
  const node = nodeAt(path);
  return isClass(node) ? node : undefined;
}

/** Whether the table has a place for a setting or a section of that path. */
export const isKnownPlace = (path: readonly PathStep[]): boolean => nodeAt(path) !== undefined;

function nodeAt(path: readonly PathStep[]): unknown {
  let node: unknown = limitClasses;
  for (const step of path) {
    if (isClass(node)) return node;
    node = below(node, step);
  }
  return node;
}

/** Undefined stands for a value that is not there. */
export function effectOf(path: readonly PathStep[], from: unknown, to: unknown): Effect {
  if (sameValue(from, to)) return 'neutral';
  const last = path.at(-1);
  if (last?.kind === 'entry') return to === undefined ? 'loosens' : from === undefined ? 'tightens' : 'loosens';
  const limit = limitClassOf(path);
  return limit === undefined ? 'loosens' : effectUnder(limit, from, to);
}

function effectUnder(limit: LimitClass, from: unknown, to: unknown): Effect {
  if (typeof limit === 'object') return ordered(limit.strictestFirst.indexOf(String(from)), limit.strictestFirst.indexOf(String(to)));
  switch (limit) {
    case 'neutral':
      return 'neutral';
    case 'any-change-loosens':
      return 'loosens';
    case 'lower-tightens':
      return isNumber(from) && isNumber(to) && to < from ? 'tightens' : 'loosens';
    case 'higher-tightens':
      return isNumber(from) && isNumber(to) && to > from ? 'tightens' : 'loosens';
    case 'true-tightens':
      return to === true ? 'tightens' : 'loosens';
    case 'false-tightens':
      return to === false ? 'tightens' : 'loosens';
    case 'larger-shock-tightens':
      return isNumber(from) && isNumber(to) ? ofShocks(from, to) : 'loosens';
    case 'more-names-tighten':
      return areNames(from) && areNames(to) ? ofNames(from, to) : 'loosens';
    case 'fewer-names-tighten':
      return ofNamesLetIn(from, to);
    case 'slower-ramp-tightens':
      return ofRamps(from, to);
  }
}

/** A word that is not among them is no word of this setting. */
const ordered = (from: number, to: number): Effect => (to !== -1 && (to < from || from === -1) ? 'tightens' : 'loosens');

const ofShocks = (from: number, to: number): Effect =>
  Math.sign(from) === Math.sign(to) && Math.abs(to) > Math.abs(from) ? 'tightens' : 'loosens';

/** The same names in another order are the same set. */
function ofNames(from: readonly string[], to: readonly string[]): Effect {
  if (from.some((name) => !to.includes(name))) return 'loosens';
  return to.some((name) => !from.includes(name)) ? 'tightens' : 'neutral';
}

/** No list at all lets everything in. */
function ofNamesLetIn(from: unknown, to: unknown): Effect {
  if (!areNames(to)) return 'loosens';
  if (from === undefined) return 'tightens';
  return areNames(from) ? ofNames(to, from) : 'loosens';
}

function ofRamps(from: unknown, to: unknown): Effect {
  if (!areFractions(from) || !areFractions(to)) return 'loosens';
  const steps = Array.from({ length: Math.max(from.length, to.length) }, (_, step) => step);
  const larger = steps.some((step) => (to[step] ?? 1) > (from[step] ?? 1));
  if (larger) return 'loosens';
  return steps.some((step) => (to[step] ?? 1) < (from[step] ?? 1)) ? 'tightens' : 'neutral';
}

function below(node: unknown, step: PathStep): unknown {
  if (typeof node !== 'object' || node === null) return undefined;
  const table = node as Readonly<Record<string, unknown>>;
  if (step.kind === 'entry') return table.entries === undefined ? undefined : table.each;
  if (Object.hasOwn(table, '*')) return table['*'];
  return Object.hasOwn(table, step.key) && table.entries === undefined ? table[step.key] : undefined;
}

const isClass = (node: unknown): node is LimitClass =>
  typeof node === 'string' || (typeof node === 'object' && node !== null && Object.hasOwn(node, 'strictestFirst'));

const isNumber = (value: unknown): value is number => Number.isFinite(value);
const areNames = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((name) => typeof name === 'string');
const areFractions = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every((frac) => Number.isFinite(frac));

const sameValue = (from: unknown, to: unknown): boolean =>
  from === undefined || to === undefined ? from === to : canonicalJson(from) === canonicalJson(to);
