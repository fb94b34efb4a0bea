/** Prices that stand still, that are absurd, that are not there; periods that mean nothing. */
import { describe, expect, test } from 'vitest';
import { Bollinger, bollingerBands } from '../../../../shared/domain/indicators/bollinger.ts';
import {
  AverageTrueRange,
  averageTrueRange,
  DirectionalIndex,
  directionalMovement,
} from '../../../../shared/domain/indicators/directional-movement.ts';
import { Donchian } from '../../../../shared/domain/indicators/donchian.ts';
import { MovingAverageConvergence, macd } from '../../../../shared/domain/indicators/macd.ts';
import { Momentum, momentum, rollingMomentum } from '../../../../shared/domain/indicators/momentum.ts';
import { ExponentialMovingAverage, SimpleMovingAverage, simpleMovingAverage } from '../../../../shared/domain/indicators/moving-average.ts';
import { onBalanceVolume } from '../../../../shared/domain/indicators/on-balance-volume.ts';
import { RelativeStrength, relativeStrengthIndex } from '../../../../shared/domain/indicators/relative-strength.ts';
import { SlidingMoments } from '../../../../shared/domain/indicators/sliding-moments.ts';
import { SlidingSum } from '../../../../shared/domain/indicators/sliding-sum.ts';
import { RollingDailyVol, realizedAnnualizedVol, rollingDailyVol } from '../../../../shared/domain/indicators/volatility.ts';
import { anchoredVolumeWeightedPrice, rollingVolumeWeightedPrice } from '../../../../shared/domain/indicators/volume-weighted-price.ts';
import { RollingZScore, rollingZScore } from '../../../../shared/domain/indicators/z-score.ts';
import { InvariantViolation } from '../../../../shared/kernel/errors.ts';

const of = (...values: number[]): Float64Array => Float64Array.from(values);

describe('a price that stands still', () => {
  // 0.1 is no double: a plain sum of twenty, divided by twenty, is another number.
  const still = new Float64Array(100).fill(0.1);
  const last = still.length - 1;

  test('has that price as its averages, and bands of no width', () => {
    expect(simpleMovingAverage(still, 20)[last]).toBe(0.1);
    expect(new Set(Object.values(bollingerBands(still, 20, 2)).map((values) => values[last]))).toEqual(new Set([0.1]));
    expect(macd(still, 12, 26, 9).histogram[last]).toBeCloseTo(0, 16);
  });

  test('has no volatility, no range, no strength and no direction', () => {
    expect(rollingDailyVol(new Float64Array(100).fill(0.001), 20)[last]).toBe(0);
    expect(realizedAnnualizedVol(still, 20, 252)[last]).toBe(0);
    expect(averageTrueRange(still, still, still, 14)[last]).toBe(0);
    expect(relativeStrengthIndex(still, 14)[last]).toBe(0);
    const { plusDi, minusDi, adx } = directionalMovement(still, still, still, 14);
    expect([plusDi[last], minusDi[last], adx[last]]).toEqual([0, 0, 0]);
  });

  test('has no z-score: there is nothing to measure by', () => expect(rollingZScore(still, 20)[last]).toBeNaN());
});

describe('an absurd price', () => {
  test('leaves nothing behind in a simple average, where a running sum keeps its rounding for ever', () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => (i === 50 ? 1e17 : 0.1 + (i % 7) / 8));
    let running = 0;
    values.forEach((value, i) => {
      running += value - (i >= 20 ? values[i - 20]! : 0);
    });
    const fresh = simpleMovingAverage(values.subarray(180), 20)[19]!;
    expect(Math.abs(simpleMovingAverage(values, 20)[199]! - fresh)).toBeLessThan(1e-15);
    expect(Math.abs(running / 20 - fresh)).toBeGreaterThan(0.1);
  });

  test('at or below zero has no log return, and no gain can be reckoned from it', () => {
    expect([...realizedAnnualizedVol(of(1, 2, 0, 1, 1, 1), 2, 252).subarray(2)].map(Number.isNaN)).toEqual([true, true, true, false]);
    expect([...realizedAnnualizedVol(of(-1, -2, -4, -8), 1, 252)].every(Number.isNaN)).toBe(true);
    expect(momentum(of(0, 1, 2), 2, 0)).toBeNaN();
    expect(momentum(of(-1, 1, 2), 2, 0)).toBeNaN();
    expect(momentum(of(1, 0, 2), 2, 1)).toBe(-1);
  });
});

describe('volume', () => {
  test('there was none: no average price', () => {
    const [price, none] = [of(1, 2, 3), of(0, 0, 0)];
    expect(rollingVolumeWeightedPrice(price, price, price, none, 2).every(Number.isNaN)).toBe(true);
    expect(anchoredVolumeWeightedPrice(price, price, price, of(0, 5, 0))).toEqual(of(Number.NaN, 2, 2));
  });

  test('below zero counts as missing', () => {
    const price = of(1, 2, 3, 4);
    expect(rollingVolumeWeightedPrice(price, price, price, of(1, -1, 1, 1), 2)).toEqual(of(Number.NaN, Number.NaN, Number.NaN, 3.5));
  });

  test('is added on a higher close, taken away on a lower one, and left on an equal one', () => {
    expect(onBalanceVolume(of(10, 11, 11, 10, 12), of(5, 7, 100, 3, 1))).toEqual(of(5, 12, 12, 9, 10));
  });
});

describe('momentum', () => {
  test('does not mind a missing close that it does not read', () => {
    expect(rollingMomentum(of(1, Number.NaN, 3, 4), 2, 0)).toEqual(of(Number.NaN, Number.NaN, 2, Number.NaN));
  });
});

describe('ADX', () => {
  test('keeps its value through bars without range, as TA-Lib does', () => {
    const price = Float64Array.from({ length: 2000 }, (_, i) => Math.min(i, 100));
    const { plusDi, adx } = directionalMovement(price, price, price, 5);
    expect(plusDi[100]).toBe(100);
    expect([plusDi.at(-1), adx.at(-1)]).toEqual([0, 100]);
  });
});

describe('a period that means nothing is refused', () => {
  const makers = {
    SimpleMovingAverage: (period: number) => new SimpleMovingAverage(period),
    simpleMovingAverage: (period: number) => simpleMovingAverage(of(1), period),
    ExponentialMovingAverage: (period: number) => new ExponentialMovingAverage(period),
    RelativeStrength: (period: number) => new RelativeStrength(period),
    Bollinger: (period: number) => new Bollinger(period, 2),
    AverageTrueRange: (period: number) => new AverageTrueRange(period),
    DirectionalIndex: (period: number) => new DirectionalIndex(period),
    Donchian: (period: number) => new Donchian(period),
    SlidingSum: (period: number) => new SlidingSum(period),
    SlidingMoments: (period: number) => new SlidingMoments(period),
    RollingDailyVol: (period: number) => new RollingDailyVol(period),
    RollingZScore: (period: number) => new RollingZScore(period),
    Momentum: (period: number) => new Momentum(period, 0),
  };

  test.each(Object.entries(makers))('%s', (_, make) => {
    for (const period of [0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY, 100_001])
      expect(() => make(period)).toThrow(InvariantViolation);
    expect(() => make(2)).not.toThrow();
  });

  test('one bar is no period for what needs a change or a deviation', () => {
    for (const make of [makers.RelativeStrength, makers.DirectionalIndex, makers.RollingDailyVol, makers.RollingZScore]) {
      expect(() => make(1)).toThrow(InvariantViolation);
    }
  });

  test('two averages crosswise, a seed before its window, a skip as long as the look-back', () => {
    expect(() => new MovingAverageConvergence(26, 12, 9)).toThrow(InvariantViolation);
    expect(() => new MovingAverageConvergence(12, 12, 9)).toThrow(InvariantViolation);
    expect(() => new ExponentialMovingAverage(5, 3)).toThrow(InvariantViolation);
    expect(() => new Momentum(20, 20)).toThrow(InvariantViolation);
    expect(() => new Momentum(20, -1)).toThrow(InvariantViolation);
  });
});
