/**
 * Contract cards of the store of health, on the local DynamoDB through the real SDK.
 *
 * HEA-01 a part that was never checked has no record
 * HEA-02 what was written is read back, alone and among all; the console sees status, reasons and times beside it
 * HEA-03 of two checks that read the same, one is taken, the first time as well as later
 * HEA-04 a document that makes no sense reads as never checked and is written over; an item without a version is an error
 * HEA-05 endings are kept by cycle and in order of schedule, however they arrive, and the worse ending of a cycle stands
 * HEA-06 an ending that was overtaken is put into the newer list; one that is always overtaken is a TransientFailure
 * HEA-07 a list of endings that makes no sense is begun anew, and is no part
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultHealthRules } from '../../../shared/domain/policy/health-rules.ts';
import { applyCheck } from '../../../shared/domain/steering/health.ts';
import type { HealthPart } from '../../../shared/domain/steering/health-parts.ts';
import { InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { type HealthDocument, HealthStore } from '../../../shared/stores/health.ts';
import type { Table } from '../../../shared/stores/table.ts';
import { type LocalTables, localTables } from './local-tables.ts';

const at = Date.UTC(2019, 5, 14, 13, 45) as EpochMs;
const endingsKey = { pk: 'health', sk: 'cycle-endings' };

function documentOf(part: HealthPart, finding: 'healthy' | 'down' = 'down'): HealthDocument {
  const check = { id: `check/${part}`, at, finding, reasons: finding === 'down' ? [`${part}-silent`] : [] };
  const { state } = applyCheck(part, null, check, defaultHealthRules);
  const event = { eventId: `health/${part}`, at: new Date(at).toISOString(), summary: `${part} is ${finding}.`, part, status: finding };
  return {
    state,
    memory: { equityUsd: 1e6, checkpoint: 4, aheadSince: at, broken: { checkpoint: null, finding: 'a hash differs' } },
    unannounced: { ...event, was: null, reasons: [...check.reasons] },
  };
}

let tables: LocalTables;
let table: Table;
let health: HealthStore;

beforeEach(async () => {
  tables = await localTables('operations');
  table = tables.table('operations');
  health = new HealthStore(table);
});

afterEach(() => tables.close());

test('HEA-01 has no record of a part that was never checked', async () => {
  const none = { document: null, version: 0 };
  expect(await health.read('data')).toEqual(none);
  expect(await health.all()).toEqual({ data: none, broker: none, audit: none, cycle: none });
  expect(await health.endings()).toEqual([]);
});

test('HEA-02 reads back what was written, with what is still to be told, and shows the console what it is', async () => {
  const [broker, data] = [documentOf('broker'), documentOf('data', 'healthy')];
  expect(await health.write(broker, await health.read('broker'))).toBe(true);
  expect(await health.write(data, await health.read('data'))).toBe(true);
  expect(await health.read('broker')).toEqual({ document: broker, version: 1 });
  expect(await health.all()).toMatchObject({ broker: { document: broker }, data: { document: data }, audit: { version: 0 } });
  expect(await table.get({ pk: 'health', sk: 'broker' })).toMatchObject({
    ...{ status: 'down', reasons: ['broker-silent'], since: '2019-06-14T13:45:00.000Z', checkedAt: '2019-06-14T13:45:00.000Z' },
  });
});

test('HEA-03 takes one of two checks that read the same', async () => {
  const none = await health.read('audit');
  expect(await health.write(documentOf('audit'), none)).toBe(true);
  expect(await health.write(documentOf('audit', 'healthy'), none)).toBe(false);
  const first = await health.read('audit');
  expect(await health.write(documentOf('audit', 'healthy'), first)).toBe(true);
  expect(await health.write(documentOf('audit'), first)).toBe(false);
  expect(await health.read('audit')).toEqual({ document: documentOf('audit', 'healthy'), version: 2 });
});

test('HEA-04 reads a garbled document as never checked, and writes over it; without a version nobody can', async () => {
  await table.put({ pk: 'health', sk: 'data', version: 3, document: JSON.stringify({ state: { part: 'data', status: 'splendid' } }) });
  const garbled = await health.read('data');
  expect(garbled).toEqual({ document: null, version: 3 });
  expect(await health.write(documentOf('data'), garbled)).toBe(true);
  expect(await health.read('data')).toEqual({ document: documentOf('data'), version: 4 });
  await table.put({ pk: 'health', sk: 'data', document: '{}' });
  await expect(health.read('data')).rejects.toThrow(InvariantViolation);
});

test('HEA-05 keeps endings by cycle, in order, the worse of two for one cycle', async () => {
  const ending = (hour: number, how: 'completed' | 'failed' | 'died') => ({ cycleId: `cycle-2019-06-14T${hour}-45-00Z`, ending: how });
  await health.addEnding(ending(19, 'failed'));
  await health.addEnding(ending(15, 'completed'));
  await health.addEnding(ending(15, 'died'));
  expect(await health.addEnding(ending(15, 'completed'))).toEqual([ending(15, 'died'), ending(19, 'failed')]);
  expect(await health.endings()).toEqual([ending(15, 'died'), ending(19, 'failed')]);
});

test('HEA-06 puts an overtaken ending into the newer list, and gives up on one that always is', async () => {
  const other = new HealthStore(tables.table('operations'));
  tables.beforeNext('PutItem', () => other.addEnding({ cycleId: 'cycle-a', ending: 'missed' }));
  expect(await health.addEnding({ cycleId: 'cycle-b', ending: 'failed' })).toEqual([
    { cycleId: 'cycle-a', ending: 'missed' },
    { cycleId: 'cycle-b', ending: 'failed' },
  ]);
  const overtake = async (times: number): Promise<void> => {
    await table.put({ ...endingsKey, endings: `written by others, ${times}` });
    if (times > 1) tables.beforeNext('PutItem', () => overtake(times - 1));
  };
  tables.beforeNext('PutItem', () => overtake(5));
  await expect(health.addEnding({ cycleId: 'cycle-c', ending: 'died' })).rejects.toThrow(TransientFailure);
});

test('HEA-07 begins a garbled list of endings anew, and takes it for no part', async () => {
  await table.put({ ...endingsKey, endings: '[{"cycleId":7}]' });
  expect(await health.endings()).toEqual([]);
  expect((await health.all()).cycle).toEqual({ document: null, version: 0 });
  expect(await health.addEnding({ cycleId: 'cycle-a', ending: 'failed' })).toEqual([{ cycleId: 'cycle-a', ending: 'failed' }]);
});
