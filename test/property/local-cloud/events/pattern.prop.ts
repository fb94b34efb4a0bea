/**
 * The compiled matcher against an oracle that does what the event-ruler README says in words: flatten the event into
 * leaves that remember which array elements they lie in, then look for one leaf per field such that no two lie in
 * different elements of one array. The grammar is restricted to small names and values, so that matches are common.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../../../apps/local-cloud/events/index.ts';

type Leaf = string | number | boolean | null;
interface Placed {
  readonly path: string;
  readonly value: Leaf;
  /** Which element of which array, by the array's own place. */
  readonly elements: ReadonlyMap<string, number>;
}

function flatten(value: unknown, path: string, place: string, elements: ReadonlyMap<string, number>): Placed[] {
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => flatten(each, path, `${place}[${index}]`, new Map([...elements, [place, index]])));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, each]) => flatten(each, `${path}/${key}`, `${place}/${key}`, elements));
  }
  return [{ path, value: value as Leaf, elements }];
}

const consistent = (a: Placed, b: Placed): boolean =>
  [...a.elements].every(([array, index]) => !b.elements.has(array) || b.elements.get(array) === index);

type Test = Leaf | Record<string, unknown>;
type Pattern = { [key: string]: Pattern | Test[] };

function fieldsOf(pattern: Pattern, path = ''): { path: string; tests: Test[] }[] {
  return Object.entries(pattern).flatMap(([key, below]) =>
    Array.isArray(below) ? [{ path: `${path}/${key}`, tests: below }] : fieldsOf(below, `${path}/${key}`),
  );
}

function passes(test: Test, value: Leaf): boolean {
  if (typeof test !== 'object' || test === null) return test === value;
  const [[name, operand]] = Object.entries(test) as [[string, unknown]];
  switch (name) {
    case 'prefix':
      return typeof value === 'string' && value.slice(0, String(operand).length) === operand;
    case 'suffix':
      return typeof value === 'string' && value.slice(Math.max(0, value.length - String(operand).length)) === operand;
    case 'exists':
      return operand === true;
    case 'wildcard':
      return typeof value === 'string' && new RegExp(`^${String(operand).replaceAll('*', '.*')}$`, 's').test(value);
    case 'anything-but':
      return !(operand as Leaf[]).includes(value);
    default: {
      const [, low, , high] = operand as [string, number, string, number];
      return typeof value === 'number' && value > low && value <= high;
    }
  }
}

function oracle(pattern: Pattern, event: unknown): boolean {
  const leaves = flatten(event, '', '', new Map());
  const search = (fields: { path: string; tests: Test[] }[], chosen: Placed[]): boolean => {
    const [field, ...rest] = fields;
    if (!field) return true;
    const at = leaves.filter(({ path }) => path === field.path);
    const wantsAbsence = field.tests.some((each) => typeof each === 'object' && each !== null && each.exists === false);
    if (wantsAbsence && at.length === 0) return search(rest, chosen);
    return at.some(
      (leaf) =>
        field.tests.some((each) => passes(each, leaf.value)) &&
        chosen.every((other) => consistent(leaf, other)) &&
        search(rest, [...chosen, leaf]),
    );
  };
  return search(fieldsOf(pattern), []);
}

const key = fc.constantFrom('a', 'b', 'c');
const text = fc.string({ unit: fc.constantFrom('x', 'y'), maxLength: 3 });
const leaf = fc.oneof(text, fc.integer({ min: 0, max: 3 }), fc.constantFrom(true, null));
const { event } = fc.letrec<{ event: unknown; value: unknown }>((tie) => ({
  event: fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  value: fc.oneof({ maxDepth: 4 }, leaf, tie('event'), fc.array(tie('value'), { maxLength: 3 })),
}));
const operator = fc.oneof(
  fc.record({ prefix: text }),
  fc.record({ suffix: text }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ wildcard: fc.constantFrom('x*', '*y', 'x*y', '*', 'x*y*') }),
  fc.record({ 'anything-but': fc.uniqueArray(text, { minLength: 1, maxLength: 2 }) }),
  fc.record({ numeric: fc.constantFrom(['>', 0, '<=', 2], ['>', 1, '<=', 3]) }),
);
const tests = fc.array(fc.oneof(leaf, operator), { minLength: 1, maxLength: 2 });
const { pattern } = fc.letrec<{ pattern: Pattern; below: Pattern | Test[] }>((tie) => ({
  pattern: fc.dictionary(key, tie('below'), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
  below: fc.oneof({ maxDepth: 3 }, tests, tie('pattern')),
}));

describe('the pattern matcher', () => {
  test('agrees with the flattening oracle on any event of the grammar', () => {
    fc.assert(
      fc.property(pattern, event, (somePattern, someEvent) => {
        expect(compilePattern(somePattern).matches(someEvent)).toBe(oracle(somePattern, someEvent));
      }),
      { numRuns: 3000 },
    );
  });

  test('matches an event by the pattern of its own leaves', () => {
    const own = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, own(each)]))
        : [value];
    const plain = fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf, { minKeys: 1, noNullPrototype: true })), {
      minKeys: 1,
      noNullPrototype: true,
    });
    fc.assert(fc.property(plain, (someEvent) => compilePattern(own(someEvent)).matches(someEvent)));
  });

  test('reads a pattern as text and as an object alike', () => {
    fc.assert(
      fc.property(pattern, event, (somePattern, someEvent) => {
        expect(compilePattern(JSON.stringify(somePattern)).matches(someEvent)).toBe(compilePattern(somePattern).matches(someEvent));
      }),
    );
  });
});
