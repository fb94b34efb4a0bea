import { describe, expect, test } from 'vitest';
import { firstNotFinite, meanOf, sampleMoments } from '../../../../shared/domain/statistics/moments.ts';

describe('moments', () => {
  test('of a symmetric sample have no skewness; of two points the least kurtosis there is', () => {
    expect(sampleMoments(Float64Array.of(-1, 1, -1, 1))).toEqual({ count: 4, mean: 0, variance: 1, skewness: 0, excessKurtosis: -2 });
  });

  test('of nothing are no numbers', () => {
    const { count, mean, variance } = sampleMoments(new Float64Array(0));
    expect([count, mean, variance]).toEqual([0, Number.NaN, Number.NaN]);
  });

  test('keep their digits far from zero', () => {
    const { variance, skewness } = sampleMoments(Float64Array.of(1e6 - 1, 1e6, 1e6 + 4));
    expect(variance).toBeCloseTo(14 / 3, 12);
    expect(skewness).toBeCloseTo(6 / (14 / 3) ** 1.5, 12);
  });

  test('carry on what is no number', () => {
    expect(meanOf(Float64Array.of(1, Number.NaN))).toBeNaN();
    expect(sampleMoments(Float64Array.of(1, Number.NaN)).variance).toBeNaN();
  });
});

describe('the first value that is not finite', () => {
  test.each([
    ['none', [1, -2, 0], -1],
    ['NaN', [1, Number.NaN, Number.NaN], 1],
    ['infinity', [Number.POSITIVE_INFINITY], 0],
    ['minus infinity', [0, 0, Number.NEGATIVE_INFINITY], 2],
    ['nothing at all', [], -1],
  ])('is found: %s', (_, values, position) => {
    expect(firstNotFinite(Float64Array.from(values))).toBe(position);
  });
});
