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
import type { EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';

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
  | { readonly kind: 'fill' | 'late-fill'; readonly quantity: number }
  | { readonly kind: 'end'; readonly state: BrokerOrderState }
);

/** What is to become of an order, from when it is taken. Whatever is left when nothing more comes expires at the close. */
export type Life = readonly ({ readonly afterMs: number } & (
  | { readonly fills: number }
  /** Comes when the order is over already. */
  | { readonly fillsLate: number }
  | { readonly ends: BrokerOrderState }
))[];

/** What moves the account and is no order of ours. */
export type News = { readonly afterMs: number; readonly symbol: Ticker } & (
  | { readonly kind: 'dividend'; readonly cents: number }
  | { readonly kind: 'sale-by-hand'; readonly shares: number }
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
  readonly beganAt: number;
  readonly closesAt: number;
  /** By symbol and quantity, as `ACME 40`; of orders that are not among them the seed decides. */
  readonly lives: ReadonlyMap<string, Life>;
  readonly news: readonly News[];
}

interface Execution {
  readonly brokerOrderId: string;
  readonly symbol: Ticker;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: number;
  readonly at: number;
}

const fillWithinMs = 20_000;
const cancelTakesMs = 400;

export class BrokerBook {
  readonly orders: BookedOrder[] = [];
  readonly holdings: Map<Ticker, number>;
  readonly activities: BrokerActivity[] = [];
  cashCents: number;
  #arrivals = 0;
  #newsToCome: readonly News[];
  readonly #options: BookOptions;

  constructor(options: BookOptions) {
    this.#options = options;
    this.cashCents = options.cashCents;
    this.holdings = new Map(options.holdings);
    this.#newsToCome = options.news;
  }

  submit(terms: OrderToSubmit, now: number): Acceptance {
    this.advance(now);
    const known = this.withClientId(terms.clientOrderId);
    if (known && this.#options.refusesDuplicateClientIds) return { kind: 'duplicate', order: known };
    // The money may be there the second time, or no longer.
    const fate = seededRng(`${this.#options.seed}/${terms.symbol}/${terms.side}/${terms.quantity}/${this.#arrivals++}`);
    if (now >= this.#options.closesAt) return { kind: 'refused', message: 'the market is closed' };
    const scripted = this.#options.lives.get(`${terms.symbol} ${terms.quantity}`);
    if (!scripted && fate.uniform() < 0.1) return { kind: 'refused', message: 'insufficient buying power' };
    const order: BookedOrder = {
      ...{ brokerOrderId: `b-${this.orders.length + 1}`, clientOrderId: terms.clientOrderId, terms, acceptedAt: now },
      ...{
        state: 'ACKNOWLEDGED',
        cumulative: 0,
        updatedAt: now,
        coming: scripted ? this.#scriptedLife(scripted, now) : this.#lifeOf(terms, now, fate),
      },
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
    for (const news of this.#newsToCome.filter((one) => this.#options.beganAt + one.afterMs <= now)) this.#hear(news);
    this.#newsToCome = this.#newsToCome.filter((one) => this.#options.beganAt + one.afterMs > now);
  }

  #happens(order: BookedOrder, coming: Coming): void {
    if (isTerminal(order.state) !== (coming.kind === 'late-fill')) return;
    order.updatedAt = coming.at;
    if (coming.kind === 'end') order.state = coming.state;
    else this.#fill(order, coming.quantity, coming.at);
    if (coming.kind === 'fill') order.state = order.cumulative === order.terms.quantity ? 'FILLED' : 'PARTIAL';
  }

  #hear({ afterMs, symbol, ...news }: News): void {
    const at = (this.#options.beganAt + afterMs) as EpochMs;
    if (news.kind === 'dividend') {
      this.cashCents += news.cents;
      this.activities.push({ kind: 'dividend', id: `dividend-${afterMs}`, at, symbol, amountUsd: (news.cents / 100) as Usd });
    } else this.#execute({ brokerOrderId: `hand-${afterMs}`, symbol, side: 'SELL', quantity: news.shares, at });
  }

  #fill(order: BookedOrder, quantity: number, at: number): void {
    order.cumulative += quantity;
    this.#execute({ brokerOrderId: order.brokerOrderId, ...order.terms, quantity, at });
  }

  #execute({ brokerOrderId, symbol, side, quantity, at }: Execution): void {
    const sign = side === 'BUY' ? 1 : -1;
    const cents = this.#options.priceCents.get(symbol)!;
    this.cashCents -= sign * quantity * cents;
    this.holdings.set(symbol, (this.holdings.get(symbol) ?? 0) + sign * quantity);
    this.activities.push({
      ...{ kind: 'fill', id: `fill-${this.activities.length + 1}`, at: at as EpochMs, brokerOrderId, symbol, side },
      ...{ quantity: quantity as Shares, price: (cents / 100) as Price },
    });
  }

  #scriptedLife(life: Life, now: number): readonly Coming[] {
    const steps = life.map((step): Coming => {
      const at = now + step.afterMs;
      if ('ends' in step) return { at, kind: 'end', state: step.ends };
      return 'fills' in step ? { at, kind: 'fill', quantity: step.fills } : { at, kind: 'late-fill', quantity: step.fillsLate };
    });
    return [...steps, { at: this.#options.closesAt, kind: 'end', state: 'EXPIRED' }];
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
