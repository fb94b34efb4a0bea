/**
 * Sending and cancelling over one session.
 *
 * TWS refuses no second order of the same reference, so an order is looked for before it is sent. That look and the sending happen in one
 * session, and TWS gives our client id to one session at a time: no other process of ours can come between the two. Within this process
 * submissions take turns (`TwsSessions.inTurn`).
 *
 * A cancellation works only under the client id that the order was entered with; of another program's order it is refused.
 */
import { isTerminal } from '../../domain/execution/order-lifecycle.ts';
import { ContractViolation, invariant, TransientFailure } from '../../kernel/errors.ts';
import { refuse } from '../../kernel/refusal.ts';
import type { BrokerCapabilities, BrokerOrder, CancelOutcome, OrderToSubmit, SubmitOutcome } from '../broker.ts';
import { stockContract } from './contract.ts';
import { orderMessageMeaning } from './error-meaning.ts';
import { orderAsMeant, twsOrder } from './order-terms.ts';
import { type FoundOrder, type OpenOrder, readOrders, withStatus } from './orders.ts';
import type { TwsSession } from './session.ts';

/** The port tells a refusal's HTTP status; TWS has none, and this is what HTTP says of what was understood and refused. */
const REFUSED = 422;
/** "Order Canceled": the good news that a cancellation waits for. */
const CANCELLED = 202;

export interface OrderAccess {
  readonly account: string;
  readonly capabilities: BrokerCapabilities;
}

/** Sends once, unless TWS has an order of that reference already. Never throws for what TWS or the network did. */
export async function submitOnce(session: TwsSession, order: OrderToSubmit, access: OrderAccess): Promise<SubmitOutcome> {
  try {
    const known = (await readOrders(session, access.account)).named(order.clientOrderId);
    if (known) return { kind: 'acknowledged', order: ofIntent(known.order, order) };
  } catch (error) {
    return unknownFrom(error);
  }
  return sendOnce(session, order, access);
}

/** For an order of a reference that this session has looked for and not found. */
export async function sendOnce(session: TwsSession, order: OrderToSubmit, access: OrderAccess): Promise<SubmitOutcome> {
  try {
    return await place(session, order, access);
  } catch (error) {
    // Whatever of it still waits to be sent must not go out later.
    session.close();
    return unknownFrom(error);
  }
}

function place(session: TwsSession, order: OrderToSubmit, { account, capabilities }: OrderAccess): Promise<SubmitOutcome> {
  const told = twsOrder(order, account, capabilities);
  return session.ask<SubmitOutcome>('place order', (turn) => {
    const orderId = session.takeOrderId();
    const acknowledge = (permId: number | undefined, status: string, filled: number, averagePrice: number | undefined) => {
      // Without the id that TWS gives for good the order could not be named; the next report has it.
      if (permId) turn.answer({ kind: 'acknowledged', order: withStatus(orderAsMeant(order, permId), status, filled, averagePrice) });
    };
    // Another client's order may bear the same number.
    const isOurs = (id: number, clientId: number | undefined) => id === orderId && clientId === session.clientId;
    turn.on('openOrder', (id, _contract, { permId, clientId }, { status }) => {
      if (isOurs(id, clientId)) acknowledge(permId, status, 0, undefined);
    });
    turn.on('orderStatus', (id, status, filled, _remaining, averagePrice, permId, _parentId, _lastPrice, clientId) => {
      if (isOurs(id, clientId)) acknowledge(permId, status, filled ?? 0, averagePrice);
    });
    turn.on('error', ({ message }, code, id) => {
      if (id !== orderId) return;
      const outcome = outcomeOf(code, message);
      if (outcome) turn.answer(outcome);
    });
    turn.api.placeOrder(orderId, stockContract(order.symbol), told);
  });
}

/** Null for what decides nothing: the order's own state follows. */
function outcomeOf(code: number, message: string): SubmitOutcome | null {
  switch (orderMessageMeaning(code, message)) {
    case 'note':
      return null;
    case 'rejected':
      return { kind: 'rejected', status: REFUSED, code: String(code), message };
    case 'throttled':
      return { kind: 'throttled' };
    case 'not-authorised':
      return refuse('not-authorised', { code, message });
    default:
      return { kind: 'unknown', cause: `TWS said ${code}: ${message}` };
  }
}

/** Asks TWS to cancel it. @throws TransientFailure when TWS does not say that it took the request. */
export async function cancelOrder(session: TwsSession, brokerOrderId: string, { account }: OrderAccess): Promise<CancelOutcome> {
  const found = (await readOrders(session, account)).numbered(brokerOrderId);
  return found ? cancelFound(session, found) : refuse('not-found', { brokerOrderId });
}

export async function cancelFound(session: TwsSession, { order, open }: FoundOrder): Promise<CancelOutcome> {
  const { brokerOrderId, brokerStatus } = order;
  if (!open || isTerminal(order.state)) return refuse('not-cancellable', { brokerOrderId, status: brokerStatus });
  if (open.clientId === session.clientId) return requestCancel(session, open);
  const message = 'entered by another client of TWS, which alone may cancel it';
  return refuse('not-cancellable', { brokerOrderId, message, clientId: open.clientId });
}

function requestCancel(session: TwsSession, { orderId, order }: OpenOrder): Promise<CancelOutcome> {
  const { brokerOrderId } = order;
  return session.ask<CancelOutcome>('cancel order', (turn) => {
    turn.on('orderStatus', (_id, status, _filled, _remaining, _averagePrice, permId) => {
      if (String(permId) !== brokerOrderId) return;
      if (status === 'PendingCancel' || status === 'Cancelled' || status === 'ApiCancelled') turn.answer({ kind: 'requested' });
      if (status === 'Filled') turn.answer(refuse('not-cancellable', { brokerOrderId, status }));
    });
    turn.on('error', ({ message }, code, id) => {
      if (id !== orderId) return;
      const meaning = orderMessageMeaning(code, message);
      if (code === CANCELLED) turn.answer({ kind: 'requested' });
      else if (meaning === 'not-found' || meaning === 'not-cancellable') turn.answer(refuse(meaning, { brokerOrderId, code, message }));
      else if (meaning === 'not-authorised') turn.answer(refuse(meaning, { code, message }));
      else if (meaning !== 'note') turn.fail(new TransientFailure(`TWS did not cancel: ${message}`, { brokerOrderId, code }));
    });
    turn.api.cancelOrder(orderId);
  });
}

/** A client order id names one intent for ever; another order under it means that ids are not derived as they should be. */
function ofIntent(order: BrokerOrder, intent: OrderToSubmit): BrokerOrder {
  const same = order.symbol === intent.symbol && order.side === intent.side;
  invariant(same, 'a client order id names one intent', { clientOrderId: intent.clientOrderId, symbol: order.symbol, side: order.side });
  return order;
}

/** Whatever TWS or the network did leaves open what became of the order; only a broken rule of ours goes on as it is. */
export const unknownFrom = (error: unknown): { readonly kind: 'unknown'; readonly cause: string } => {
  if (error instanceof TransientFailure || error instanceof ContractViolation) return { kind: 'unknown', cause: error.message };
  throw error;
};
