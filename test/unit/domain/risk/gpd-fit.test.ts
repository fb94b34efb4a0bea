import { describe, expect, test } from 'vitest';
import { fitGeneralizedPareto } from '../../../../shared/domain/risk/gpd-fit.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';

describe('generalised Pareto fit', () => {
  test.each([
    ['nothing', new Float64Array(0), 'too-few-exceedances'],
    ['zero', Float64Array.of(1, 0, 2), 'exceedance-not-positive'],
    ['a negative value', Float64Array.of(1, -1, 2), 'exceedance-not-positive'],
    ['what is no number', Float64Array.of(1, Number.NaN, 2), 'exceedance-not-positive'],
    ['infinity', Float64Array.of(1, Number.POSITIVE_INFINITY), 'exceedance-not-positive'],
    ['equal values', new Float64Array(60).fill(0.3), 'exceedances-all-equal'],
  ])('refuses %s', (_, sample, reason) => {
    expect(fitGeneralizedPareto(sample)).toMatchObject({ kind: 'refused', reason });
  });

  test('says what it refuses', () => {
    expect(fitGeneralizedPareto(new Float64Array(0))).toEqual(refuse('too-few-exceedances', { exceedances: 0 }));
    expect(fitGeneralizedPareto(Float64Array.of(1, 2, 0))).toEqual(refuse('exceedance-not-positive', { position: 2 }));
    expect(fitGeneralizedPareto(Float64Array.of(2, 2))).toEqual(refuse('exceedances-all-equal', { exceedances: 2 }));
  });

  test('takes a tail that ends while its standard errors hold, and refuses it beyond', () => {
    // Quantiles of laws of this shape at (k + ½)/100; the maximum lies a little below the law's own shape.
    const endingTail = (shape: number): Float64Array =>
      Float64Array.from({ length: 100 }, (_, k) => ((1 - (k + 0.5) / 100) ** -shape - 1) / shape);
    expect(fitGeneralizedPareto(endingTail(-0.45))).toMatchObject({ kind: 'gpd-fit', shape: expect.closeTo(-0.476, 3) });
    for (const shape of [-0.55, -0.7])
      expect(fitGeneralizedPareto(endingTail(shape))).toEqual(refuse('no-likelihood-maximum', { exceedances: 100 }));
  });

  test('refuses a sample whose likelihood has no regular maximum', () => {
    // A uniform law has shape −1: its likelihood grows without bound towards the end of the support.
    const uniform = Float64Array.from({ length: 200 }, (_, k) => (k + 0.5) / 200);
    expect(fitGeneralizedPareto(uniform)).toMatchObject({ reason: 'no-likelihood-maximum' });
  });
});
