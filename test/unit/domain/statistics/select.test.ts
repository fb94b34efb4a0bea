import { describe, expect, test } from 'vitest';
import { selectInPlace } from '../../../../shared/domain/statistics/select.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';

const rng = seededRng('select');
const samples: ReadonlyArray<readonly [string, Float64Array]> = [
  ['one value', Float64Array.of(3)],
  ['equal values', new Float64Array(1_000).fill(2)],
  ['a rising series', Float64Array.from({ length: 5_000 }, (_, k) => k)],
  ['a falling series', Float64Array.from({ length: 5_000 }, (_, k) => -k)],
  ['an organ pipe', Float64Array.from({ length: 5_001 }, (_, k) => Math.min(k, 5_000 - k))],
  ['many ties', Float64Array.from({ length: 4_000 }, () => Math.floor(4 * rng.uniform()))],
  ['a normal sample', Float64Array.from({ length: 20_000 }, () => rng.normal())],
];

describe('selection', () => {
  test.each(samples)('finds each rank of %s, as sorting would', (_, sample) => {
    const sorted = sample.slice().sort();
    for (const part of [0, 0.05, 0.5, 0.95, 1]) {
      const rank = Math.floor(part * (sample.length - 1));
      const values = sample.slice();
      expect(selectInPlace(values, rank)).toBe(sorted[rank]);
      expect(values.subarray(0, rank).every((value) => value <= sorted[rank]!)).toBe(true);
      expect(values.subarray(rank).every((value) => value >= sorted[rank]!)).toBe(true);
    }
  });

  test('keeps every value', () => {
    const values = samples.at(-1)![1].slice();
    selectInPlace(values, 700);
    expect(values.sort()).toEqual(samples.at(-1)![1].slice().sort());
  });
});
