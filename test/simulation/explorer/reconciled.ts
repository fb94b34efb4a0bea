/**
 * Reconciliations, held against what truly moved the account: each explains everything, books each thing that is no order of ours once and
 * nothing else, stops what was traded by hand and what filled late and nothing else, and has it on record and told before it books.
 */
import type { FinalBooks, Finding } from './checker.ts';
import type { Entry } from './history.ts';
import { openingHoldings, type Scenario } from './scenario.ts';
import type { World } from './world.ts';

const invariant = 'a reconciliation explains everything, and books what it tells';
type Reconciled = Extract<Entry, { readonly kind: 'reconciled' }>;

export function reconciliationFindings({ scenario, book, history }: World, { adjusted, stopped, onRecord }: FinalBooks): Finding[] {
  const ours = new Set(book.orders.map(({ brokerOrderId }) => brokerOrderId));
  const opening = new Set([...openingHoldings.keys()].map((symbol) => `opening-${symbol}`));
  const foreign = book.activities.filter((activity) => activity.kind !== 'fill' || !ours.has(activity.brokerOrderId));
  const toBook = new Set(foreign.map(({ id }) => id));
  const booked = [...adjusted].filter((id) => !opening.has(id));
  const reconciled = history.entries.filter((entry) => entry.kind === 'reconciled');
  const tradedByHand = foreign.flatMap((activity) => (activity.kind === 'fill' ? [activity.symbol] : []));
  const find = (detail: string): Finding => ({ invariant, detail });
  return [
    ...booked.filter((id) => !toBook.has(id)).map((id) => find(`${id} was booked and never happened`)),
    ...[...toBook].filter((id) => !adjusted.has(id)).map((id) => find(`${id} was never booked`)),
    ...tradedByHand.filter((symbol) => !stopped.has(symbol)).map((symbol) => find(`${symbol} was traded by hand and is not stopped`)),
    ...reconciled.flatMap((entry) => wrongIn(entry, scenario).map(find)),
    ...unstoppedLateFills(history.entries).map(find),
    ...untold(booked, onRecord, history.entries).map(find),
  ];
}

function wrongIn({ outcome, report, isLast }: Reconciled, scenario: Scenario): string[] {
  if (isLast && outcome !== 'agrees') return [`the last reconciliation: ${outcome}`];
  // What was struck at every attempt came to nothing, and raises an alarm.
  if (report === null) return [];
  const mayBeStopped = new Set([
    ...scenario.news.flatMap(({ kind, symbol }) => (kind === 'sale-by-hand' ? [`${symbol} manual-trade`] : [])),
    ...[...scenario.lives].flatMap(([name, life]) => (life.some((step) => 'fillsLate' in step) ? [`${name.split(' ')[0]} late-fill`] : [])),
  ]);
  const stops = report.stopped.flatMap(({ symbol, causes }) => causes.map((cause) => `${symbol} ${cause}`));
  return [
    ...(outcome === 'refused' ? [`cash of ${report.unexplained.cashUsd} is unexplained at ${report.at}`] : []),
    ...stops.filter((stop) => !mayBeStopped.has(stop)).map((stop) => `stopped without cause: ${stop}`),
  ];
}

/** A fill that a reconciliation books on an order that was over: by then its symbol is stopped. */
function unstoppedLateFills(entries: readonly Entry[]): string[] {
  const filled = new Map<string, { readonly isOver: boolean; readonly cumulative: number }>();
  const stopped = new Set<string>();
  return entries.flatMap((entry): string[] => {
    if (entry.kind === 'control') {
      if (entry.state === 'RUNNING') stopped.delete(entry.item);
      else stopped.add(entry.item);
    }
    if (entry.kind !== 'ledger-order') return [];
    const { orderId, symbol, closedBy, cumulativeQuantity } = entry.order;
    const before = filled.get(orderId);
    filled.set(orderId, { isOver: closedBy !== undefined, cumulative: cumulativeQuantity });
    const isLate = before?.isOver === true && cumulativeQuantity > before.cumulative;
    return isLate && !stopped.has(`symbol#${symbol}`) ? [`${orderId} filled late, and ${symbol} is not stopped`] : [];
  });
}

/** Whatever is booked is on record, and an event told of that report before. */
function untold(booked: readonly string[], onRecord: FinalBooks['onRecord'], entries: readonly Entry[]): string[] {
  const told = new Set<string>();
  return entries.flatMap((entry): string[] => {
    if (entry.kind === 'told') told.add(entry.eventId);
    if (entry.kind !== 'adjusted' || !booked.includes(entry.activityId)) return [];
    const reports = onRecord.get(entry.activityId) ?? [];
    if (reports.length === 0) return [`${entry.activityId} is booked and on no record`];
    return reports.some((id) => told.has(`${id}/reconciled`)) ? [] : [`${entry.activityId} was booked before anybody was told`];
  });
}
