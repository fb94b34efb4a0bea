/**
 * Contract cards of the table that every store is built on, on the local DynamoDB through the real SDK.
 *
 * TBL-01 an item is read back as it was put; undefined members are left out
 * TBL-02 a query gives the whole partition in order, over as many pages as it takes
 * TBL-03 a condition that fails throws under the name AWS gives it, and changes nothing
 * TBL-04 an update gives the item as it is afterwards
 * TBL-05 a transaction is all or nothing, also over two tables
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cancellationCodes } from '../../../shared/stores/aws-errors.ts';
import type { Table } from '../../../shared/stores/table.ts';
import { type LocalTables, localTables } from './local-tables.ts';

const key = { pk: 'p', sk: 's' };
let tables: LocalTables;
let table: Table;

beforeEach(async () => {
  tables = await localTables('things', 'others');
  table = tables.table('things');
});

afterEach(() => tables.close());

test('TBL-01 reads back what was put', async () => {
  const item = { ...key, n: 0.1, list: [1, null, 'x'], map: { deep: true }, empty: '' };
  await table.put({ ...item, absent: undefined });
  expect(await table.get(key)).toEqual(item);
  expect(await table.get({ pk: 'p', sk: 'other' })).toBeUndefined();
});

test('TBL-02 queries over pages, in order, by prefix', async () => {
  const large = 'x'.repeat(300_000);
  for (let i = 5; i > 0; i--) await table.put({ pk: 'p', sk: `large#${i}`, large });
  await table.put({ pk: 'p', sk: 'small' });
  await table.put({ pk: 'q', sk: 'large#6' });
  const before = tables.calls();
  expect((await table.query('p', 'large#')).map(({ sk }) => sk)).toEqual(['large#1', 'large#2', 'large#3', 'large#4', 'large#5']);
  expect(tables.calls() - before).toBeGreaterThan(1);
  expect(await table.query('p')).toHaveLength(6);
  expect(await table.query('nobody')).toEqual([]);
});

test('TBL-03 throws the condition that failed under its AWS name', async () => {
  await table.put({ ...key, n: 1 });
  await expect(table.put({ ...key, n: 2 }, 'n = :n', { ':n': 9 })).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  expect(await table.get(key)).toEqual({ ...key, n: 1 });
});

test('TBL-04 gives the item after the update', async () => {
  await table.put({ ...key, n: 1, kept: 'yes' });
  expect(await table.update(key, { UpdateExpression: 'ADD n :one', values: { ':one': 1 } })).toEqual({ ...key, n: 2, kept: 'yes' });
});

test('TBL-05 writes all parts of a transaction or none, and says which one failed', async () => {
  const other = tables.table('others');
  await other.put({ ...key, n: 1 });
  const failed = await table
    .transact([table.putting({ ...key, n: 5 }), other.putting({ ...key, n: 5 }, 'attribute_not_exists(pk)')])
    .catch((error: unknown) => error);
  expect(cancellationCodes(failed)).toEqual(['None', 'ConditionalCheckFailed']);
  expect(await table.get(key)).toBeUndefined();

  await table.transact([table.putting({ ...key, n: 5 }), other.putting({ ...key, n: 5 }, 'n = :n', { ':n': 1 })]);
  expect(await table.get(key)).toEqual({ ...key, n: 5 });
  expect(await other.get(key)).toEqual({ ...key, n: 5 });
});
