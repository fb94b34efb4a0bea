/**
 * What happened between two cycles: from the closes that the first decided at to the closes that the second did.
 *
 * 1. Profit: equity at the end, less equity at the beginning, less what was paid in. Dividends, interest and fees are part of it; deposits
 *    and withdrawals are not.
 * 2. Return: profit over equity at the beginning, so that returns chained are time-weighted: when money came in does not matter.
 * 3. A symbol's profit: worth at the end, less worth at the beginning, less what its trades spent, plus its dividends.
 * 4. The rest is of cash: interest, fees, dividends of what the list does not hold, and rounding. With it the parts sum to the profit.
 * 5. The market's return over the same sessions.
 * Trades of the first cycle fall into this interval, for they come after the closes it begins with.
 *
 * Source: D. R. Bacon, "Practical Portfolio Performance Measurement and Attribution", ch. 2 and 5 (time-weighted return, contribution).
 * Not covered: a deposit's own return within its interval, which no daily valuation can tell.
 */
import { parseDay } from '../../kernel/days.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Ticker } from '../../kernel/units.ts';
import { countSessions, nextSession, sessionsBetween } from '../market/calendar.ts';
import type { CyclePoint } from './cycle-point.ts';
import { type AgentTally, judgeOpinions } from './judge-opinions.ts';
import { type TradingCost, tradingCost } from './trading-cost.ts';

export interface Interval {
  readonly kind: 'interval';
  readonly fromCycle: string;
  readonly toCycle: string;
  /** YYYY-MM-DD: the closes that it begins and ends with. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly sessions: number;
  readonly strategy: string;
  readonly regime: string | null;
  readonly openingUsd: number;
  readonly closingUsd: number;
  /** Less withdrawals. */
  readonly depositsUsd: number;
  readonly profitUsd: number;
  readonly returnFrac: number;
  readonly riskFreeFrac: number;
  readonly marketReturnFrac: number | Refusal;
  readonly symbols: readonly SymbolProfit[];
  /** Profit that no symbol made. */
  readonly cashProfitUsd: number;
  readonly dividendsUsd: number;
  /** Of the trades that fall into it. */
  readonly cost: TradingCost;
  readonly agents: readonly AgentTally[] | Refusal;
}

export interface SymbolProfit {
  readonly symbol: Ticker;
  readonly sector: string | null;
  readonly profitUsd: number;
  readonly tradedUsd: number;
}

export type IntervalRefusal = Refusal<'equity-not-positive' | 'not-later' | 'equity-not-finite'>;

/** `between`: the cycles from the first on and before the second, in order, the first of them included. */
export function measureInterval(from: CyclePoint, to: CyclePoint, between: readonly CyclePoint[]): Interval | IntervalRefusal {
  const [startsAt, endsAt] = [parseDay(from.valuedAt), parseDay(to.valuedAt)];
  if (!(endsAt > startsAt)) return refuse('not-later', { from: from.cycleId, to: to.cycleId });
  if (!Number.isFinite(from.equityUsd) || !Number.isFinite(to.equityUsd)) return refuse('equity-not-finite', { cycleId: to.cycleId });
  if (!(from.equityUsd > 0)) return refuse('equity-not-positive', { cycleId: from.cycleId, equityUsd: from.equityUsd });
  const sessions = countSessions(nextSession(startsAt), endsAt);
  const depositsUsd = to.cashMoved.transfersUsd - from.cashMoved.transfersUsd;
  const profitUsd = to.equityUsd - from.equityUsd - depositsUsd;
  const orders = between.flatMap((point) => point.orders);
  const symbols = symbolProfits(from, to, orders);
  const regime = from.regime?.name ?? null;
  return {
    kind: 'interval',
    fromCycle: from.cycleId,
    toCycle: to.cycleId,
    startsAt: from.valuedAt,
    endsAt: to.valuedAt,
    ...{ sessions, regime, depositsUsd, profitUsd, symbols },
    strategy: from.strategy,
    openingUsd: from.equityUsd,
    closingUsd: to.equityUsd,
    returnFrac: profitUsd / from.equityUsd,
    riskFreeFrac: (from.riskFreeAnnualFrac / from.sessionsPerYear) * sessions,
    marketReturnFrac: marketReturn(from, to),
    cashProfitUsd: profitUsd - symbols.reduce((sum, one) => sum + one.profitUsd, 0),
    dividendsUsd: sumOf(to.cashMoved.dividendsUsd) - sumOf(from.cashMoved.dividendsUsd),
    cost: tradingCost(orders, to.closes),
    agents: judgeOpinions(from, to, sessions),
  };
}

function symbolProfits(from: CyclePoint, to: CyclePoint, orders: CyclePoint['orders']): SymbolProfit[] {
  const bySymbol = new Map<Ticker, { sector: string | null; profitUsd: number; tradedUsd: number }>();
  const of = (symbol: Ticker, sector: string | null = null) => {
    const entry = bySymbol.get(symbol) ?? { sector: null, profitUsd: 0, tradedUsd: 0 };
    entry.sector ??= sector;
    bySymbol.set(symbol, entry);
    return entry;
  };
  for (const { symbol, sector, quantity, priceUsd } of from.holdings) of(symbol, sector).profitUsd -= quantity * priceUsd;
  for (const { symbol, sector, quantity, priceUsd } of to.holdings) of(symbol, sector).profitUsd += quantity * priceUsd;
  for (const { symbol, side, filledQuantity, averagePriceUsd } of orders) {
    if (!(filledQuantity > 0) || averagePriceUsd === null) continue;
    const entry = of(symbol);
    entry.tradedUsd += filledQuantity * averagePriceUsd;
    entry.profitUsd -= (side === 'BUY' ? 1 : -1) * filledQuantity * averagePriceUsd;
  }
  for (const [symbol, entry] of bySymbol) {
    for (const part of ['dividendsUsd', 'manualTradesUsd'] as const) {
      entry.profitUsd += (to.cashMoved[part][symbol] ?? 0) - (from.cashMoved[part][symbol] ?? 0);
    }
  }
  return [...bySymbol]
    .filter(([, { profitUsd, tradedUsd }]) => profitUsd !== 0 || tradedUsd !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, entry]) => ({ symbol, ...entry }));
}

/** Compounded over the sessions of the interval, every one of which must be known. */
function marketReturn(from: CyclePoint, to: CyclePoint): number | Refusal {
  const known = new Map(to.market.returns);
  let growth = 1;
  for (const day of sessionsBetween(nextSession(parseDay(from.valuedAt)), parseDay(to.valuedAt))) {
    const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
    const simpleReturn = known.get(text);
    if (simpleReturn === undefined || !Number.isFinite(simpleReturn)) return refuse('market-return-unknown', { day: text });
    growth *= 1 + simpleReturn;
  }
  return growth - 1;
}

const sumOf = (amounts: Readonly<Record<string, number>>): number => Object.values(amounts).reduce((sum, amount) => sum + amount, 0);
