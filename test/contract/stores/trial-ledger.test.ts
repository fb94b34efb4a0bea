/**
 * Contract cards of the trial ledger, on the local DynamoDB through the real SDK.
 *
 * TRL-01 a family's trials are the sum of its batches, and their Sharpe ratios merge as if they had been counted one by one
 * TRL-02 the same batch again is not counted twice
 * TRL-03 a batch that has grown takes the place of the smaller one, and never the other way round
 * TRL-04 families are apart by strategy and by data set, and all are listed
 * TRL-05 a batch without any Sharpe ratio is counted all the same
 * TRL-06 an item that makes no sense is an InvariantViolation, never a guess
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addSharpe, noSharpe, type TrialBatch } from '../../../shared/domain/research/trials.ts';
import { TrialLedger } from '../../../shared/stores/trial-ledger.ts';
import { type LocalTables, localTables } from './local-tables.ts';

let tables: LocalTables;
let ledger: TrialLedger;

beforeEach(async () => {
  tables = await localTables('trials');
  ledger = new TrialLedger(tables.table('trials'));
});
afterEach(() => tables.close());

const family = { strategy: 'sma-cross', datasetSha256: 'a'.repeat(64) };
const sharpes = [0.05, -0.02, 0.11, 0.03, 0.07];
const momentsOf = (values: readonly number[]) => values.reduce(addSharpe, noSharpe);

const batch = (batchId: string, values: readonly number[], more: Partial<TrialBatch> = {}): TrialBatch => ({
  ...family,
  batchId,
  command: 'sweep',
  at: '2026-01-05T20:45:00.000Z',
  actor: 'ada',
  datasetName: 'simulated',
  fromDay: '2014-01-02',
  toDay: '2015-01-02',
  trials: values.length,
  sharpe: momentsOf(values),
  tried: 'fast=3..5',
  ...more,
});

test('TRL-01 adds up the batches of a family', async () => {
  expect(await ledger.family(family)).toEqual({ ...family, trials: 0, sharpe: noSharpe, batches: 0, lastAt: '' });
  expect(await ledger.record(batch('one', sharpes.slice(0, 2)))).toBe(true);
  expect(await ledger.record(batch('two', sharpes.slice(2), { at: '2026-01-06T20:45:00.000Z' }))).toBe(true);
  const total = await ledger.family(family);
  expect(total).toMatchObject({ trials: 5, batches: 2, lastAt: '2026-01-06T20:45:00.000Z', sharpe: { count: 5, best: 0.11 } });
  // Mean and sum of squared deviations of the five, by hand.
  expect(total.sharpe.mean).toBeCloseTo(0.048, 15);
  expect(total.sharpe.squares).toBeCloseTo(0.00928, 15);
});

test('TRL-02 counts a batch once', async () => {
  expect(await ledger.record(batch('one', sharpes))).toBe(true);
  expect(await ledger.record(batch('one', sharpes, { actor: 'grace', at: '2026-02-01T00:00:00.000Z' }))).toBe(false);
  expect(await ledger.family(family)).toMatchObject({ trials: 5, batches: 1, lastAt: '2026-01-05T20:45:00.000Z' });
});

test('TRL-03 lets a batch grow and never shrink', async () => {
  await ledger.record(batch('one', sharpes.slice(0, 3)));
  expect(await ledger.record(batch('one', sharpes))).toBe(true);
  expect(await ledger.record(batch('one', sharpes.slice(0, 3)))).toBe(false);
  expect(await ledger.family(family)).toMatchObject({ trials: 5, batches: 1, sharpe: { count: 5 } });
});

test('TRL-04 keeps families apart and lists them all', async () => {
  const other = { datasetSha256: 'b'.repeat(64) };
  await ledger.record(batch('one', sharpes));
  await ledger.record(batch('two', sharpes, other));
  await ledger.record(batch('three', sharpes.slice(0, 1), { strategy: 'donchian' }));
  await ledger.record(batch('four', sharpes.slice(1), { strategy: 'donchian' }));
  expect(
    (await ledger.list()).map(({ strategy, datasetSha256, trials, batches }) => [strategy, datasetSha256[0], trials, batches]),
  ).toEqual([
    ['donchian', 'a', 5, 2],
    ['sma-cross', 'a', 5, 1],
    ['sma-cross', 'b', 5, 1],
  ]);
  expect(await ledger.batchesOf(family)).toEqual([batch('one', sharpes)]);
});

test('TRL-05 counts trials that have no Sharpe ratio', async () => {
  const flat = batch('flat', [Number.NaN, Number.NaN]);
  expect(flat.sharpe).toEqual(noSharpe);
  await ledger.record(flat);
  expect(await ledger.family(family)).toMatchObject({ trials: 2, sharpe: noSharpe });
  expect(await ledger.batchesOf(family)).toEqual([flat]);
});

test('TRL-06 does not guess what a garbled item meant', async () => {
  await tables.table('trials').put({ pk: `${family.strategy}#${family.datasetSha256}`, sk: 'odd', trials: 'many' });
  await expect(ledger.family(family)).rejects.toThrow('a batch in the trial ledger is well formed');
});
