/** Warm-up, missing values and series too short: the same promises for every indicator. */
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { type Bar, columnsOf, everyIndicator } from './every-indicator.ts';

const rng = seededRng('missing values');
const bars: readonly Bar[] = Array.from({ length: 60 }, () => {
  const close = 50 + 10 * rng.uniform();
  return { high: close + rng.uniform(), low: close - rng.uniform(), close, volume: 1000 * (1 + rng.uniform()) };
});
const missing: Bar = { high: Number.NaN, low: Number.NaN, close: Number.NaN, volume: Number.NaN };
const gapAt = 25;
const withGap = bars.with(gapAt, missing);
const known = (values: Float64Array): number[] => [...values.keys()].filter((i) => !Number.isNaN(values[i]!));

describe.each(everyIndicator)('$name', ({ memory, windowBars, first, batch }) => {
  test.each([2, 3, 7])('has its first value at TA-Lib’s index for a period of %i, and one for every bar from there', (period) => {
    batch(columnsOf(bars), period).forEach((values, output) => {
      const begin = first(period)[output]!;
      expect(known(values)).toEqual(Array.from({ length: bars.length - begin }, (_, i) => begin + i));
    });
  });

  test('is all NaN on a series one bar too short, and empty on none', () => {
    batch(columnsOf(bars), 7).forEach((_, output) => {
      const short = bars.slice(0, first(7)[output]);
      expect(known(batch(columnsOf(short), 7)[output]!)).toEqual([]);
    });
    for (const values of batch(columnsOf([]), 7)) expect(values.length).toBe(0);
  });

  test(memory === 'window' ? 'is NaN while a missing bar is in its window, and recovers' : 'stays NaN after a missing bar', () => {
    const [whole, gapped] = [batch(columnsOf(bars), 7), batch(columnsOf(withGap), 7)];
    whole.forEach((values, output) => {
      const own = gapped[output]!;
      expect(own.subarray(0, gapAt)).toEqual(values.subarray(0, gapAt));
      expect(own[gapAt + 1]).toBeNaN();
      if (memory === 'for-ever') {
        expect(known(own.subarray(gapAt + 1))).toEqual([]);
      } else {
        const after = gapAt + windowBars(7);
        expect(own[after - 1]).toBeNaN();
        expect(known(own.subarray(after)).length).toBe(bars.length - after);
      }
    });
  });
});
