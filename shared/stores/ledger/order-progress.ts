/**
 * How a stored order moves on what is learned of it: the domain's order lifecycle decides the state and names incidents;
 * here what was executed is put into fixed point, as the difference between what was paid in all before and after, so that reports
 * repeated, skipped or out of order book the same shares and the same money.
 */

import type { SignedFill } from '../../domain/execution/holding.ts';
import {
  applyOrderEvent,
  type IncidentReason,
  isTerminal,
  type OrderEvent as LifecycleEvent,
  type OrderRecord,
} from '../../domain/execution/order-lifecycle.ts';
import { windowEndOf } from '../../domain/execution/settle-order.ts';
import { invariant } from '../../kernel/errors.ts';
import { divideRounded, type MicroUsd, type NanoShares, nanoSharesFromFloat } from '../../kernel/money.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochMs, Price, Shares } from '../../kernel/units.ts';
import type { LedgerOrder, OrderEvent } from './order.ts';

export type OrderIncident = IncidentReason;

/** Another was faster: it was sent before it could be withdrawn, or sent again before it could be said that it never arrived. */
export type RaceLost = Refusal<'may-have-been-sent' | 'within-submission-window'>;

export type OrderProgress =
  | { readonly kind: 'unchanged'; readonly incidents: readonly OrderIncident[] }
  | {
      readonly kind: 'moved';
      readonly order: LedgerOrder;
      /** What was executed since, or taken back; absent when nothing was. */
      readonly fill?: SignedFill;
      /** It became final just now. */
      readonly closed: boolean;
      readonly incidents: readonly OrderIncident[];
    }
  | RaceLost;

/** @throws InvariantViolation for an answer to an order that was never begun. */
export function orderAfter(before: LedgerOrder, event: OrderEvent, at: EpochMs): OrderProgress {
  const lost = raceLost(before, event, at);
  if (lost) return lost;
  const recordBefore = recordOf(before);
  const { order: record, effects } = applyOrderEvent(recordBefore, lifecycleEvent(before, event));
  const incidents = effects.flatMap((effect) => (effect.kind === 'incident' ? [effect.reason] : []));
  const noted = [...new Set([...(before.incidents ?? []), ...incidents])];
  const isNew = noted.length > (before.incidents?.length ?? 0);
  if (!moved(recordBefore, record) && !isNew) return { kind: 'unchanged', incidents };

  const fill = fillBetween(before.side, recordBefore, record);
  const order: LedgerOrder = {
    ...storedAs(before, record),
    ...(event.kind === 'evidence' && { brokerStatus: event.evidence.brokerStatus }),
    ...('note' in event && { note: event.note }),
    ...(noted.length > 0 && { incidents: noted }),
    ...{ updatedAt: at, version: before.version + 1 },
  };
  return { kind: 'moved', order, closed: !isTerminal(before.state) && isTerminal(order.state), incidents, ...(fill && { fill }) };
}

function raceLost(before: LedgerOrder, event: OrderEvent, at: EpochMs): RaceLost | undefined {
  const { orderId, state } = before;
  if (isTerminal(state)) return undefined;
  if (event.kind === 'withdrawn') return state === 'PENDING' ? undefined : refuse('may-have-been-sent', { orderId, state });
  if (event.kind === 'rejected' || event.kind === 'turned-away' || event.kind === 'reply-lost' || event.kind === 'never-arrived') {
    invariant(state !== 'PENDING', 'an order is sent before anything is concluded from an answer', { orderId, event: event.kind });
  }
  const perhapsUnderWay = event.kind === 'never-arrived' && before.brokerOrderId === undefined;
  return perhapsUnderWay && at < windowEndOf(before) ? refuse('within-submission-window', { orderId, sentAt: before.sentAt }) : undefined;
}

function lifecycleEvent(before: LedgerOrder, event: OrderEvent): LifecycleEvent {
  // Of two requests, one was refused; the other may have been taken. The broker is asked, as after any lost reply.
  if (before.sentAgain && (event.kind === 'rejected' || event.kind === 'turned-away')) return { kind: 'reply-lost' };
  if (event.kind === 'rejected') return { kind: 'refused' };
  if (event.kind !== 'evidence') return event;
  const { state, brokerOrderId, cumulativeQuantity, averagePrice, updatedAt } = event.evidence;
  return {
    ...{ kind: 'report', state, brokerOrderId, cumulative: cumulativeQuantity },
    ...{ averagePriceUsd: averagePrice ?? null, at: updatedAt ?? null },
  };
}

/** The broker has it, and nothing else is asked of it. */
export const isReplaceable = (order: LedgerOrder): boolean => {
  const before = recordOf(order);
  return moved(before, applyOrderEvent(before, { kind: 'replace-requested' }).order);
};

const recordOf = (order: LedgerOrder): OrderRecord => ({
  ...{ quantity: order.quantity, state: order.state, pending: order.pending, statusUnknown: order.statusUnknown ?? false },
  ...{ cumulative: order.cumulativeQuantity, leaves: order.quantity - order.cumulativeQuantity },
  ...{ averagePriceUsd: order.averagePrice ?? null, busts: order.busts ?? [] },
  ...{ brokerOrderId: order.brokerOrderId ?? null, closedBy: order.closedBy ?? null },
});

/** What is not so is left out, which keeps the document small. */
function storedAs(before: LedgerOrder, record: OrderRecord): LedgerOrder {
  const { statusUnknown: _status, averagePrice: _price, ...rest } = before;
  return {
    ...rest,
    ...{
      quantity: record.quantity as Shares,
      state: record.state,
      pending: record.pending,
      cumulativeQuantity: record.cumulative as Shares,
    },
    ...(record.statusUnknown && { statusUnknown: true as const }),
    ...(record.averagePriceUsd !== null && { averagePrice: record.averagePriceUsd as Price }),
    ...(record.busts.length > 0 && { busts: record.busts }),
    ...(record.brokerOrderId !== null && { brokerOrderId: record.brokerOrderId }),
    ...(record.closedBy !== null && { closedBy: record.closedBy }),
  };
}

const moved = (before: OrderRecord, after: OrderRecord): boolean =>
  (Object.keys(after) as (keyof OrderRecord)[]).some((member) => after[member] !== before[member]);

function fillBetween(side: LedgerOrder['side'], before: OrderRecord, after: OrderRecord): SignedFill | undefined {
  const quantity = nanoSharesFromFloat(after.cumulative) - nanoSharesFromFloat(before.cumulative);
  if (quantity === 0n) return undefined;
  const sign = side === 'BUY' ? 1n : -1n;
  return { quantity: (sign * quantity) as NanoShares, value: (sign * (paidFor(after) - paidFor(before))) as MicroUsd };
}

/** A mean price keeps nine decimals here, so that a million shares of it still sum to the cent. */
const paidFor = ({ cumulative, averagePriceUsd }: OrderRecord): bigint =>
  averagePriceUsd === null
    ? 0n
    : divideRounded(nanoSharesFromFloat(cumulative) * nanoSharesFromFloat(averagePriceUsd), NANO_USD_SHARES_PER_MICRO_USD);

const NANO_USD_SHARES_PER_MICRO_USD = 1_000_000_000_000n;
