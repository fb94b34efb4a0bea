/**
 * Sharpe ratios as the papers print them: every expected figure is in the publication named beside it, to the digits that it prints.
 *
 * Lo (2002), Financial Analysts Journal 58(4): the scale from monthly to annual ratios when returns are an AR(1) of ±20 %.
 * Bailey & López de Prado (2012), Journal of Risk 15(2): the hedge fund of section 4 and the track records of section 5.
 * Bailey & López de Prado (2014), J. Portfolio Management 40(5): the numerical example. Bailey et al. (2014), Notices of the AMS 61(5): figure 2.
 */
import { describe, expect, test } from 'vitest';
import { deflatedSharpe, expectedMaximum, minimumBacktestYears } from '../../../../../shared/domain/research/validation/deflated-sharpe.ts';
import { minimumTrackRecord, probabilisticSharpe } from '../../../../../shared/domain/research/validation/probabilistic-sharpe.ts';
import { sharpeScale } from '../../../../../shared/domain/research/validation/sharpe.ts';

const normal = { skewness: 0, kurtosis: 3 };

describe('scale of a monthly Sharpe ratio to a year (Lo 2002)', () => {
  test.each([
    { correlation: -0.2, scale: 4.17 },
    { correlation: 0, scale: 3.46 },
    { correlation: 0.2, scale: 2.88 },
  ])('is $scale for a first-order autocorrelation of $correlation', ({ correlation, scale }) => {
    const autocorrelations = Array.from({ length: 11 }, (_, lag) => correlation ** (lag + 1));
    expect(sharpeScale(12, autocorrelations)).toBeCloseTo(scale, 2);
  });
});

describe('probabilistic Sharpe ratio (Bailey & López de Prado 2012)', () => {
  const fund = { perBar: 0.458, bars: 24 };

  test('two years of a fund with fat left tails are 0.913 sure, and 0.982 if they were normal', () => {
    expect(probabilisticSharpe({ ...fund, skewness: -2.448, kurtosis: 10.164 }, 0)).toBeCloseTo(0.913, 3);
    expect(probabilisticSharpe({ ...fund, ...normal }, 0)).toBeCloseTo(0.982, 3);
  });
});

describe('minimum track record for an annual ratio of 2 to beat 1 at 95 % (Bailey & López de Prado 2012)', () => {
  const years = (perYear: number, shape: { skewness: number; kurtosis: number }): number => {
    const root = Math.sqrt(perYear);
    return Number(minimumTrackRecord({ perBar: 2 / root, bars: 100, ...shape }, 1 / root, 0.95)) / perYear;
  };

  test.each([
    { returns: 'daily', perYear: 250, expected: 2.73 },
    { returns: 'weekly', perYear: 52, expected: 2.83 },
    { returns: 'monthly', perYear: 12, expected: 3.24 },
  ])('takes $expected years of normal $returns returns', ({ perYear, expected }) => {
    expect(years(perYear, normal)).toBeCloseTo(expected, 2);
  });

  test('takes 4.99 years of monthly returns as skewed as those of hedge funds', () => {
    expect(years(12, { skewness: -0.72, kurtosis: 5.78 })).toBeCloseTo(4.99, 2);
  });
});

describe('deflated Sharpe ratio (Bailey & López de Prado 2014)', () => {
  /** Annual 2.5 over five years of 250 days; ratios of the trials have an annual variance of one half. */
  const deflated = (trials: number, shape: { skewness: number; kurtosis: number }) => {
    const squares = (0.5 / 250) * (trials - 1);
    return deflatedSharpe({ perBar: 2.5 / Math.sqrt(250), bars: 1250, ...shape }, { trials, sharpe: { count: trials, squares } });
  };

  test('of the best of 100 trials is 0.9004, against an expected maximum of 0.1132', () => {
    const result = deflated(100, { skewness: -3, kurtosis: 10 });
    expect(result).toMatchObject({ kind: 'deflated-sharpe', trials: 100 });
    if (result.kind !== 'deflated-sharpe') return;
    expect(result.probability).toBeCloseTo(0.9004, 4);
    expect(result.expectedMaximumPerBar).toBeCloseTo(0.1132, 4);
  });

  test.each([
    { trials: 46, shape: { skewness: -3, kurtosis: 10 }, returns: 'skewed' },
    { trials: 88, shape: normal, returns: 'normal' },
  ])('reaches 0.9505 after $trials trials of $returns returns', ({ trials, shape }) => {
    expect(deflated(trials, shape)).toMatchObject({ probability: expect.closeTo(0.9505, 4) as number });
  });
});

describe('minimum backtest length (Bailey, Borwein, López de Prado & Zhu 2014)', () => {
  test('five years bear 45 trials before an annual ratio of 1 is expected of luck alone', () => {
    expect(minimumBacktestYears(45, 1)).toBeLessThanOrEqual(5);
    expect(minimumBacktestYears(46, 1)).toBeGreaterThan(5);
  });

  test('is within the bound 2·ln N that the paper gives', () => {
    for (const trials of [5, 45, 1000, 1_000_000]) expect(minimumBacktestYears(trials, 1)).toBeLessThan(2 * Math.log(trials));
  });

  test('the expected maximum of 10 normal draws is near 1.54, of a million near 4.86', () => {
    // Exact means of the largest of N normal draws: order statistics by quadrature (scipy.integrate); the theorem is asymptotic.
    expect(expectedMaximum(10)).toBeCloseTo(1.5388, 1);
    expect(expectedMaximum(1_000_000)).toBeCloseTo(4.863, 1);
  });
});
