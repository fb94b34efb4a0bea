/** What the DynamoDB cards run on: our service, or dynalite reached through the real SDK client. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createDynamoDb, type DynamoStreams } from '../../../../apps/local-cloud/dynamodb/index.ts';
import type { AuthorizationRequest, AwsService, CallContext, CloudHost, DeclaredResource } from '../../../../apps/local-cloud/service.ts';
import { AwsError } from '../../../../apps/local-cloud/service.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

export type Output = Readonly<Record<string, unknown>>;
export type Send = (operation: string, input: object) => Promise<Output>;

export interface System {
  readonly name: string;
  readonly send: Send;
  close(): Promise<void>;
}

/** 2026-03-02T15:00:00Z, a Monday. */
export const NOON = 1_772_463_600_000 as EpochMs;

export class HandClock {
  #now: number = NOON;
  now(): EpochMs {
    return this.#now as EpochMs;
  }
  advance(ms: number): void {
    this.#now += ms;
  }
  sleep(): Promise<void> {
    return Promise.resolve();
  }
  hold<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
}

export function testHost(options: { readonly directory?: string; readonly clock?: HandClock } = {}): CloudHost {
  let ids = 0;
  return {
    region: 'us-east-1',
    accountId: '000000000000',
    clock: options.clock ?? new HandClock(),
    random: () => 0.5,
    newId: () => `00000000-0000-4000-8000-${String(ids++).padStart(12, '0')}`,
    storage: () => options.directory,
    assemblyDirectory: '',
    call: () => Promise.reject(new Error('no other service here')),
    background: () => {},
    observe: () => {},
  };
}

/** A caller who may do everything; what it was asked for is kept. */
export function recordingContext(
  deny: (request: AuthorizationRequest) => boolean = () => false,
): CallContext & { readonly asked: AuthorizationRequest[] } {
  const asked: AuthorizationRequest[] = [];
  return {
    caller: { kind: 'operator' },
    requestId: 'test',
    asked,
    authorize(request) {
      asked.push(request);
      if (deny(request)) throw new AwsError('AccessDeniedException', `not authorized to perform ${request.action} on ${request.resource}`);
    },
  };
}

export const resource = (properties: Readonly<Record<string, unknown>>, type = 'AWS::DynamoDB::Table'): DeclaredResource => ({
  stack: 'test',
  logicalId: 'Table',
  type,
  properties,
  metadata: {},
});

export const callOurs = (service: AwsService, operation: string, input: object, context: CallContext = recordingContext()): Output =>
  service.execute(operation, input as never, context) as Output;

export function openOurs(
  tables: readonly Readonly<Record<string, unknown>>[],
  options: { readonly directory?: string; readonly clock?: HandClock } = {},
): AwsService & DynamoStreams {
  const service = createDynamoDb(testHost(options));
  for (const table of tables) void service.declare(resource(table));
  return service;
}

export function ourSystem(tables: readonly Readonly<Record<string, unknown>>[]): System {
  const service = openOurs(tables);
  return {
    name: 'the local cloud',
    send: async (operation, input) => callOurs(service, operation, input),
    close: async () => service.close(),
  };
}

const COMMANDS: Readonly<Record<string, (client: DynamoDBClient, input: object) => Promise<object>>> = {
  BatchGetItem: (client, input) => client.send(new BatchGetItemCommand(input as never)),
  BatchWriteItem: (client, input) => client.send(new BatchWriteItemCommand(input as never)),
  CreateTable: (client, input) => client.send(new CreateTableCommand(input as never)),
  DeleteItem: (client, input) => client.send(new DeleteItemCommand(input as never)),
  DescribeTable: (client, input) => client.send(new DescribeTableCommand(input as never)),
  GetItem: (client, input) => client.send(new GetItemCommand(input as never)),
  PutItem: (client, input) => client.send(new PutItemCommand(input as never)),
  Query: (client, input) => client.send(new QueryCommand(input as never)),
  Scan: (client, input) => client.send(new ScanCommand(input as never)),
  UpdateItem: (client, input) => client.send(new UpdateItemCommand(input as never)),
};

/** The outside reference: it knows single items, queries and batches, but no transactions, streams or Time to Live. */
export async function dynaliteSystem(tables: readonly Readonly<Record<string, unknown>>[]): Promise<System> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const send: Send = async (operation, input) => {
    const { $metadata: _, ...output } = (await COMMANDS[operation]!(client, input)) as Record<string, unknown>;
    return output;
  };
  for (const table of tables) {
    await send('CreateTable', { BillingMode: 'PAY_PER_REQUEST', ...table });
    await untilActive(send, String(table.TableName));
  }
  return {
    name: 'dynalite',
    send,
    close: async () => {
      client.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function untilActive(send: Send, tableName: string): Promise<void> {
  for (;;) {
    const { Table } = (await send('DescribeTable', { TableName: tableName })) as { Table: { TableStatus: string } };
    if (Table.TableStatus === 'ACTIVE') return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly item?: unknown;
}

/** How a call fails; it is an error of the test when it does not. */
export async function failure(call: Promise<unknown>): Promise<Failure> {
  try {
    const output = await call;
    return { name: 'NoError', message: JSON.stringify(output) };
  } catch (error) {
    if (error instanceof AwsError)
      return { name: error.code, message: error.message, ...(error.members.Item ? { item: error.members.Item } : {}) };
    const { name, message, Item } = error as { name: string; message: string; Item?: unknown };
    return { name, message, ...(Item ? { item: Item } : {}) };
  }
}

/** Bytes as hex text, so that outputs compare whatever class their bytes have; members that are undefined are left out. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, plain(member)]])));
}

/** The schema most cards use. */
export const CARDS_TABLE = {
  TableName: 'cards',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'group', AttributeType: 'S' },
    { AttributeName: 'rank', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-group',
      KeySchema: [
        { AttributeName: 'group', KeyType: 'HASH' },
        { AttributeName: 'rank', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
    {
      IndexName: 'group-only',
      KeySchema: [{ AttributeName: 'group', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] },
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: 'by-rank',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'rank', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
} as const;

const NUMBERS_TABLE = {
  TableName: 'numbers',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'n', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'n', KeyType: 'RANGE' },
  ],
} as const;

export const BYTES_TABLE = {
  TableName: 'bytes',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'N' },
    { AttributeName: 'b', AttributeType: 'B' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'b', KeyType: 'RANGE' },
  ],
} as const;

export const SINGLE_TABLE = {
  TableName: 'single',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
} as const;

export const ALL_TABLES = [CARDS_TABLE, NUMBERS_TABLE, BYTES_TABLE, SINGLE_TABLE] as const;
