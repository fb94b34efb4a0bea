/**
 * A broker on which orders rest until a test fills them: what it was sent, in order, and what it was asked to cancel. A cancel takes at once
 * unless the test says otherwise, and any question can be made to go unanswered.
 */
import type {
  Broker,
  BrokerCapabilities,
  BrokerOrder,
  BrokerPosition,
  CancelOutcome,
  LatestPrice,
  NotFound,
  OrderToSubmit,
  SubmitOutcome,
} from '../../shared/brokers/broker.ts';
import type { RiskTicket } from '../../shared/brokers/risk-ticket.ts';
import { isTerminal } from '../../shared/domain/execution/order-lifecycle.ts';
import { TransientFailure } from '../../shared/kernel/errors.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import type { EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../shared/kernel/units.ts';

export class RestingBroker
  implements Pick<Broker, 'name' | 'capabilities' | 'submit' | 'orderByClientId' | 'cancel' | 'openOrders' | 'positions' | 'latestPrices'>
{
  readonly name = 'resting';
  readonly capabilities: BrokerCapabilities = {
    refusesDuplicateClientIds: true,
    remembersOrders: 'always',
    fractionalShares: true,
    attachedOrders: [],
    timesInForce: ['DAY', 'GTC', 'IOC', 'FOK'],
  };
  readonly orders = new Map<string, BrokerOrder>();
  readonly submitted: string[] = [];
  readonly cancelled: string[] = [];
  /** Client ids about which it does not answer. */
  readonly silentAbout = new Set<string>();
  readonly held = new Map<string, number>();
  /** What becomes of an order whose cancel was requested. */
  onCancel: (order: BrokerOrder) => void = (order) => this.report(order.clientOrderId, { state: 'CANCELLED' });
  /** What becomes of a submission; acts before the broker has it. */
  onSubmit: (order: OrderToSubmit) => Promise<SubmitOutcome | 'take'> = async () => 'take';

  /** A client id that it knows already is answered with the order of that id. */
  async submit(order: OrderToSubmit, ticket: RiskTicket): Promise<SubmitOutcome> {
    ticket.admit(order);
    this.submitted.push(order.clientOrderId);
    const outcome = await this.onSubmit(order);
    return outcome === 'take' ? { kind: 'acknowledged', order: this.orders.get(order.clientOrderId) ?? this.take(order) } : outcome;
  }

  async orderByClientId(clientOrderId: OrderId): Promise<BrokerOrder | NotFound> {
    if (this.silentAbout.has(clientOrderId)) throw new TransientFailure(`no answer about ${clientOrderId}`);
    return this.orders.get(clientOrderId) ?? refuse('not-found');
  }

  async cancel(brokerOrderId: string): Promise<CancelOutcome> {
    const order = [...this.orders.values()].find((one) => one.brokerOrderId === brokerOrderId);
    if (!order) return refuse('not-found');
    this.cancelled.push(order.clientOrderId);
    if (isTerminal(order.state)) return refuse('not-cancellable');
    this.onCancel(order);
    return { kind: 'requested' };
  }

  async openOrders(): Promise<readonly BrokerOrder[]> {
    return [...this.orders.values()].filter(({ state }) => !isTerminal(state));
  }

  async positions(): Promise<readonly BrokerPosition[]> {
    return [...this.held]
      .filter(([, quantity]) => quantity !== 0)
      .map(([symbol, quantity]) => ({
        symbol: symbol as Ticker,
        quantity: quantity as Shares,
        ...{ averageEntryPrice: 100 as Price, currentPrice: 100 as Price, marketValue: (100 * quantity) as Usd },
      }));
  }

  async latestPrices(symbols: readonly Ticker[]): Promise<readonly LatestPrice[]> {
    return symbols.map((symbol) => ({ symbol, priceUsd: 100 as Price, at: 0 as EpochMs }));
  }

  /** Has the order from now on, as if it had been sent. */
  take({ clientOrderId, symbol, side, quantity, timeInForce, type }: OrderToSubmit): BrokerOrder {
    const order: BrokerOrder = {
      ...{ brokerOrderId: `b-${clientOrderId}`, clientOrderId, symbol, side, quantity, timeInForce, type },
      ...{ cumulativeQuantity: 0 as Shares, state: 'ACKNOWLEDGED', brokerStatus: 'new' },
    };
    this.orders.set(clientOrderId, order);
    return order;
  }

  /** What it says of an order from now on. */
  report(clientOrderId: string, changes: Partial<BrokerOrder>): void {
    this.orders.set(clientOrderId, { ...this.orders.get(clientOrderId)!, ...changes });
  }

  /** Executes so much of it in all, at 100, and moves what is held. */
  fill(clientOrderId: string, cumulative?: number): void {
    const order = this.orders.get(clientOrderId)!;
    const cumulativeQuantity = (cumulative ?? order.quantity!) as Shares;
    const state = cumulativeQuantity >= order.quantity! ? 'FILLED' : 'PARTIAL';
    this.report(clientOrderId, { state, cumulativeQuantity, averagePrice: 100 as Price });
    const signed = (cumulativeQuantity - order.cumulativeQuantity) * (order.side === 'BUY' ? 1 : -1);
    this.held.set(order.symbol, (this.held.get(order.symbol) ?? 0) + signed);
  }
}
