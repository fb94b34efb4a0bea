/**
 * The vectorised path against engines that others wrote: six rows on which backtesting.py, backtrader, vectorbt and bt agree to 1e-14, as the data pack's
 * reference/README.md gives them (moving averages of 10 and 30, a million dollars, 0.1 % a side). And who was in the S&P 500, by the counts of the data
 * pack's SOURCES.md, taken from the list by its compiler.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadMembership } from '../../../../apps/cli/research/load-membership.ts';
import { loadPanel } from '../../../../apps/cli/research/load-panel.ts';
import { lowerBound } from '../../../../shared/domain/market/bars.ts';
import { sweepSignals } from '../../../../shared/domain/research/fast/sweep-signals.ts';
import type { BacktestRules } from '../../../../shared/domain/research/rules.ts';
import { smaCrossStrategy } from '../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import { parseDay } from '../../../../shared/kernel/days.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { handRules } from '../../../support/research/hand-panel.ts';

const folder = resolve(process.env.BALLAST_MARKET_DATA ?? '../shared/data');
const present = existsSync(folder);

const shares: BacktestRules['sizing'] = { kind: 'shares', shares: 100 };
const fractional: BacktestRules['sizing'] = { kind: 'all-cash', whole: false };
const whole: BacktestRules['sizing'] = { kind: 'all-cash', whole: true };

describe.skipIf(!present)('the vectorised path on the reference series', () => {
  test.each([
    ['next-open', shares, 1043597.4995],
    ['signal-close', shares, 1040299.50284],
    ['next-open', fractional, 948491.3501149627],
    ['signal-close', fractional, 885541.2775676138],
    ['next-open', whole, 948241.529141],
    ['signal-close', whole, 885172.890414],
  ] as const)('ends at what the other engines end at: %s, %o', async (fill, sizing, finalEquityUsd) => {
    const { panel } = await loadPanel({ data: join(folder, 'reference', 'ohlcv_S000.csv.gz'), seed: 1 }, '.');
    const rules = handRules({ fill, sizing, costs: { ...handRules().costs, commissionBps: 10 } });
    const swept = sweepSignals({ panel, strategy: smaCrossStrategy, grid: { names: ['fast', 'slow'], values: [[10], [30]] }, rules });
    if (isRefusal(swept)) throw new Error(swept.reason);
    expect(Math.abs(swept.finalEquityUsd[0]! / finalEquityUsd - 1)).toBeLessThan(1e-9);
    expect([...swept.orders]).toEqual([100]);
  });
});

describe.skipIf(!present)('the point-in-time list of the S&P 500', () => {
  test('has as many members in the middle of each year as its compiler counted', async () => {
    const { panel } = await loadPanel({ data: join(folder, 'daily', 'us_equities_daily.parquet'), symbols: ['AAPL'], seed: 1 }, '.');
    const { membership } = loadMembership(join(folder, 'constituents', 'sp500_ticker_start_end.csv'), panel, '.');
    const listed = ['1996', '2004', '2008', '2014', '2020', '2023'].map(
      (year) => membership.listed[lowerBound(panel.day, parseDay(`${year}-07-01`))],
    );
    expect(listed).toEqual([487, 495, 497, 498, 505, 503]);
    expect(membership.unmatched).toContain('FB');
    expect(membership.unmatched).not.toContain('AAPL');
  });
});
