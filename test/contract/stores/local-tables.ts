/** Tables of the fund's usual shape (pk, sk) on the local DynamoDB, reached through the real SDK. */
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDb } from '../../../apps/local-cloud/dynamodb/index.ts';
import { type Key, Table, toAttributes } from '../../../shared/stores/table.ts';
import { keyedByPkAndSk } from '../../support/keyed-table.ts';
import { clientDefaults, sdkOverWire, TestCaller, testHost } from '../local-cloud/sdk-over-wire.ts';

export interface LocalTables {
  readonly client: DynamoDBClient;
  table(name: string): Table;
  /** How many calls were made so far. */
  calls(): number;
  /** Runs `meanwhile` between the next call of that operation being made and its arrival: another writer who was faster. */
  beforeNext(operation: string, meanwhile: () => Promise<unknown>): void;
  remove(table: string, key: Key): Promise<void>;
  close(): void;
}

export async function localTables(...names: readonly string[]): Promise<LocalTables> {
  const service = createDynamoDb(testHost());
  for (const TableName of names) {
    await service.declare({
      stack: 'test',
      logicalId: TableName,
      type: 'AWS::DynamoDB::Table',
      metadata: {},
      properties: { TableName, ...keyedByPkAndSk, BillingMode: 'PAY_PER_REQUEST' },
    });
  }
  let calls = 0;
  const interruptions: { readonly operation: string; readonly meanwhile: () => Promise<unknown> }[] = [];
  const wire = sdkOverWire(service, new TestCaller());
  const requestHandler = {
    ...wire,
    handle: async (request: Parameters<typeof wire.handle>[0]) => {
      calls++;
      const next = interruptions[0];
      if (next && request.headers['x-amz-target']?.endsWith(`.${next.operation}`)) {
        interruptions.shift();
        await next.meanwhile();
      }
      return wire.handle(request);
    },
  };
  const client = new DynamoDBClient({ ...clientDefaults, requestHandler });
  return {
    client,
    table: (name) => new Table(client, name),
    calls: () => calls,
    beforeNext: (operation, meanwhile) => interruptions.push({ operation, meanwhile }),
    remove: async (TableName, key) => {
      await client.send(new DeleteItemCommand({ TableName, Key: toAttributes(key) }));
    },
    close: () => {
      client.destroy();
      void service.close();
    },
  };
}
