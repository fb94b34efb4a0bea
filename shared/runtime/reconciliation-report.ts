/** What a reconciliation found, as a report and as an event: what it says to people, and whose trading it stops. */
import type { BrokerOrder } from '../brokers/broker.ts';
import type { BallastEvent } from '../contracts/events.ts';
import type { ReconcileInput, ReconciliationReport, StopCause } from '../contracts/reconciliation.ts';
import type { StrayOrders } from '../domain/execution/reconciliation/compare-orders.ts';
import type { Reconciled } from '../domain/execution/reconciliation/reconcile.ts';
import type { EpochMs, OrderId } from '../kernel/units.ts';
import type { LedgerOrder } from '../stores/ledger/index.ts';

/** What one look or several settled, and how the orders looked at last. */
interface OrdersFound {
  readonly settled: ReadonlyMap<OrderId, LedgerOrder>;
  readonly vanished: ReadonlyMap<OrderId, LedgerOrder>;
  /** As they were before more of them was booked. */
  readonly lateFills: ReadonlyMap<OrderId, LedgerOrder>;
  readonly stillOpen: readonly LedgerOrder[];
}

interface Reported {
  readonly input: ReconcileInput;
  readonly since: EpochMs;
  readonly startedAt: EpochMs;
  readonly found: Reconciled;
  readonly findings: OrdersFound;
  readonly strays: StrayOrders<BrokerOrder>;
}

export function reportOf({ input, since, startedAt, found, findings, strays }: Reported): ReconciliationReport {
  const { settled, lateFills, vanished, stillOpen } = findings;
  const facts = {
    ...{ schema: 'ballast.reconciliation/1' as const, reconciliationId: input.reconciliationId },
    ...{ at: instantText(startedAt), since: instantText(since) },
    orders: {
      settled: [...settled.values()].map(({ orderId, symbol, state, cumulativeQuantity }) => ({
        orderId,
        symbol,
        state,
        filled: cumulativeQuantity,
      })),
      stillOpen: stillOpen.length,
      lateFills: [...lateFills.values()].map(({ orderId, symbol, cumulativeQuantity }) => ({
        orderId,
        symbol,
        filledBefore: cumulativeQuantity,
      })),
      vanished: [...vanished.values()].map(({ orderId, symbol }) => ({ orderId, symbol })),
      strays: [
        ...strays.ours.map(({ clientOrderId, symbol }) => ({ clientOrderId, symbol, ours: true })),
        ...strays.foreign.map(({ clientOrderId, symbol }) => ({ clientOrderId, symbol, ours: false })),
      ],
    },
    agreeing: found.agreeing,
    differences: found.differences.map((difference) => ({ ...difference, explainedBy: [...difference.explainedBy] })),
    booked: found.adjustments.map((adjustment) => ({ ...adjustment })),
    unexplained: {
      shares: found.unexplained.shares.map((rest) => ({ ...rest })),
      cashUsd: found.unexplained.cashUsd,
      cashIsOfThoseSymbols: found.unexplained.cashIsOfThoseSymbols,
    },
    notUnderstood: found.notUnderstood.flatMap((activity) =>
      activity.kind === 'other'
        ? [{ activityId: activity.id, brokerKind: activity.brokerKind, ...(activity.symbol !== undefined && { symbol: activity.symbol }) }]
        : [],
    ),
  };
  return concluded({ ...facts, stopped: stopsFor(facts) });
}

/** What several attempts at one reconciliation found and did: one that died had begun to book, so the next finds less. */
export function merged(earlier: ReconciliationReport, now: ReconciliationReport): ReconciliationReport {
  const { orders } = now;
  return concluded({
    ...now,
    orders: {
      ...orders,
      settled: distinct([...orders.settled, ...earlier.orders.settled], ({ orderId }) => orderId),
      lateFills: distinct([...earlier.orders.lateFills, ...orders.lateFills], ({ orderId }) => orderId),
    },
    differences: distinct([...now.differences, ...earlier.differences], ({ symbol }) => String(symbol)),
    booked: distinct([...earlier.booked, ...now.booked], ({ activityId }) => activityId),
    stopped: distinct([...earlier.stopped, ...now.stopped], ({ symbol }) => symbol),
  });
}

/** One line for a person, with the same id at every attempt. */
export function eventOf(report: ReconciliationReport): BallastEvent {
  const { reconciliationId, at, outcome, stopped, booked, agreeing, unexplained } = report;
  const common = { eventId: `${reconciliationId}/reconciled`, at, reconciliationId, adjustments: booked.length };
  const counts = `${agreeing} positions agree, ${booked.length} adjustments booked`;
  if (outcome === 'agrees' || outcome === 'explained')
    return { type: 'Reconciled', detail: { ...common, outcome, summary: `Ledger and broker agree: ${counts}.` } };
  const symbols = stopped.map(({ symbol }) => symbol);
  const cash = unexplained.cashUsd === 0 ? '' : ` Cash of ${unexplained.cashUsd} USD is unexplained.`;
  const paused =
    symbols.length === 0 ? '' : ` Paused: ${stopped.map(({ symbol, causes }) => `${symbol} (${causes.join(', ')})`).join('; ')}.`;
  const summary = `Ledger and broker do not agree by themselves: ${counts}.${paused}${cash}`;
  return { type: 'ReconciliationFailed', detail: { ...common, outcome, symbols, unexplainedCashUsd: unexplained.cashUsd, summary } };
}

type Facts = Omit<ReconciliationReport, 'outcome' | 'stopped'>;

function stopsFor({ orders, booked, unexplained, notUnderstood }: Facts): ReconciliationReport['stopped'] {
  const causes = new Map<string, Set<StopCause>>();
  const stop = (symbol: string | undefined, cause: StopCause): void => {
    if (symbol !== undefined) causes.set(symbol, (causes.get(symbol) ?? new Set()).add(cause));
  };
  for (const { symbol } of unexplained.shares) stop(symbol, 'unexplained-shares');
  for (const { kind, symbol } of booked) if (kind === 'manual-trade') stop(symbol, 'manual-trade');
  for (const { symbol } of notUnderstood) stop(symbol, 'activity-not-understood');
  for (const { symbol, ours } of orders.strays) if (ours) stop(symbol, 'stray-order');
  for (const { symbol } of orders.lateFills) stop(symbol, 'late-fill');
  for (const { symbol } of orders.vanished) stop(symbol, 'vanished-order');
  return [...causes].map(([symbol, found]) => ({ symbol, causes: [...found].sort() })).sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** A foreign order stops nothing until it executes. */
function concluded(report: Omit<ReconciliationReport, 'outcome'>): ReconciliationReport {
  const { unexplained, stopped, booked, differences } = report;
  const nobodysCash = unexplained.cashUsd !== 0 && !unexplained.cashIsOfThoseSymbols;
  const explained = booked.length > 0 || differences.length > 0;
  return { ...report, outcome: nobodysCash ? 'refused' : stopped.length > 0 ? 'stopped' : explained ? 'explained' : 'agrees' };
}

const distinct = <Item>(items: readonly Item[], by: (item: Item) => string): Item[] =>
  [...new Map(items.toReversed().map((item) => [by(item), item])).values()].reverse();

const instantText = (at: EpochMs): string => new Date(at).toISOString();
