/**
 * What one broker truly holds: the account of a schedule. Orders are taken or refused, fill in up to two parts as time passes, are
 * cancelled (a little later than asked for, so that a fill may win), and expire at the close. Money in whole cents, whole shares.
 *
 * How an order fares is fixed by its terms, the schedule's seed and how many requests came before it, not by how often it is asked about. It is no exchange: prices
 * do not move. The paper exchange behind the real adapter stands in its place in part of the schedules.
 */
import type { BrokerActivity, BrokerOrder, BrokerOrderState, OrderToSubmit } from '../../../shared/brokers/broker.ts';
import { isTerminal } from '../../../shared/domain/execution/order-lifecycle.ts';
import { type Rng, seededRng } from '../../../shared/kernel/rng.ts';
import type { EpochMs, OrderId, Price, Shares, Ticker } from '../../../shared/kernel/units.ts';

export interface BookedOrder {
  readonly brokerOrderId: string;
  readonly clientOrderId: OrderId;
  readonly terms: OrderToSubmit;
  readonly acceptedAt: number;
  state: BrokerOrderState;
  cumulative: number;
  updatedAt: number;
  /** What is still to happen to it, oldest first. */
  coming: readonly Coming[];
}

type Coming = { readonly at: number } & (
  | { readonly kind: 'fill'; readonly quantity: number }
  | { readonly kind: 'end'; readonly state: BrokerOrderState }
);

export type Acceptance =
  | { readonly kind: 'accepted'; readonly order: BookedOrder }
  | { readonly kind: 'duplicate'; readonly order: BookedOrder }
  | { readonly kind: 'refused'; readonly message: string };

export interface BookOptions {
  readonly seed: string;
  readonly cashCents: number;
  readonly holdings: ReadonlyMap<Ticker, number>;
  readonly priceCents: ReadonlyMap<Ticker, number>;
  readonly refusesDuplicateClientIds: boolean;
  readonly closesAt: number;
}

const fillWithinMs = 20_000;
const cancelTakesMs = 150;

export class BrokerBook {
  readonly orders: BookedOrder[] = [];
  readonly holdings: Map<Ticker, number>;
  readonly activities: BrokerActivity[] = [];
  cashCents: number;
  #arrivals = 0;
  readonly #options: BookOptions;

  constructor(options: BookOptions) {
    this.#options = options;
    this.cashCents = options.cashCents;
    this.holdings = new Map(options.holdings);
  }

  submit(terms: OrderToSubmit, now: number): Acceptance {
    this.advance(now);
    const known = this.withClientId(terms.clientOrderId);
    if (known && this.#options.refusesDuplicateClientIds) return { kind: 'duplicate', order: known };
    // The money may be there the second time, or no longer.
    const fate = seededRng(`${this.#options.seed}/${terms.symbol}/${terms.side}/${terms.quantity}/${this.#arrivals++}`);
    if (now >= this.#options.closesAt) return { kind: 'refused', message: 'the market is closed' };
    if (fate.uniform() < 0.1) return { kind: 'refused', message: 'insufficient buying power' };
    const order: BookedOrder = {
      ...{ brokerOrderId: `b-${this.orders.length + 1}`, clientOrderId: terms.clientOrderId, terms, acceptedAt: now },
      ...{ state: 'ACKNOWLEDGED', cumulative: 0, updatedAt: now, coming: this.#lifeOf(terms, now, fate) },
    };
    this.orders.push(order);
    return { kind: 'accepted', order };
  }

  /** True when it works and is now on its way out; a fill may still come first. */
  cancel(brokerOrderId: string, now: number): 'requested' | 'not-found' | 'not-cancellable' {
    this.advance(now);
    const order = this.orders.find((one) => one.brokerOrderId === brokerOrderId);
    if (!order) return 'not-found';
    if (isTerminal(order.state)) return 'not-cancellable';
    const at = now + cancelTakesMs;
    order.coming = [...order.coming.filter((coming) => coming.at < at), { at, kind: 'end', state: 'CANCELLED' }];
    return 'requested';
  }

  withClientId(clientOrderId: string): BookedOrder | undefined {
    return this.orders.find((order) => order.clientOrderId === clientOrderId);
  }

  /** What has come due by now. */
  advance(now: number): void {
    for (const order of this.orders) {
      for (const coming of order.coming.filter(({ at }) => at <= now)) this.#happens(order, coming);
      order.coming = order.coming.filter(({ at }) => at > now);
    }
  }

  #happens(order: BookedOrder, coming: Coming): void {
    if (isTerminal(order.state)) return;
    order.updatedAt = coming.at;
    if (coming.kind === 'end') order.state = coming.state;
    else this.#fill(order, coming.quantity, coming.at);
  }

  #fill(order: BookedOrder, quantity: number, at: number): void {
    const { symbol, side } = order.terms;
    const sign = side === 'BUY' ? 1 : -1;
    const cents = this.#options.priceCents.get(symbol)!;
    order.cumulative += quantity;
    order.state = order.cumulative === order.terms.quantity ? 'FILLED' : 'PARTIAL';
    this.cashCents -= sign * quantity * cents;
    this.holdings.set(symbol, (this.holdings.get(symbol) ?? 0) + sign * quantity);
    this.activities.push({
      ...{ kind: 'fill', id: `fill-${this.activities.length + 1}`, at: at as EpochMs, brokerOrderId: order.brokerOrderId, symbol, side },
      ...{ quantity: quantity as Shares, price: (cents / 100) as Price },
    });
  }

  /** Filled at once, in two parts, in part, or not at all; what is left expires at the close. */
  #lifeOf({ quantity }: OrderToSubmit, now: number, fate: Rng): readonly Coming[] {
    const kind = fate.uniform();
    const soon = (): number => now + 1 + Math.floor(fate.uniform() * fillWithinMs);
    const first = Math.max(1, Math.floor(quantity * fate.uniform()));
    const fills: Coming[] = [];
    if (kind < 0.4) fills.push({ at: now + 1, kind: 'fill', quantity });
    else if (kind < 0.7) {
      const at = soon();
      fills.push({ at, kind: 'fill', quantity: first });
      if (first < quantity)
        fills.push({ at: at + 500 + Math.floor(fate.uniform() * fillWithinMs), kind: 'fill', quantity: quantity - first });
    } else if (kind < 0.85 && first < quantity) fills.push({ at: soon(), kind: 'fill', quantity: first });
    return [...fills.filter(({ at }) => at < this.#options.closesAt), { at: this.#options.closesAt, kind: 'end', state: 'EXPIRED' }];
  }

  /** As a broker tells it. */
  told(order: BookedOrder): BrokerOrder {
    const { brokerOrderId, clientOrderId, terms, cumulative, state } = order;
    return {
      ...{ brokerOrderId, clientOrderId, symbol: terms.symbol, side: terms.side, type: terms.type, timeInForce: terms.timeInForce },
      ...{ quantity: terms.quantity, cumulativeQuantity: cumulative as Shares, state, brokerStatus: state.toLowerCase() },
      ...(cumulative > 0 && { averagePrice: (this.#options.priceCents.get(terms.symbol)! / 100) as Price }),
      ...{ submittedAt: order.acceptedAt as EpochMs, updatedAt: order.updatedAt as EpochMs },
    };
  }
}
