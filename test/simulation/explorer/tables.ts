/**
 * The fund's tables in one schedule: the local cloud's DynamoDB, reached by the real SDK client, each call of which crosses to the
 * outside. What a write did is read back from the tables themselves and written into the history.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { createDynamoDb } from '../../../apps/local-cloud/dynamodb/index.ts';
import { AwsError, type CallContext, type WireResponse } from '../../../apps/local-cloud/service.ts';
import { ControlState, controlPartition } from '../../../shared/contracts/control.ts';
import { adjustmentsPartition } from '../../../shared/stores/ledger/items.ts';
import { testHost } from '../../contract/local-cloud/sdk-over-wire.ts';
import { keyedByPkAndSk } from '../../support/keyed-table.ts';
import type { History } from './history.ts';
import { ConnectionBroken, type Outside, TurnedAway } from './outside.ts';

export const tableNames = { policy: 'policy', leases: 'leases', ledger: 'ledger' } as const;

const context: CallContext = {
  caller: { kind: 'operator' },
  requestId: '00000000-0000-4000-a000-000000000000',
  authorize: () => {},
};

/** What the SDK hands over; its JSON protocols send text. */
export interface SdkRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

type Input = Readonly<Record<string, unknown>>;
/** Stands between the SDK and the tables: may put another request in place of the one that was made. */
export type Rewriting = (operation: string, input: Input) => Input;

export class Tables {
  readonly #service = createDynamoDb(testHost());
  readonly outside: Outside;
  readonly history: History;
  readonly #rewrite: Rewriting;
  readonly #controls = new Map<string, string>();
  readonly #orders = new Map<string, string>();

  private constructor(outside: Outside, history: History, rewrite: Rewriting) {
    this.outside = outside;
    this.history = history;
    this.#rewrite = rewrite;
  }

  /** What `work` and all that it starts ask of `dynamodb` reaches these tables. */
  serve<T>(work: () => Promise<T>): Promise<T> {
    return serving.run(this, work);
  }

  static async open(outside: Outside, history: History, rewrite: Rewriting = (_operation, input) => input): Promise<Tables> {
    const tables = new Tables(outside, history, rewrite);
    for (const TableName of Object.values(tableNames)) {
      await tables.#service.declare({
        ...{ stack: 'explorer', logicalId: TableName, type: 'AWS::DynamoDB::Table', metadata: {} },
        properties: { TableName, ...keyedByPkAndSk, BillingMode: 'PAY_PER_REQUEST' },
      });
    }
    return tables;
  }

  close(): void {
    void this.#service.close();
  }

  async answer({ headers, body = '' }: SdkRequest) {
    const operation = String(headers['x-amz-target']).split('.').at(-1)!;
    const text = textOf(body);
    const read = (): Input => this.#rewrite(operation, JSON.parse(text) as Input);
    const input = read();
    let arrived = false;
    // What arrives twice is read twice: whoever carries it out may keep what it was given.
    const arriving = (): Input => {
      const again = arrived;
      arrived = true;
      return again ? read() : input;
    };
    const request = { service: 'dynamodb', operation, about: subjectOf(input), mayArriveTwice: true } as const;
    const by = this.outside.callerName;
    try {
      const { status, headers: named, body: answer } = await this.outside.request(request, () => this.#carryOut(operation, arriving(), by));
      return { response: { statusCode: status, headers: named, body: new Uint8Array(Buffer.from(answer)) } };
    } catch (error) {
      if (error instanceof ConnectionBroken) throw Object.assign(new Error(error.message), { name: 'TimeoutError', code: 'ECONNRESET' });
      if (!(error instanceof TurnedAway)) throw error;
      const { status, headers: named, body: answer } = this.#error(new AwsError('ThrottlingException', error.message));
      return { response: { statusCode: status, headers: named, body: new Uint8Array(Buffer.from(answer)) } };
    }
  }

  #carryOut(operation: string, input: Input, by: string): WireResponse {
    try {
      const output = this.#service.execute(operation, input as never, context);
      if (writes.has(operation)) this.#notice(operation, input, by);
      return this.#service.wire.encode(operation, output, context.requestId);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return this.#error(error);
    }
  }

  #error(error: AwsError): WireResponse {
    return this.#service.wire.encodeError(error, context.requestId);
  }

  /** What the tables now say of the orders and control items that were written. */
  #notice(operation: string, input: Input, by: string): void {
    for (const { TableName, Item, Key } of partsOf(operation, input)) {
      const { pk, sk } = unmarshall((Item ?? Key) as never) as { pk: string; sk: string };
      if (pk === controlPartition && TableName === tableNames.policy) this.#noticeControl(sk);
      else if (TableName === tableNames.ledger && sk.startsWith('order#')) this.#noticeOrder(pk, sk, by);
      else if (TableName === tableNames.ledger && pk === adjustmentsPartition) this.history.add({ kind: 'adjusted', activityId: sk });
    }
  }

  #noticeControl(sk: string): void {
    const item = this.#read(tableNames.policy, controlPartition, sk);
    const state = ControlState.safeParse(item?.state).data ?? null;
    const epoch = typeof item?.epoch === 'number' ? item.epoch : null;
    if (!isNews(this.#controls, sk, `${state} ${epoch}`)) return;
    this.history.add({ kind: 'control', item: sk, state, epoch });
  }

  #noticeOrder(pk: string, sk: string, by: string): void {
    const item = this.#read(tableNames.ledger, pk, sk);
    if (item === undefined || !isNews(this.#orders, `${pk} ${sk}`, JSON.stringify(item))) return;
    this.history.add({ kind: 'ledger-order', by, order: item as never });
  }

  #read(TableName: string, pk: string, sk: string): Record<string, unknown> | undefined {
    const input = { TableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true };
    const { Item } = this.#service.execute('GetItem', input as never, context) as { Item?: never };
    return Item && unmarshall(Item);
  }
}

/** The SDK sends a subclass of bytes that warns when it is read as text. */
export const textOf = (body: string | Uint8Array): string =>
  typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();

const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems']);

interface Part {
  readonly TableName?: string;
  readonly Item?: unknown;
  readonly Key?: unknown;
}

function partsOf(operation: string, input: Input): readonly Part[] {
  if (operation !== 'TransactWriteItems') return [input];
  const items = input.TransactItems as readonly { readonly Put?: Part; readonly Update?: Part; readonly Delete?: Part }[];
  return items.flatMap(({ Put, Update, Delete }) => Put ?? Update ?? Delete ?? []);
}

function isNews(known: Map<string, string>, key: string, value: string): boolean {
  if (known.get(key) === value) return false;
  known.set(key, value);
  return true;
}

/** Table and keys, for people. */
function subjectOf(input: Input): string {
  if (input.TransactItems !== undefined) {
    const keys = partsOf('TransactWriteItems', input).map(keyText);
    return keys.join(' + ');
  }
  return `${String(input.TableName)} ${input.Key === undefined && input.Item === undefined ? String(partitionAsked(input)) : keyText(input)}`;
}

const partitionAsked = (input: Input): unknown =>
  (input.ExpressionAttributeValues as Record<string, { S?: string }> | undefined)?.[':pk']?.S ?? '';

function keyText({ Item, Key }: Part): string {
  const { pk, sk } = (Item ?? Key ?? {}) as { pk?: { S: string }; sk?: { S: string } };
  return sk?.S.startsWith('order#') ? sk.S : `${pk?.S}|${sk?.S}`;
}

export const serving = new AsyncLocalStorage<Tables>();

/**
 * One client for all schedules: what it learns at its first request (its address, its middleware) need not be learnt again. Signing would
 * cost as much again as all else it does, and nobody reads what it would log; retries are the schedule's to decide.
 */
export const dynamodb = new DynamoDBClient({
  ...{ region: 'us-east-1', credentials: { accessKeyId: 'EXPLORER', secretAccessKey: 'none' }, maxAttempts: 1, cacheMiddleware: true },
  endpoint: 'http://tables.explorer',
  httpAuthSchemes: [
    {
      schemeId: 'aws.auth#sigv4',
      identityProvider: (configuration) => configuration.getIdentityProvider('aws.auth#sigv4'),
      signer: { sign: (request) => Promise.resolve(request) },
    },
  ],
  requestHandler: { handle: (request: SdkRequest) => serving.getStore()!.answer(request), destroy: () => {} },
});
for (const idle of [
  'loggerMiddleware',
  'getUserAgentMiddleware',
  'recursionDetectionMiddleware',
  'retryMiddleware',
  'httpSigningMiddleware',
])
  dynamodb.middlewareStack.remove(idle);
