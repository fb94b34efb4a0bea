/** What holds of every run, whatever the strategy does: random orders of all types over random bars with gaps, dividends and splits. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OrderType, TimeInForce } from '../../../../../shared/domain/execution/order-terms.ts';
import type { Panel, Series } from '../../../../../shared/domain/research/panel.ts';
import type { BacktestResult } from '../../../../../shared/domain/research/result.ts';
import type { BacktestRules, FillRule } from '../../../../../shared/domain/research/rules.ts';
import { fillRules } from '../../../../../shared/domain/research/rules.ts';
import { smaCrossStrategy } from '../../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import type { OrderStrategy, WeightStrategy } from '../../../../../shared/domain/research/strategy.ts';
import { type Rng, seededRng } from '../../../../../shared/kernel/rng.ts';
import { handRules, simulatedPanel } from '../../../../support/research/hand-panel.ts';
import { answered } from '../../../../support/research/scripted.ts';

const MOMENTS = 60;
const SYMBOLS = 4;

interface Market {
  readonly seed: number;
  readonly fill: FillRule;
  readonly isMargin: boolean;
  readonly wholeShares: boolean;
  readonly isCapped: boolean;
  readonly isCostly: boolean;
}

const markets = fc.record({
  seed: fc.nat(1_000_000),
  fill: fc.constantFrom(...fillRules),
  isMargin: fc.boolean(),
  wholeShares: fc.boolean(),
  isCapped: fc.boolean(),
  isCostly: fc.boolean(),
});

const rulesOf = ({ fill, isMargin, wholeShares, isCapped, isCostly }: Market): BacktestRules =>
  handRules({
    ...{ cashUsd: 100_000, fill, wholeShares, allowShort: isMargin },
    account: isMargin ? { kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.4 } : { kind: 'cash' },
    participationFracMax: isCapped ? 0.0005 : null,
    ...(isCostly
      ? {
          costs: {
            commissionBps: 3,
            commissionUsdPerShare: 0.01,
            commissionUsdMin: 1,
            spreadBps: 8,
            slippageBps: 2,
            impactCoefficient: 0.8,
          },
          financing: { cashAnnualFrac: 0.03, marginAnnualFrac: 0.07, borrowAnnualFrac: 0.02 },
        }
      : {}),
  });

/** Prices as traded: every bar before the middle is doubled, and the middle is a 2:1 split; dividends every ten bars. */
function eventful(seed: number): Panel {
  const panel = simulatedPanel({ symbols: SYMBOLS, moments: MOMENTS, seed: String(seed), missingFrac: 0.1, dailyVol: 0.04 });
  return { ...panel, basis: 'as-traded', series: panel.series.map((series) => splitInTwo(series, Math.floor(series.day.length / 2))) };
}

function splitInTwo(series: Series, at: number): Series {
  const doubled = (column: Float64Array): Float64Array => column.map((price, row) => (row < at ? price * 2 : price));
  return {
    ...series,
    open: doubled(series.open),
    high: doubled(series.high),
    low: doubled(series.low),
    close: doubled(series.close),
    volume: series.volume.map((volume, row) => (row < at ? volume / 2 : volume)),
    splitRatio: series.splitRatio.map((_, row) => (row === at ? 2 : 1)),
    dividend: series.dividend.map((_, row) => (row % 10 === 9 ? 0.25 : 0)),
  };
}

const types: readonly OrderType[] = ['MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT'];
const forces: readonly TimeInForce[] = ['DAY', 'GTC', 'IOC', 'FOK'];
const pick = <T>(rng: Rng, from: readonly T[]): T => from[Math.floor(rng.uniform() * from.length)]!;

/** Places, changes and cancels orders by chance alone. */
const erratic = (seed: number): OrderStrategy => ({
  ...{ kind: 'orders', name: 'erratic', about: 'Random orders.', source: 'the test', parameters: {} },
  start() {
    const rng = seededRng(seed);
    return {
      decide(now, desk) {
        for (let symbol = 0; symbol < now.symbols.length; symbol++) {
          const close = now.close(symbol, 0);
          if (Number.isNaN(close) || rng.uniform() < 0.5) continue;
          const working = desk.working(symbol);
          if (working.length > 3) desk.cancel(working[0]!);
          if (working.length > 1 && rng.uniform() < 0.3) desk.replace(working[1]!, 1 + Math.floor(rng.uniform() * 500));
          const type = pick(rng, types);
          const near = (): number => close * (1 + 0.06 * (rng.uniform() - 0.5));
          desk.submit({
            ...{ symbol, type, side: pick(rng, ['BUY', 'SELL'] as const), timeInForce: pick(rng, forces) },
            shares: rng.uniform() * 700 + 1,
            ...(type === 'LIMIT' || type === 'STOP_LIMIT' ? { limitPriceUsd: near() } : {}),
            ...(type === 'STOP' || type === 'STOP_LIMIT' ? { stopPriceUsd: near() } : {}),
          });
        }
      },
    };
  },
});

const sum = (column: ArrayLike<number>): number => Array.from(column).reduce((total, figure) => total + figure, 0);
/** Asked many thousand times, so the assertion is only built where it fails. */
function near(actual: number, expected: number): void {
  if (!(Math.abs(actual - expected) < 1e-6 * Math.max(1, Math.abs(actual)))) expect(actual).toBe(expected);
}
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

/** Thirds of equity to the first symbols, turning round every five moments. */
const turning: WeightStrategy = {
  ...{ kind: 'weights', name: 'turning', about: 'Turns round.', source: 'the test', parameters: {}, rebalance: 'every-bar' },
  weigh(now, _, weights) {
    weights.set([0.3, 0.3, 0.3].map((weight, i) => ((now.moment + i) % 5 === 0 ? Number.NaN : (now.moment + i) % 3 === 0 ? 0 : weight)));
    return now.moment > 2;
  },
};

describe('what must not matter', () => {
  test('whether a split is in the prices or in the shares', () => {
    fc.assert(
      fc.property(markets, (market) => {
        const rules = rulesOf({ ...market, isCostly: false, wholeShares: false, isCapped: false });
        const adjusted = simulatedPanel({ symbols: SYMBOLS, moments: MOMENTS, seed: String(market.seed), missingFrac: 0.1 });
        const series = adjusted.series
          .map((own) => splitInTwo(own, Math.floor(own.day.length / 2)))
          .map((own) => ({ ...own, dividend: own.dividend.fill(0) }));
        const run = (panel: Panel) => answered({ panel, strategy: turning, parameters: {}, rules, membership: null }).equity.equityUsd;
        const traded = run({ ...adjusted, basis: 'as-traded', series });
        for (const [moment, equityUsd] of run(adjusted).entries()) near(equityUsd, traded[moment]!);
      }),
      { numRuns: 20 },
    );
  });

  test('whether an order is placed whole or in parts, where nothing costs anything', () => {
    const inParts = (parts: number): OrderStrategy => ({
      ...{ kind: 'orders', name: 'in-parts', about: 'Buys and sells.', source: 'the test', parameters: {} },
      start: () => ({
        decide(now, desk) {
          const side = now.moment % 7 < 4 ? 'BUY' : 'SELL';
          for (let part = 0; part < parts; part++)
            desk.submit({ symbol: now.moment % SYMBOLS, side, shares: 120 / parts, type: 'MARKET', timeInForce: 'DAY' });
        },
      }),
    });
    fc.assert(
      fc.property(markets, fc.integer({ min: 2, max: 5 }), (market, parts) => {
        const rules = handRules({
          fill: market.fill,
          cashUsd: 10_000_000,
          allowShort: true,
          account: { kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.4 },
        });
        const panel = eventful(market.seed);
        const run = (strategy: OrderStrategy) => answered({ panel, strategy, parameters: {}, rules, membership: null }).equity.equityUsd;
        const whole = run(inParts(1));
        for (const [moment, equityUsd] of run(inParts(parts)).entries()) near(equityUsd, whole[moment]!);
      }),
      { numRuns: 20 },
    );
  });

  test('no crossover trades before its slow average has its bars', () => {
    fc.assert(
      fc.property(markets, fc.integer({ min: 3, max: 30 }), (market, slow) => {
        const panel = simulatedPanel({ symbols: SYMBOLS, moments: MOMENTS, seed: String(market.seed), dailyVol: 0.05 });
        const result = answered({
          panel,
          strategy: smaCrossStrategy,
          parameters: { fast: 2, slow },
          rules: rulesOf(market),
          membership: null,
        });
        const earliest = market.fill === 'signal-close' ? slow : slow + 1;
        expect(Math.min(earliest, ...result.fills.moment)).toBe(earliest);
      }),
      { numRuns: 30 },
    );
  });
});
