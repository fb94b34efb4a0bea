import { describe, expect, test } from 'vitest';
import { backtest } from '../../../../shared/domain/research/engine/backtest.ts';
import { strategyNamed } from '../../../../shared/domain/research/registry.ts';
import { freeCosts, noFinancing } from '../../../../shared/domain/research/rules.ts';
import { addSharpe, noSharpe } from '../../../../shared/domain/research/trials.ts';
import { pbo } from '../../../../shared/domain/research/validation/backtest-overfitting.ts';
import { realityCheck, superiorPredictiveAbility } from '../../../../shared/domain/research/validation/data-snooping.ts';
import { statisticsOf } from '../../../../shared/domain/research/validation/statistics.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { type SweepPageInput, sweepPage } from '../../../../shared/runtime/sweep-page/sweep-page.ts';
import { panelOf } from '../../../support/research/hand-panel.ts';

function input(): SweepPageInput {
  const rng = seededRng('sweep-page');
  let price = 100;
  const made = panelOf({ AAA: Array.from({ length: 120 }, () => (price *= Math.exp(0.01 * rng.normal()))) });
  const panel = { ...made, source: { name: '<script>alert(1)</script>.csv', sha256: 'ab'.repeat(32) } };
  const best = backtest({
    ...{ panel, strategy: strategyNamed('sma-cross')!, parameters: { fast: 2, slow: 6 }, membership: null },
    rules: {
      ...{ cashUsd: 1000, fill: 'next-open', sizing: { kind: 'all-cash', whole: false }, costs: freeCosts, financing: noFinancing },
      ...{ account: { kind: 'cash' }, allowShort: false, wholeShares: false, participationFracMax: null, sessionsPerYear: 252 },
    },
  });
  if (isRefusal(best)) throw new Error(best.reason);
  const sharpes = Float64Array.from({ length: 30 }, (_, at) => (at === 7 ? Number.NaN : 0.06 * rng.normal()));
  const runs = [...sharpes.entries()]
    .filter(([, sharpe]) => Number.isFinite(sharpe))
    .map(([at, sharpePerBar]) => ({
      ...{ parameters: { fast: 2 + (at % 5), slow: 6 + Math.floor(at / 5) }, sharpePerBar },
      ...{ finalEquityUsd: 1000 + 5000 * sharpePerBar, maxDrawdownFrac: 0.1, orders: 12 },
    }))
    .sort((a, b) => b.sharpePerBar - a.sharpePerBar);
  const columns = Array.from({ length: 6 }, () => Float64Array.from({ length: 120 }, () => 0.01 * rng.normal()));
  const settings = { draws: 50, meanBlockBars: 5 };
  return {
    ...{ runs, accounts: 1, sharpes, combinations: 32, skipped: 2, best, axes: null, commandLine: "ballast sweep --grid 'x'" },
    statistics: statisticsOf(best, {
      ...{ trials: { trials: 30, sharpe: sharpes.reduce(addSharpe, noSharpe) }, riskFree: null, benchmarkAnnualSharpe: 0 },
      ...{ confidenceLevel: 0.95, returnsMin: 21, liquidity: null, factors: null },
    }),
    overfitting: {
      ...{ compared: 6, combinations: 30, pbo: pbo(columns, { blocks: 6 }), ...settings },
      tests: [
        {
          against: 'cash',
          realityCheck: realityCheck(columns, settings, rng.fork('one')),
          superior: superiorPredictiveAbility(columns, settings, rng.fork('two')),
        },
      ],
    },
    benchmark: { name: 'AAA held', growth: new Float64Array(120).fill(1) },
  };
}

describe('the page of a sweep', () => {
  const given = input();
  const page = sweepPage(given);

  test('is one file that fetches nothing, runs nothing and trusts no name', () => {
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|src=|href="(?!#)|url\(|@import/i);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;.csv');
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('is the same for the same sweep', () => expect(sweepPage(input())).toBe(page));

  test('shows the map, the plateau, overfitting, luck, the ranking and the assumptions', () => {
    for (const id of ['map', 'overfitting', 'luck', 'ranking', 'equity', 'assumptions']) expect(page).toContain(`<section id="${id}"`);
    expect(page).toMatch(/Sharpe ratio a year over fast and slow; the best is framed/);
    expect(page).toMatch(/One step from the best \([\d.−]+\) lie \d+ combinations: mean/);
    expect(page).toMatch(/Probability of backtest overfitting/);
    expect(page).toMatch(/6 of 30 combinations were compared, evenly spaced over the grid/);
    expect(page).toMatch(/the best of 30 by luck alone/);
    expect(page.match(/<rect [^>]*class="best"/g)).toHaveLength(1);
    expect(page).toContain('unproven: no list says who belonged');
  });

  test('without a measure of overfitting, or with one combination, says so', () => {
    const alone = sweepPage({ ...given, runs: given.runs.slice(0, 1), overfitting: null });
    expect(alone).toContain('No parameter takes more than one value.');
    expect(alone).toContain('Not measured:');
  });
});
