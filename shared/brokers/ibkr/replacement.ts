/**
 * Replacing an order at TWS. TWS changes an order in place, under the reference it was entered with, and advises against changing more than
 * price, size and time in force; for anything else, "cancel the open order, and create a new one" (TWS API, "Modifying Orders"). An order of
 * ours and what replaces it bear two ids, and two ids cannot be in one reference, so:
 *
 * 1. The order is read. One that is over, or of a kind that we never send, is not replaceable.
 * 2. It is cancelled, and looked at until TWS calls it final.
 * 3. What it filled is taken off, and the rest goes out under the new id, once.
 *
 * At no time do both work, and both ids can be looked up ever after. A crash in between leaves less in the market, never more. What it costs
 * is the place in the queue.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { isTerminal } from '../../domain/execution/order-lifecycle.ts';
import type { PriceTerms } from '../../domain/execution/order-terms.ts';
import { TransientFailure } from '../../kernel/errors.ts';
import { isRefusal, refuse } from '../../kernel/refusal.ts';
import type { Shares } from '../../kernel/units.ts';
import type { BrokerOrder, OrderToSubmit, Replacement, ReplaceOutcome } from '../broker.ts';
import { readOrders } from './orders.ts';
import type { TwsSession } from './session.ts';
import { cancelFound, type OrderAccess, sendOnce, unknownFrom } from './submission.ts';

/** Cancellations are confirmed in well under a second while a market is open. */
const LOOKS_MAX = 20;
const MS_BETWEEN_LOOKS = 100;

/** Never throws for what TWS or the network did. */
export async function replaceOrder(
  session: TwsSession,
  order: Pick<BrokerOrder, 'brokerOrderId' | 'clientOrderId'>,
  by: Replacement,
  access: OrderAccess,
): Promise<ReplaceOutcome> {
  try {
    const orders = await readOrders(session, access.account);
    const before = orders.named(by.clientOrderId);
    if (before) return { kind: 'requested', order: before.order };
    const found = orders.named(order.clientOrderId);
    if (!found) return refuse('not-found', { ...order });
    const terms = termsAfter(found.order, by);
    if (isTerminal(found.order.state) || !terms) return refuse('not-replaceable', { ...order, status: found.order.brokerStatus });
    if (leftOf(found.order, by) <= 0) return refuse('not-replaceable', { ...order, filled: found.order.cumulativeQuantity });

    const cancelled = await cancelFound(session, found);
    if (isRefusal(cancelled)) return cancelled.reason === 'not-cancellable' ? refuse('not-replaceable', cancelled.details) : cancelled;
    const final = await awaitFinal(session, found.order, access);
    if (!final) return { kind: 'unknown', cause: 'its cancellation is not confirmed yet, and nothing was sent in its place' };
    const left = leftOf(final, by);
    if (left <= 0) return refuse('not-replaceable', { ...order, filled: final.cumulativeQuantity });
    return await sent(session, { ...terms, quantity: left as Shares }, access);
  } catch (error) {
    return unknownFrom(error);
  }
}

async function sent(session: TwsSession, order: OrderToSubmit, access: OrderAccess): Promise<ReplaceOutcome> {
  const outcome = await sendOnce(session, order, access);
  if (outcome.kind === 'acknowledged') return { kind: 'requested', order: outcome.order };
  if (outcome.kind !== 'rejected') return outcome;
  return refuse('not-replaceable', { code: outcome.code, message: outcome.message, cancelled: true });
}

/** `undefined` when TWS does not call it final in time. */
async function awaitFinal(
  session: TwsSession,
  { brokerOrderId }: Pick<BrokerOrder, 'brokerOrderId'>,
  { account }: OrderAccess,
): Promise<BrokerOrder | undefined> {
  for (let look = 0; look < LOOKS_MAX; look++) {
    if (look > 0) await wait(MS_BETWEEN_LOOKS);
    const found = (await readOrders(session, account)).numbered(brokerOrderId);
    if (!found) throw new TransientFailure('an order that was being cancelled is in none of the lists of TWS', { brokerOrderId });
    if (isTerminal(found.order.state)) return found.order;
  }
  return undefined;
}

const leftOf = (order: BrokerOrder, by: Replacement): number => by.quantity - order.cumulativeQuantity;

/** Null for a kind of order that we never send. */
function termsAfter(order: BrokerOrder, by: Replacement): OrderToSubmit | null {
  const { symbol, side, timeInForce, type } = order;
  const limitPrice = by.limitPrice ?? order.limitPrice;
  const stopPrice = by.stopPrice ?? order.stopPrice;
  const prices = pricesOf(type, limitPrice, stopPrice);
  if (timeInForce === 'UNKNOWN' || prices === null) return null;
  return { clientOrderId: by.clientOrderId, symbol, side, timeInForce, quantity: by.quantity, ...prices };
}

function pricesOf(
  type: BrokerOrder['type'],
  limitPrice: BrokerOrder['limitPrice'],
  stopPrice: BrokerOrder['stopPrice'],
): PriceTerms | null {
  if (type === 'MARKET') return { type };
  if (type === 'LIMIT') return limitPrice === undefined ? null : { type, limitPrice };
  if (type === 'STOP') return stopPrice === undefined ? null : { type, stopPrice };
  if (type !== 'STOP_LIMIT' || limitPrice === undefined || stopPrice === undefined) return null;
  return { type, limitPrice, stopPrice };
}
