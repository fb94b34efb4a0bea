import { describe, expect, test } from 'vitest';
import {
  behaviourDistance,
  noveltyOf,
  packBehaviour,
  sampleCells,
  unpackBehaviour,
} from '../../../../../shared/domain/research/evolution/behaviour.ts';

const bounds = { from: Int32Array.of(0, 10, 12), until: Int32Array.of(4, 10, 16) };

describe('cells', () => {
  test('are all rows within the bounds where there are few', () => {
    expect([...sampleCells(bounds)]).toEqual([0, 1, 2, 3, 12, 13, 14, 15]);
  });

  test('are spread evenly where there are many', () => {
    const cells = sampleCells({ from: Int32Array.of(0), until: Int32Array.of(5120) });
    expect(cells).toHaveLength(512);
    expect([...cells.slice(0, 3)]).toEqual([5, 15, 25]);
  });
});

const cells = sampleCells({ from: Int32Array.of(0), until: Int32Array.of(40) });
const held = (rows: readonly number[], side = 1) =>
  unpackBehaviour(
    packBehaviour(
      Int8Array.from({ length: 40 }, (_, row) => (rows.includes(row) ? side : 0)),
      cells,
    ),
  );

describe('distance', () => {
  test.each([
    ['the same days', held([1, 2, 39]), held([1, 2, 39]), 0],
    ['half of them', held([1, 2, 3]), held([2, 3, 4]), 0.5],
    ['no day in common', held([1, 2]), held([3, 4]), 1],
    ['the other side of the same days', held([1, 2]), held([1, 2], -1), 1],
    ['neither holds anything', held([]), held([]), 0],
    ['one holds nothing', held([5]), held([]), 1],
  ])('%s', (_, a, b, distance) => {
    expect(behaviourDistance(a, b)).toBe(distance);
    expect(behaviourDistance(b, a)).toBe(distance);
  });
});

test('novelty is the mean distance to the nearest others, the archive among them', () => {
  const population = [held([1, 2]), held([1, 2]), held([30, 31])];
  expect([...noveltyOf(population, [], 1)]).toEqual([0, 0, 1]);
  expect([...noveltyOf(population, [held([30])], 2)]).toEqual([0.5, 0.5, 0.75]);
  expect([...noveltyOf([held([1])], [], 3)]).toEqual([0]);
});
