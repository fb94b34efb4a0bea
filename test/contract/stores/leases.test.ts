/**
 * Contract cards of the cycle lease, on the local DynamoDB through the real SDK.
 *
 * LSE-01 a free lease is taken; the token counts the holders
 * LSE-02 while it stands, another cycle is refused and told who holds it until when
 * LSE-03 the holder that asks again gets the same lease
 * LSE-04 an expired lease is taken over under a higher token, also by the same cycle
 * LSE-05 a released lease is free at once; a stale holder releases nothing
 * LSE-06 a cycle scheduled before the last holder is refused
 * LSE-07 of two that take it at once, one holds it
 * LSE-08 an item that was tampered with does not count as expired
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CycleId, EpochMs } from '../../../shared/kernel/units.ts';
import { LeaseStore, leaseKey } from '../../../shared/stores/leases.ts';
import { type LocalTables, localTables } from './local-tables.ts';

const minute = 60_000;
const monday = { id: 'cycle-2019-06-17T19-45-00Z' as CycleId, at: Date.UTC(2019, 5, 17, 19, 45) };
const tuesday = { id: 'cycle-2019-06-18T19-45-00Z' as CycleId, at: Date.UTC(2019, 5, 18, 19, 45) };

let tables: LocalTables;
let leases: LeaseStore;

/** The cycle asks so long after Monday's was scheduled, for ten minutes. */
const acquire = ({ id, at }: typeof monday, afterMs = 0, store = leases) =>
  store.acquire(id, at as EpochMs, (monday.at + afterMs) as EpochMs, 10 * minute);

beforeEach(async () => {
  tables = await localTables('leases');
  leases = new LeaseStore(tables.table('leases'));
});

afterEach(() => tables.close());

test('LSE-01 gives a free lease under the first token', async () => {
  expect(await acquire(monday)).toEqual({ holder: monday.id, token: 1 });
});

test('LSE-02 refuses another cycle while the lease stands, and says who holds it', async () => {
  await acquire(monday);
  expect(await acquire(tuesday, 10 * minute - 1)).toEqual({
    kind: 'refused',
    reason: 'lease-held',
    details: { holder: monday.id, expiresAt: monday.at + 10 * minute },
  });
});

test('LSE-03 gives the holder that asks again the same lease', async () => {
  await acquire(monday);
  expect(await acquire(monday, minute)).toEqual({ holder: monday.id, token: 1 });
});

test('LSE-04 passes an expired lease on under a higher token', async () => {
  await acquire(monday);
  expect(await acquire(tuesday, 10 * minute)).toEqual({ holder: tuesday.id, token: 2 });
});

test('LSE-04 gives a cycle that outlived its own lease a new token', async () => {
  await acquire(monday);
  expect(await acquire(monday, 11 * minute)).toEqual({ holder: monday.id, token: 2 });
});

test('LSE-05 lets the next cycle in at once after a release', async () => {
  await acquire(monday);
  await leases.release({ holder: monday.id, token: 1 });
  expect(await acquire(tuesday, 1)).toEqual({ holder: tuesday.id, token: 2 });
});

test('LSE-05 leaves the lease of the present holder when an earlier one lets go', async () => {
  await acquire(monday);
  await acquire(tuesday, 10 * minute);
  await leases.release({ holder: monday.id, token: 1 });
  await leases.release({ holder: tuesday.id, token: 1 });
  expect(await tables.table('leases').get(leaseKey)).toMatchObject({ holder: tuesday.id, token: 2, expiresAt: monday.at + 20 * minute });
});

test('LSE-06 refuses a cycle scheduled before the last one, free or not', async () => {
  const lease = await acquire(tuesday);
  expect(await acquire(monday)).toEqual({ kind: 'refused', reason: 'cycle-out-of-order', details: { lastCycle: tuesday.id } });
  await leases.release(lease as { holder: CycleId; token: number });
  expect(await acquire(monday)).toMatchObject({ reason: 'cycle-out-of-order' });
});

test('LSE-06 refuses it also when the later cycle came and went between its read and its write', async () => {
  tables.beforeNext('UpdateItem', async () => {
    await acquire(tuesday);
    await leases.release({ holder: tuesday.id, token: 1 });
  });
  expect(await acquire(monday)).toMatchObject({ reason: 'cycle-out-of-order' });
});

test('LSE-07 gives it to one of two that take it at once', async () => {
  const answers = await Promise.all([acquire(monday), acquire(tuesday), acquire(monday)]);
  const tokens = answers.flatMap((answer) => ('token' in answer ? [answer.token] : []));
  expect(new Set(tokens)).toEqual(new Set([1]));
  expect(await tables.table('leases').get(leaseKey)).toMatchObject({ token: 1 });
});

test('LSE-07 gives two deliveries of one cycle the same lease, also at once', async () => {
  tables.beforeNext('UpdateItem', () => acquire(monday));
  expect(await acquire(monday)).toEqual({ holder: monday.id, token: 1 });
});

test.each([
  ['no expiry', undefined],
  ['an expiry in words', 'soon'],
])('LSE-08 lets nobody in over a lease with %s', async (_, expiresAt) => {
  await tables.table('leases').put({ ...leaseKey, holder: monday.id, token: 3, scheduledAt: monday.at, expiresAt });
  expect(await acquire(tuesday, 100 * minute)).toMatchObject({ reason: 'lease-held' });
});
