/**
 * Contract cards of the control store, on the local DynamoDB through the real SDK.
 *
 * CTL-01 a whole, well-formed item is read as it is, in each of its states
 * CTL-02 an absent item is a refusal
 * CTL-03 a garbled item is a refusal that names what is wrong
 * CTL-04 the epoch rises with every change
 * CTL-05 the epoch rises over whatever a person left there, so that no earlier order matches it
 * CTL-06 a change that was overtaken is made over the newer item, never over one it did not see
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ControlState, controlKey } from '../../../shared/contracts/control.ts';
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
  expect(await control.change(change('PAUSED', 'lunch'))).toEqual({
    state: 'PAUSED',
    epoch: 8,
    reason: 'lunch',
    actor: 'operator/ada',
    at: '2019-06-14T19:45:00.000Z',
  });
  expect(await control.change(change('RUNNING'))).toMatchObject({ state: 'RUNNING', epoch: 9 });
  expect(await control.read()).toMatchObject({ state: 'RUNNING', epoch: 9 });
});

test('CTL-05 begins above any counted epoch when the item was deleted', async () => {
  expect(await control.change(change('RUNNING'))).toMatchObject({ epoch: at });
  expect(await control.read()).toMatchObject({ state: 'RUNNING', epoch: at });
});

test.each(Object.keys(garbled))('CTL-05 makes a whole item out of one with %s, at a higher epoch', async (what) => {
  await policy.put({ ...controlKey, ...whole, ...garbled[what] });
  const changed = await control.change(change('HALTED'));
  expect(changed.epoch).toBeGreaterThan(7);
  expect(await control.read()).toEqual(changed);
});

test('CTL-06 makes an overtaken change over the newer item', async () => {
  await policy.put({ ...controlKey, ...whole });
  tables.beforeNext('PutItem', () => control.change(change('HALTED', 'faster')));
  expect(await control.change(change('PAUSED', 'slower'))).toMatchObject({ state: 'PAUSED', epoch: 9, reason: 'slower' });
});

test('CTL-06 two who create the item at once leave the later one, above the earlier', async () => {
  tables.beforeNext('PutItem', () => control.change(change('RUNNING', 'faster')));
  expect(await control.change(change('PAUSED', 'slower'))).toMatchObject({ state: 'PAUSED', epoch: at + 1 });
});

test('CTL-06 many at once each get an epoch of their own', async () => {
  await policy.put({ ...controlKey, ...whole });
  const states: ControlState[] = ['PAUSED', 'RUNNING', 'HALTED', 'REDUCE_ONLY', 'PAUSED'];
  const changed = await Promise.all(states.map((state) => control.change(change(state))));
  expect(changed.map(({ epoch }) => epoch).sort((a, b) => a - b)).toEqual([8, 9, 10, 11, 12]);
  expect(await control.read()).toMatchObject({ epoch: 12 });
});
