/** A ledger over the local DynamoDB, with the control and lease items that a reservation is checked against. */
import type { ControlState } from '../../../shared/contracts/control.ts';
import { controlItemKey, controlKey } from '../../../shared/contracts/control.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { CycleId, EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import { leaseKey } from '../../../shared/stores/leases.ts';
import {
  Ledger,
  type LedgerOrder,
  type OrderEvidence,
  type OrderIntent,
  type ReservationGuard,
} from '../../../shared/stores/ledger/index.ts';
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
  /** Stops one symbol, strategy or broker, or writes what is no whole stop item. */
  setStop(kind: 'symbol' | 'strategy' | 'broker', name: string, item: object): Promise<void>;
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
    guard: {
      control: { table: 'policy', epoch: 7, purpose: 'trade' },
      lease: { table: 'leases', token: 3 },
      ...{ openOrdersPerSymbolMax: 2, exposureUsdMax: 1_000_000, messagesPerMinuteMax: 180 },
    },
    calls: () => tables.calls(),
    setControl: (state, epoch) => policy.put({ ...controlKey, state, epoch, reason: 'test', actor: 'test', at: '2019-06-14T19:45:00Z' }),
    garbleControl: () => policy.put({ ...controlKey, state: 'runing', epoch: 'seven' }),
    removeControl: () => tables.remove('policy', controlKey),
    setStop: (kind, name, item) => policy.put({ ...controlItemKey({ kind, name }), ...item }),
    setLease: (token) => leases.put({ ...leaseKey, holder: cycleId, token, expiresAt: at + 60_000 }),
    close: () => tables.close(),
  };
  await bench.setControl('RUNNING' satisfies ControlState, 7);
  await bench.setLease(3);
  return bench;
}

export const key = (orderId: string) => ({ cycleId, orderId: orderId as OrderId });

export async function reserved(bench: LedgerBench, orderId: string, over: Partial<OrderIntent> = {}): Promise<LedgerOrder> {
  const order = await bench.ledger.reserveOrder(intent(orderId, over), bench.guard, at);
  if (isRefusal(order)) throw new Error(`expected a reservation, was refused: ${order.reason}`);
  return order;
}

/** Reserved and sent, as far as the ledger can tell. */
export async function begun(bench: LedgerBench, orderId: string, over: Partial<OrderIntent> = {}): Promise<LedgerOrder> {
  const begins = await bench.ledger.beginSending(await reserved(bench, orderId, over), bench.guard, at);
  if (isRefusal(begins)) throw new Error(`expected to begin, was refused: ${begins.reason}`);
  return stored(bench, orderId);
}

export async function stored(bench: LedgerBench, orderId: string): Promise<LedgerOrder> {
  const order = await bench.ledger.order(key(orderId));
  if (isRefusal(order)) throw new Error(`expected order ${orderId} in the ledger`);
  return order;
}

export const later = (ms: number): EpochMs => (at + ms) as EpochMs;

export const intent = (orderId: string, over: Partial<OrderIntent> = {}): OrderIntent => ({
  cycleId,
  orderId: orderId as OrderId,
  strategy: 'ensemble',
  broker: 'alpaca',
  symbol: 'GOOD' as Ticker,
  side: 'BUY',
  type: 'MARKET',
  timeInForce: 'DAY',
  quantity: 10 as Shares,
  reducing: false,
  worstCaseUsd: 1100.1 as Usd,
  decisionPriceUsd: 105 as Price,
  ...over,
});

export const evidence = (state: OrderEvidence['state'], cumulativeQuantity: number, averagePrice?: number): OrderEvidence => ({
  brokerOrderId: 'b-1',
  state,
  brokerStatus: state.toLowerCase(),
  cumulativeQuantity: cumulativeQuantity as Shares,
  ...(averagePrice !== undefined && { averagePrice: averagePrice as Price }),
});
