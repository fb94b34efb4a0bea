/**
 * A day's figures, from the points of its cycles and the last cycle of the day before: made again they come out the same, so it does not
 * matter in which order, or how often, the ends of cycles are heard of.
 *
 * 1. The day stands for its last cycle. What the day's cycles ordered counts together.
 * 2. The interval since the last cycle of the earlier day, or why there is none.
 * 3. Exposure by sector of the book that was decided on, before this day's trades.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { CycleId } from '../../kernel/units.ts';
import type { CashMoved, CyclePoint, PointHolding, PointSystem } from './cycle-point.ts';
import { type Interval, measureInterval } from './interval.ts';
import { type TradingCost, tradingCost } from './trading-cost.ts';

export interface DailyMetrics {
  readonly schema: 'ballast.daily-metrics/1';
  readonly day: string;
  readonly cycleId: CycleId;
  readonly cycles: number;
  readonly valuedAt: string;
  readonly strategy: string;
  readonly mode: string;
  readonly policySha256: string;
  readonly equityUsd: number;
  readonly cashUsd: number;
  readonly cashMoved: CashMoved;
  readonly initialEquityUsd: number;
  readonly sessionsPerYear: number;
  readonly marketName: string;
  readonly holdings: readonly PointHolding[];
  readonly exposure: Exposure;
  readonly regime: CyclePoint['regime'];
  readonly risk: CyclePoint['risk'];
  /** Of this day's own orders; what was not filled has no close yet. */
  readonly cost: TradingCost;
  readonly trades: ReadonlyArray<TradeOfDay>;
  readonly system: PointSystem;
  readonly interval: Interval | Refusal;
}

export interface TradeOfDay {
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: number;
  readonly filledQuantity: number;
  readonly averagePriceUsd: number | null;
  readonly state: string;
  /** Null until a price is known to hold it against. */
  readonly slippageUsd: number | null;
}

/** Fractions of equity; signed, but for gross. */
export interface Exposure {
  readonly grossFrac: number;
  readonly netFrac: number;
  readonly sectors: ReadonlyArray<{ readonly sector: string; readonly longFrac: number; readonly shortFrac: number }>;
}

/** `ofDay`: the cycles of the day, in order, at least one. `before`: those from the last cycle of the earlier day on; empty on the first day. */
export function dailyMetrics(ofDay: readonly [CyclePoint, ...CyclePoint[]], before: readonly CyclePoint[]): DailyMetrics {
  const point = ofDay.at(-1)!;
  const orders = ofDay.flatMap((one) => one.orders);
  const [from] = before;
  return {
    schema: 'ballast.daily-metrics/1',
    day: point.session,
    cycleId: point.cycleId,
    cycles: ofDay.length,
    valuedAt: point.valuedAt,
    strategy: point.strategy,
    mode: point.mode,
    policySha256: point.policySha256,
    equityUsd: point.equityUsd,
    cashUsd: point.cashUsd,
    cashMoved: point.cashMoved,
    initialEquityUsd: point.initialEquityUsd,
    sessionsPerYear: point.sessionsPerYear,
    marketName: point.market.name,
    holdings: point.holdings,
    exposure: exposureOf(point),
    regime: point.regime,
    risk: point.risk,
    cost: tradingCost(orders),
    trades: orders.map((order) => {
      const { symbol, side, quantity, filledQuantity, averagePriceUsd, state } = order;
      const cost = tradingCost([order]);
      const slippageUsd = cost.unpriced > 0 ? null : cost.slippageUsd;
      return { symbol, side, quantity, filledQuantity, averagePriceUsd, state, slippageUsd };
    }),
    system: point.system,
    interval: from === undefined ? refuse('first-day') : measureInterval(from, point, [...before, ...ofDay.slice(0, -1)]),
  };
}

function exposureOf({ holdings, equityUsd }: CyclePoint): Exposure {
  const sectors = new Map<string, { longFrac: number; shortFrac: number }>();
  let [grossFrac, netFrac] = [0, 0];
  for (const { sector, quantity, priceUsd } of holdings) {
    const weight = (quantity * priceUsd) / equityUsd;
    const name = sector ?? 'Unclassified';
    const entry = sectors.get(name) ?? { longFrac: 0, shortFrac: 0 };
    if (weight > 0) entry.longFrac += weight;
    else entry.shortFrac += weight;
    sectors.set(name, entry);
    grossFrac += Math.abs(weight);
    netFrac += weight;
  }
  const bySize = [...sectors].sort(([a, x], [b, y]) => y.longFrac - y.shortFrac - (x.longFrac - x.shortFrac) || (a < b ? -1 : 1));
  return { grossFrac, netFrac, sectors: bySize.map(([sector, entry]) => ({ sector, ...entry })) };
}
