/**
 * One order of a backtest: its terms, and its life as the house's order reducer keeps it. The engine plays the broker: it acknowledges, fills,
 * refuses, expires, and each of these is a report to the reducer, so an order here passes through the states of one that trades.
 *
 * An order for all cash has no number of shares before its fill. It waits as PENDING, unsent, and is sized and sent at the first bar that can
 * fill it; until then its quantity is one share, which nothing reads.
 */

import { invariant } from '../../../kernel/errors.ts';
import {
  applyOrderEvent,
  isTerminal,
  newOrder,
  type OrderEvent,
  type OrderRecord,
  type OrderState,
} from '../../execution/order-lifecycle.ts';
import type { OrderType, TimeInForce } from '../../execution/order-terms.ts';
import type { PathTerms } from './bar-path.ts';

export interface OrderTicket {
  readonly symbol: number;
  readonly buys: boolean;
  /** Positive; `all-cash`: whatever the cash buys at the fill. */
  readonly shares: number | 'all-cash';
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly limitPriceUsd: number;
  readonly stopPriceUsd: number;
  /** Never trades past flat. */
  readonly reduceOnly: boolean;
  /** The broker's own, of a margin call: at the open, whatever the fill rule. */
  readonly forced: boolean;
}

export const marketTicket = (symbol: number, signedShares: number): OrderTicket => ({
  ...{ symbol, buys: signedShares > 0, shares: Math.abs(signedShares), type: 'MARKET', timeInForce: 'DAY' },
  ...{ limitPriceUsd: Number.NaN, stopPriceUsd: Number.NaN, reduceOnly: false, forced: false },
});

const BROKER_ORDER_ID = 'backtest';

export class WorkingOrder implements PathTerms {
  readonly number: number;
  readonly symbol: number;
  readonly buys: boolean;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly isImmediate: boolean;
  readonly reduceOnly: boolean;
  readonly forced: boolean;
  /** The first moment whose bar may fill it. */
  readonly firstMoment: number;
  limitPriceUsd: number;
  stopPriceUsd: number;
  isTriggered = false;
  isSized: boolean;
  /** Of all its fills; shares as they were traded, whatever shares the panel's prices are of. */
  tradedShares = 0;
  filledUsd = 0;
  chargedUsd = 0;
  #record: OrderRecord;

  constructor(number: number, ticket: OrderTicket, firstMoment: number) {
    this.number = number;
    this.symbol = ticket.symbol;
    this.buys = ticket.buys;
    this.type = ticket.type;
    this.timeInForce = ticket.timeInForce;
    this.isImmediate = ticket.timeInForce === 'IOC' || ticket.timeInForce === 'FOK';
    this.reduceOnly = ticket.reduceOnly;
    this.forced = ticket.forced;
    this.firstMoment = firstMoment;
    this.limitPriceUsd = ticket.limitPriceUsd;
    this.stopPriceUsd = ticket.stopPriceUsd;
    this.isSized = ticket.shares !== 'all-cash';
    this.#record = newOrder(ticket.shares === 'all-cash' ? 1 : ticket.shares);
  }

  get state(): OrderState {
    return this.#record.state;
  }

  get isOver(): boolean {
    return isTerminal(this.#record.state);
  }

  get quantity(): number {
    return this.#record.quantity;
  }

  get cumulative(): number {
    return this.#record.cumulative;
  }

  get leaves(): number {
    return this.#record.leaves;
  }

  /** For all cash: now that the price is known. */
  size(shares: number): void {
    invariant(this.#record.state === 'PENDING' && shares > 0, 'an order is sized once, before it is sent', { order: this.number, shares });
    this.#record = newOrder(shares);
    this.isSized = true;
  }

  acknowledge(): void {
    this.#apply({ kind: 'sending-begun' });
    this.#report('ACKNOWLEDGED', this.#record.cumulative, this.#record.averagePriceUsd);
  }

  refuse(): void {
    this.#apply({ kind: 'sending-begun' });
    this.#apply({ kind: 'refused' });
  }

  fill(shares: number, priceUsd: number): void {
    const before = this.#record;
    const whole = shares === before.leaves;
    const cumulative = whole ? before.quantity : before.cumulative + shares;
    this.filledUsd += shares * priceUsd;
    // The reducer takes no report without a price; what sells for nothing has the least one there is.
    this.#report(whole ? 'FILLED' : 'PARTIAL', cumulative, Math.max(this.filledUsd / cumulative, Number.MIN_VALUE));
    invariant(this.#record.cumulative === cumulative, 'fills sum to what the order has filled', { order: this.number, shares });
  }

  /** By the broker's word. */
  end(state: 'CANCELLED' | 'EXPIRED' | 'REJECTED'): void {
    if (this.#record.state === 'PENDING') this.#apply({ kind: 'withdrawn' });
    else this.#report(state, this.#record.cumulative, this.#record.averagePriceUsd);
  }

  cancel(): void {
    this.#apply({ kind: 'cancel-requested' });
    this.end('CANCELLED');
  }

  /** Shares: in all, with what has filled. What has not been sent yet is simply another order. */
  replace(shares: number): void {
    if (this.#record.state === 'PENDING') {
      this.#record = newOrder(shares);
      return;
    }
    this.#apply({ kind: 'replace-requested' });
    this.#apply({ kind: 'replace-confirmed', quantity: shares });
  }

  #report(state: Exclude<OrderState, 'PENDING'>, cumulative: number, averagePriceUsd: number | null): void {
    this.#apply({ kind: 'report', state, brokerOrderId: BROKER_ORDER_ID, cumulative, averagePriceUsd, at: null });
  }

  #apply(event: OrderEvent): void {
    const { order, effects } = applyOrderEvent(this.#record, event);
    const incident = effects.find(({ kind }) => kind === 'incident');
    invariant(incident === undefined, 'the engine reports nothing that its order cannot take', { order: this.number, incident, event });
    this.#record = order;
  }
}
