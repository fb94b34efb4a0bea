/**
 * How an order moves on what is learned of it. Pure; the same report twice, or an old one after a newer, changes nothing.
 *
 * - Executed quantity only grows; a report of less is an old report.
 * - A final state stays. Shares executed after it are booked all the same, and reported as an incident.
 * - A status we have no name for moves nothing but the executed quantity.
 */
import { invariant } from '../../kernel/errors.ts';
import { type MicroUsd, microUsdFromFloat, type NanoShares, nanoSharesFromFloat, notionalOf } from '../../kernel/money.ts';
import type { EpochMs } from '../../kernel/units.ts';
import type { SignedFill } from './holding.ts';
import { isFinal, type LedgerOrder, type OrderEvent, type OrderEvidence, type OrderState } from './order.ts';

export type OrderProgress =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'moved';
      readonly order: LedgerOrder;
      /** What was executed since; absent when nothing was. */
      readonly fill?: SignedFill;
      /** It became final just now. */
      readonly closed: boolean;
      readonly incident?: 'executed-after-final';
    };

const reached: Readonly<Record<OrderState, number>> = {
  PENDING: 0,
  SUBMITTED: 1,
  UNKNOWN: 2,
  ACKNOWLEDGED: 3,
  PARTIAL: 4,
  FILLED: 5,
  CANCELLED: 5,
  REJECTED: 5,
  EXPIRED: 5,
};

/** @throws InvariantViolation when the broker reports more shares than were ordered, or "filled" with fewer. */
export function orderAfter(order: LedgerOrder, event: OrderEvent, at: EpochMs): OrderProgress {
  if (event.kind === 'evidence') return afterEvidence(order, event.evidence, at);
  const state = ({ rejected: 'REJECTED', 'reply-lost': 'UNKNOWN', withdrawn: 'CANCELLED' } as const)[event.kind];
  // The broker is known to have it: only the broker can say more.
  if (reached[order.state] >= reached.ACKNOWLEDGED || order.state === state) return { kind: 'unchanged' };
  if (event.kind === 'withdrawn')
    invariant(order.state === 'PENDING', 'only an order that was never sent is withdrawn', { orderId: order.orderId });
  return { kind: 'moved', order: { ...order, state, note: event.note, updatedAt: at, version: order.version + 1 }, closed: isFinal(state) };
}

function afterEvidence(order: LedgerOrder, evidence: OrderEvidence, at: EpochMs): OrderProgress {
  const known = nanoSharesFromFloat(order.cumulativeQuantity);
  const reported = nanoSharesFromFloat(evidence.cumulativeQuantity);
  const whole = nanoSharesFromFloat(order.quantity);
  const details = { orderId: order.orderId, ordered: order.quantity, reported: evidence.cumulativeQuantity };
  invariant(reported <= whole, 'fills sum to at most the order quantity', details);
  invariant(evidence.state !== 'FILLED' || reported === whole, 'a filled order has its whole quantity', details);
  if (reported < known) return { kind: 'unchanged' };

  const wasFinal = isFinal(order.state);
  const state = wasFinal ? order.state : stateAfter(order.state, evidence, reported > 0n);
  const grew = reported > known;
  const first = order.brokerOrderId === undefined;
  if (!grew && !first && state === order.state && (wasFinal || order.brokerStatus === evidence.brokerStatus)) return { kind: 'unchanged' };
  const { brokerOrderId, brokerStatus, cumulativeQuantity, averagePrice } = evidence;
  const moved: LedgerOrder = {
    ...order,
    ...{ state, brokerOrderId, brokerStatus, cumulativeQuantity, updatedAt: at, version: order.version + 1 },
    ...(averagePrice !== undefined && { averagePrice }),
  };
  return {
    kind: 'moved',
    order: moved,
    closed: !wasFinal && isFinal(state),
    ...(grew && { fill: fillBetween(order, evidence, known, reported) }),
    ...(grew && wasFinal && { incident: 'executed-after-final' as const }),
  };
}

function stateAfter(state: OrderState, evidence: OrderEvidence, someExecuted: boolean): OrderState {
  if (evidence.state === 'UNKNOWN') return someExecuted && reached[state] < reached.PARTIAL ? 'PARTIAL' : state;
  const reportedState = evidence.state === 'ACKNOWLEDGED' && someExecuted ? 'PARTIAL' : evidence.state;
  return reached[reportedState] >= reached[state] ? reportedState : state;
}

/** The part between two cumulative reports: its value is the difference of what each says was paid in all. */
function fillBetween(order: LedgerOrder, evidence: OrderEvidence, known: NanoShares, reported: NanoShares): SignedFill {
  invariant(evidence.averagePrice !== undefined, 'executed shares have a price', { orderId: order.orderId });
  const paidBefore = order.averagePrice === undefined ? 0n : notionalOf(known, microUsdFromFloat(order.averagePrice));
  const paid = notionalOf(reported, microUsdFromFloat(evidence.averagePrice)) - paidBefore;
  const sign = order.side === 'BUY' ? 1n : -1n;
  return { quantity: (sign * (reported - known)) as NanoShares, value: (sign * paid) as MicroUsd };
}
