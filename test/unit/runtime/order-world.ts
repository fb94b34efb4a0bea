/** A ledger and control on the local DynamoDB, a broker on which orders rest, and a desk between them. */
import { VirtualClock } from '../../../apps/local-cloud/clock.ts';
import type { PermitLine } from '../../../shared/domain/execution/permit.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { CycleId, EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import { OrderDesk } from '../../../shared/runtime/order-desk.ts';
import { ControlStore } from '../../../shared/stores/control.ts';
import { LeaseStore } from '../../../shared/stores/leases.ts';
import { Ledger, type LedgerOrder, type OrderIntent, type ReservationGuard } from '../../../shared/stores/ledger/index.ts';
import { type LocalTables, localTables } from '../../contract/stores/local-tables.ts';
import { RestingBroker } from '../../support/resting-broker.ts';
import { anyQuantityOf, ticketOf } from '../../support/risk-tickets.ts';

/** A Friday, a quarter of an hour before the close. */
export const at = Date.UTC(2019, 5, 14, 19, 45) as EpochMs;
export const cycleId = 'cycle-2019-06-14T19-45-00Z' as CycleId;

export interface OrderWorld {
  readonly tables: LocalTables;
  readonly ledger: Ledger;
  readonly control: ControlStore;
  readonly leases: LeaseStore;
  readonly broker: RestingBroker;
  readonly clock: VirtualClock;
  readonly guard: ReservationGuard;
  desk(guard?: ReservationGuard, lines?: readonly PermitLine[]): Promise<OrderDesk>;
  /** Sends each through the desk of a cycle. */
  place(...intents: OrderIntent[]): Promise<void>;
  order(id: string, of?: CycleId): Promise<LedgerOrder>;
  wait(ms: number): void;
  close(): void;
}

export async function orderWorld(): Promise<OrderWorld> {
  const tables = await localTables('policy', 'leases', 'ledger');
  const ledger = new Ledger(tables.client, 'ledger');
  const control = new ControlStore(tables.table('policy'));
  const leases = new LeaseStore(tables.table('leases'));
  const broker = new RestingBroker();
  const clock = new VirtualClock(at);
  await ledger.openAccount(100_000 as Usd, at);
  const { epoch } = await control.change({ kind: 'fund' }, { state: 'RUNNING', reason: 'test', actor: 'test', at });
  const lease = await leases.acquire(cycleId, at, at, 20 * 60_000);
  if (isRefusal(lease)) throw new Error('the first lease is free');
  const guard: ReservationGuard = {
    control: { table: 'policy', epoch, purpose: 'trade' },
    lease: { table: 'leases', token: lease.token },
    ...{ openOrdersPerSymbolMax: 5, exposureUsdMax: 1e9, messagesPerMinuteMax: 1000 },
  };
  const world: OrderWorld = {
    ...{ tables, ledger, control, leases, broker, clock, guard },
    desk: async (under = guard, lines = anyQuantityOf('AA', 'BB', 'CC', 'DD')) =>
      new OrderDesk({ broker, ledger, clock, guard: under, ticket: await ticketOf(lines) }),
    place: async (...intents) => void (await (await world.desk()).place(intents)),
    order: async (id, of = cycleId) => {
      const found = await ledger.order({ cycleId: of, orderId: id as OrderId });
      if (isRefusal(found)) throw new Error(`${id} is not in the ledger`);
      return found;
    },
    wait: (ms) => clock.travelTo((clock.now() + ms) as EpochMs),
    close: () => tables.close(),
  };
  return world;
}

/** Ten shares of the symbol in its name: `ballast-AA-1` is of AA. */
export const intentOf = (id: string, over: Partial<OrderIntent> = {}): OrderIntent => ({
  ...{ cycleId, orderId: id as OrderId, symbol: id.split('-')[1]! as Ticker, strategy: 'ensemble', broker: 'resting' },
  ...{ side: 'BUY', type: 'MARKET', timeInForce: 'DAY', quantity: 10 as Shares, reducing: false },
  ...{ worstCaseUsd: 1100 as Usd, decisionPriceUsd: 100 as Price },
  ...over,
});
