/** A ledger over the local DynamoDB, with the control and lease items that a reservation is checked against. */
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDb } from '../../../apps/local-cloud/dynamodb/index.ts';
import type { ControlState } from '../../../shared/contracts/control.ts';
import { controlKey } from '../../../shared/contracts/control.ts';
import type { CycleId, EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import { leaseKey } from '../../../shared/stores/leases.ts';
import { Ledger, type OrderEvidence, type OrderIntent, type ReservationGuard } from '../../../shared/stores/ledger/index.ts';
import { Table, toAttributes } from '../../../shared/stores/table.ts';
import { sdkOverWire, TestCaller, testHost } from '../local-cloud/sdk-over-wire.ts';

export interface LedgerBench {
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

const tableNames = ['policy', 'leases', 'ledger'] as const;

export async function ledgerBench(): Promise<LedgerBench> {
  const service = createDynamoDb(testHost());
  for (const TableName of tableNames) {
    await service.declare({
      stack: 'test',
      logicalId: TableName,
      type: 'AWS::DynamoDB::Table',
      metadata: {},
      properties: tableProperties(TableName),
    });
  }
  let calls = 0;
  const wire = sdkOverWire(service, new TestCaller());
  const requestHandler = {
    ...wire,
    handle: (request: Parameters<typeof wire.handle>[0]) => {
      calls++;
      return wire.handle(request);
    },
  };
  const client = new DynamoDBClient({ region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, requestHandler });
  const [policy, leases] = [new Table(client, 'policy'), new Table(client, 'leases')];
  const bench: LedgerBench = {
    ledger: new Ledger(client, 'ledger'),
    otherLedger: new Ledger(client, 'ledger'),
    guard: { control: { table: 'policy', epoch: 7 }, lease: { table: 'leases', token: 3 }, openOrdersPerSymbolMax: 2 },
    calls: () => calls,
    setControl: (state, epoch) => policy.put({ ...controlKey, state, epoch, reason: 'test', actor: 'test', at: '2019-06-14T19:45:00Z' }),
    garbleControl: () => policy.put({ ...controlKey, state: 'runing', epoch: 'seven' }),
    removeControl: async () => {
      await client.send(new DeleteItemCommand({ TableName: 'policy', Key: toAttributes(controlKey) }));
    },
    setLease: (token) => leases.put({ ...leaseKey, holder: cycleId, token, expiresAt: at + 60_000 }),
    close: () => {
      client.destroy();
      void service.close();
    },
  };
  await bench.setControl('RUNNING' satisfies ControlState, 7);
  await bench.setLease(3);
  return bench;
}

const tableProperties = (TableName: string) => ({
  TableName,
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
});

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
