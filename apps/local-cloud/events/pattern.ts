/**
 * EventBridge event patterns, compiled once and matched many times.
 *
 * A pattern is compiled to alternatives (one for each choice of `$or` branches), each a tree of field names whose
 * leaves hold value tests. An event matches an alternative when every leaf finds a value that passes, and no two of
 * those values lie in different elements of one array ("array consistency", event-ruler README, "JSON Array
 * Matching"). A leaf with `exists: false` holds when the event has no such leaf anywhere.
 *
 * Differs from AWS in one point: a number equals a number by value, since parsed JSON no longer knows whether it was
 * written 300 or 3.0e2.
 */
import { compileValueTests, type EventLeaf, isPlainObject, reservedOperators, type ValueTest } from './pattern-operators.ts';

export interface CompiledPattern {
  matches(event: unknown): boolean;
}

/** The pattern breaks a rule of the pattern language; `message` says which, in the words AWS uses where known. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** AWS refuses a rule whose `$or` fields multiply to more combinations than this. */
const ALTERNATIVES_MAX = 1000;

/** @throws PatternError for text that is no JSON object, or a pattern outside the language. */
export function compilePattern(pattern: unknown): CompiledPattern {
  const parsed = typeof pattern === 'string' ? parsePattern(pattern) : pattern;
  if (!isPlainObject(parsed)) throw new PatternError('Filter is not an object');
  const alternatives = alternativesOf(parsed, []).map(treeOf);
  return { matches: (event) => alternatives.some((tree) => matchesTree(tree, event)) };
}

interface Field {
  readonly path: readonly string[];
  readonly tests: readonly ValueTest[];
  readonly mayBeAbsent: boolean;
}

interface Node {
  readonly children: [string, Node][];
  readonly fields: Field[];
}

interface Tree {
  readonly root: Node;
  readonly absentable: readonly Field[];
}

function parsePattern(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PatternError('Filter is not valid JSON', { cause });
  }
}

/** Every way to choose one branch of each `$or`, as flat field lists. */
function alternativesOf(pattern: Record<string, unknown>, path: readonly string[]): Field[][] {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new PatternError('Empty objects are not allowed');
  let alternatives: Field[][] = [[]];
  for (const [key, value] of entries) {
    const choices = isOr(key, value) ? value.flatMap((branch) => alternativesOf(branch, path)) : fieldAlternatives(key, value, path);
    if (alternatives.length * choices.length > ALTERNATIVES_MAX) {
      throw new PatternError(`Rule is too complex: $or gives more than ${ALTERNATIVES_MAX} combinations`);
    }
    alternatives = alternatives.flatMap((fields) => choices.map((choice) => [...fields, ...choice]));
  }
  return alternatives;
}

function fieldAlternatives(key: string, value: unknown, path: readonly string[]): Field[][] {
  if (isPlainObject(value)) return alternativesOf(value, [...path, key]);
  if (!Array.isArray(value)) throw new PatternError(`"${key}" must be an object or an array`);
  const { tests, mayBeAbsent } = compileValueTests(value, (reason) => new PatternError(reason));
  return [[{ path: [...path, key], tests, mayBeAbsent }]];
}

/** `$or` is the operator only above two or more objects none of which uses an operator as a field name; else it is a field name. */
function isOr(key: string, value: unknown): value is Record<string, unknown>[] {
  return (
    key === '$or' &&
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every((branch) => isPlainObject(branch) && !Object.keys(branch).some((name) => reservedOperators.has(name)))
  );
}

function treeOf(fields: readonly Field[]): Tree {
  const root: Node = { children: [], fields: [] };
  for (const field of fields) {
    let node = root;
    for (const step of field.path) node = childOf(node, step);
    node.fields.push(field);
  }
  return { root, absentable: fields.filter((field) => field.mayBeAbsent) };
}

function childOf(node: Node, key: string): Node {
  const existing = node.children.find(([name]) => name === key);
  if (existing) return existing[1];
  const child: Node = { children: [], fields: [] };
  node.children.push([key, child]);
  return child;
}

function matchesTree({ root, absentable }: Tree, event: unknown): boolean {
  const absent = absentable.length > 0 ? new Set(absentable.filter((field) => !hasLeaf(event, field.path, 0))) : undefined;
  return matchesNode(root, event, absent);
}

function matchesNode(node: Node, value: unknown, absent: ReadonlySet<Field> | undefined): boolean {
  if (Array.isArray(value) && value.length > 0) return value.some((element) => matchesNode(node, element, absent));
  const isObject = typeof value === 'object' && value !== null;
  for (const field of node.fields) {
    if (absent?.has(field)) continue;
    if (isObject || value === undefined) return false;
    if (!field.tests.some((test) => test(value as EventLeaf))) return false;
  }
  for (const [key, child] of node.children) {
    const member = isObject && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
    if (!matchesNode(child, member, absent)) return false;
  }
  return true;
}

/** Whether the event has a value (null counts, an object does not) at this path, in any array element. */
function hasLeaf(value: unknown, path: readonly string[], depth: number): boolean {
  if (value === undefined) return false;
  if (Array.isArray(value)) return value.some((element) => hasLeaf(element, path, depth));
  if (depth === path.length) return typeof value !== 'object' || value === null;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, path[depth]!)) return false;
  return hasLeaf((value as Record<string, unknown>)[path[depth]!], path, depth + 1);
}
