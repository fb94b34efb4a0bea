/**
 * Replaces a working order: PATCH /v2/orders/{id}. Alpaca makes a new order of its own id, and the old one ends as `replaced`.
 *
 * A partly filled order is not replaced but refused: cancel it, and send the rest. What the quantity of its replacement would count is
 * not documented; public report 165 in alpacahq/Alpaca-API has the new order start from nothing filled, so that one of N, replaced
 * "by N", traded more than N. Because an order may fill while it is being replaced, it is read again afterwards, and a
 * replacement with which it would trade too much is cancelled. What remains is what the old one fills after that second look.
 *
 * Alpaca does not change a fractional quantity, and does not replace what is new, pending or final.
 */
import { errors } from '@alpacahq/alpaca-trade-api/rest';
import { isTerminal } from '../../domain/execution/order-lifecycle.ts';
import { isRefusal, refuse } from '../../kernel/refusal.ts';
import type { Shares } from '../../kernel/units.ts';
import { admit } from '../admission.ts';
import type { BrokerOrder, CancelOutcome, Replacement, ReplaceOutcome } from '../broker.ts';
import type { RiskTicket } from '../risk-ticket.ts';
import { orderAnswer } from './answers.ts';
import { causeText, meaningOfError, notAuthorised, Throttled } from './calls.ts';
import { patchOrderRequest } from './order-request.ts';
import { lookedUp, type OrderCalls, ofIntent, throttled, unknownFrom } from './submit-order.ts';

export type OrderToReplace = Pick<BrokerOrder, 'brokerOrderId' | 'clientOrderId' | 'symbol' | 'side'>;

export interface ReplaceCalls extends OrderCalls {
  cancel(brokerOrderId: string): Promise<CancelOutcome>;
}

/** Sums of quantities to four decimals miss by less than this. */
const TOLERANCE = 1e-6;

export async function replaceOrder(via: ReplaceCalls, order: OrderToReplace, by: Replacement, ticket: RiskTicket): Promise<ReplaceOutcome> {
  patchOrderRequest(by, by.quantity);
  const intent = { clientOrderId: by.clientOrderId, symbol: order.symbol, side: order.side };
  admit(ticket, { ...intent, quantity: by.quantity }, order.clientOrderId);
  const known = await lookedUp(order.clientOrderId, via.orderByClientId);
  if ('cause' in known) return { kind: 'unknown', cause: `the order could not be read, and nothing was sent: ${known.cause}` };
  if (isRefusal(known)) return known;
  const sent = isTerminal(known.state)
    ? ((await replacedBefore(via, intent)) ?? notReplaceable(order, `it is ${known.brokerStatus}`))
    : await sendWhole(via, order, by, known);
  if (sent.kind !== 'requested') return sent;
  ofIntent(sent.order, intent);
  return await heldToQuantity(via, order, by, sent);
}

async function sendWhole(via: ReplaceCalls, order: OrderToReplace, by: Replacement, known: BrokerOrder): Promise<ReplaceOutcome> {
  if (known.cumulativeQuantity > 0) return notReplaceable(order, 'it is partly filled');
  if (Number.isInteger(by.quantity)) return await sendOnce(via, order, by, by.quantity);
  return by.quantity === known.quantity
    ? await sendOnce(via, order, by, undefined)
    : notReplaceable(order, 'Alpaca does not change fractional quantities');
}

async function sendOnce(via: ReplaceCalls, order: OrderToReplace, by: Replacement, quantity: Shares | undefined): Promise<ReplaceOutcome> {
  const request = { orderId: order.brokerOrderId, patchOrderRequest: patchOrderRequest(by, quantity) };
  let answer: unknown;
  try {
    answer = await via.calls.ask('new-risk', async () => await (await via.orders.patchOrderByOrderIdRaw(request)).raw.json());
  } catch (error) {
    if (error instanceof Throttled) return throttled(error);
    if (!(error instanceof errors.ApiError)) return unknownFrom(error);
    switch (meaningOfError(error)) {
      case 'duplicate-client-order-id':
        return (await replacedBefore(via, { ...order, clientOrderId: by.clientOrderId })) ?? unknownFrom(error);
      case 'not-authorised':
        return notAuthorised(error);
      case 'not-found':
        return refuse('not-found', { brokerOrderId: order.brokerOrderId, message: error.message });
      case 'failed':
        return { kind: 'unknown', cause: `Alpaca answered ${error.status}: ${error.message}` };
      default:
        return notReplaceable(order, error.message, { status: error.status, code: error.code });
    }
  }
  const parsed = orderAnswer.safeParse(answer);
  if (!parsed.success) return { kind: 'unknown', cause: `the answer to the replacement is not readable: ${parsed.error.message}` };
  return { kind: 'requested', order: parsed.data };
}

/** An earlier attempt whose reply was lost may have replaced it. */
async function replacedBefore(
  via: ReplaceCalls,
  intent: Pick<BrokerOrder, 'clientOrderId' | 'symbol' | 'side'>,
): Promise<ReplaceOutcome | undefined> {
  const found = await lookedUp(intent.clientOrderId, via.orderByClientId);
  if ('cause' in found) return { kind: 'unknown', cause: found.cause };
  if (!isRefusal(found)) return { kind: 'requested', order: ofIntent(found, intent) };
  return found.reason === 'not-authorised' ? found : undefined;
}

/** Takes a replacement back that, with what its order filled meanwhile, would trade too much. */
async function heldToQuantity(
  via: ReplaceCalls,
  order: OrderToReplace,
  by: Replacement,
  sent: Extract<ReplaceOutcome, { kind: 'requested' }>,
): Promise<ReplaceOutcome> {
  const known = await lookedUp(order.clientOrderId, via.orderByClientId);
  if ('cause' in known) return { kind: 'unknown', cause: `replaced, but what it filled is not known: ${known.cause}` };
  if (isRefusal(known)) return { kind: 'unknown', cause: `replaced, but what it filled is not known: ${known.reason}` };
  if (known.cumulativeQuantity + (sent.order.quantity ?? 0) <= by.quantity + TOLERANCE) return sent;
  return { kind: 'unknown', cause: `it filled while it was being replaced; ${await takenBack(via, sent.order.brokerOrderId)}` };
}

async function takenBack(via: ReplaceCalls, brokerOrderId: string): Promise<string> {
  try {
    const outcome = await via.cancel(brokerOrderId);
    return outcome.kind === 'requested' ? 'the replacement is being cancelled' : `the replacement is ${outcome.reason}`;
  } catch (error) {
    return `cancelling the replacement got no answer: ${causeText(error)}`;
  }
}

const notReplaceable = ({ brokerOrderId }: OrderToReplace, message: string, details: Record<string, unknown> = {}) =>
  refuse('not-replaceable', { brokerOrderId, message, ...details });
