/** Markets drawn at random, and strategies that do anything in them, for properties that hold of every run. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { OrderType, TimeInForce } from '../../../shared/domain/execution/order-terms.ts';
import type { Panel, Series } from '../../../shared/domain/research/panel.ts';
import { type BacktestRules, type FillRule, fillRules } from '../../../shared/domain/research/rules.ts';
import type { OrderStrategy, WeightStrategy } from '../../../shared/domain/research/strategy.ts';
import { type Rng, seededRng } from '../../../shared/kernel/rng.ts';
import { handRules, simulatedPanel } from './hand-panel.ts';

export const MOMENTS = 60;
export const SYMBOLS = 4;

export interface Market {
  readonly seed: number;
  readonly fill: FillRule;
  readonly isMargin: boolean;
  readonly wholeShares: boolean;
  readonly isCapped: boolean;
  readonly isCostly: boolean;
}

export const markets = fc.record({
  seed: fc.nat(1_000_000),
  fill: fc.constantFrom(...fillRules),
  isMargin: fc.boolean(),
  wholeShares: fc.boolean(),
  isCapped: fc.boolean(),
  isCostly: fc.boolean(),
});

export const rulesOf = ({ fill, isMargin, wholeShares, isCapped, isCostly }: Market): BacktestRules =>
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
export function eventful(seed: number): Panel {
  const panel = simulatedPanel({ symbols: SYMBOLS, moments: MOMENTS, seed: String(seed), missingFrac: 0.1, dailyVol: 0.04 });
  return { ...panel, basis: 'as-traded', series: panel.series.map((series) => splitInTwo(series, Math.floor(series.day.length / 2))) };
}

export function splitInTwo(series: Series, at: number): Series {
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
export const erratic = (seed: number): OrderStrategy => ({
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

/** Thirds of equity to the first symbols, turning round every five moments. */
export const turning: WeightStrategy = {
  ...{ kind: 'weights', name: 'turning', about: 'Turns round.', source: 'the test', parameters: {}, rebalance: 'every-bar' },
  weigh(now, _, weights) {
    weights.set([0.3, 0.3, 0.3].map((weight, i) => ((now.moment + i) % 5 === 0 ? Number.NaN : (now.moment + i) % 3 === 0 ? 0 : weight)));
    return now.moment > 2;
  },
};

/** Asked many thousand times, so the assertion is only built where it fails. */
export function near(actual: number, expected: number): void {
  if (!(Math.abs(actual - expected) < 1e-6 * Math.max(1, Math.abs(actual)))) expect(actual).toBe(expected);
}
