/** Sends an order once, and says how that ended; the one thing asked on top is an order that Alpaca says it has already. */
import { errors, type trading } from '@alpacahq/alpaca-trade-api/rest';
import { ContractViolation, invariant, TransientFailure } from '../../kernel/errors.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import type { OrderId } from '../../kernel/units.ts';
import { admit } from '../admission.ts';
import type { Broker, BrokerOrder, NotAuthorised, NotFound, OrderToSubmit, SubmitOutcome } from '../broker.ts';
import type { RiskTicket } from '../risk-ticket.ts';
import { orderAnswer } from './answers.ts';
import { type AlpacaCalls, causeText, meaningOfError, notAuthorised, Throttled } from './calls.ts';
import { postOrderRequest } from './order-request.ts';

export type OrdersApi = InstanceType<typeof trading.OrdersApi>;

export interface OrderCalls {
  readonly calls: AlpacaCalls;
  readonly orders: OrdersApi;
  readonly orderByClientId: Broker['orderByClientId'];
}

export async function submitOrder(
  { calls, orders, orderByClientId }: OrderCalls,
  order: OrderToSubmit,
  ticket: RiskTicket,
): Promise<SubmitOutcome> {
  const request = { postOrderRequest: postOrderRequest(order) };
  admit(ticket, order);
  let answer: unknown;
  try {
    answer = await calls.ask('new-risk', async () => await (await orders.postOrderRaw(request)).raw.json());
  } catch (error) {
    if (error instanceof Throttled) return throttled(error);
    if (!(error instanceof errors.ApiError)) return unknownFrom(error);
    switch (meaningOfError(error)) {
      case 'duplicate-client-order-id':
        return await adoptExisting(order, orderByClientId);
      case 'not-authorised':
        return notAuthorised(error);
      case 'failed':
        return { kind: 'unknown', cause: `Alpaca answered ${error.status}: ${error.message}` };
      default:
        return { kind: 'rejected', status: error.status, code: String(error.code ?? ''), message: error.message };
    }
  }
  const parsed = orderAnswer.safeParse(answer);
  if (!parsed.success) return { kind: 'unknown', cause: `the answer to the order is not readable: ${parsed.error.message}` };
  return { kind: 'acknowledged', order: ofIntent(parsed.data, order) };
}

/** The broker has an order of this id from an attempt whose reply we did not get; that order is the intent. */
async function adoptExisting(intent: OrderToSubmit, orderByClientId: Broker['orderByClientId']): Promise<SubmitOutcome> {
  const found = await lookedUp(intent.clientOrderId, orderByClientId);
  if ('cause' in found) return { kind: 'unknown', cause: found.cause };
  if (!isRefusal(found)) return { kind: 'acknowledged', order: ofIntent(found, intent) };
  if (found.reason === 'not-authorised') return found;
  return { kind: 'unknown', cause: 'Alpaca says that the client order id is taken, and that it has no order of that id' };
}

/** A look-up that gets no answer, or none that can be read, has a cause instead. */
export async function lookedUp(
  clientOrderId: OrderId,
  orderByClientId: Broker['orderByClientId'],
): Promise<BrokerOrder | NotFound | NotAuthorised | { readonly cause: string }> {
  try {
    return await orderByClientId(clientOrderId);
  } catch (error) {
    if (error instanceof TransientFailure || error instanceof ContractViolation) return { cause: causeText(error) };
    throw error;
  }
}

/** A client order id names one intent for ever; another order under it means that ids are not derived as they should be. */
export function ofIntent(order: BrokerOrder, intent: Pick<OrderToSubmit, 'clientOrderId' | 'symbol' | 'side'>): BrokerOrder {
  const same = order.clientOrderId === intent.clientOrderId && order.symbol === intent.symbol && order.side === intent.side;
  invariant(same, 'a client order id names one intent', { clientOrderId: intent.clientOrderId, symbol: order.symbol, side: order.side });
  return order;
}

export const throttled = ({ retryAfterMs }: Throttled) => ({
  kind: 'throttled' as const,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

export const unknownFrom = (error: unknown) => ({ kind: 'unknown' as const, cause: causeText(error) });
