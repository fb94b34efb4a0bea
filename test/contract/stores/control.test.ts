/**
 * Contract cards of the control store, on the local DynamoDB through the real SDK.
 *
 * CTL-01 a whole, well-formed item is read as it is, in each of its states
 * CTL-02 an absent item is a refusal
 * CTL-03 a garbled item is a refusal that names what is wrong
 * CTL-04 the epoch rises with every change
 * CTL-05 the epoch rises over whatever a person left there, so that no earlier order matches it
 * CTL-06 a change that was overtaken is made over the newer item, never over one it did not see
 * CTL-07 a part that nobody stopped is not stopped; one that was is, until it is resumed, and its epoch goes on rising
 * CTL-08 a garbled item of a part stops it, without a sweep
 * CTL-09 all stops are told in one query, without the fund's item and without what names nothing
 * CTL-10 tightening never loosens, whoever was there first
 * CTL-11 only a halt carries the wish to sell
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ControlState, controlItemKey, controlKey, type PartScope, wholeFund } from '../../../shared/contracts/control.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { ControlStore } from '../../../shared/stores/control.ts';
import type { Table } from '../../../shared/stores/table.ts';
import { type LocalTables, localTables } from './local-tables.ts';

const at = Date.UTC(2019, 5, 14, 19, 45) as EpochMs;
const whole = { state: 'RUNNING', epoch: 7, reason: 'opened', actor: 'operator/ada', at: '2019-06-14T19:45:00Z' };
const change = (state: ControlState, reason = 'test') => ({ state, reason, actor: 'operator/ada', at });

let tables: LocalTables;
let policy: Table;
let control: ControlStore;

beforeEach(async () => {
  tables = await localTables('policy');
  policy = tables.table('policy');
  control = new ControlStore(policy);
});

afterEach(() => tables.close());

test.each(ControlState.options)('CTL-01 reads a whole item in state %s', async (state) => {
  await policy.put({ ...controlKey, ...whole, state });
  expect(await control.read()).toEqual({ ...whole, state });
});

test('CTL-02 refuses an absent item', async () => {
  expect(await control.read()).toEqual({ kind: 'refused', reason: 'control-missing', details: { item: controlKey } });
});

const garbled: Record<string, Record<string, unknown>> = {
  'a misspelt state': { state: 'RUNING' },
  'a state in lower case': { state: 'running' },
  'an epoch as text': { epoch: '7' },
  'an epoch of zero': { epoch: 0 },
  'a fractional epoch': { epoch: 7.5 },
  'an epoch beyond what a number holds': { epoch: 99_999_999_999_999_999_999n },
  'no epoch': { epoch: undefined },
  'an epoch of nothing': { epoch: null },
  'a map for an epoch': { epoch: { was: 7 } },
  'no state': { state: undefined },
  'no actor': { actor: undefined },
};

test.each(Object.keys(garbled))('CTL-03 refuses an item with %s, and names the field', async (what) => {
  await policy.put({ ...controlKey, ...whole, ...garbled[what] });
  expect(await control.read()).toMatchObject({
    kind: 'refused',
    reason: 'control-malformed',
    details: { problem: expect.stringMatching(new RegExp(`^${Object.keys(garbled[what]!)[0]}: `)) },
  });
});

test('CTL-04 raises the epoch with every change', async () => {
  await policy.put({ ...controlKey, ...whole });
  expect(await control.change(wholeFund, change('PAUSED', 'lunch'))).toEqual({
    state: 'PAUSED',
    epoch: 8,
    reason: 'lunch',
    actor: 'operator/ada',
    at: '2019-06-14T19:45:00.000Z',
  });
  expect(await control.change(wholeFund, change('RUNNING'))).toMatchObject({ state: 'RUNNING', epoch: 9 });
  expect(await control.read()).toMatchObject({ state: 'RUNNING', epoch: 9 });
});

test('CTL-05 begins above any counted epoch when the item was deleted', async () => {
  expect(await control.change(wholeFund, change('RUNNING'))).toMatchObject({ epoch: at });
  expect(await control.read()).toMatchObject({ state: 'RUNNING', epoch: at });
});

test.each(Object.keys(garbled))('CTL-05 makes a whole item out of one with %s, at a higher epoch', async (what) => {
  await policy.put({ ...controlKey, ...whole, ...garbled[what] });
  const changed = await control.change(wholeFund, change('HALTED'));
  expect(changed.epoch).toBeGreaterThan(7);
  expect(await control.read()).toEqual(changed);
});

test('CTL-06 makes an overtaken change over the newer item', async () => {
  await policy.put({ ...controlKey, ...whole });
  tables.beforeNext('PutItem', () => control.change(wholeFund, change('HALTED', 'faster')));
  expect(await control.change(wholeFund, change('PAUSED', 'slower'))).toMatchObject({ state: 'PAUSED', epoch: 9, reason: 'slower' });
});

test('CTL-06 two who create the item at once leave the later one, above the earlier', async () => {
  tables.beforeNext('PutItem', () => control.change(wholeFund, change('RUNNING', 'faster')));
  expect(await control.change(wholeFund, change('PAUSED', 'slower'))).toMatchObject({ state: 'PAUSED', epoch: at + 1 });
});

test('CTL-06 many at once each get an epoch of their own', async () => {
  await policy.put({ ...controlKey, ...whole });
  const states: ControlState[] = ['PAUSED', 'RUNNING', 'HALTED', 'REDUCE_ONLY', 'PAUSED'];
  const changed = await Promise.all(states.map((state) => control.change(wholeFund, change(state))));
  expect(changed.map(({ epoch }) => epoch).sort((a, b) => a - b)).toEqual([8, 9, 10, 11, 12]);
  expect(await control.read()).toMatchObject({ epoch: 12 });
});

const acme: PartScope = { kind: 'symbol', name: 'ACME' };

test.each<PartScope>([acme, { kind: 'strategy', name: 'ensemble' }, { kind: 'broker', name: 'alpaca' }])(
  'CTL-07 stops $kind $name until it is resumed',
  async (scope) => {
    expect(await control.readStop(scope)).toBeNull();
    const stopped = await control.change(scope, change('REDUCE_ONLY', 'a doubt'));
    expect(await control.readStop(scope)).toEqual({ scope, ...stopped });
    expect(await control.read()).toMatchObject({ reason: 'control-missing' });
    const resumed = await control.change(scope, change('RUNNING'));
    expect(resumed.epoch).toBe(stopped.epoch + 1);
    expect(await control.readStop(scope)).toBeNull();
    expect(await control.change(scope, change('PAUSED'))).toMatchObject({ epoch: stopped.epoch + 2 });
  },
);

test.each([
  'a misspelt state',
  'a state in lower case',
  'an epoch as text',
  'no epoch',
  'an epoch of nothing',
  'a map for an epoch',
  'no state',
])('CTL-08 takes a part with %s for paused', async (what) => {
  await policy.put({ ...controlItemKey(acme), ...whole, ...garbled[what] });
  expect(await control.readStop(acme)).toMatchObject({
    state: 'PAUSED',
    reason: expect.stringMatching(/^the control item is not well formed: /),
  });
  expect(await control.isHalted(acme)).toBe(false);
});

test('CTL-08 takes a part that says who stopped it by no name for stopped all the same', async () => {
  await policy.put({ ...controlItemKey(acme), state: 'HALTED', epoch: 1 });
  expect(await control.readStop(acme)).toEqual({
    scope: acme,
    state: 'HALTED',
    epoch: 1,
    reason: 'not given',
    actor: 'unknown',
    at: 'unknown',
  });
});

test('CTL-09 lists what is stopped', async () => {
  await control.change(wholeFund, change('HALTED'));
  await control.change({ kind: 'symbol', name: 'BRK.B' }, change('HALTED'));
  await control.change({ kind: 'broker', name: 'alpaca' }, change('PAUSED'));
  await control.change(acme, change('PAUSED'));
  await control.change(acme, change('RUNNING'));
  await policy.put({ pk: 'control', sk: 'symbl#ACME', ...whole, state: 'HALTED' });
  const before = tables.calls();
  expect((await control.stops()).map(({ scope, state }) => [scope.kind, scope.name, state])).toEqual([
    ['broker', 'alpaca', 'PAUSED'],
    ['symbol', 'BRK.B', 'HALTED'],
  ]);
  expect(tables.calls() - before).toBe(1);
});

test.each<[ControlState, ControlState, boolean]>([
  ['RUNNING', 'REDUCE_ONLY', true],
  ['REDUCE_ONLY', 'PAUSED', true],
  ['PAUSED', 'HALTED', true],
  ['PAUSED', 'PAUSED', false],
  ['PAUSED', 'REDUCE_ONLY', false],
  ['HALTED', 'PAUSED', false],
])('CTL-10 tightening from %s to %s changes it: %s', async (from, to, changes) => {
  await control.change(acme, change(from));
  const tightened = await control.tighten(acme, change(to) as Parameters<ControlStore['tighten']>[1]);
  expect(tightened?.state ?? null).toBe(changes ? to : null);
  expect((await control.readStop(acme))?.state).toBe(changes ? to : from);
});

test('CTL-10 a pause that a halt overtook leaves the halt standing', async () => {
  await policy.put({ ...controlKey, ...whole });
  tables.beforeNext('PutItem', () => control.change(wholeFund, change('HALTED', 'faster')));
  expect(await control.tighten(wholeFund, { state: 'PAUSED', reason: 'slower', actor: 'event', at })).toBeNull();
  expect(await control.read()).toMatchObject({ state: 'HALTED', reason: 'faster' });
});

test('CTL-11 keeps the wish to sell with a halt, and drops it with the next change', async () => {
  expect(await control.change(acme, { ...change('PAUSED'), flatten: true })).not.toHaveProperty('flatten');
  expect(await control.change(acme, { ...change('HALTED'), flatten: true })).toHaveProperty('flatten', true);
  expect(await control.isHalted(acme)).toBe(true);
  await control.change(acme, change('RUNNING'));
  expect(await policy.get(controlItemKey(acme))).not.toHaveProperty('flatten');
});
