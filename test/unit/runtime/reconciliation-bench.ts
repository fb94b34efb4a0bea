/** A fund's ledger, stops and reports over the local DynamoDB, beside an account at a broker that a test moves. */
import { controlKey } from '../../../shared/contracts/control.ts';
import type { BallastEvent } from '../../../shared/contracts/events.ts';
import type { ReconciliationReport } from '../../../shared/contracts/reconciliation.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { CycleId, EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import { Reconciliation } from '../../../shared/runtime/reconciliation.ts';
import { ControlStore } from '../../../shared/stores/control.ts';
import { leaseKey } from '../../../shared/stores/leases.ts';
import { Ledger, type OrderIntent, type ReservationGuard } from '../../../shared/stores/ledger/index.ts';
import { ReconciliationStore } from '../../../shared/stores/reconciliations.ts';
import { type LocalTables, localTables } from '../../contract/stores/local-tables.ts';
import { AccountAtBroker } from './account-at-broker.ts';

export interface ReconciliationBench {
  readonly tables: LocalTables;
  readonly ledger: Ledger;
  readonly account: AccountAtBroker;
  readonly control: ControlStore;
  readonly reconciliations: ReconciliationStore;
  readonly told: BallastEvent[];
  /** Thrown, once, by the next publication. */
  failPublishing(): void;
  later(ms: number): void;
  now(): EpochMs;
  run(id?: string, since?: string): Promise<ReconciliationReport>;
  /** Reserved and, unless it is to stay PENDING, in the hands of a sender. */
  order(orderId: string, symbol: string, quantity: number, stage?: 'pending' | 'sent'): Promise<OrderIntent>;
}

const at = Date.UTC(2019, 5, 14, 19, 45) as EpochMs;
const cycleId = 'cycle-2019-06-14T19-45-00Z' as CycleId;
const guard: ReservationGuard = {
  control: { table: 'policy', epoch: 7, purpose: 'trade' },
  lease: { table: 'leases', token: 3 },
  ...{ openOrdersPerSymbolMax: 9, exposureUsdMax: 1e9, messagesPerMinuteMax: 1_000 },
};
const intent = (orderId: string, symbol: string, quantity: number): OrderIntent => ({
  ...{ cycleId, orderId: orderId as OrderId, strategy: 'ensemble', broker: 'alpaca', symbol: symbol as Ticker, side: 'BUY' },
  ...{ type: 'MARKET', timeInForce: 'DAY', quantity: quantity as Shares, reducing: false },
  ...{ worstCaseUsd: (quantity * 110) as Usd, decisionPriceUsd: 100 as Price },
});
const HOUR_MS = 3_600_000;

export async function reconciliationBench(): Promise<ReconciliationBench> {
  const tables = await localTables('policy', 'leases', 'ledger');
  const ledger = new Ledger(tables.client, 'ledger');
  const running = { state: 'RUNNING', epoch: 7, reason: 'test', actor: 'test', at: '2019-06-14T19:45:00Z' };
  await tables.table('policy').put({ ...controlKey, ...running });
  await tables.table('leases').put({ ...leaseKey, holder: cycleId, token: 3, expiresAt: at + 60_000 });
  let now = at;
  const account = new AccountAtBroker(1_000_000, now);
  const control = new ControlStore(tables.table('policy'));
  const reconciliations = new ReconciliationStore(tables.table('ledger'));
  const told: BallastEvent[] = [];
  let publishingFails = false;
  const events = {
    async publish(some: readonly BallastEvent[]) {
      if (publishingFails) {
        publishingFails = false;
        throw new Error('the bus is away');
      }
      told.push(...some);
    },
  };
  await ledger.openAccount(1_000_000 as Usd, at);
  const later = (ms: number): void => {
    now = (now + ms) as EpochMs;
    account.now = now;
  };
  later(HOUR_MS);
  let count = 0;
  return {
    ...{ tables, ledger, account, control, reconciliations, told, later },
    now: () => now,
    failPublishing: () => {
      publishingFails = true;
    },
    async run(id = `reconcile-${++count}`, since) {
      const parts = { broker: account.broker, ledger, control, reconciliations, events, clock: { now: () => now }, fund: 'ballast' };
      const input = { reconciliationId: id, scheduledAt: new Date(now).toISOString(), ...(since && { since }) };
      const report = await new Reconciliation(parts).run(input);
      if (isRefusal(report)) throw new Error(`refused: ${report.reason}`);
      return report;
    },
    async order(orderId, symbol, quantity, stage = 'sent') {
      const decided = intent(orderId, symbol, quantity);
      const reserved = await ledger.reserveOrder(decided, guard, now);
      const begun = stage === 'pending' ? reserved : await ledger.beginSending(decided, guard, now);
      for (const step of [reserved, begun]) if (isRefusal(step)) throw new Error(step.reason);
      return decided;
    },
  };
}
