/** Against numpy and scipy by other formulas than ours; make-validation-golden.py says which. */
import { describe, expect, test } from 'vitest';
import { pbo } from '../../../../../shared/domain/research/validation/backtest-overfitting.ts';
import { attributeToFactors } from '../../../../../shared/domain/research/validation/factor-attribution.ts';
import { momentsError, sharpeErrors, sharpeOf } from '../../../../../shared/domain/research/validation/sharpe.ts';
import { plugInLags } from '../../../../../shared/domain/statistics/autocovariance.ts';
import { quantileOfSorted } from '../../../../../shared/domain/statistics/quantile.ts';
import golden from './validation.golden.json' with { type: 'json' };

const relative = (actual: unknown, expected: number): number => Math.abs(Number(actual) / expected - 1);

describe('the Sharpe ratio', () => {
  const returns = Float64Array.from(golden.sharpe.returns);
  const sharpe = sharpeOf(returns);
  if (sharpe.kind === 'refused') throw new Error(sharpe.reason);

  test('and its moments are those of numpy and scipy', () => {
    expect(relative(sharpe.perBar, golden.sharpe.ratio)).toBeLessThan(1e-12);
    expect(relative(sharpe.skewness, golden.sharpe.skewness)).toBeLessThan(1e-11);
    expect(relative(sharpe.kurtosis, golden.sharpe.kurtosis)).toBeLessThan(1e-12);
  });

  test.each(golden.sharpe.errors)('has the error of the delta method on two moments with $lags lags', ({ lags, error }) => {
    expect(sharpeErrors(returns, lags)).toMatchObject({ lags, autocorrelated: expect.closeTo(error, 12) as number });
  });

  test('without lags it is the formula of Mertens, but for n in place of n − 1', () => {
    const expected = Number(momentsError(sharpe)) * Math.sqrt((returns.length - 1) / returns.length);
    expect(sharpeErrors(returns, 0)).toMatchObject({ autocorrelated: expect.closeTo(expected, 14) as number });
  });

  test('quantiles are numpy’s', () => {
    expect(relative(quantileOfSorted(returns.slice().sort(), 0.05), golden.sharpe.p5)).toBeLessThan(1e-13);
  });
});

test.each(golden.plugIns)('the plug-in rule takes $lags lags', ({ series, lags }) => {
  expect(plugInLags(Float64Array.from(series))).toBe(lags);
});

test('attribution has the coefficients, t-values and fit of lstsq and the sandwich', () => {
  const { excess, factors, lags, alpha, beta, tValues, rSquared, residualDeviation } = golden.attribution;
  const columns = factors.map((returns, k) => ({ name: `factor ${k}`, returns: Float64Array.from(returns) }));
  const result = attributeToFactors(Float64Array.from(excess), columns, { barsPerYear: 252, lags });
  if (result.kind === 'refused') throw new Error(result.reason);
  expect(relative(result.alphaPerBarFrac, alpha)).toBeLessThan(1e-10);
  expect(relative(result.alphaAnnualFrac, 252 * alpha)).toBeLessThan(1e-10);
  expect(relative(result.alphaTValue, tValues[0]!)).toBeLessThan(1e-10);
  for (const [k, loading] of result.loadings.entries()) {
    expect(relative(loading.beta, beta[k]!)).toBeLessThan(1e-10);
    expect(relative(loading.tValue, tValues[k + 1]!)).toBeLessThan(1e-10);
  }
  expect(relative(result.rSquared, rSquared)).toBeLessThan(1e-12);
  expect(relative(result.residualAnnualVol, residualDeviation * Math.sqrt(252))).toBeLessThan(1e-10);
});

test('overfitting has every split that itertools has, and the same of each', () => {
  const { trials, blocks, rows, probability, lossProbability, slope, intercept, rSquared } = golden.overfitting;
  const result = pbo(
    trials.map((column) => Float64Array.from(column)),
    { blocks },
  );
  if (result.kind === 'refused') throw new Error(result.reason);
  const { logits, inSample, outOfSample } = result;
  const ours = Array.from(logits, (logit, split) => [logit, inSample[split]!, outOfSample[split]!]);
  ours.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
  expect(ours.length).toBe(rows.length);
  for (const [k, row] of rows.entries()) for (const [column, value] of row.entries()) expect(ours[k]![column]).toBeCloseTo(value, 10);
  expect([result.splits, result.barsPerBlock, result.barsLeftOut]).toEqual([20, 10, 1]);
  expect([result.probability, result.lossProbability]).toEqual([probability, lossProbability]);
  expect(result.degradation).toEqual({
    slope: expect.closeTo(slope, 10) as number,
    intercept: expect.closeTo(intercept, 10) as number,
    rSquared: expect.closeTo(rSquared, 10) as number,
  });
});
