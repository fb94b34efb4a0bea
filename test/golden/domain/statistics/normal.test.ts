/** The normal distribution against 40-digit arithmetic, deep tails included; provenance is in the golden file. */
import { describe, expect, test } from 'vitest';
import { normalCdf, normalPdf, normalQuantile } from '../../../../shared/domain/statistics/normal.ts';
import golden from './normal.golden.json' with { type: 'json' };

const relativeError = (actual: number, expected: number): number => (expected === 0 ? Math.abs(actual) : Math.abs(actual / expected - 1));

describe('standard normal', () => {
  test.each(golden.distribution)('distribution and density at $x agree to 2e-15 of their size', ({ x, cdf, pdf }) => {
    expect(relativeError(normalCdf(x), cdf)).toBeLessThan(2e-15);
    expect(relativeError(normalPdf(x), pdf)).toBeLessThan(2e-15);
  });

  test.each(golden.quantiles)('quantile of $p agrees to 1e-15 of its size', ({ p, quantile }) => {
    expect(relativeError(normalQuantile(p), quantile)).toBeLessThan(1e-15);
  });

  test('has its limits at the ends and no answer outside', () => {
    expect([normalCdf(Number.NEGATIVE_INFINITY), normalCdf(Number.POSITIVE_INFINITY), normalPdf(Number.POSITIVE_INFINITY)]).toEqual([
      0, 1, 0,
    ]);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    for (const value of [
      normalCdf(Number.NaN),
      normalPdf(Number.NaN),
      normalQuantile(Number.NaN),
      normalQuantile(-0.1),
      normalQuantile(1.1),
    ]) {
      expect(value).toBeNaN();
    }
  });
});
