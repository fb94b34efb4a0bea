/** What holds of every run, whatever the strategy does: random orders of all types over random bars with gaps, dividends and splits. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Panel } from '../../../../../shared/domain/research/panel.ts';
import type { BacktestResult } from '../../../../../shared/domain/research/result.ts';
import { erratic, eventful, type Market, MOMENTS, markets, near, rulesOf, SYMBOLS } from '../../../../support/research/erratic.ts';
import { answered } from '../../../../support/research/scripted.ts';

const sum = (column: ArrayLike<number>): number => Array.from(column).reduce((total, figure) => total + figure, 0);
function holds(isTrue: boolean, what: string, ...figures: number[]): void {
  if (!isTrue) expect.fail(`${what}: ${figures.join(', ')}`);
}

/** Holdings after each moment, from the fills and the splits alone. */
function holdingsOf(panel: Panel, { fills }: BacktestResult): readonly Float64Array[] {
  const shares = new Float64Array(SYMBOLS);
  let next = 0;
  return Array.from({ length: MOMENTS }, (_, moment) => {
    for (let s = 0; s < SYMBOLS; s++) {
      const row = panel.rowOf[s * MOMENTS + moment]!;
      if (row >= 0) shares[s]! *= panel.series[s]!.splitRatio[row]!;
    }
    for (; next < fills.count && fills.moment[next] === moment; next++) shares[fills.symbol[next]!]! += fills.signedShares[next]!;
    return shares.slice();
  });
}

/** Of each symbol the latest close at each moment. */
function marksOf(panel: Panel): readonly Float64Array[] {
  return panel.series.map((series, s) => {
    let mark = 0;
    return Float64Array.from({ length: MOMENTS }, (_, moment) => {
      const row = panel.rowOf[s * MOMENTS + moment]!;
      if (row >= 0) mark = series.close[row]!;
      return mark;
    });
  });
}

const runErratic = (market: Market) => {
  const panel = eventful(market.seed);
  return { panel, result: answered({ panel, strategy: erratic(market.seed), parameters: {}, rules: rulesOf(market), membership: null }) };
};

describe('any run of any orders', () => {
  test('equity is cash and holdings at every moment, and every dollar of cash is accounted for', () => {
    fc.assert(
      fc.property(markets, (market) => {
        const { panel, result } = runErratic(market);
        const marks = marksOf(panel);
        holdingsOf(panel, result).forEach((shares, moment) => {
          const held = sum(shares.map((count, s) => count * marks[s]![moment]!));
          near(result.equity.equityUsd[moment]!, result.equity.cashUsd[moment]! + held);
          near(result.equity.longUsd[moment]! - result.equity.shortUsd[moment]!, held);
        });
        const { fills, flows } = result;
        const paid = sum(fills.signedShares.map((shares, i) => shares * fills.priceUsd[i]!));
        near(result.equity.cashUsd.at(-1)!, 100_000 - paid + flows.feesUsd + flows.dividendsUsd + flows.interestUsd + flows.borrowUsd);
        near(sum(fills.feeUsd), -flows.feesUsd);
        near(sum(result.equity.tradedUsd), sum(fills.signedShares.map((shares, i) => Math.abs(shares) * fills.priceUsd[i]!)));
        near(sum(result.trades.profitUsd), result.equity.equityUsd.at(-1)! - 100_000 - flows.interestUsd - flows.borrowUsd);
        near(sum(result.trades.feeUsd), -flows.feesUsd);
      }),
      { numRuns: 50 },
    );
  });

  test('a cash account has neither debts nor shorts, and whole shares stay whole', () => {
    fc.assert(
      fc.property(markets, (market) => {
        const { panel, result } = runErratic(market);
        if (!market.isMargin) {
          expect(Math.min(...result.equity.cashUsd)).toBeGreaterThan(-1e-6);
          expect(Math.max(...result.equity.shortUsd)).toBe(0);
        }
        if (!market.wholeShares) return;
        for (const shares of holdingsOf(panel, result)) for (const count of shares) near(count, Math.round(count));
      }),
      { numRuns: 30 },
    );
  });

  test('nothing fills without a bar, nor outside of it where nothing costs anything', () => {
    fc.assert(
      fc.property(markets, (market) => {
        const { panel, result } = runErratic({ ...market, isCostly: false });
        const { fills } = result;
        for (let i = 0; i < fills.count; i++) {
          if (fills.order[i]! < 0) continue;
          const series = panel.series[fills.symbol[i]!]!;
          const row = panel.rowOf[fills.symbol[i]! * MOMENTS + fills.moment[i]!]!;
          const [priceUsd, shares] = [fills.priceUsd[i]!, Math.abs(fills.signedShares[i]!)];
          holds(row >= 0, 'a fill has a bar', fills.moment[i]!);
          holds(priceUsd >= series.low[row]! * (1 - 1e-12), 'a fill is not below the low', priceUsd, series.low[row]!);
          holds(priceUsd <= series.high[row]! * (1 + 1e-12), 'a fill is not above the high', priceUsd, series.high[row]!);
          holds(
            !market.isCapped || shares <= 0.0005 * series.volume[row]! * (1 + 1e-12),
            'a fill keeps the cap',
            shares,
            series.volume[row]!,
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  test('each order ends at most once, and costs never pay', () => {
    fc.assert(
      fc.property(markets, (market) => {
        const { orders, fills } = runErratic(market).result;
        const ended = orders.cancelled + orders.expired + sum(Object.values(orders.rejected));
        expect(ended).toBeLessThanOrEqual(orders.submitted);
        expect(new Set([...fills.order].filter((order) => order >= 0)).size).toBe(orders.filled);
        expect(Math.min(0, ...fills.feeUsd, ...fills.priceCostUsd)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  test('a run that ends earlier is the beginning of the longer one, to the last bit', () => {
    fc.assert(
      fc.property(markets, fc.integer({ min: 0, max: MOMENTS - 1 }), (market, toMoment) => {
        const { panel, result } = runErratic(market);
        const question = { panel, strategy: erratic(market.seed), parameters: {}, rules: rulesOf(market), membership: null };
        const shorter = answered({ ...question, toMoment });
        expect(shorter.equity.equityUsd).toEqual(result.equity.equityUsd.slice(0, toMoment + 1));
        expect(shorter.fills.priceUsd).toEqual(result.fills.priceUsd.slice(0, shorter.fills.count));
      }),
      { numRuns: 30 },
    );
  });
});
