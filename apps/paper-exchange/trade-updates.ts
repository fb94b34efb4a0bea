/**
 * What the trade_updates stream says of each event: Alpaca's word for it, the order as it now is, and for an execution its price,
 * quantity and the position after it. A fill that overtakes a cancellation or a replacement is followed by the word that this one
 * came to nothing.
 */
import { createHash } from 'node:crypto';
import { nanoSharesText } from '../../shared/kernel/money.ts';
import type { EpochMs } from '../../shared/kernel/units.ts';
import type { Book } from './book.ts';
import type { ExchangeEvent } from './exchange-events.ts';
import { instantText, orderJson } from './json-shapes.ts';
import type { PaperOrder } from './paper-order.ts';

export interface TradeUpdateMessage {
  readonly event: string;
  /** One for each thing that happened; that of a fill is the id of its activity. */
  readonly execution_id: string;
  readonly timestamp: string;
  readonly order: Readonly<Record<string, unknown>>;
  readonly price?: string;
  readonly qty?: string;
  readonly position_qty?: string;
}

/** `book` is already past the event. */
export function tradeUpdatesOf(event: ExchangeEvent, book: Book): readonly TradeUpdateMessage[] {
  const told = (name: string, order: PaperOrder, at: EpochMs, executionId = idOf(name, order, at)): TradeUpdateMessage => ({
    ...{ event: name, execution_id: executionId, timestamp: instantText(at), order: orderJson(order, book) },
  });
  switch (event.kind) {
    case 'order-accepted': {
      const order = book.order(event.order.id);
      const old = order.terms.replaces && book.order(order.terms.replaces.orderId);
      const { submittedAt } = event.order;
      return [
        ...(old ? [told('pending_replace', old, submittedAt)] : []),
        told(order.status, order, submittedAt),
        ...event.legs.map((leg) => told(book.order(leg.id).status, book.order(leg.id), submittedAt)),
      ];
    }
    case 'order-acknowledged':
      return [told('new', book.order(event.orderId), event.at)];
    case 'order-filled': {
      const order = book.order(event.orderId);
      const fill = told(event.complete ? 'fill' : 'partial_fill', order, event.at, event.fillId);
      const position = book.positions.get(order.terms.symbol);
      const filled = { ...fill, price: event.price, qty: event.quantity, position_qty: nanoSharesText(position?.quantity ?? 0n) };
      const wasToBeCancelled = event.complete && order.cancelEffectiveAt !== undefined;
      return wasToBeCancelled ? [filled, told('order_cancel_rejected', order, event.at)] : [filled];
    }
    case 'order-ended': {
      const order = book.order(event.orderId);
      const { replaces } = order.terms;
      const ended = told(event.status, order, event.at);
      const isFailedReplacement = replaces !== undefined && event.status === 'rejected';
      return isFailedReplacement ? [ended, told('order_replace_rejected', book.order(replaces.orderId), event.at)] : [ended];
    }
    case 'cancel-requested':
      return [told('pending_cancel', book.order(event.orderId), event.at)];
    case 'order-replaced':
      return [told('replaced', book.order(event.orderId), event.at)];
    case 'leg-released':
    case 'order-resumed':
    case 'order-resized':
      return [told('restated', book.order(event.orderId), event.at)];
    case 'order-suspended':
      return [told('suspended', book.order(event.orderId), event.at)];
    default:
      return [];
  }
}

/** Derived, so that a restarted exchange would give the same. */
function idOf(name: string, { terms, filledQuantity }: PaperOrder, at: EpochMs): string {
  const hex = createHash('sha256').update(`${name}:${terms.id}:${at}:${filledQuantity}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
