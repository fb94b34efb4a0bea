/** A parent order worked against the local DynamoDB and a broker on which orders rest: the clock, the price and the fills are the test's. */
import type { LatestPrice } from '../../shared/brokers/broker.ts';
import { isTerminal } from '../../shared/domain/execution/order-lifecycle.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../shared/kernel/units.ts';
import { OrderDesk } from '../../shared/runtime/order-desk.ts';
import { WorkOrder, type WorkOrderOptions } from '../../shared/runtime/work-order.ts';
import type { LedgerOrder } from '../../shared/stores/ledger/index.ts';
import { type Claim, type ParentIntent, type ParentOrder, ParentStore } from '../../shared/stores/ledger/parents.ts';
import { at, cycleId, type LedgerBench, ledgerBench } from '../contract/ledger/ledger-on-local-dynamodb.ts';
import { RestingBroker } from './resting-broker.ts';
import { anyQuantityOf, ticketOf } from './risk-tickets.ts';

const minuteMs = 60_000;

export const parentId = 'ballast-GOOD-b-parent' as OrderId;

/** 100 shares, in four slices of a minute: 40, 30, 20 and 10. */
export const parentIntent: ParentIntent = {
  ...{ cycleId, orderId: parentId, strategy: 'ensemble', broker: 'resting', symbol: 'GOOD' as Ticker, side: 'BUY', reducing: false },
  ...{
    quantity: 100 as Shares,
    decisionPriceUsd: 100 as Price,
    arrivalPriceUsd: 100 as Price,
    kind: 'vwap',
    leg: 1,
    controlEpoch: 7,
    leaseToken: 3,
  },
  slices: [40, 70, 90, 100].map((cumulative, slice) => ({
    startsAt: (at + slice * minuteMs) as EpochMs,
    endsAt: (at + (slice + 1) * minuteMs) as EpochMs,
    cumulativeQuantity: cumulative as Shares,
  })),
};

class PricedBroker extends RestingBroker {
  priceUsd: number | null = 100;
  pricedAt: EpochMs = at;

  override async latestPrices(symbols: readonly Ticker[]): Promise<readonly LatestPrice[]> {
    const { priceUsd, pricedAt } = this;
    return priceUsd === null ? [] : symbols.map((symbol) => ({ symbol, priceUsd: priceUsd as Price, at: pricedAt }));
  }
}

export interface WorkedOrder extends AsyncDisposable {
  readonly bench: LedgerBench;
  readonly broker: PricedBroker;
  readonly clock: Clock;
  readonly parents: ParentStore;
  /** One invocation: a worker that knows nothing of those before it. */
  worker(over?: Partial<WorkOrderOptions>): WorkOrder;
  /** Of the cycle's entries; 20,000 USD unless the test says otherwise. */
  exposureUsdMax: number;
  parent(): Promise<ParentOrder>;
  claims(): Promise<readonly Claim[]>;
  children(): Promise<readonly LedgerOrder[]>;
  /** What the broker's orders filled, or may still fill. */
  mayFill(): number;
  /** Lets so many minutes pass, with a fresh price. */
  pass(minutes: number): void;
}

export const parentKey = { cycleId, orderId: parentId };

export async function workedOrder(intent: Partial<ParentIntent> = {}): Promise<WorkedOrder> {
  const bench = await ledgerBench();
  await bench.ledger.openAccount(1_000_000 as Usd, at);
  const broker = new PricedBroker();
  let now = at;
  const clock: Clock = { now: () => now };
  const parents = new ParentStore(bench.tables.table('ledger'));
  await parents.open({ ...parentIntent, ...intent }, at);
  const ticket = await ticketOf(anyQuantityOf('GOOD'));
  const worked: WorkedOrder = {
    ...{ bench, broker, clock, parents, exposureUsdMax: 20_000 },
    worker: (over = {}) =>
      new WorkOrder({
        ...{ fund: 'ballast', broker, ledger: bench.ledger, parents, clock },
        desk: (releasedUsd) =>
          new OrderDesk({
            ...{ broker, ledger: bench.ledger, clock, ticket },
            guard: { ...bench.guard, exposureUsdMax: worked.exposureUsdMax + releasedUsd },
          }),
        limits: { priceCollarFrac: 0.05, referenceAgeMsMax: 60_000 },
        ...over,
      }),
    parent: async () => {
      const parent = await parents.read(parentKey);
      if (isRefusal(parent)) throw new Error('the parent was opened');
      return parent;
    },
    claims: () => parents.claims(parentKey),
    children: () => bench.ledger.ordersOfCycle(cycleId),
    mayFill: () =>
      [...broker.orders.values()].reduce(
        (sum, { state, quantity, cumulativeQuantity }) => sum + (isTerminal(state) ? cumulativeQuantity : quantity!),
        0,
      ),
    pass(minutes) {
      now = (now + minutes * minuteMs) as EpochMs;
      broker.pricedAt = now;
    },
    [Symbol.asyncDispose]: async () => bench.close(),
  };
  return worked;
}
