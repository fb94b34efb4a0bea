/**
 * Contract cards of the machine research-sweep, on the local cloud through the synthesized templates.
 *
 * SWP-01 backtests every combination of the grid on every symbol, as the fast path does, in one table
 * SWP-02 counts every backtest as a trial, once, however often the sweep is asked for
 * SWP-03 what comes out does not depend on the number of worker threads
 * SWP-04 killed after any number of chunks, and started again, it completes with the same bytes, and no finished chunk is run twice
 * SWP-05 a chunk that fails is reported by its number and its error, the others are counted, and the next start runs that chunk alone
 * SWP-06 refuses what cannot be swept, before anything runs
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseGrid } from '../../../shared/domain/research/fast/grid.ts';
import { sweepSignals } from '../../../shared/domain/research/fast/sweep-signals.ts';
import { strategyNamed } from '../../../shared/domain/research/registry.ts';
import { contentHash } from '../../../shared/kernel/canonical-json.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { decodeSweepTable } from '../../../shared/runtime/research/sweep-table.ts';
import { handRules, simulatedPanel } from '../../support/research/hand-panel.ts';
import { ResearchCloud } from '../../support/research/research-cloud.ts';

const panel = simulatedPanel({ symbols: 3, moments: 300, seed: 'sweep' });
const chunkFunction = 'research-run-sweep-chunk';
/** 3 × 8 combinations, of which fast 5 with slow 4 and 5, and fast 4 with slow 4, do not fit each other. */
const grid = 'fast=3..5,slow=4..11';
const chunks = 4;
const backtests = (24 - 3) * 3;
/** Every boundary between chunks in `npm run verify:deep`; a function that dies is loaded anew each time, so one of them here. */
const isDeep = process.env.BALLAST_DEEP !== undefined;
const boundaries = isDeep ? Array.from({ length: chunks }, (_, puts) => puts) : [2];

const request = (panelId: string) => ({
  panelId,
  strategy: 'sma-cross',
  grid,
  rules: handRules({ costs: { ...handRules().costs, commissionBps: 10 } }),
  chunksMin: chunks,
  actor: 'ada',
});

async function asked(research: ResearchCloud) {
  return request(await research.results.putPanel(panel));
}

/** What a sweep leaves, without what Step Functions writes. */
const left = async (research: ResearchCloud) => new Map([...(await research.objects('sweeps/')), ...(await research.objects('chunks/'))]);

async function complete(workers: number): Promise<ReadonlyMap<string, string>> {
  await using research = await ResearchCloud.boot({ workers });
  expect(JSON.parse((await research.run('research-sweep', await asked(research))).output!)).toMatchObject({ kind: 'complete', backtests });
  return await left(research);
}

let expected: ReadonlyMap<string, string>;

beforeAll(async () => {
  expected = await complete(0);
});

test('SWP-01 has in its table what the fast path says of every combination and symbol', async () => {
  const [, bytes] = [...expected].find(([key]) => key.endsWith('/result.parquet'))!;
  const table = await decodeSweepTable(Buffer.from(bytes, 'base64'));
  const parsed = parseGrid(grid);
  if (isRefusal(parsed)) throw new Error('the grid reads');
  const whole = sweepSignals({ panel, strategy: strategyNamed('sma-cross')!, grid: parsed, rules: request('').rules });
  if (isRefusal(whole)) throw new Error('the fast path covers it');
  expect(table).toMatchObject({ rows: backtests, skipped: 3 });
  expect(table.finalEquityUsd).toEqual(whole.finalEquityUsd);
  expect(table.sharpePerBar).toEqual(whole.sharpePerBar);
  expect(table.orders).toEqual(whole.orders);
  expect(table.symbol.slice(0, 4)).toEqual([...whole.symbols, whole.symbols[0]]);
  const parameterAt = (name: string, row: number) => table.parameters.find((parameter) => parameter.name === name)!.values[row];
  expect([parameterAt('fast', 0), parameterAt('slow', 0), parameterAt('fast', backtests - 1), parameterAt('slow', backtests - 1)]).toEqual([
    3, 4, 5, 11,
  ]);
});

test('SWP-02 counts its backtests once, and says what it cost and where the result lies', async () => {
  await using research = await ResearchCloud.boot();
  const sweep = await asked(research);
  const first = JSON.parse((await research.run('research-sweep', sweep)).output!);
  expect(first).toMatchObject({
    kind: 'complete',
    chunks,
    failed: [],
    backtests,
    skipped: 3,
    resultKey: `sweeps/${first.sweepId}/result.parquet`,
  });
  expect(first.costUsd).toBeGreaterThan(0);
  expect(JSON.parse((await research.run('research-sweep', { ...sweep, actor: 'grace' })).output!)).toEqual(first);
  expect(await research.trials.list()).toMatchObject([
    { strategy: 'sma-cross', datasetSha256: panel.source.sha256, trials: backtests, batches: 1, sharpe: { count: backtests } },
  ]);
});

test.each(isDeep ? [1, 2, 4] : [2])('SWP-03 gives the same bytes with %i worker threads as with none', async (workers) => {
  expect(await complete(workers)).toEqual(expected);
});

describe('SWP-04 killed', () => {
  test.each(boundaries)('after %i chunks, it completes as if it had not been', async (puts) => {
    await using research = await ResearchCloud.boot();
    const sweep = await asked(research);
    research.killAfterPuts(chunkFunction, puts);
    await research.run('research-sweep', sweep);
    expect(await research.objects('chunks/')).toHaveProperty('size', puts);
    const putAgain = research.countPuts(chunkFunction);
    expect(JSON.parse((await research.run('research-sweep', sweep)).output!)).toMatchObject({ kind: 'complete' });
    expect(putAgain()).toBe(chunks - puts);
    expect(await left(research)).toEqual(expected);
    expect(await research.trials.list()).toMatchObject([{ trials: backtests, batches: 1 }]);
  });
});

test('SWP-05 reports a chunk that failed, counts the others, and completes with that chunk alone', async () => {
  await using research = await ResearchCloud.boot();
  const sweep = await asked(research);
  research.killAfterPuts(chunkFunction, chunks - 1);
  const partial = JSON.parse((await research.run('research-sweep', sweep)).output!);
  expect(partial).toMatchObject({
    kind: 'partial',
    resultKey: null,
    failed: [{ error: expect.stringMatching(/Runtime.ExitError: .*exited/) }],
  });
  const missing = partial.failed[0].chunk;
  expect([...(await research.objects('chunks/')).keys()]).not.toContain(`chunks/${partial.sweepId}/${missing}.parquet`);
  expect((await research.trials.list())[0]!.trials).toBe(partial.backtests);
  expect(partial.backtests).toBeLessThan(backtests);
  research.cloud.faults.replace([]);
  expect(JSON.parse((await research.run('research-sweep', sweep)).output!)).toMatchObject({ kind: 'complete', failed: [], backtests });
  expect((await research.trials.list())[0]!.trials).toBe(backtests);
});

describe('SWP-06', () => {
  let research: ResearchCloud;
  beforeAll(async () => {
    research = await ResearchCloud.boot();
  });
  afterAll(() => research.cloud.close());

  test.each([
    ['a strategy that nobody has', { strategy: 'sma-crosss' }, 'strategy-unknown'],
    ['a strategy that looks at all symbols at once', { strategy: 'momentum', grid: 'lookback=100|252' }, 'not-on-the-fast-path'],
    ['a grid that does not read', { grid: 'fast=3...50' }, 'grid-invalid'],
    ['a parameter that the strategy does not have', { grid: 'quick=3..5' }, 'parameter-unknown'],
    ['impact', { rules: handRules({ costs: { ...handRules().costs, impactCoefficient: 0.5 } }) }, 'not-on-the-fast-path'],
    ['a panel that is not stored', { panelId: contentHash('no panel') }, 'panel-not-found'],
  ])('refuses %s', async (_what, change, error) => {
    expect(await research.run('research-sweep', { ...(await asked(research)), ...change })).toMatchObject({ status: 'FAILED', error });
    expect(research.told('MapStateEntered')).toEqual([]);
  });
});
