/** Points of a fund of two companies, as analytics keeps them: what a test does not care about is filled in. */
import type { CyclePoint, PointOrder } from '../../shared/domain/analytics/cycle-point.ts';
import { type DailyMetrics, dailyMetrics } from '../../shared/domain/analytics/daily-metrics.ts';
import { newYorkInstant, nextSession, previousSession } from '../../shared/domain/market/calendar.ts';
import { formatDay, parseDay } from '../../shared/kernel/days.ts';
import type { CycleId, Ticker } from '../../shared/kernel/units.ts';

export const [first, second] = ['AAA', 'BBB'] as [Ticker, Ticker];

export const order = (changes: Partial<PointOrder> = {}): PointOrder => ({
  symbol: first,
  strategy: 'ensemble',
  side: 'BUY',
  quantity: 100,
  filledQuantity: 100,
  averagePriceUsd: 10,
  decisionPriceUsd: 10,
  arrivalPriceUsd: null,
  state: 'FILLED',
  ...changes,
});

export function point(session: string, changes: Partial<CyclePoint> = {}): CyclePoint {
  const day = parseDay(session);
  return {
    schema: 'ballast.cycle-point/1',
    cycleId: `cycle-${session}T20-45-00Z` as CycleId,
    session,
    scheduledAt: newYorkInstant(day, 15, 45),
    valuedAt: formatDay(previousSession(day)),
    strategy: 'ensemble',
    mode: 'NORMAL',
    policySha256: 'a'.repeat(64),
    cashUsd: 100_000,
    equityUsd: 100_000,
    initialEquityUsd: 100_000,
    riskFreeAnnualFrac: 0.0252,
    sessionsPerYear: 252,
    cashMoved: { transfersUsd: 0, interestUsd: 0, feesUsd: 0, dividendsUsd: {}, manualTradesUsd: {} },
    holdings: [],
    closes: { [first]: 10, [second]: 50 },
    market: { name: 'index', returns: [[formatDay(previousSession(day)), 0.01]] },
    orders: [],
    opinions: [],
    decisions: [],
    regime: { name: 'BULL_QUIET', exposureFrac: 1 },
    risk: { decision: 'ALLOW', varFrac: 0.01, cvarFrac: 0.015 },
    system: { symbols: 2, blocked: {}, abstentions: {}, refusedTrades: {}, phases: [] },
    ...changes,
  };
}

/** A book of equities, one session after the other, with the market's return of each step. */
export function pointsOf(equitiesUsd: readonly number[], marketReturns: readonly number[] = [], from = '2024-01-03'): CyclePoint[] {
  let day = parseDay(from);
  return equitiesUsd.map((equityUsd, index) => {
    const session = formatDay(day);
    const returns = [[formatDay(previousSession(day)), marketReturns[index - 1] ?? 0]] as const;
    day = nextSession(day);
    return point(session, { equityUsd, cashUsd: equityUsd, market: { name: 'index', returns } });
  });
}

export const daysOf = (points: readonly CyclePoint[]): DailyMetrics[] =>
  points.map((one, index) => dailyMetrics([one], index === 0 ? [] : [points[index - 1]!]));
