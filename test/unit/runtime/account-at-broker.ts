/** An account at a broker as a reconciliation reads it: things happen to it, each listed among its activities unless it is hidden. */
import type { Broker, BrokerActivity, BrokerOrder } from '../../../shared/brokers/broker.ts';
import { refuse } from '../../../shared/kernel/refusal.ts';
import type { EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';

type Reads = Pick<Broker, 'account' | 'positions' | 'openOrders' | 'activities' | 'orderByClientId'>;
type WithoutId<Activity> = Activity extends unknown ? Omit<Activity, 'id' | 'at'> : never;

export class AccountAtBroker {
  cashCents: number;
  readonly held = new Map<string, number>();
  readonly orders = new Map<string, BrokerOrder>();
  readonly listed: BrokerActivity[] = [];
  /** Asked before each read; may act. */
  before: (read: keyof Reads, nth: number) => void | Promise<void> = () => {};
  /** Every read is refused with it. */
  refusing = false;
  readonly #reads = new Map<string, number>();
  #ids = 0;
  now: EpochMs;

  constructor(cashUsd: number, now: EpochMs) {
    this.cashCents = Math.round(cashUsd * 100);
    this.now = now;
  }

  /** Cash and shares move, and it is listed. */
  happens(activity: WithoutId<BrokerActivity>, cents: number, shares: readonly [symbol: string, count: number] | null = null): string {
    this.moves(cents, shares);
    const id = `activity-${++this.#ids}`;
    this.listed.push({ ...activity, id, at: this.now });
    return id;
  }

  /** Cash and shares move, and nobody says why. */
  moves(cents: number, shares: readonly [symbol: string, count: number] | null = null): void {
    this.cashCents += cents;
    if (shares) this.held.set(shares[0], (this.held.get(shares[0]) ?? 0) + shares[1]);
  }

  /** An order that works here. */
  works(clientOrderId: string, symbol: string, quantity: number, side: 'BUY' | 'SELL' = 'BUY'): BrokerOrder {
    const order: BrokerOrder = {
      ...{ brokerOrderId: `at-${clientOrderId}`, clientOrderId: clientOrderId as OrderId, symbol: symbol as Ticker, side },
      ...{ type: 'MARKET', timeInForce: 'DAY', quantity: quantity as Shares, cumulativeQuantity: 0 as Shares },
      ...{ state: 'ACKNOWLEDGED', brokerStatus: 'new' },
    };
    this.orders.set(clientOrderId, order);
    return order;
  }

  /** A part of an order is executed, at whole cents. */
  fills(clientOrderId: string, quantity: number, priceCents: number): void {
    const order = this.orders.get(clientOrderId)!;
    const sign = order.side === 'BUY' ? 1 : -1;
    const cumulative = order.cumulativeQuantity + quantity;
    const paid = order.cumulativeQuantity * (order.averagePrice ?? 0) + (quantity * priceCents) / 100;
    this.orders.set(clientOrderId, {
      ...order,
      ...{ cumulativeQuantity: cumulative as Shares, averagePrice: (paid / cumulative) as Price },
      ...(cumulative >= order.quantity!
        ? { state: 'FILLED', brokerStatus: 'filled' }
        : { state: 'PARTIAL', brokerStatus: 'partially_filled' }),
    });
    const { brokerOrderId, symbol, side } = order;
    const fill = { kind: 'fill' as const, brokerOrderId, symbol, side, quantity: quantity as Shares, price: (priceCents / 100) as Price };
    this.happens(fill, -sign * quantity * priceCents, [symbol, sign * quantity]);
  }

  ends(clientOrderId: string, state: 'CANCELLED' | 'EXPIRED'): void {
    this.orders.set(clientOrderId, { ...this.orders.get(clientOrderId)!, state, brokerStatus: state.toLowerCase() });
  }

  get broker(): Reads & Pick<Broker, 'capabilities'> {
    const asked = async <Answer>(read: keyof Reads, answer: () => Answer) => {
      const nth = 1 + (this.#reads.get(read) ?? 0);
      this.#reads.set(read, nth);
      await this.before(read, nth);
      return this.refusing ? refuse('not-authorised') : answer();
    };
    const usd = (amount: number): Usd => amount as Usd;
    return {
      capabilities: {
        ...{ refusesDuplicateClientIds: true, remembersOrders: 'always', fractionalShares: true },
        attachedOrders: [],
        timesInForce: [],
      },
      account: () =>
        asked('account', () => ({
          ...{ accountId: 'a', cash: usd(this.cashCents / 100), buyingPower: usd(0), equity: usd(0) },
          ...{ longMarketValue: usd(0), shortMarketValue: usd(0), mayTrade: true, mayShort: true },
        })),
      positions: () =>
        asked('positions', () =>
          [...this.held]
            .filter(([, count]) => count !== 0)
            .map(([symbol, count]) => ({
              ...{ symbol: symbol as Ticker, quantity: count as Shares, averageEntryPrice: 100 as Price },
              ...{ currentPrice: 100 as Price, marketValue: usd(count * 100) },
            })),
        ),
      openOrders: () =>
        asked('openOrders', () => [...this.orders.values()].filter(({ state }) => state === 'ACKNOWLEDGED' || state === 'PARTIAL')),
      activities: (since) => asked('activities', () => this.listed.filter(({ at }) => at >= since)),
      orderByClientId: (id) => asked('orderByClientId', () => this.orders.get(id) ?? refuse('not-found')),
    };
  }
}
