/**
 * Reads the body of POST /v2/orders: what Alpaca checks before it looks at the account. The codes and messages are
 * Alpaca's (collected from public logs and its documentation), because clients branch on them.
 */
import {
  isWholeShares,
  type MicroUsd,
  microUsdText,
  type NanoShares,
  nanoSharesText,
  parseMicroUsd,
  parseNanoShares,
} from '../../shared/kernel/money.ts';
import type { Ticker } from '../../shared/kernel/units.ts';
import { type ApiRefusal, isApiRefusal, malformed, tradeDenied, unacceptable } from './api-refusal.ts';
import { type Attached, readAttached } from './attached-orders.ts';
import type { OrderType, Side, TimeInForce } from './matching.ts';
import { decimal, readPrice } from './number-members.ts';

export interface OrderRequest {
  readonly symbol: Ticker;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly extendedHours: boolean;
  readonly quantity: NanoShares | undefined;
  readonly notional: MicroUsd | undefined;
  readonly limitPrice: MicroUsd | undefined;
  readonly stopPrice: MicroUsd | undefined;
  readonly clientOrderId: string | undefined;
  readonly attached: Attached | undefined;
}

const types: readonly string[] = ['market', 'limit', 'stop', 'stop_limit'] satisfies OrderType[];
const timesInForce: readonly string[] = ['day', 'gtc', 'ioc', 'fok', 'opg', 'cls'] satisfies TimeInForce[];
const NOTIONAL_USD_MIN = parseMicroUsd('1');
const CLIENT_ORDER_ID_CHARACTERS_MAX = 128;

export function readOrderRequest(given: Readonly<Record<string, unknown>>): OrderRequest | ApiRefusal {
  const attached = readAttached(given);
  if (isApiRefusal(attached)) return attached;
  const body = attached?.orderClass === 'oco' ? { ...given, limit_price: microUsdText(attached.takeProfitPrice!) } : given;
  const { symbol, side, type, time_in_force: timeInForce, client_order_id: clientOrderId } = body;
  if (typeof symbol !== 'string' || symbol === '') return malformed('symbol is required');
  if (side !== 'buy' && side !== 'sell') return malformed('invalid side');
  if (typeof type !== 'string' || !types.includes(type)) return malformed('invalid order type');
  if (typeof timeInForce !== 'string' || !timesInForce.includes(timeInForce)) return malformed('invalid time_in_force');
  if (clientOrderId !== undefined && (typeof clientOrderId !== 'string' || clientOrderId.length > CLIENT_ORDER_ID_CHARACTERS_MAX)) {
    return malformed('client_order_id must be no more than 128 characters');
  }
  const size = readSize(body);
  if (isApiRefusal(size)) return size;
  const prices = readPrices(type as OrderType, body);
  if (isApiRefusal(prices)) return prices;
  const request: OrderRequest = {
    ...{ symbol: symbol as Ticker, side, type: type as OrderType, timeInForce: timeInForce as TimeInForce },
    extendedHours: body.extended_hours === true,
    ...size,
    ...prices,
    ...{ clientOrderId, attached },
  };
  return fractionRefusal(request) ?? request;
}

/** Fractions of a share: whole-day orders only. */
export function fractionRefusal({ quantity, notional, timeInForce, type, attached }: OrderRequest): ApiRefusal | undefined {
  const fractional = notional !== undefined || (quantity !== undefined && !isWholeShares(quantity));
  if (fractional && timeInForce !== 'day') return unacceptable('fractional orders must be DAY orders');
  if (fractional && attached !== undefined) return unacceptable('fractional orders must be simple orders');
  if (notional !== undefined && type !== 'market') return unacceptable('notional orders must be market orders');
  return undefined;
}

function readSize(body: Readonly<Record<string, unknown>>): Pick<OrderRequest, 'quantity' | 'notional'> | ApiRefusal {
  const { qty, notional } = body;
  if (qty == null && notional == null) return malformed('qty or notional is required');
  if (qty != null && notional != null) return malformed('only one of qty or notional is accepted');
  if (qty != null) {
    const quantity = decimal(qty, parseNanoShares);
    if (quantity === undefined) return malformed('invalid qty');
    return quantity > 0n ? { quantity, notional: undefined } : malformed('qty must be > 0');
  }
  const amount = decimal(notional, parseMicroUsd);
  if (amount === undefined) return malformed('invalid notional');
  if (amount < NOTIONAL_USD_MIN) return tradeDenied(`cost basis must be >= minimal amount of order ${microUsdText(NOTIONAL_USD_MIN)}`);
  return { quantity: undefined, notional: amount };
}

export function readPrices(
  type: OrderType,
  body: Readonly<Record<string, unknown>>,
): Pick<OrderRequest, 'limitPrice' | 'stopPrice'> | ApiRefusal {
  const limitPrice = readPrice('limit_price', type === 'limit' || type === 'stop_limit', type, body);
  if (isApiRefusal(limitPrice)) return limitPrice;
  const stopPrice = readPrice('stop_price', type === 'stop' || type === 'stop_limit', type, body);
  if (isApiRefusal(stopPrice)) return stopPrice;
  return { limitPrice, stopPrice };
}

/** Terms as the journal keeps them: decimal text, absent where not given. */
export const termsText = ({ quantity, notional, limitPrice, stopPrice }: OrderRequest) => ({
  ...(quantity !== undefined && { quantity: nanoSharesText(quantity) }),
  ...(notional !== undefined && { notional: microUsdText(notional) }),
  ...(limitPrice !== undefined && { limitPrice: microUsdText(limitPrice) }),
  ...(stopPrice !== undefined && { stopPrice: microUsdText(stopPrice) }),
});
