/** One order as the exchange knows it: its terms, how far it is, and the status that Alpaca would show for that. */
import { type MicroUsd, type NanoShares, noMoney, noShares, parseMicroUsd, parseNanoShares } from '../../shared/kernel/money.ts';
import type { EpochDay, EpochMs } from '../../shared/kernel/units.ts';
import type { FinalStatus, OrderTerms } from './exchange-events.ts';
import type { MatchableOrder } from './matching.ts';

export type OrderStatus =
  | FinalStatus
  | 'accepted'
  | 'pending_new'
  | 'new'
  | 'partially_filled'
  | 'filled'
  | 'replaced'
  | 'held'
  | 'suspended'
  | 'pending_cancel'
  | 'pending_replace';

export interface PaperOrder {
  readonly terms: OrderTerms;
  /** Place in the order of acceptance. */
  readonly sequence: number;
  readonly notional: MicroUsd | undefined;
  readonly limitPrice: MicroUsd | undefined;
  readonly stopPrice: MicroUsd | undefined;
  status: OrderStatus;
  quantity: NanoShares | undefined;
  /** What the whole group is to fill, as this order sees it. */
  groupQuantity: NanoShares;
  filledQuantity: NanoShares;
  /** Sum of quantity times price, unrounded (nano-shares times micro-dollars). */
  filledProduct: bigint;
  session: EpochDay;
  acknowledged: boolean;
  /** Since when it may trade in its session without a break. */
  activeFrom: EpochMs;
  /** The instant of its latest fill. */
  lastFillAt: EpochMs;
  stopReached: boolean;
  isHeld: boolean;
  suspendedUntil?: EpochMs | undefined;
  cancelEffectiveAt?: EpochMs;
  /** The order that is to take its place. */
  replacementId?: string | undefined;
  updatedAt: EpochMs;
  filledAt?: EpochMs;
  endedAt?: EpochMs;
  /** The order that took its place. */
  replacedBy?: string;
}

export function newPaperOrder(terms: OrderTerms, sequence: number): PaperOrder {
  const quantity = terms.quantity === undefined ? undefined : parseNanoShares(terms.quantity);
  const order: PaperOrder = {
    ...{ terms, sequence, quantity, groupQuantity: quantity ?? noShares },
    notional: terms.notional === undefined ? undefined : parseMicroUsd(terms.notional),
    limitPrice: terms.limitPrice === undefined ? undefined : parseMicroUsd(terms.limitPrice),
    stopPrice: terms.stopPrice === undefined ? undefined : parseMicroUsd(terms.stopPrice),
    ...{ status: 'accepted', filledQuantity: noShares, filledProduct: 0n, session: terms.session },
    ...{ acknowledged: false, activeFrom: terms.acknowledgedFrom, lastFillAt: terms.submittedAt, stopReached: false },
    ...{ isHeld: terms.heldBy !== undefined, updatedAt: terms.submittedAt },
  };
  order.status = openStatus(order);
  return order;
}

/** The status of an order that is not final. What was asked for and not yet done shows first. */
export function openStatus(order: PaperOrder): OrderStatus {
  if (order.cancelEffectiveAt !== undefined) return 'pending_cancel';
  if (order.replacementId !== undefined) return 'pending_replace';
  if (order.isHeld) return 'held';
  if (order.suspendedUntil !== undefined) return 'suspended';
  if (!order.acknowledged) return order.terms.isLate ? 'pending_new' : 'accepted';
  return order.filledQuantity > 0n ? 'partially_filled' : 'new';
}

/** The order as matching sees it. */
export function matchableOf(order: PaperOrder): MatchableOrder {
  const { terms, quantity, notional, filledQuantity, limitPrice, stopPrice, stopReached, activeFrom } = order;
  const spent = order.filledProduct / 1_000_000_000n;
  return {
    ...{ side: terms.side, timeInForce: terms.timeInForce, activeFrom, filled: filledQuantity, limitPrice },
    stopPrice: stopReached ? undefined : stopPrice,
    leaves:
      quantity === undefined ? { usd: ((notional ?? noMoney) - spent) as MicroUsd } : { shares: (quantity - filledQuantity) as NanoShares },
  };
}

/** What is left of an order given in shares; zero for one given in dollars. */
export const leavesOf = ({ quantity, filledQuantity }: PaperOrder): NanoShares =>
  (quantity === undefined ? 0n : quantity - filledQuantity) as NanoShares;
