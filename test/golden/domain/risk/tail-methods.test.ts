/** Normal, Cornish–Fisher and Pareto tails against SciPy and quadrature; provenance is in the golden file. */
import { describe, expect, test } from 'vitest';
import { defaultTailRules } from '../../../../shared/domain/policy/tail-rules.ts';
import { paretoTail, paretoTailLoss } from '../../../../shared/domain/risk/evt-tail.ts';
import { cornishFisherTail, normalTail } from '../../../../shared/domain/risk/moment-tail.ts';
import { sampleMoments } from '../../../../shared/domain/statistics/moments.ts';
import golden from './tail-methods.golden.json' with { type: 'json' };

const close = ({ varFrac, cvarFrac }: { varFrac: number; cvarFrac: number }, digits = 13) => ({
  varFrac: expect.closeTo(varFrac, digits),
  cvarFrac: expect.closeTo(cvarFrac, digits),
});

describe.each(golden.samples)('$name', ({ returns, levels, pareto }) => {
  const series = Float64Array.from(returns);
  const moments = sampleMoments(series);

  test('has the moments of NumPy and SciPy', () => {
    const { mean, sigma, skewness, excessKurtosis } = levels[0]!;
    expect(moments.mean).toBeCloseTo(mean, 15);
    expect(Math.sqrt(moments.variance)).toBeCloseTo(sigma, 15);
    expect(moments.skewness).toBeCloseTo(skewness, 11);
    expect(moments.excessKurtosis).toBeCloseTo(excessKurtosis, 11);
  });

  test.each(levels)(
    'loses at $level, by the normal and by Cornish–Fisher, what SciPy says',
    ({ level, parametric, cornishFisher, expansionRises }) => {
      expect(normalTail(moments, level)).toMatchObject(close(parametric));
      const refused = { reason: 'outside-expansion-domain' };
      expect(cornishFisherTail(moments, level)).toMatchObject(expansionRises ? close(cornishFisher) : refused);
    },
  );

  test.each(pareto)('loses at $level, beyond the $quantile quantile, what McNeil and Frey’s formulas say', ({ level, ...expected }) => {
    const tail = paretoTail(series, { ...defaultTailRules, thresholdQuantile: expected.quantile });
    if (tail.kind === 'refused') throw new Error(`expected a fit, was refused: ${tail.reason}`);
    expect(tail.thresholdLossFrac).toBe(expected.threshold);
    expect(tail.fit.count).toBe(expected.exceedances);
    expect(tail.fit.shape).toBeCloseTo(expected.shape, 11);
    expect(tail.fit.shapeStandardError).toBeCloseTo(expected.shapeStandardError, 10);
    expect(paretoTailLoss(tail, level)).toMatchObject(close(expected, 12));
  });
});
