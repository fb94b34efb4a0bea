/** The local DynamoDB at the service itself: SDK-shaped input in, output out, with its journal on disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDynamoDb } from '../../apps/local-cloud/dynamodb/index.ts';
import type { AwsService, CallContext, CloudHost } from '../../apps/local-cloud/service.ts';
import type { EpochMs } from '../../shared/kernel/units.ts';
import { keyedByPkAndSk } from '../support/keyed-table.ts';
import type { Bench } from './bench.ts';

const ROUNDS = 25_000;
const KEYS = 2_000;

const context: CallContext = { caller: { kind: 'operator' }, requestId: 'bench', authorize: () => {} };

export const benches: Bench[] = [
  {
    name: 'dynamodb service operations',
    unit: 'ops/s',
    goal: { atLeast: 30_000 },
    run: async () => {
      const directory = mkdtempSync(join(tmpdir(), 'ballast-dynamodb-'));
      const service = createDynamoDb(hostAt(directory));
      try {
        await service.declare({
          stack: 'bench',
          logicalId: 'Ledger',
          type: 'AWS::DynamoDB::Table',
          metadata: {},
          properties: {
            TableName: 'ledger',
            ...keyedByPkAndSk,
          },
        });
        mix(service, 2_000);
        const startedAt = performance.now();
        const operations = mix(service, ROUNDS);
        return (operations * 1_000) / (performance.now() - startedAt);
      } finally {
        await service.close();
        rmSync(directory, { recursive: true, force: true });
      }
    },
  },
];

/** Put, get, update and a conditional put that is refused half of the time. Answers how many operations it did. */
function mix(service: AwsService, rounds: number): number {
  const send = (operation: string, input: object): unknown => service.execute(operation, input as never, context);
  for (let round = 0; round < rounds; round++) {
    const Key = { pk: { S: `order#${round % KEYS}` }, sk: { S: 'intent' } };
    send('PutItem', {
      TableName: 'ledger',
      Item: { ...Key, ticker: { S: 'SPY' }, quantity: { N: '100.25' }, side: { S: 'BUY' }, tries: { N: '0' } },
    });
    send('GetItem', { TableName: 'ledger', Key, ConsistentRead: true });
    send('UpdateItem', {
      TableName: 'ledger',
      Key,
      UpdateExpression: 'SET #s = :s, tries = tries + :one',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: { ':s': { S: 'SENT' }, ':one': { N: '1' } },
    });
    putOnce(send, { ...Key, sk: { S: `fill#${round % 2 === 0 ? 0 : round}` }, price: { N: '501.37' } });
  }
  return rounds * 4;
}

function putOnce(send: (operation: string, input: object) => unknown, Item: object): void {
  try {
    send('PutItem', { TableName: 'ledger', Item, ConditionExpression: 'attribute_not_exists(pk)' });
  } catch (error) {
    if ((error as { code?: string }).code !== 'ConditionalCheckFailedException') throw error;
  }
}

function hostAt(directory: string): CloudHost {
  return {
    region: 'us-east-1',
    accountId: '000000000000',
    clock: { now: () => 1_772_463_600_000 as EpochMs, sleep: async () => {}, hold: (work) => work() },
    random: () => 0.5,
    newId: () => '00000000-0000-4000-8000-000000000000',
    storage: () => directory,
    assemblyDirectory: '',
    call: () => Promise.reject(new Error('no other service here')),
    background: () => {},
    observe: () => {},
  };
}
