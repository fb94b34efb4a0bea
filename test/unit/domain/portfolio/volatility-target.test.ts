import { describe, expect, test } from 'vitest';
import { scaleGrowth, trimFrac } from '../../../../shared/domain/portfolio/volatility-target.ts';

/** One held position and one that grows; both with a daily volatility of 1 %. */
const pair = (held: number, correlation: number) => (growth: Float64Array) => {
  const own = growth[0] ?? 0;
  return 1e-4 * (held ** 2 + own ** 2 + 2 * correlation * held * own);
};
const question = {
  varianceWith: pair(0.3, 0),
  growth: Float64Array.of(0.4),
  caps: Float64Array.of(0.6),
  fits: () => true,
  dailyVolTarget: 0.005,
  scaleUpMax: 1.25,
};

describe('volatility target', () => {
  test('leaves what is held alone within the band, and trims to the target beyond it', () => {
    expect(trimFrac(0.0109, 0.01, 0.1)).toBe(0);
    expect(trimFrac(0.0125, 0.01, 0.1)).toBeCloseTo(0.2, 12);
    expect(trimFrac(Number.NaN, 0.01, 0.1)).toBe(0);
  });

  test('passes growth that meets the target: 3, 4, 5', () => {
    expect(scaleGrowth(question)).toMatchObject({ scale: 1 });
  });

  test('scales growth back to where the book meets the target', () => {
    const { growth, scale } = scaleGrowth({ ...question, growth: Float64Array.of(0.6), caps: Float64Array.of(0.6) });
    expect(growth[0]).toBeCloseTo(0.4, 12);
    expect(scale).toBeCloseTo(2 / 3, 12);
  });

  test('allows none when what is held exceeds the target already', () => {
    expect(scaleGrowth({ ...question, varianceWith: pair(0.51, 0) })).toMatchObject({ scale: 0, growth: Float64Array.of(0) });
  });

  test('but lets growth pass that lowers the risk', () => {
    expect(scaleGrowth({ ...question, varianceWith: pair(0.9, -0.9) })).toMatchObject({ scale: 1 });
  });

  test('stretches growth up to the largest factor, never past its cap', () => {
    const quiet = { ...question, dailyVolTarget: 0.02 };
    expect(scaleGrowth(quiet)).toMatchObject({ scale: 1.25, growth: Float64Array.of(0.5) });
    expect(scaleGrowth({ ...quiet, caps: Float64Array.of(0.45) }).growth[0]).toBe(0.45);
  });

  test('and no further than the shared limits have room', () => {
    const { growth } = scaleGrowth({ ...question, dailyVolTarget: 0.02, fits: ([own]) => own! <= 0.44 });
    expect(growth[0]).toBeCloseTo(0.44, 6);
    expect(growth[0]).toBeLessThanOrEqual(0.44);
  });

  test('does not touch a book in which nothing grows', () => {
    expect(scaleGrowth({ ...question, growth: Float64Array.of(0) })).toMatchObject({ scale: 1 });
  });
});
