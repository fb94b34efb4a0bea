/**
 * The report of a day as plain data: everything that its Markdown, its page and `ballast report --json` show, and nothing else.
 *
 * 1. Today: the book that was decided on, what was ordered and what it cost, the regime, what the risk engine said.
 * 2. Since the beginning: curve and drawdowns, performance, attribution, profit by symbol, sector, strategy and regime.
 * 3. Whom to believe: the record of every agent and of the Meta-Brain.
 * 4. The machinery: phases, blocked symbols, refused trades, sessions without a cycle.
 * A figure that cannot be given is a refusal with its reason, on the first day nearly all of them.
 *
 * The document carries no clock: the same metrics give the same document, whose hash tells whether a report is a new one.
 */
import { parseDay } from '../../kernel/days.ts';
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import { countSessions } from '../market/calendar.ts';
import { type AgentRecord, agentRecords } from './agent-record.ts';
import { type Attribution, attribution } from './attribution.ts';
import type { DailyMetrics } from './daily-metrics.ts';
import { type CurvePoint, type DrawdownEpisode, drawdownEpisodes, equityCurve } from './equity-curve.ts';
import type { Interval } from './interval.ts';
import { type Performance, performanceOf } from './performance.ts';
import { type SystemRecord, systemRecord } from './system-record.ts';

export interface ReportDocument {
  readonly schema: 'ballast.report/1';
  readonly day: string;
  readonly sinceDay: string;
  readonly today: Omit<DailyMetrics, 'schema' | 'interval' | 'cashMoved' | 'system'> & {
    readonly blockedSymbols: number;
    readonly symbols: number;
  };
  /** Of the interval that ended with the closes today was decided at. */
  readonly last: LastInterval | Refusal;
  readonly curve: readonly CurvePoint[];
  /** Deepest first. */
  readonly drawdowns: readonly DrawdownEpisode[];
  readonly performance: Performance;
  /** The market's figures over the same intervals; refused when one of its returns is unknown. */
  readonly market: Performance | Refusal;
  readonly attribution: Attribution;
  readonly depositsUsd: number;
  readonly costs: CostTotals;
  /** Of each day's own orders, once the next day's closes are known. */
  readonly costsByDay: ReadonlyArray<{ readonly day: string; readonly tradedUsd: number; readonly slippageUsd: number }>;
  readonly contributions: {
    readonly symbols: readonly Contribution[];
    readonly sectors: readonly Contribution[];
    readonly strategies: readonly Contribution[];
    readonly regimes: readonly Contribution[];
    /** Interest, fees and rounding: what no symbol made. */
    readonly cashUsd: number;
    readonly totalUsd: number;
  };
  readonly agents: readonly AgentRecord[];
  readonly system: SystemRecord;
}

export interface LastInterval {
  readonly startsAt: string;
  readonly endsAt: string;
  readonly profitUsd: number;
  readonly returnFrac: number;
  readonly marketReturnFrac: number | Refusal;
  readonly depositsUsd: number;
  readonly dividendsUsd: number;
}

/** One part of the profit since the beginning. */
export interface Contribution {
  readonly name: string;
  readonly profitUsd: number;
  readonly tradedUsd: number;
  /** Intervals in which it made or lost anything. */
  readonly intervals: number;
}

export interface CostTotals {
  readonly tradedUsd: number;
  readonly slippageUsd: number;
  readonly delayUsd: number;
  readonly opportunityUsd: number;
  readonly slippageBps: number | null;
  readonly orders: number;
  readonly filledOrders: number;
  readonly unpriced: number;
}

/** Returns that a Sharpe ratio, a beta and the like want before they are shown: a month of sessions. */
export const returnsMin = 20;

/** `days`: in order, the last is the day of the report; at least one. Refused when the days do not join up. */
export function reportDocument(days: readonly DailyMetrics[]): ReportDocument | Refusal<'nothing-measured'> {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return refuse('nothing-measured');
  const intervals = days.slice(1).flatMap(({ interval }) => (isInterval(interval) ? [interval] : []));
  const curve = equityCurve({ day: first.valuedAt, equityUsd: first.equityUsd }, intervals);
  const rules = { sessionsPerYear: last.sessionsPerYear, returnsMin };
  const { schema: _schema, interval, cashMoved: _cashMoved, system, ...today } = last;
  return {
    schema: 'ballast.report/1',
    day: last.day,
    sinceDay: first.day,
    today: { ...today, symbols: system.symbols, blockedSymbols: Object.values(system.blocked).reduce((sum, count) => sum + count, 0) },
    last: isInterval(interval) ? lastInterval(interval) : interval,
    curve,
    drawdowns: drawdownEpisodes(curve, intervals).slice(0, drawdownsShown),
    performance: performanceOf(intervals, rules),
    market: marketPerformance(intervals, rules),
    attribution: attribution(intervals, returnsMin),
    depositsUsd: intervals.reduce((sum, one) => sum + one.depositsUsd, 0),
    costs: costTotals(days),
    costsByDay: days.slice(1).flatMap(({ interval: one }, index) => {
      return isInterval(one) ? [{ day: days[index]!.day, tradedUsd: one.cost.tradedUsd, slippageUsd: one.cost.slippageUsd }] : [];
    }),
    contributions: contributionsOf(intervals),
    agents: agentRecords(intervals.flatMap(({ agents }) => (isRefusal(agents) ? [] : [agents]))),
    system: systemRecord(days, countSessions(parseDay(first.day), parseDay(last.day))),
  };
}

const drawdownsShown = 5;

const isInterval = (interval: DailyMetrics['interval']): interval is Interval => interval.kind === 'interval';

function lastInterval({ startsAt, endsAt, profitUsd, returnFrac, marketReturnFrac, depositsUsd, dividendsUsd }: Interval): LastInterval {
  return { startsAt, endsAt, profitUsd, returnFrac, marketReturnFrac, depositsUsd, dividendsUsd };
}

function marketPerformance(intervals: readonly Interval[], rules: Parameters<typeof performanceOf>[1]): Performance | Refusal {
  const held = intervals.flatMap((one) =>
    typeof one.marketReturnFrac === 'number' ? [{ ...one, returnFrac: one.marketReturnFrac, cost: { tradedUsd: 0 } }] : [],
  );
  if (held.length < intervals.length) return refuse('market-return-unknown', { of: intervals.length - held.length });
  return performanceOf(held, rules);
}

function costTotals(days: readonly DailyMetrics[]): CostTotals {
  const sum = { tradedUsd: 0, slippageUsd: 0, delayUsd: 0, opportunityUsd: 0, orders: 0, filledOrders: 0, unpriced: 0 };
  const parts = Object.keys(sum) as Array<keyof typeof sum>;
  // What an interval knows of its orders includes the close that a day's own figures lack; today's orders have no interval yet.
  const costs = days.slice(1).flatMap(({ interval }) => (isInterval(interval) ? [interval.cost] : []));
  const today = days.at(-1)?.cost;
  for (const cost of today === undefined ? costs : [...costs, today]) for (const part of parts) sum[part] += cost[part];
  return { ...sum, slippageBps: sum.tradedUsd > 0 ? (sum.slippageUsd / sum.tradedUsd) * 10_000 : null };
}

function contributionsOf(intervals: readonly Interval[]): ReportDocument['contributions'] {
  const totalUsd = intervals.reduce((sum, { profitUsd }) => sum + profitUsd, 0);
  const bySymbol = intervals.flatMap(({ symbols }) => symbols);
  return {
    symbols: added(bySymbol.map((one) => ({ ...one, name: one.symbol }))),
    sectors: added(intervals.flatMap(({ symbols }) => added(symbols.map((one) => ({ ...one, name: one.sector ?? 'Unclassified' }))))),
    strategies: added(intervals.map(({ strategy, profitUsd, cost }) => ({ name: strategy, profitUsd, tradedUsd: cost.tradedUsd }))),
    regimes: added(intervals.map(({ regime, profitUsd, cost }) => ({ name: regime ?? 'unknown', profitUsd, tradedUsd: cost.tradedUsd }))),
    cashUsd: intervals.reduce((sum, { cashProfitUsd }) => sum + cashProfitUsd, 0),
    totalUsd,
  };
}

/** The most profitable first. */
function added(parts: ReadonlyArray<{ readonly name: string; readonly profitUsd: number; readonly tradedUsd: number }>): Contribution[] {
  const sums = new Map<string, { profitUsd: number; tradedUsd: number; intervals: number }>();
  for (const { name, profitUsd, tradedUsd } of parts) {
    const entry = sums.get(name) ?? { profitUsd: 0, tradedUsd: 0, intervals: 0 };
    entry.profitUsd += profitUsd;
    entry.tradedUsd += tradedUsd;
    entry.intervals++;
    sums.set(name, entry);
  }
  return [...sums].map(([name, entry]) => ({ name, ...entry })).sort((a, b) => b.profitUsd - a.profitUsd || (a.name < b.name ? -1 : 1));
}
