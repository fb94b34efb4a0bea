/**
 * Contract cards of what the meta strategy controller remembers, on the local DynamoDB through the real SDK.
 *
 * STE-01 before the first look nothing is remembered
 * STE-02 what was written is read back, and the console sees the mode and why beside it
 * STE-03 of two writers who read the same, one is taken, the first time as well as later
 * STE-04 an item that makes no sense, or is of another shape, is a memory of nothing, and is written over
 * STE-05 a market that nobody could read is remembered as that
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultSteeringRules } from '../../../shared/domain/policy/steering-rules.ts';
import { applyLook, type SteeringState } from '../../../shared/domain/steering/steer.ts';
import { refuse } from '../../../shared/kernel/refusal.ts';
import type { EpochDay, EpochMs } from '../../../shared/kernel/units.ts';
import { type MarketReading, SteeringStore } from '../../../shared/stores/steering-state.ts';
import type { Table } from '../../../shared/stores/table.ts';
import { type LocalTables, localTables } from './local-tables.ts';

const at = Date.UTC(2019, 5, 14, 13, 45) as EpochMs;
const healthy = { status: 'healthy', reasons: [] } as const;
const reading: MarketReading = { key: 'data of the day', evidence: { regime: 'BEAR_CRISIS', annualizedVol: 0.41 } };
const key = { pk: 'steering', sk: 'state' };

/** As two looks in a crisis leave it. */
const state: SteeringState = ['first', 'second'].reduce<SteeringState | null>((before, id, index) => {
  const evidence = {
    market: { regime: 'BEAR_CRISIS', annualizedVol: 0.41 },
    fund: { equityUsd: 1e6, drawdownFrac: 0.02 },
    health: { data: healthy, broker: healthy, audit: healthy, cycle: healthy },
    strategies: [{ name: 'ensemble', equityUsd: 1e6 }],
  } as const;
  const standing = { mode: before?.mode ?? 'NORMAL', block: [] } as const;
  const look = { id, at: (at + index * 300_000) as EpochMs, session: (18_061 + index) as EpochDay, standing, evidence };
  return applyLook(before, look, defaultSteeringRules).state;
}, null)!;

let tables: LocalTables;
let table: Table;
let steering: SteeringStore;

beforeEach(async () => {
  tables = await localTables('operations');
  table = tables.table('operations');
  steering = new SteeringStore(table);
});

afterEach(() => tables.close());

test('STE-01 remembers nothing before the first look', async () => {
  expect(await steering.read()).toEqual({ state: null, market: null, version: 0 });
});

test('STE-02 reads back what was written, sessions and agreement included, and shows the console why', async () => {
  expect(await steering.write({ state, market: reading }, await steering.read())).toBe(true);
  expect(await steering.read()).toEqual({ state, market: reading, version: 1 });
  expect(state.market).toMatchObject({ holds: 'DEFENSIVE', session: 18_062, sessions: { asStrictAs: { DEFENSIVE: 1 } } });
  expect(await table.get(key)).toMatchObject({
    ...{ mode: 'DEFENSIVE', changedAt: '2019-06-14T13:45:00.000Z' },
    reasons: expect.arrayContaining(['regime-bear-crisis']),
  });
});

test('STE-03 takes one of two writers who read the same', async () => {
  const none = await steering.read();
  expect(await steering.write({ state: null, market: reading }, none)).toBe(true);
  expect(await steering.write({ state, market: null }, none)).toBe(false);
  const first = await steering.read();
  expect(await steering.write({ state, market: reading }, first)).toBe(true);
  expect(await steering.write({ state: null, market: null }, first)).toBe(false);
  expect(await steering.read()).toEqual({ state, market: reading, version: 2 });
});

test.each([
  ['no JSON', '{'],
  ['a state without what the market holds', JSON.stringify({ state: { ...state, market: undefined }, market: reading })],
  ['a mode that there is not', JSON.stringify({ state: { ...state, mode: 'BRAVE' }, market: null })],
  ['no document', undefined],
])('STE-04 begins anew over %s', async (_what, document) => {
  await table.put({ ...key, version: 7, document });
  const read = await steering.read();
  expect(read).toEqual({ state: null, market: null, version: 7 });
  expect(await steering.write({ state, market: null }, read)).toBe(true);
  expect(await steering.read()).toEqual({ state, market: null, version: 8 });
});

test('STE-05 remembers that nobody could read the market, and why', async () => {
  const unread = { key: 'data of the day', evidence: refuse('market-history-stale', { lastDay: 18_000, sessionsSince: 9 }) };
  await steering.write({ state: null, market: unread }, await steering.read());
  expect((await steering.read()).market).toEqual(unread);
});
