/**
 * Everything the exchange knows, as the fold of its events. An event is what the journal keeps, so quantities and prices
 * are decimal text in it; the same events always give the same book, which is how an account survives a killed process.
 */
import { invariant } from '../../shared/kernel/errors.ts';
import { type MicroUsd, type NanoShares, noShares, notionalOf, parseMicroUsd, parseNanoShares } from '../../shared/kernel/money.ts';
import type { EpochDay, EpochMs, Ticker } from '../../shared/kernel/units.ts';
import type { OrderType, Side, TimeInForce } from './matching.ts';
import { type PaperPosition, positionAfterFill } from './positions.ts';

export type PositionIntent = 'buy_to_open' | 'buy_to_close' | 'sell_to_open' | 'sell_to_close';
export type OrderStatus =
  | 'accepted'
  | 'pending_new'
  | 'new'
  | 'partially_filled'
  | 'filled'
  | 'canceled'
  | 'expired'
  | 'rejected'
  | 'replaced';
export type FinalStatus = 'canceled' | 'expired' | 'rejected';

/** An order as it came in. */
export interface OrderTerms {
  readonly id: string;
  readonly clientOrderId: string;
  readonly symbol: Ticker;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly extendedHours: boolean;
  readonly positionIntent: PositionIntent;
  readonly quantity?: string;
  readonly notional?: string;
  readonly limitPrice?: string;
  readonly stopPrice?: string;
  readonly submittedAt: EpochMs;
  /** The first session it can trade in. */
  readonly session: EpochDay;
  /** It came in after that session had opened. */
  readonly isLate: boolean;
  readonly replaces?: string;
}

export type ExchangeEvent =
  | {
      readonly kind: 'account-opened';
      readonly at: EpochMs;
      readonly accountId: string;
      readonly accountNumber: string;
      readonly cash: string;
    }
  | { readonly kind: 'session-began'; readonly session: EpochDay; readonly equityBefore: string }
  | { readonly kind: 'order-accepted'; readonly order: OrderTerms }
  | {
      readonly kind: 'order-filled';
      readonly orderId: string;
      readonly fillId: string;
      readonly at: EpochMs;
      readonly session: EpochDay;
      readonly quantity: string;
      readonly price: string;
      readonly complete: boolean;
    }
  /** The order met the whole session and is still open. */
  | {
      readonly kind: 'session-met';
      readonly orderId: string;
      readonly session: EpochDay;
      readonly stopReached: boolean;
      readonly at: EpochMs;
    }
  | { readonly kind: 'order-carried'; readonly orderId: string; readonly session: EpochDay }
  | { readonly kind: 'order-ended'; readonly orderId: string; readonly status: FinalStatus; readonly at: EpochMs }
  | { readonly kind: 'order-replaced'; readonly orderId: string; readonly by: string; readonly at: EpochMs };

export interface PaperOrder {
  readonly terms: OrderTerms;
  /** Place in the order of acceptance. */
  readonly sequence: number;
  readonly quantity: NanoShares | undefined;
  readonly notional: MicroUsd | undefined;
  readonly limitPrice: MicroUsd | undefined;
  readonly stopPrice: MicroUsd | undefined;
  status: OrderStatus;
  filledQuantity: NanoShares;
  /** Sum of quantity times price, unrounded (nano-shares times micro-dollars). */
  filledProduct: bigint;
  session: EpochDay;
  isLate: boolean;
  metSession: EpochDay | undefined;
  stopReached: boolean;
  updatedAt: EpochMs;
  filledAt?: EpochMs;
  endedAt?: EpochMs;
  replacedBy?: string;
}

export interface Fill {
  readonly fillId: string;
  readonly orderId: string;
  readonly at: EpochMs;
  readonly symbol: Ticker;
  readonly side: Side;
  readonly quantity: NanoShares;
  readonly price: MicroUsd;
  readonly cumulative: NanoShares;
  readonly leaves: NanoShares;
  readonly complete: boolean;
}

export class Book {
  readonly orders = new Map<string, PaperOrder>();
  readonly orderIdOfClientId = new Map<string, string>();
  readonly open = new Set<PaperOrder>();
  readonly positions = new Map<Ticker, PaperPosition>();
  readonly fills: Fill[] = [];
  readonly ids = new Set<string>();
  account: Extract<ExchangeEvent, { kind: 'account-opened' }> | undefined;
  cash = 0n as MicroUsd;
  /** The session last seen open, and what the account was worth at the close before it. */
  session: EpochDay | undefined;
  equityBeforeSession = 0n as MicroUsd;

  apply(event: ExchangeEvent): void {
    switch (event.kind) {
      case 'account-opened':
        this.account = event;
        this.cash = parseMicroUsd(event.cash);
        this.equityBeforeSession = this.cash;
        this.ids.add(event.accountId);
        return;
      case 'session-began':
        this.session = event.session;
        this.equityBeforeSession = parseMicroUsd(event.equityBefore);
        return;
      case 'order-accepted':
        this.#accept(event.order);
        return;
      case 'order-filled':
        this.#fill(event);
        return;
      case 'session-met': {
        const order = this.order(event.orderId);
        order.metSession = event.session;
        order.stopReached = event.stopReached;
        if (order.status === 'accepted' || order.status === 'pending_new') order.status = 'new';
        order.updatedAt = event.at;
        return;
      }
      case 'order-carried': {
        const order = this.order(event.orderId);
        order.session = event.session;
        order.isLate = false;
        return;
      }
      case 'order-ended':
        this.#end(event.orderId, event.status, event.at);
        return;
      case 'order-replaced':
        this.#end(event.orderId, 'replaced', event.at);
        this.order(event.orderId).replacedBy = event.by;
        return;
    }
  }

  order(id: string): PaperOrder {
    const order = this.orders.get(id);
    invariant(order !== undefined, 'events speak of orders that were accepted', { id });
    return order;
  }

  #accept(terms: OrderTerms): void {
    const order: PaperOrder = {
      terms,
      sequence: this.orders.size,
      quantity: terms.quantity === undefined ? undefined : parseNanoShares(terms.quantity),
      notional: terms.notional === undefined ? undefined : parseMicroUsd(terms.notional),
      limitPrice: terms.limitPrice === undefined ? undefined : parseMicroUsd(terms.limitPrice),
      stopPrice: terms.stopPrice === undefined ? undefined : parseMicroUsd(terms.stopPrice),
      status: terms.isLate ? 'pending_new' : 'accepted',
      filledQuantity: noShares,
      filledProduct: 0n,
      session: terms.session,
      isLate: terms.isLate,
      metSession: undefined,
      stopReached: false,
      updatedAt: terms.submittedAt,
    };
    this.orders.set(terms.id, order);
    this.orderIdOfClientId.set(terms.clientOrderId, terms.id);
    this.open.add(order);
    this.ids.add(terms.id);
  }

  #fill(event: Extract<ExchangeEvent, { kind: 'order-filled' }>): void {
    const order = this.order(event.orderId);
    const { symbol, side } = order.terms;
    const quantity = parseNanoShares(event.quantity);
    const price = parseMicroUsd(event.price);
    order.filledQuantity = (order.filledQuantity + quantity) as NanoShares;
    order.filledProduct += quantity * price;
    order.status = event.complete ? 'filled' : 'partially_filled';
    order.updatedAt = event.at;
    if (event.complete) {
      order.filledAt = event.at;
      this.open.delete(order);
    }
    const signed = (side === 'buy' ? quantity : -quantity) as NanoShares;
    const value = notionalOf(signed, price);
    const position = positionAfterFill(this.positions.get(symbol), symbol, { quantity: signed, value }, event.session);
    if (position) this.positions.set(symbol, position);
    else this.positions.delete(symbol);
    this.cash = (this.cash - value) as MicroUsd;
    this.ids.add(event.fillId);
    const leaves = (order.quantity === undefined ? 0n : order.quantity - order.filledQuantity) as NanoShares;
    const { fillId, orderId, at, complete } = event;
    this.fills.push({ fillId, orderId, at, symbol, side, quantity, price, cumulative: order.filledQuantity, leaves, complete });
  }

  #end(orderId: string, status: FinalStatus | 'replaced', at: EpochMs): void {
    const order = this.order(orderId);
    order.status = status;
    order.endedAt = at;
    order.updatedAt = at;
    this.open.delete(order);
  }
}
