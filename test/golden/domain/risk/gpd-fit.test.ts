/** The generalised Pareto fit against the likelihood equations solved with 50 digits, and SciPy's own fit; provenance is in the golden file. */
import { describe, expect, test } from 'vitest';
import { fitGeneralizedPareto, type GpdFit } from '../../../../shared/domain/risk/gpd-fit.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import golden from './gpd-fit.golden.json' with { type: 'json' };
import several from './gpd-maxima.golden.json' with { type: 'json' };

function fitted(exceedances: readonly number[]): GpdFit {
  const fit = fitGeneralizedPareto(Float64Array.from(exceedances));
  if (isRefusal(fit)) throw new Error(`expected a fit, was refused: ${fit.reason}`);
  return fit;
}

describe('generalised Pareto fit', () => {
  test.each(golden.cases)('$name: shape, scale and standard errors agree to 11 digits', ({ exceedances, ...expected }) => {
    const fit = fitted(exceedances);
    expect(Math.abs(fit.shape - expected.shape)).toBeLessThan(1e-12);
    for (const key of ['scale', 'shapeStandardError', 'scaleStandardError'] as const) {
      expect(Math.abs(fit[key] / expected[key] - 1)).toBeLessThan(1e-11);
    }
    expect(fit.logLikelihood).toBeCloseTo(expected.logLikelihood, 9);
  });

  test.each(golden.cases)('$name: no likelihood is lost against SciPy, whose estimate lies within its stopping distance', (one) => {
    const fit = fitted(one.exceedances);
    expect(fit.logLikelihood).toBeGreaterThanOrEqual(one.scipy.logLikelihood - 1e-9);
    expect(Math.abs(fit.shape - one.scipy.shape)).toBeLessThan(2e-4);
    expect(Math.abs(fit.scale / one.scipy.scale - 1)).toBeLessThan(2e-4);
  });

  test.each(several.cases)('$name: the highest maximum at which standard errors hold is the answer', ({ exceedances, maxima }) => {
    const [highest] = maxima.filter(({ shape }) => shape > -0.5).sort((a, b) => b.logLikelihood - a.logLikelihood);
    const fit = fitted(exceedances);
    expect(fit.kind).toBe('gpd-fit');
    expect(fit.shape).toBeCloseTo(highest!.shape, 11);
    expect(fit.scale / highest!.scale).toBeCloseTo(1, 11);
    expect(fit.logLikelihood).toBeCloseTo(highest!.logLikelihood, 11);
  });
});
