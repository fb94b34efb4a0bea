/**
 * Contract cards of the store of opportunity lists, on the local DynamoDB through the real SDK.
 *
 * OPP-01 the list pointed at is in force
 * OPP-02 the first list of an hour and data set stands; a second delivery is given it
 * OPP-03 an older hour never takes the place of a newer one
 * OPP-04 without a list there is none, and an item that makes no sense is none
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OpportunityEntry } from '../../../shared/contracts/opportunities.ts';
import { OpportunityStore } from '../../../shared/stores/opportunities.ts';
import type { Table } from '../../../shared/stores/table.ts';
import { type LocalTables, localTables } from './local-tables.ts';

const entry: OpportunityEntry = {
  listId: '2024-12-02T2030Z-0123456789ab',
  session: '2024-12-02',
  rankedAt: '2024-12-02T20:30:00.000Z',
  datasetId: 'sim-1',
  policyVersion: 1,
  considered: 60,
  symbols: ['QBYT', 'ZTER'],
  key: 'opportunities/2024-12-02/one.json',
};
const current = { pk: 'opportunities', sk: 'current' };

let tables: LocalTables;
let table: Table;
let opportunities: OpportunityStore;

beforeEach(async () => {
  tables = await localTables('operations');
  table = tables.table('operations');
  opportunities = new OpportunityStore(table);
});

afterEach(() => tables.close());

test('OPP-01 has in force what was pointed at, and keeps it for a month', async () => {
  expect(await opportunities.settle(entry)).toEqual(entry);
  expect(await opportunities.current()).toMatchObject({ reason: 'list-missing' });
  expect(await opportunities.pointAt(entry)).toBe(true);
  expect(await opportunities.current()).toEqual(entry);
  expect(await table.get(current)).toMatchObject({ expiresAt: Date.UTC(2025, 0, 1, 20, 30) / 1000 });
});

test('OPP-02 keeps the first list of an hour, and that of another data set beside it', async () => {
  await opportunities.settle(entry);
  const second = { ...entry, listId: 'another', symbols: [] };
  expect(await opportunities.settle(second)).toEqual(entry);
  expect(await opportunities.find(entry.rankedAt, 'sim-2')).toBeUndefined();
  expect(await opportunities.settle({ ...second, datasetId: 'sim-2' })).toMatchObject({ listId: 'another' });
  expect(await opportunities.find(entry.rankedAt, 'sim-1')).toEqual(entry);
});

test('OPP-03 is not turned back by a delivery that comes late', async () => {
  const older = { ...entry, listId: 'older', rankedAt: '2024-12-02T19:30:00.000Z' };
  await opportunities.pointAt(entry);
  expect(await opportunities.pointAt(older)).toBe(false);
  expect(await opportunities.pointAt(entry)).toBe(true);
  expect(await opportunities.current()).toEqual(entry);
});

test.each([
  ['a list that is no list', { symbols: 'QBYT' }],
  ['no instant', { rankedAt: 'yesterday' }],
  ['no name', { listId: undefined }],
])('OPP-04 has no list in force with %s', async (_, change) => {
  await table.put({ ...current, ...entry, ...change });
  expect(await opportunities.current()).toMatchObject({ kind: 'refused', reason: 'list-malformed' });
});
