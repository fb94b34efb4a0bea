/**
 * An order in the words of POST /v2/orders (Trading API, schemas PostOrderRequest and PatchOrderRequest): amounts as decimal text.
 *
 * A sale says whether it may open a short position: one that is meant to close is sent as `sell_to_close`, so that the broker itself
 * refuses it once there is less to sell than we thought. Of a buy nothing is said, because one order may cover a short and go on.
 */
import type { trading } from '@alpacahq/alpaca-trade-api/rest';
import type { AttachedOrders, StopLoss } from '../../domain/execution/order-terms.ts';
import type { OrderToSubmit, Replacement } from '../broker.ts';
import { priceText, quantityText } from '../decimal-text.ts';

const typeWords = { MARKET: 'market', LIMIT: 'limit', STOP: 'stop', STOP_LIMIT: 'stop_limit' } as const;
const timeInForceWords = { DAY: 'day', GTC: 'gtc', IOC: 'ioc', FOK: 'fok' } as const;

/** @throws ContractViolation for quantities and prices off the grid. */
export function postOrderRequest(order: OrderToSubmit): trading.PostOrderRequest {
  return {
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side === 'BUY' ? 'buy' : 'sell',
    ...(order.side === 'SELL' && { positionIntent: order.shortSale ? 'sell_to_open' : 'sell_to_close' }),
    type: typeWords[order.type],
    timeInForce: timeInForceWords[order.timeInForce],
    qty: quantityText(order.quantity),
    ...(order.attached?.kind !== 'oco' && 'limitPrice' in order && { limitPrice: priceText(order.limitPrice) }),
    ...('stopPrice' in order && { stopPrice: priceText(order.stopPrice) }),
    ...(order.attached && attachedMembers(order.attached, order)),
  };
}

/** `quantity` absent: it stays as it is. @throws as above. */
export const patchOrderRequest = (by: Replacement, quantity: Replacement['quantity'] | undefined): trading.PatchOrderRequest => ({
  clientOrderId: by.clientOrderId,
  ...(quantity !== undefined && { qty: quantityText(quantity) }),
  ...(by.limitPrice !== undefined && { limitPrice: priceText(by.limitPrice) }),
  ...(by.stopPrice !== undefined && { stopPrice: priceText(by.stopPrice) }),
});

/** Of one-cancels-other, Alpaca reads the limit as the take-profit, and takes no other. */
function attachedMembers(
  attached: AttachedOrders,
  order: OrderToSubmit,
): Pick<trading.PostOrderRequest, 'orderClass' | 'takeProfit' | 'stopLoss'> {
  const stopLoss = stopLossMember(attached.stopLoss);
  if (attached.kind === 'bracket') {
    return { orderClass: 'bracket', takeProfit: { limitPrice: priceText(attached.takeProfitPrice) }, stopLoss };
  }
  return { orderClass: 'oco', ...('limitPrice' in order && { takeProfit: { limitPrice: priceText(order.limitPrice) } }), stopLoss };
}

const stopLossMember = ({ stopPrice, limitPrice }: StopLoss): trading.PostOrderRequestStopLoss => ({
  stopPrice: priceText(stopPrice),
  ...(limitPrice !== undefined && { limitPrice: priceText(limitPrice) }),
});
