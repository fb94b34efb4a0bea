/**
 * What analytics makes of a cycle that has ended: its point, and the metrics of its day and of the next.
 *
 * The order in which ends of cycles are heard of does not matter, nor how often: a point is written first, then every day that it touches is
 * made again from all points there are. Of two that run at once, the later listing sees both points.
 */
import { type CyclePoint, cyclePoint, type PointOrder, type PointSystem } from '../domain/analytics/cycle-point.ts';
import { dailyMetrics } from '../domain/analytics/daily-metrics.ts';
import { newYorkDay } from '../domain/market/calendar.ts';
import { formatDay } from '../kernel/days.ts';
import { isRefusal } from '../kernel/refusal.ts';
import type { CycleId, EpochMs } from '../kernel/units.ts';
import type { AnalyticsStore } from '../stores/analytics.ts';
import type { LakeDocuments } from '../stores/lake/documents.ts';
import { lakeKeys } from '../stores/lake/keys.ts';
import type { CashMovements } from '../stores/ledger/cash-moved.ts';
import type { Ledger, LedgerOrder } from '../stores/ledger/index.ts';
import { CycleDocuments, type CycleDocumentTypes } from './cycle-documents.ts';

export interface MeasureNeeds {
  readonly documents: LakeDocuments;
  readonly analytics: AnalyticsStore;
  readonly ledger: Pick<Ledger, 'ordersOfCycle'>;
  readonly cashMovements: CashMovements;
}

/** The strategy that decides cycles, as their orders name it. */
const strategy = 'ensemble';
const phases = ['universe', 'portfolio', 'signals', 'allocation', 'risk', 'permit', 'plan', 'placement'] as const satisfies ReadonlyArray<
  keyof CycleDocumentTypes
>;

export async function measureCycle(cycleId: CycleId, scheduledAt: EpochMs, needs: MeasureNeeds): Promise<CyclePoint> {
  const point = await pointOf(cycleId, scheduledAt, needs);
  await needs.analytics.addPoint(point);
  await remeasureDays(point.cycleId, needs.analytics);
  return point;
}

async function pointOf(cycleId: CycleId, scheduledAt: EpochMs, { documents, ledger, cashMovements }: MeasureNeeds): Promise<CyclePoint> {
  const ofCycle = new CycleDocuments(documents, cycleId);
  const [policy, portfolio, signals, market, allocation, risk, plan, orders, cashMoved] = await Promise.all([
    ofCycle.read('policy'),
    ofCycle.read('portfolio'),
    ofCycle.read('signals'),
    ofCycle.market(),
    ofCycle.find('allocation'),
    ofCycle.find('risk'),
    ofCycle.find('plan'),
    ledger.ordersOfCycle(cycleId),
    cashMovements.sinceTheBeginning(),
  ]);
  // After the reads: to a HEAD that it denies, S3 gives no reason, and a read before it has said what is missing.
  const stored = await Promise.all(phases.map((phase) => phaseOf(cycleId, phase, documents)));
  return cyclePoint({
    ...{ cycleId, scheduledAt, strategy, policy, portfolio, signals, market, cashMoved },
    session: newYorkDay(scheduledAt),
    allocation: allocation ?? null,
    risk: risk ?? null,
    plan: plan ?? null,
    orders: orders.map(pointOrder),
    phases: stored.flat(),
  });
}

async function phaseOf(cycleId: CycleId, phase: string, documents: LakeDocuments): Promise<PointSystem['phases']> {
  const storedAt = await documents.storedAt(lakeKeys.cycle(cycleId, phase));
  return isRefusal(storedAt) ? [] : [{ phase, storedAt }];
}

function pointOrder({ symbol, strategy, side, quantity, cumulativeQuantity, averagePrice, state, ...order }: LedgerOrder): PointOrder {
  return {
    ...{ symbol, strategy, side, quantity, state },
    filledQuantity: cumulativeQuantity,
    averagePriceUsd: averagePrice ?? null,
    decisionPriceUsd: order.decisionPriceUsd,
    arrivalPriceUsd: order.arrivalPriceUsd ?? null,
  };
}

/** The day of that cycle, and the next day that has one: its interval begins here. */
async function remeasureDays(cycleId: CycleId, analytics: AnalyticsStore): Promise<void> {
  const days = byDay(await analytics.cycles());
  const at = days.findIndex(({ cycleIds }) => cycleIds.includes(cycleId));
  for (const index of [at, at + 1]) {
    const [ofDay, before] = [days[index], days[index - 1]];
    if (ofDay === undefined) continue;
    const earlier = before?.cycleIds.slice(-1) ?? [];
    const [points, from] = await Promise.all([analytics.points(ofDay.cycleIds), analytics.points(earlier)]);
    const [first, ...rest] = points;
    if (first !== undefined) await analytics.putDaily(dailyMetrics([first, ...rest], from));
  }
}

/** Sessions with their cycles, both in order: a cycle's id begins with its instant. */
function byDay(cycleIds: readonly string[]): Array<{ readonly day: string; readonly cycleIds: readonly string[] }> {
  const days = new Map<string, string[]>();
  for (const cycleId of cycleIds) {
    const at = Date.parse(`${cycleId.slice(6, 16)}T${cycleId.slice(17, 25).replaceAll('-', ':')}Z`) as EpochMs;
    const day = formatDay(newYorkDay(at));
    days.set(day, [...(days.get(day) ?? []), cycleId]);
  }
  return [...days].map(([day, ids]) => ({ day, cycleIds: ids }));
}
