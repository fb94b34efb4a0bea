/** A ledger over the local DynamoDB, with the control and lease items that a reservation is checked against. */
import type { ControlState } from '../../../shared/contracts/control.ts';
import { controlKey } from '../../../shared/contracts/control.ts';
import type { CycleId, EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import { leaseKey } from '../../../shared/stores/leases.ts';
import { Ledger, type OrderEvidence, type OrderIntent, type ReservationGuard } from '../../../shared/stores/ledger/index.ts';
import { type LocalTables, localTables } from '../stores/local-tables.ts';

export interface LedgerBench {
  readonly tables: LocalTables;
  readonly ledger: Ledger;
  /** Another writer on the same table. */
  readonly otherLedger: Ledger;
  readonly guard: ReservationGuard;
  /** How many calls the ledger made. */
  calls(): number;
  setControl(state: string, epoch: number): Promise<void>;
  garbleControl(): Promise<void>;
  removeControl(): Promise<void>;
  setLease(token: number): Promise<void>;
  close(): void;
}

export const at = Date.UTC(2019, 5, 14, 19, 45) as EpochMs;
export const cycleId = 'cycle-2019-06-14T19-45-00Z' as CycleId;

export async function ledgerBench(): Promise<LedgerBench> {
  const tables = await localTables('policy', 'leases', 'ledger');
  const { client } = tables;
  const [policy, leases] = [tables.table('policy'), tables.table('leases')];
  const bench: LedgerBench = {
    tables,
    ledger: new Ledger(client, 'ledger'),
    otherLedger: new Ledger(client, 'ledger'),
    guard: { control: { table: 'policy', epoch: 7 }, lease: { table: 'leases', token: 3 }, openOrdersPerSymbolMax: 2 },
    calls: () => tables.calls(),
    setControl: (state, epoch) => policy.put({ ...controlKey, state, epoch, reason: 'test', actor: 'test', at: '2019-06-14T19:45:00Z' }),
    garbleControl: () => policy.put({ ...controlKey, state: 'runing', epoch: 'seven' }),
    removeControl: () => tables.remove('policy', controlKey),
    setLease: (token) => leases.put({ ...leaseKey, holder: cycleId, token, expiresAt: at + 60_000 }),
    close: () => tables.close(),
  };
  await bench.setControl('RUNNING' satisfies ControlState, 7);
  await bench.setLease(3);
  return bench;
}

export const intent = (orderId: string, over: Partial<OrderIntent> = {}): OrderIntent => ({
  cycleId,
  orderId: orderId as OrderId,
  symbol: 'GOOD' as Ticker,
  side: 'BUY',
  type: 'MARKET',
  timeInForce: 'DAY',
  quantity: 10 as Shares,
  reducing: false,
  worstCaseUsd: 1100.1 as Usd,
  ...over,
});

export const evidence = (state: OrderEvidence['state'], cumulativeQuantity: number, averagePrice?: number): OrderEvidence => ({
  brokerOrderId: 'b-1',
  state,
  brokerStatus: state.toLowerCase(),
  cumulativeQuantity: cumulativeQuantity as Shares,
  ...(averagePrice !== undefined && { averagePrice: averagePrice as Price }),
});
