/**
 * How a stored order moves on what is learned of it: the domain's order lifecycle decides the state and names incidents;
 * here the executed part is put into fixed point, as the difference between what two cumulative reports say was paid in
 * all, so that reports repeated, skipped or out of order book the same shares and the same money.
 */
import {
  applyOrderEvent,
  isTerminal,
  type OrderEvent as LifecycleEvent,
  type OrderEffect,
  type OrderRecord,
} from '../../domain/execution/order-lifecycle.ts';
import { invariant } from '../../kernel/errors.ts';
import { type MicroUsd, microUsdFromFloat, type NanoShares, nanoSharesFromFloat, notionalOf } from '../../kernel/money.ts';
import type { EpochMs, Price } from '../../kernel/units.ts';
import type { SignedFill } from './holding.ts';
import type { LedgerOrder, OrderEvent, OrderEvidence } from './order.ts';

export type OrderIncident = Extract<OrderEffect, { kind: 'incident' }>['reason'];

export type OrderProgress =
  | { readonly kind: 'unchanged'; readonly incidents: readonly OrderIncident[] }
  | {
      readonly kind: 'moved';
      readonly order: LedgerOrder;
      /** What was executed since; absent when nothing was. */
      readonly fill?: SignedFill;
      /** It became final just now. */
      readonly closed: boolean;
      readonly incidents: readonly OrderIncident[];
    };

/** @throws InvariantViolation for withdrawing an order that may have been sent, and for executed shares without a price. */
export function orderAfter(before: LedgerOrder, event: OrderEvent, at: EpochMs): OrderProgress {
  const evidence = event.kind === 'evidence' ? event.evidence : undefined;
  if (event.kind === 'withdrawn' && !isTerminal(before.state)) {
    invariant(before.state === 'PENDING', 'only an order that was never sent is withdrawn', {
      orderId: before.orderId,
      state: before.state,
    });
  }
  const { order: record, effects } = applyOrderEvent(recordOf(before), lifecycleEvent(before, event));
  const incidents = effects.flatMap((effect) => (effect.kind === 'incident' ? [effect.reason] : []));
  const fill = evidence && fillSince(before, evidence);
  const nowKnownToBroker = evidence !== undefined && before.brokerOrderId === undefined;
  if (!fill && !nowKnownToBroker && record.state === before.state) return { kind: 'unchanged', incidents };

  const order: LedgerOrder = {
    ...before,
    ...{ state: record.state, updatedAt: at, version: before.version + 1 },
    ...(evidence
      ? { brokerOrderId: evidence.brokerOrderId, brokerStatus: evidence.brokerStatus }
      : { note: 'note' in event ? event.note : '' }),
    // The report's own figure, not a sum of differences of floats.
    ...(fill && evidence && { cumulativeQuantity: evidence.cumulativeQuantity, averagePrice: evidence.averagePrice as Price }),
  };
  return { kind: 'moved', order, closed: !isTerminal(before.state) && isTerminal(order.state), incidents, ...(fill && { fill }) };
}

/** A reservation that is refused or withdrawn ends like an order the broker reports as such, without one share executed. */
function lifecycleEvent(before: LedgerOrder, event: OrderEvent): LifecycleEvent {
  if (event.kind === 'reply-lost') return event;
  if (event.kind === 'evidence') {
    const { state, brokerOrderId, cumulativeQuantity, averagePrice } = event.evidence;
    return { kind: 'report', state, brokerOrderId, cumulative: cumulativeQuantity, averagePriceUsd: averagePrice ?? null };
  }
  const known = before.brokerOrderId !== undefined;
  // Once the broker is known to have the order, only its own reports end it.
  const state = known ? before.state : event.kind === 'rejected' ? 'REJECTED' : 'CANCELLED';
  return { kind: 'report', state, brokerOrderId: '', cumulative: 0, averagePriceUsd: null };
}

const recordOf = (order: LedgerOrder): OrderRecord => ({
  quantity: order.quantity,
  state: order.state,
  cumulative: order.cumulativeQuantity,
  leaves: order.quantity - order.cumulativeQuantity,
  highestReported: order.cumulativeQuantity,
  averagePriceUsd: order.averagePrice ?? null,
  brokerOrderId: order.brokerOrderId ?? null,
});

function fillSince(before: LedgerOrder, { cumulativeQuantity, averagePrice }: OrderEvidence): SignedFill | undefined {
  const known = nanoSharesFromFloat(before.cumulativeQuantity);
  const reported = nanoSharesFromFloat(cumulativeQuantity);
  if (reported <= known) return undefined;
  invariant(averagePrice !== undefined, 'executed shares have a price', { orderId: before.orderId });
  const paidBefore = before.averagePrice === undefined ? 0n : notionalOf(known, microUsdFromFloat(before.averagePrice));
  const paid = notionalOf(reported, microUsdFromFloat(averagePrice)) - paidBefore;
  const sign = before.side === 'BUY' ? 1n : -1n;
  return { quantity: (sign * (reported - known)) as NanoShares, value: (sign * paid) as MicroUsd };
}
