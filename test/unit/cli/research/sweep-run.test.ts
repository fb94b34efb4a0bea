import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Question } from '../../../../apps/cli/research/question.ts';
import { rankedRuns } from '../../../../apps/cli/research/sweep-ranking.ts';
import { gridOf, runSweepOf, type SweepPlace, type SweepRun } from '../../../../apps/cli/research/sweep-run.ts';
import { backtest } from '../../../../shared/domain/research/engine/backtest.ts';
import { strategyNamed } from '../../../../shared/domain/research/registry.ts';
import { type BacktestRules, freeCosts, noFinancing } from '../../../../shared/domain/research/rules.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { encodeSweepTable } from '../../../../shared/runtime/research/sweep-table.ts';
import { panelOf } from '../../../support/research/hand-panel.ts';

const scratch = mkdtempSync(join(tmpdir(), 'ballast-sweep-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const rng = seededRng('sweep-run');
function walk(bars: number): number[] {
  let price = 100;
  return Array.from({ length: bars }, () => (price *= Math.exp(0.01 * rng.normal())));
}
const panel = panelOf({ AAA: walk(300), BBB: walk(300) });
const strategy = strategyNamed('sma-cross')!;
const rules: BacktestRules = {
  ...{ cashUsd: 100_000, fill: 'next-open', sizing: { kind: 'all-cash', whole: false }, costs: { ...freeCosts, commissionBps: 10 } },
  ...{
    financing: noFinancing,
    account: { kind: 'cash' },
    allowShort: false,
    wholeShares: false,
    participationFracMax: null,
    sessionsPerYear: 252,
  },
};
const question: Question = {
  ...{ panel, strategy, rules, parameters: { fast: 10, slow: 30 }, membership: null, notes: [], factors: null },
  range: { fromMoment: 20, toMoment: 299 },
};
const grid = gridOf('fast=2..6,slow=4..12:4', strategy);
const io = { out: () => {}, err: () => {}, interactive: false } as never;
const places = (name: string, workers = 0): SweepPlace => ({ state: join(scratch, name), workers, perChunk: { fast: 1800, event: 1800 } });
const sweep = (place: SweepPlace, asked = question): Promise<SweepRun> => runSweepOf(asked, grid, place, { io });
const bytesOf = ({ table }: SweepRun): string => Buffer.from(encodeSweepTable(table)).toString('base64');

describe('a sweep', () => {
  test('gives each symbol an account of its own, and leaves out what does not fit', async () => {
    const { table, combinations, chunks } = await sweep(places('whole'));
    expect({ combinations, chunks, skipped: table.skipped, rows: table.rows }).toEqual({
      combinations: 15,
      chunks: 5,
      skipped: 3,
      rows: 24,
    });
  });

  test('finds the same on two threads as on none', async () => {
    expect(bytesOf(await sweep(places('two-threads', 2)))).toBe(bytesOf(await sweep(places('whole'))));
  });

  test('that was stopped goes on where it was, and ends the same', async () => {
    const stopping = {
      redraw: () => {
        throw new Error('stopped');
      },
    };
    const place = places('stopped');
    await expect(runSweepOf(question, grid, place, { io: stopping as never })).rejects.toThrow('stopped');
    const resumed = await sweep(place);
    expect(resumed).toMatchObject({ chunksFound: 1, chunks: 5 });
    expect(bytesOf(resumed)).toBe(bytesOf(await sweep(places('whole'))));
    expect((await sweep(place)).chunksFound).toBe(resumed.chunks);
  });

  test('under other rules is another sweep', async () => {
    await sweep(places('rules'));
    expect((await sweep(places('rules'), { ...question, rules: { ...rules, fill: 'signal-close' } })).chunksFound).toBe(0);
  });

  test('by the event engine, where the vectorised path does not apply, agrees with a backtest of each', async () => {
    const costly = { ...rules, costs: { ...rules.costs, impactCoefficient: 1 } };
    const { table, notFastBecause } = await sweep(places('costly'), { ...question, rules: costly });
    expect(notFastBecause).toMatch(/impact/);
    const row = table.symbol.findIndex((symbol, at) => symbol === 'BBB' && table.combination[at] === 2);
    const only = { ...panel, series: [panel.series[1]!], rowOf: panel.rowOf.subarray(300) };
    const alone = backtest({
      panel: only,
      strategy,
      parameters: { fast: 2, slow: 12 },
      rules: costly,
      membership: null,
      fromMoment: 20,
      toMoment: 299,
    });
    expect(isRefusal(alone) ? Number.NaN : alone.equity.equityUsd.at(-1)).toBe(table.finalEquityUsd[row]);
  });
});

describe('a ranking', () => {
  test('is by the mean over accounts, the highest first', async () => {
    const { table } = await sweep(places('whole'));
    const ranking = rankedRuns(table);
    expect(ranking).toHaveLength(12);
    const own = (combination: number): number[] =>
      Array.from(table.sharpePerBar).filter((_, row) => table.combination[row] === combination);
    const first = own(ranking[0]!.combination);
    expect(ranking[0]!.sharpePerBar).toBeCloseTo((first[0]! + first[1]!) / 2, 12);
    expect(ranking.map(({ sharpePerBar }) => sharpePerBar)).toEqual(
      ranking.map(({ sharpePerBar }) => sharpePerBar).toSorted((a, b) => b - a),
    );
  });
});

describe('a grid', () => {
  test('holds what is fixed as single values', () => {
    expect(gridOf('fast=3..5', strategy, { slow: 30 })).toEqual({ names: ['fast', 'slow'], values: [[3, 4, 5], [30]] });
  });

  test.each<[string, Record<string, number>, RegExp]>([
    ['fast=3..5', { fast: 4 }, /fast is in the grid too/],
    ['fsat=3..5', {}, /no parameter "fsat".*fast/],
    ['fast=5..3', {}, /not above the last/],
  ])('%s with %j is refused', (text, fixed, message) => expect(() => gridOf(text, strategy, fixed)).toThrow(message));
});
