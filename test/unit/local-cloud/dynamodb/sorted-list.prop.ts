/** The chunked list against a plain sorted array. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SortedList } from '../../../../apps/local-cloud/dynamodb/sorted-list.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

test('keeps what was inserted and not removed, in order, and walks it from any place in both directions', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 3_000 })), { maxLength: 2_500, minLength: 500 });
  fc.assert(
    fc.property(steps, fc.integer({ min: -1, max: 3_001 }), (done, from) => {
      const list = new SortedList<number>((left, right) => left - right);
      const model = new Set<number>();
      for (const [inserts, value] of done) {
        if (inserts && !model.has(value)) {
          list.insert(value);
          model.add(value);
        } else if (!inserts) {
          list.remove(value);
          model.delete(value);
        }
      }
      const sorted = [...model].sort((left, right) => left - right);
      expect([...list]).toEqual(sorted);
      expect(list.size).toBe(sorted.length);
      expect(list.first).toBe(sorted[0]);
      expect([...list.upwardsFrom((value) => value >= from)]).toEqual(sorted.filter((value) => value >= from));
      expect([...list.downwardsFrom((value) => value >= from)]).toEqual(sorted.filter((value) => value < from).reverse());
    }),
    { numRuns: 30 },
  );
});

test.each([
  ['upwards', range(0, 5_000)],
  ['downwards', range(0, 5_000).reverse()],
])('stays whole over many chunks filled %s, and emptied again', (_, values) => {
  const list = new SortedList<number>((left, right) => left - right);
  for (const value of values) list.insert(value);
  expect([...list]).toEqual(range(0, 5_000));
  expect([...list.downwardsFrom((value) => value >= 2_500)].slice(0, 3)).toEqual([2_499, 2_498, 2_497]);
  for (const value of values) list.remove(value);
  expect([...list]).toEqual([]);
  expect(list.size).toBe(0);
});
