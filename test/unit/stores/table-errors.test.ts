/** Error mapping of every table call, as the SDK throws; the behaviour itself is proved by the contract cards. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CycleId, EpochMs } from '../../../shared/kernel/units.ts';
import { ControlStore } from '../../../shared/stores/control.ts';
import { LeaseStore } from '../../../shared/stores/leases.ts';
import { RiskStateStore } from '../../../shared/stores/risk-state.ts';
import { Table } from '../../../shared/stores/table.ts';

const dynamo = mockClient(DynamoDBClient);
const table = new Table(new DynamoDBClient({ region: 'us-east-1' }), 'ballast-policy');
const failure = (name: string): Error => Object.assign(new Error(`${name} it is`), { name });
const key = { pk: 'p', sk: 's' };

const calls: Record<string, () => Promise<unknown>> = {
  Reading: () => table.get(key),
  Querying: () => table.query('p'),
  Writing: () => table.put(key),
  Updating: () => table.update(key, { UpdateExpression: 'SET n = :n', values: { ':n': 1 } }),
  'Writing in a transaction': () => table.transact([table.putting(key)]),
};

beforeEach(() => {
  dynamo.reset();
});

describe.each(Object.keys(calls))('%s', (what) => {
  test('that is throttled is a TransientFailure that names the table', async () => {
    dynamo.rejects(failure('ProvisionedThroughputExceededException'));
    await expect(calls[what]!()).rejects.toMatchObject({
      name: 'TransientFailure',
      message: `${what.split(' ')[0]} ballast-policy did not go through: ProvisionedThroughputExceededException it is`,
    });
  });

  test('that is denied keeps the name AWS gives it', async () => {
    dynamo.rejects(failure('AccessDeniedException'));
    await expect(calls[what]!()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('what a store does not understand reaches the caller', () => {
  const at = 0 as EpochMs;
  test.each([
    ['reading control', () => new ControlStore(table).read()],
    ['changing control', () => new ControlStore(table).change({ kind: 'fund' }, { state: 'PAUSED', reason: '', actor: '', at })],
    ['taking the lease', () => new LeaseStore(table).acquire('cycle-1' as CycleId, at, at, 1)],
    ['releasing the lease', () => new LeaseStore(table).release({ holder: 'cycle-1' as CycleId, token: 1 })],
    ['reading the risk memory', () => new RiskStateStore(table).read()],
  ])('when %s', async (_, call) => {
    dynamo.rejects(failure('AccessDeniedException'));
    await expect(call()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
