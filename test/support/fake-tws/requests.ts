/**
 * What a client says to TWS, at server version 193. The order of fields is that of the API's own encoder (EClient in IB's Java client). Of
 * an order the first 28 fields are read; what follows are kinds of order that this fund never sends.
 */
import type { PlacedOrder } from './order-book.ts';

export type ClientMessage =
  | { readonly kind: 'start'; readonly clientId: number }
  | { readonly kind: 'place-order'; readonly order: Omit<PlacedOrder, 'clientId'> }
  | { readonly kind: 'cancel-order'; readonly orderId: number }
  | { readonly kind: 'open-orders' | 'completed-orders' | 'current-time' | 'positions' | 'other' }
  | { readonly kind: 'executions'; readonly requestId: number; readonly since: string }
  | { readonly kind: 'account'; readonly subscribe: boolean }
  | { readonly kind: 'contract-details'; readonly requestId: number; readonly symbol: string }
  | { readonly kind: 'market-data'; readonly requestId: number; readonly symbol: string; readonly snapshot: boolean }
  | { readonly kind: 'schedule'; readonly requestId: number; readonly days: number };

const typeWords: Readonly<Record<string, string>> = { MKT: 'market', LMT: 'limit', STP: 'stop', 'STP LMT': 'stop_limit' };
const DAYS_PER_YEAR = 365;

export function readClientMessage(tokens: readonly string[]): ClientMessage {
  const field = (at: number): string => tokens[at] ?? '';
  const number = (at: number): number => Number(field(at));
  switch (number(0)) {
    case 71:
      return { kind: 'start', clientId: number(2) };
    case 3:
      return { kind: 'place-order', order: placedOrder(tokens) };
    case 4:
      return { kind: 'cancel-order', orderId: number(1) };
    case 16:
      return { kind: 'open-orders' };
    case 99:
      return { kind: 'completed-orders' };
    case 49:
      return { kind: 'current-time' };
    case 61:
      return { kind: 'positions' };
    case 7:
      return { kind: 'executions', requestId: number(2), since: field(5) };
    case 6:
      return { kind: 'account', subscribe: field(2) === '1' };
    case 9:
      return { kind: 'contract-details', requestId: number(2), symbol: field(4) };
    case 1:
      return { kind: 'market-data', requestId: number(2), symbol: field(4), snapshot: field(17) === '1' };
    case 20:
      return { kind: 'schedule', requestId: number(1), days: daysIn(field(17)) };
    default:
      return { kind: 'other' };
  }
}

/** 1 order id · 2 to 14 the contract · 15 side, size, type, two prices, time in force · 21 group, account, open, origin, reference, transmit. */
function placedOrder(tokens: readonly string[]): Omit<PlacedOrder, 'clientId'> {
  const [orderId, conId, symbol] = [Number(tokens[1]), Number(tokens[2] || 0), tokens[3] ?? ''];
  const [action, quantity = '', orderType = '', limitPrice = '', stopPrice = '', tif = ''] = tokens.slice(16, 22);
  const [account = '', , , orderRef = ''] = tokens.slice(23, 27);
  return {
    ...{ orderId, orderRef, account, quantity, orderType, limitPrice, stopPrice, tif },
    contract: { conId, symbol },
    action: action === 'BUY' ? 'BUY' : 'SELL',
    word: {
      symbol: symbol.replaceAll(' ', '.'),
      side: action === 'BUY' ? 'buy' : 'sell',
      qty: quantity,
      type: typeWords[orderType] ?? orderType,
      time_in_force: tif.toLowerCase(),
      ...(limitPrice !== '' && { limit_price: limitPrice }),
      ...(stopPrice !== '' && { stop_price: stopPrice }),
    },
  };
}

/** `5 D`, `2 Y`. */
const daysIn = (duration: string): number => Number.parseInt(duration, 10) * (duration.endsWith('Y') ? DAYS_PER_YEAR : 1);
