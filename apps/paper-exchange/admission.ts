/** What the exchange checks of an order against the account before it takes it, in Alpaca's order and words. */
import {
  isWholeShares,
  type MicroUsd,
  magnitude,
  microUsdText,
  type NanoShares,
  nanoSharesText,
  noMoney,
  noShares,
  notionalOf,
  proportion,
} from '../../shared/kernel/money.ts';
import { type ApiRefusal, tradeDenied, unacceptable } from './api-refusal.ts';
import type { Book } from './book.ts';
import type { PositionIntent } from './exchange-events.ts';
import type { OrderRequest } from './order-request.ts';
import type { PaperOrder } from './paper-order.ts';
import type { Valuation } from './valuation.ts';

export function positionIntentOf({ symbol, side }: Pick<OrderRequest, 'symbol' | 'side'>, book: Book): PositionIntent {
  const held = book.positions.get(symbol)?.quantity ?? 0n;
  if (side === 'buy') return held < 0n ? 'buy_to_close' : 'buy_to_open';
  return held > 0n ? 'sell_to_close' : 'sell_to_open';
}

export function admissionRefusal(request: OrderRequest, valuation: Valuation, book: Book, isShortable: boolean): ApiRefusal | undefined {
  const intent = positionIntentOf(request, book);
  const reference = valuation.referencePrice(request.symbol) ?? noMoney;
  return (
    stopRefusal(request, reference) ??
    attachedRefusal(request, intent) ??
    (intent === 'sell_to_open' ? shortRefusal(request, isShortable) : undefined) ??
    washTradeRefusal(request, book) ??
    (intent.endsWith('close') ? quantityRefusal(request, valuation, book) : buyingPowerRefusal(request, intent, reference, valuation))
  );
}

function attachedRefusal({ attached }: OrderRequest, intent: PositionIntent): ApiRefusal | undefined {
  if (attached === undefined) return undefined;
  if (attached.orderClass === 'oco') return intent.endsWith('open') ? unacceptable('oco orders must be exit orders') : undefined;
  return intent.endsWith('close') ? unacceptable(`${attached.orderClass} orders must be entry orders`) : undefined;
}

function stopRefusal({ side, stopPrice }: OrderRequest, reference: MicroUsd): ApiRefusal | undefined {
  if (stopPrice === undefined || reference === 0n) return undefined;
  if (side === 'sell' && stopPrice >= reference) return unacceptable('stop price must be less than current price');
  if (side === 'buy' && stopPrice <= reference) return unacceptable('stop price must be greater than current price');
  return undefined;
}

function shortRefusal({ symbol, quantity }: OrderRequest, isShortable: boolean): ApiRefusal | undefined {
  if (quantity === undefined || !isWholeShares(quantity)) return unacceptable('fractional orders cannot be sold short');
  return isShortable ? undefined : unacceptable(`asset "${symbol}" cannot be sold short`);
}

/** An order that would trade with one of our own that rests on the other side. */
function washTradeRefusal(request: OrderRequest, book: Book): ApiRefusal | undefined {
  for (const resting of book.open) {
    const opposite = resting.terms.symbol === request.symbol && resting.terms.side !== request.side;
    if (!opposite || resting.isHeld || !couldMeet(request, resting)) continue;
    const members = { existing_order_id: resting.terms.id, reject_reason: 'opposite side market/stop order exists' };
    return tradeDenied('potential wash trade detected. use complex orders', members);
  }
  return undefined;
}

function couldMeet(request: OrderRequest, resting: PaperOrder): boolean {
  if (request.limitPrice === undefined || resting.limitPrice === undefined) return true;
  return request.side === 'buy' ? request.limitPrice >= resting.limitPrice : request.limitPrice <= resting.limitPrice;
}

/** Closing takes no more than is held and not promised to another order; an order never turns a position round. */
function quantityRefusal({ symbol, quantity, notional }: OrderRequest, valuation: Valuation, book: Book): ApiRefusal | undefined {
  const position = book.positions.get(symbol);
  const existing = position ? magnitude(position.quantity) : noShares;
  const held = valuation.heldForOrders(symbol);
  const available = (existing > held ? existing - held : 0n) as NanoShares;
  if (notional !== undefined) {
    const worth = position ? magnitude(notionalOf(available, valuation.positionValue(position).price)) : noMoney;
    return notional <= worth ? undefined : tradeDenied('insufficient qty available for order', { symbol });
  }
  if (quantity! <= available) return undefined;
  const message = `insufficient qty available for order (requested: ${nanoSharesText(quantity!)}, available: ${nanoSharesText(available)})`;
  const related = valuation.closingOrders(symbol).map(({ terms }) => terms.id);
  const counts = { available: nanoSharesText(available), existing_qty: nanoSharesText(existing), held_for_orders: nanoSharesText(held) };
  return tradeDenied(message, { ...counts, symbol, ...(related.length > 0 && { related_orders: related }) });
}

function buyingPowerRefusal(
  request: OrderRequest,
  intent: PositionIntent,
  reference: MicroUsd,
  valuation: Valuation,
): ApiRefusal | undefined {
  const price = request.limitPrice ?? request.stopPrice ?? reference;
  const value = request.notional ?? notionalOf(request.quantity!, price);
  const costBasis = intent === 'sell_to_open' ? proportion(value, 1n, 2n) : value;
  const buyingPower = valuation.buyingPower();
  if (costBasis <= buyingPower) return undefined;
  return tradeDenied('insufficient buying power', { buying_power: microUsdText(buyingPower), cost_basis: microUsdText(costBasis) });
}
