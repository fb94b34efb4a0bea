/**
 * What must hold for every series, gaps, infinities and absurd prices among them:
 *  1. Bar by bar and in one go give the same bits, for every indicator.
 *  2. No value depends on a later bar.
 *  3. A window's indicator depends on its window alone: what came before, a NaN too, leaves no trace beyond rounding.
 *  4. Sliding sums, moments and bounds are those of the window taken afresh, within the error that their files state.
 *  5. RSI, ±DI and ADX lie in [0, 100]; the middle band is the simple average.
 *  6. Prices in another unit (by a power of two) give the same in that unit, to the bit.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bollingerBands } from '../../../../shared/domain/indicators/bollinger.ts';
import { directionalMovement } from '../../../../shared/domain/indicators/directional-movement.ts';
import { donchianChannel } from '../../../../shared/domain/indicators/donchian.ts';
import { simpleMovingAverage } from '../../../../shared/domain/indicators/moving-average.ts';
import { relativeStrengthIndex } from '../../../../shared/domain/indicators/relative-strength.ts';
import { SlidingMoments } from '../../../../shared/domain/indicators/sliding-moments.ts';
import { SlidingSum } from '../../../../shared/domain/indicators/sliding-sum.ts';
import { type Bar, columnsOf, everyIndicator } from '../../../unit/domain/indicators/every-indicator.ts';

/** u: half the distance from 1 to the next double. */
const unitRoundoff = 2 ** -53;

const anyNumber = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 1, max: 1000, noNaN: true }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 5 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e300, -1e300, 5e-324, 1e8 + 1e-7),
  },
  { weight: 1, arbitrary: fc.double() },
);
// Without a size fast-check draws at most ten bars, whatever the greatest length: less than a window.
const anyBars = fc.array(fc.record({ high: anyNumber, low: anyNumber, close: anyNumber, volume: anyNumber }), {
  maxLength: 80,
  size: 'max',
});
const aPeriod = fc.integer({ min: 2, max: 12 });

/** In steps of 1/64: no move is so small that TA-Lib's 1e-14 takes it for none. */
const price = fc.integer({ min: 64, max: 64_000 }).map((steps) => steps / 64);
const soundBars = fc.array(
  fc
    .record({ a: price, b: price, close: price, volume: fc.integer({ min: 0, max: 1_000_000 }) })
    .map(({ a, b, close, volume }): Bar => ({ high: Math.max(a, b, close), low: Math.min(a, b, close), close, volume })),
  { minLength: 1, maxLength: 80, size: 'max' },
);

describe.each(everyIndicator)('$name', ({ memory, windowBars, batch, incremental }) => {
  test('1. bar by bar and in one go give the same bits', () => {
    fc.assert(
      fc.property(fc.oneof(anyBars, soundBars), aPeriod, (bars, period) => {
        const together = batch(columnsOf(bars), period);
        const push = incremental(period);
        const differs = bars.findIndex((bar, i) => push(bar).some((value, output) => !Object.is(value, together[output]![i])));
        expect(differs).toBe(-1);
      }),
      { numRuns: 2000 },
    );
  });

  test('2. no value depends on a later bar', () => {
    fc.assert(
      fc.property(anyBars, anyBars, aPeriod, (past, future, period) => {
        const [known, hindsight] = [batch(columnsOf(past), period), batch(columnsOf([...past, ...future]), period)];
        known.forEach((values, output) => {
          expect(hindsight[output]!.subarray(0, past.length)).toEqual(values);
        });
      }),
      { numRuns: 300 },
    );
  });

  if (memory === 'window') {
    test('3. nothing from before its window shows, not even a NaN', () => {
      fc.assert(
        fc.property(anyBars, soundBars, aPeriod, (past, present, period) => {
          const [fresh, after] = [batch(columnsOf(present), period), batch(columnsOf([...past, ...present]), period)];
          fresh.forEach((values, output) => {
            for (let i = windowBars(period) - 1; i < present.length; i++) {
              const value = after[output]![past.length + i]!;
              if (Number.isNaN(values[i])) expect(value).toBeNaN();
              // A deviation of nearly equal prices loses half the digits; what it is a deviation of, up to 1000, sets the size.
              else expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(values[i]!)));
            }
          });
        }),
        { numRuns: 500 },
      );
    });
  }
});

describe('sliding windows', () => {
  /** Whole numbers of any size, so that whole-number arithmetic knows their sum. */
  const aWhole = fc.oneof(fc.integer({ min: -100, max: 100 }), fc.maxSafeInteger());
  const aLevel = fc.constantFrom(0, 1, 1e4, 1e8);

  test('4. a sum is that of its window, within period · u · Σ|value|', () => {
    fc.assert(
      fc.property(fc.array(aWhole, { maxLength: 100, size: 'max' }), aPeriod, (values, period) => {
        const sliding = new SlidingSum(period);
        values.forEach((value, i) => {
          const sum = sliding.push(value);
          if (i < period - 1) {
            expect(sum).toBeNaN();
            return;
          }
          const window = values.slice(i - period + 1, i + 1);
          const exact = window.reduce((total, own) => total + BigInt(own), 0n);
          const size = window.reduce((total, own) => total + Math.abs(own), 0);
          expect(Math.abs(Number(BigInt(sum) - exact))).toBeLessThanOrEqual(period * unitRoundoff * size);
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('4. squared deviations are those of their window, within n(n + 3)u of themselves, at any level of prices', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 100, size: 'max' }),
        aLevel,
        aPeriod,
        (steps, level, period) => {
          const moments = new SlidingMoments(period);
          steps.forEach((step, i) => {
            moments.push(level + step / 1024);
            if (i < period - 1) return;
            // Whole numbers of 1/1024: n · Σ(n·step − Σstep)² / n³ is exact.
            const window = steps.slice(i - period + 1, i + 1);
            const sum = window.reduce((total, own) => total + own, 0);
            const exact = window.reduce((total, own) => total + (period * own - sum) ** 2, 0) / period ** 2 / 1024 ** 2;
            expect(Math.abs(moments.squaredDeviations - exact)).toBeLessThanOrEqual(period * (period + 3) * unitRoundoff * exact);
            expect(Math.abs(moments.mean - (level + sum / period / 1024))).toBeLessThanOrEqual(4 * unitRoundoff * (level + 1));
          });
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('4. bounds are the highest and lowest of their window, and NaN exactly where it holds one', () => {
    fc.assert(
      fc.property(anyBars, aPeriod, (bars, period) => {
        const { high, low } = columnsOf(bars);
        const { upper, lower } = donchianChannel(high, low, period);
        for (let i = period - 1; i < bars.length; i++) {
          expect(upper[i]).toBe(Math.max(...high.subarray(i - period + 1, i + 1)));
          expect(lower[i]).toBe(Math.min(...low.subarray(i - period + 1, i + 1)));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what the values can be', () => {
  test('5. strength and direction lie in [0, 100], and the middle band is the simple average', () => {
    fc.assert(
      fc.property(soundBars, aPeriod, (bars, period) => {
        const { high, low, close } = columnsOf(bars);
        const { plusDi, minusDi, adx } = directionalMovement(high, low, close, period);
        for (const values of [relativeStrengthIndex(close, period), plusDi, minusDi, adx]) {
          for (const value of values) expect(Number.isNaN(value) || (value >= 0 && value <= 100 * (1 + 1e-12))).toBe(true);
        }
        const { lower, middle, upper } = bollingerBands(close, period, 2);
        expect(middle).toEqual(simpleMovingAverage(close, period));
        for (let i = period - 1; i < bars.length; i++) expect(lower[i]! <= middle[i]! && middle[i]! <= upper[i]!).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('6. prices doubled give ratios that are the same and prices that are doubled', () => {
    fc.assert(
      fc.property(soundBars, fc.integer({ min: 5, max: 12 }), fc.constantFrom(2, 1024, 0.5), (bars, period, unit) => {
        const own = columnsOf(bars);
        const other = columnsOf(
          bars.map(({ high, low, close, volume }) => ({ high: unit * high, low: unit * low, close: unit * close, volume })),
        );
        expect(bollingerBands(other.close, period, 2).upper).toEqual(
          bollingerBands(own.close, period, 2).upper.map((value) => unit * value),
        );
        expect(relativeStrengthIndex(other.close, period)).toEqual(relativeStrengthIndex(own.close, period));
        expect(directionalMovement(other.high, other.low, other.close, period)).toEqual(
          directionalMovement(own.high, own.low, own.close, period),
        );
      }),
      { numRuns: 500 },
    );
  });
});
