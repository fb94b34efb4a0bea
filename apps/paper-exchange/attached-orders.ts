/**
 * Orders that come with another one, as Alpaca has them. `bracket`: an entry, and two exits held until it is filled. `oco`: the two
 * exits of a position there is, the profit being the order itself. `oto`: an entry and one exit. Of two exits one cancels the other.
 */
import type { MicroUsd } from '../../shared/kernel/money.ts';
import { microUsdText } from '../../shared/kernel/money.ts';
import { type ApiRefusal, isApiRefusal, malformed, unacceptable } from './api-refusal.ts';
import type { OrderClass, OrderTerms } from './exchange-events.ts';
import { readPrice } from './number-members.ts';

export interface Attached {
  readonly orderClass: Exclude<OrderClass, 'simple'>;
  readonly takeProfitPrice?: MicroUsd;
  readonly stopLoss?: { readonly stopPrice: MicroUsd; readonly limitPrice?: MicroUsd };
}

/** Undefined for a simple order. */
export function readAttached(body: Readonly<Record<string, unknown>>): Attached | undefined | ApiRefusal {
  const orderClass = body.order_class ?? 'simple';
  if (orderClass === '' || orderClass === 'simple') return undefined;
  if (orderClass !== 'bracket' && orderClass !== 'oco' && orderClass !== 'oto') return malformed('invalid order_class');
  const takeProfit = readTakeProfit(body.take_profit, orderClass);
  if (isApiRefusal(takeProfit)) return takeProfit;
  const stopLoss = readStopLoss(body.stop_loss, orderClass);
  if (isApiRefusal(stopLoss)) return stopLoss;
  const attached: Attached = {
    orderClass,
    ...(takeProfit !== undefined && { takeProfitPrice: takeProfit }),
    ...(stopLoss !== undefined && { stopLoss }),
  };
  return shapeRefusal(attached, body) ?? attached;
}

function shapeRefusal(
  { orderClass, takeProfitPrice, stopLoss }: Attached,
  body: Readonly<Record<string, unknown>>,
): ApiRefusal | undefined {
  const { type, side, time_in_force: timeInForce } = body;
  if (timeInForce !== 'day' && timeInForce !== 'gtc') return unacceptable(`${orderClass} orders must be DAY or GTC`);
  if (orderClass === 'oto') {
    return (takeProfitPrice === undefined) === (stopLoss === undefined)
      ? malformed('oto orders require one of take_profit and stop_loss')
      : undefined;
  }
  if (takeProfitPrice === undefined) return malformed(`${orderClass} orders require take_profit.limit_price`);
  if (stopLoss === undefined) return malformed(`${orderClass} orders require stop_loss.stop_price`);
  if (orderClass === 'oco' && type !== 'limit') return unacceptable('oco orders must be limit orders');
  if (orderClass === 'bracket' && type !== 'limit' && type !== 'market')
    return unacceptable('bracket orders must be market or limit orders');
  const sellsToExit = (side === 'buy') === (orderClass === 'bracket');
  const isApart = sellsToExit ? takeProfitPrice > stopLoss.stopPrice : takeProfitPrice < stopLoss.stopPrice;
  return isApart ? undefined : unacceptable(`take_profit.limit_price must be ${sellsToExit ? '>' : '<'} stop_loss.stop_price`);
}

function readTakeProfit(given: unknown, orderClass: string): MicroUsd | undefined | ApiRefusal {
  if (given == null) return undefined;
  return isMembers(given) ? readPrice('limit_price', true, orderClass, given) : malformed('invalid take_profit');
}

function readStopLoss(given: unknown, orderClass: string): Attached['stopLoss'] | ApiRefusal {
  if (given == null) return undefined;
  if (!isMembers(given)) return malformed('invalid stop_loss');
  const stopPrice = readPrice('stop_price', true, orderClass, given);
  if (isApiRefusal(stopPrice)) return stopPrice;
  const limitPrice = given.limit_price == null ? undefined : readPrice('limit_price', true, orderClass, given);
  if (isApiRefusal(limitPrice)) return limitPrice;
  return { stopPrice: stopPrice!, ...(limitPrice !== undefined && { limitPrice }) };
}

/** The orders that go with `order`; an `oco` itself belongs to the group it leads. */
export function legsOf(order: OrderTerms, attached: Attached, newId: () => string): readonly OrderTerms[] {
  const isEntry = attached.orderClass !== 'oco';
  const side = isEntry ? (order.side === 'buy' ? 'sell' : 'buy') : order.side;
  const { group: _group, limitPrice: _limit, stopPrice: _stop, ...base } = order;
  const leg = (prices: Pick<OrderTerms, 'limitPrice' | 'stopPrice' | 'type'>): OrderTerms => ({
    ...base,
    ...{ id: newId(), clientOrderId: newId(), side, ...prices },
    positionIntent: side === 'sell' ? 'sell_to_close' : 'buy_to_close',
    ...(isEntry && { heldBy: order.id }),
    ...(attached.orderClass !== 'oto' && { group: order.id }),
  });
  const { takeProfitPrice, stopLoss } = attached;
  const legs: OrderTerms[] = [];
  if (isEntry && takeProfitPrice !== undefined) legs.push(leg({ type: 'limit', limitPrice: microUsdText(takeProfitPrice) }));
  if (stopLoss === undefined) return legs;
  const { stopPrice, limitPrice } = stopLoss;
  const stop = { stopPrice: microUsdText(stopPrice) };
  legs.push(
    leg(limitPrice === undefined ? { type: 'stop', ...stop } : { type: 'stop_limit', ...stop, limitPrice: microUsdText(limitPrice) }),
  );
  return legs;
}

const isMembers = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
