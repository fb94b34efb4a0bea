/** The report's figures against numpy and scipy; provenance is in the golden file, its maker beside it. */
import { expect, test } from 'vitest';
import { agentRecords } from '../../../../shared/domain/analytics/agent-record.ts';
import { judgeOpinions, rankCorrelation } from '../../../../shared/domain/analytics/judge-opinions.ts';
import { linearFit } from '../../../../shared/domain/analytics/linear-fit.ts';
import { performanceOf } from '../../../../shared/domain/analytics/performance.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { Ticker } from '../../../../shared/kernel/units.ts';
import { point } from '../../../support/analytics-points.ts';
import golden from './analytics.golden.json' with { type: 'json' };

test.each(golden.regressions)('fits a line with Newey-West errors as the matrix formula does, $lags lags', ({ x, y, ...expected }) => {
  const fit = linearFit(Float64Array.from(x), Float64Array.from(y), 20);
  const close = Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, expect.closeTo(value, 12)]));
  expect(fit).toMatchObject({ ...close, kind: 'fit', count: x.length, lags: expected.lags });
});

test.each(golden.performances)('gives the ratios of numpy, $maxDrawdownFrac at the deepest', ({ returns, riskFree, ...expected }) => {
  const intervals = returns.map((returnFrac) => ({
    returnFrac,
    riskFreeFrac: riskFree,
    sessions: 1,
    openingUsd: 1,
    cost: { tradedUsd: 0 },
  }));
  const close = Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, expect.closeTo(value, 9)]));
  expect(performanceOf(intervals, { sessionsPerYear: 252, returnsMin: 20 })).toMatchObject(close);
});

test.each(golden.ranks)('ranks with ties as scipy.stats.spearmanr does: $rankCorrelation', ({ a, b, rankCorrelation: expected }) => {
  expect(rankCorrelation(Float64Array.from(a), Float64Array.from(b))).toBeCloseTo(expected, 12);
});

test('scores confidence as numpy does, by Brier and by bins', () => {
  const { confidence, hit, brierScore, calibrationErrorFrac } = golden.calibration;
  // One symbol above and one below the median, mirrored, so that each opinion's outcome is the one that was drawn.
  const sessions = confidence.map((stated, index) => {
    const [up, down] = ['UP', 'DOWN'] as [Ticker, Ticker];
    const opinions = [
      { symbol: up, agent: 'one', expectedReturn: 0.01, confidence: stated },
      { symbol: down, agent: 'one', expectedReturn: -0.01, confidence: stated },
    ];
    const from = point('2024-01-03', { closes: { UP: 100, DOWN: 100 }, opinions });
    const to = point('2024-01-04', { closes: hit[index] === 1 ? { UP: 101, DOWN: 99 } : { UP: 99, DOWN: 101 } });
    const tallies = judgeOpinions(from, to, 1);
    return isRefusal(tallies) ? [] : tallies;
  });
  const [record] = agentRecords(sessions);
  expect(record).toMatchObject({ judged: 800, brierScore: expect.closeTo(brierScore, 12) });
  expect(record!.calibrationErrorFrac).toBeCloseTo(calibrationErrorFrac, 12);
  expect(record!.reliability.reduce((sum, { count }) => sum + count, 0)).toBe(800);
});
