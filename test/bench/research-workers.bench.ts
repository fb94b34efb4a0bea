/**
 * What a second core is worth to research, on threads of the command and on workers of the local cloud: a sweep of 700 million bar-columns, and a search of two
 * islands. Each ratio is of two runs of the same work right after each other, by the wall clock, each on threads that have compiled nothing yet; a neighbour on the
 * machine spoils it. What the machine gives a bare loop on two threads is the physical limit that it is held against.
 *
 * What is beside it does not depend on neighbours: CPU time of the thread that hands out work, collects and joins, against that of all threads. It alone cannot be
 * shared out, so total / (own + rest / 2) is the most that two idle cores can give (Amdahl). And the memory of the largest jobs there are.
 */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Job, Task } from '../../apps/cli/research/research-work.ts';
import { rankedRuns } from '../../apps/cli/research/sweep-ranking.ts';
import { type Crew, openCrew } from '../../apps/cli/research/worker-pool.ts';
import { nextSession } from '../../shared/domain/market/calendar.ts';
import { backtest } from '../../shared/domain/research/engine/backtest.ts';
import type { EvolutionState } from '../../shared/domain/research/evolution/evolution.ts';
import { chunksOf, type Grid, parseGrid } from '../../shared/domain/research/fast/grid.ts';
import type { Panel } from '../../shared/domain/research/panel.ts';
import { sweepWorker } from '../../shared/domain/research/price-model.ts';
import { strategyNamed } from '../../shared/domain/research/registry.ts';
import { formatDay, parseDay } from '../../shared/kernel/days.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { encodeSweepTable, joinSweepTables, type SweepTable } from '../../shared/runtime/research/sweep-table.ts';
import { handRules, simulatedPanel } from '../support/research/hand-panel.ts';
import { searchPlan, searchRules } from '../support/research/noise-market.ts';
import { ResearchCloud } from '../support/research/research-cloud.ts';
import type { Bench } from './bench.ts';

const [SYMBOLS, MOMENTS] = [20, 2520];
const panelOfBench = (): Panel => simulatedPanel({ symbols: SYMBOLS, moments: MOMENTS, seed: 'workers' });
const rules = handRules({ costs: { ...handRules().costs, commissionBps: 10 } });
/** 14,000 combinations, none of them skipped. */
const gridText = 'fast=3..72,slow=73..272';
const combinations = 14_000;
const chunks = 42;
const generations = 40;

interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Of the thread that hands out the work. */
  readonly ownMs: number;
}

const ms = ({ user, system }: { readonly user: number; readonly system: number }): number => (user + system) / 1000;

async function spent(work: () => Promise<unknown>): Promise<Spent> {
  const [cpu, own, startedAt] = [process.cpuUsage(), process.threadCpuUsage(), performance.now()];
  await work();
  const wallMs = performance.now() - startedAt;
  return { wallMs, cpuMs: ms(process.cpuUsage(cpu)), ownMs: ms(process.threadCpuUsage(own)) };
}

const atMostOnTwo = ({ cpuMs, ownMs }: Spent): number => cpuMs / (ownMs + (cpuMs - ownMs) / 2);

function gridOf(text: string): Grid {
  const grid = parseGrid(text);
  if (isRefusal(grid)) throw new Error(`the grid of the bench reads: ${JSON.stringify(grid)}`);
  return grid;
}

async function withCrew<T>(job: Job, panel: Panel, workers: number, work: (crew: Crew) => Promise<T>): Promise<T> {
  const crew = openCrew({ job, panel, workers });
  try {
    return await work(crew);
  } finally {
    crew.close();
  }
}

/** As the command does it: chunks on threads, joined and written. */
function sweepByThreads(panel: Panel, grid: Grid, count: number, workers: number): Promise<SweepTable> {
  const range = { fromMoment: 0, toMoment: panel.day.length - 1 };
  const job: Job = { kind: 'sweep', strategy: 'sma-cross', grid, rules, range, membership: null };
  const pieces = chunksOf(grid, Math.ceil(count / chunks));
  return withCrew(job, panel, workers, async (crew) => {
    const tables: SweepTable[] = [];
    const tasks = pieces.map((chunk, index): Task => ({ kind: 'sweep', index, chunk }));
    await crew.run(tasks, (piece) => {
      if (piece.kind === 'sweep') tables[piece.index] = piece.table;
    });
    const table = joinSweepTables(tables);
    if (table.rows !== count * panel.series.length) throw new Error('every combination of the bench runs on every symbol');
    encodeSweepTable(table);
    return table;
  });
}

function searchByThreads(panel: Panel, workers: number): Promise<void> {
  const training = { fromMoment: 0, untilMoment: panel.day.length };
  const job: Job = { kind: 'evolution', plan: searchPlan('workers', 50), rules: searchRules, training };
  return withCrew(job, panel, workers, async (crew) => {
    const bred: EvolutionState[] = [];
    const tasks = [0, 1].map((island): Task => ({ kind: 'evolution', island, state: null, generations }));
    await crew.run(tasks, (piece) => {
      if (piece.kind === 'evolution') bred.push(piece.state);
    });
    if (bred.length !== 2) throw new Error('both islands of the bench are bred');
  });
}

/** Boot and the panel are not in it: the machine's run alone. */
async function byCloud(workers: number, machine: string, input: object): Promise<Spent> {
  await using research = await ResearchCloud.boot({ workers });
  const panelId = await research.results.putPanel(panelOfBench());
  return await spent(async () => {
    const { status, cause } = await research.run(machine, { ...input, panelId, actor: 'bench' });
    if (status !== 'SUCCEEDED') throw new Error(`the machine of the bench ends well: ${cause}`);
  });
}

const sweepInput = { strategy: 'sma-cross', grid: gridText, rules, chunksMin: chunks };
const searchInput = {
  ...{ islands: 2, epochs: 1, generationsPerEpoch: generations, migrants: 2, holdOutFrac: 0.4, purgeMoments: 60, confidenceLevel: 0.95 },
  ...{ search: searchPlan('workers', 50), rules: { costBps: 10, borrowAnnualFrac: 0, momentsPerYear: 252 } },
};

function withPanel(work: (panel: Panel) => Promise<unknown>): Promise<Spent> {
  const panel = panelOfBench();
  return spent(() => work(panel));
}

/** A loop over a column in the nearest cache, which no memory, lock or garbage holds up. */
const bareLoop = `
  const { workerData } = require('node:worker_threads');
  const values = new Float64Array(2520).map((_, i) => 100 + Math.sin(i));
  let sum = 0;
  for (let round = 0; round < workerData; round++) for (let i = 1; i < values.length; i++) sum += values[i] / values[i - 1] > 1 ? 1 : 0;
`;

const byBareLoop: Runs = (threads) =>
  spent(async () => {
    const turns = 1_500_000 / threads;
    await Promise.all(Array.from({ length: threads }, () => once(new Worker(bareLoop, { eval: true, workerData: turns }), 'exit')));
  });

async function twoToOne(run: Runs): Promise<number> {
  const two = (await run(2)).wallMs;
  return (await run(1)).wallMs / two;
}

type Runs = (workers: number) => Promise<Spent>;

const kinds: readonly (readonly [string, Runs])[] = [
  ['sweep-on-threads', (workers) => withPanel((panel) => sweepByThreads(panel, gridOf(gridText), combinations, workers))],
  ['evolution-on-threads', (workers) => withPanel((panel) => searchByThreads(panel, workers))],
  ['sweep-in-local-cloud', (workers) => byCloud(workers, 'research-sweep', sweepInput)],
  ['evolution-in-local-cloud', (workers) => byCloud(workers, 'evolve-strategies', searchInput)],
];

function sessionsSince(first: string, count: number): readonly string[] {
  const days: string[] = [];
  for (let day = parseDay(first); days.length < count; day = nextSession(day)) days.push(formatDay(day));
  return days;
}

async function momentumSeconds(): Promise<number> {
  const panel = simulatedPanel({ symbols: 356, moments: 7_000, seed: 'largest', days: sessionsSince('1990-01-02', 7_000) });
  const parameters = { lookback: 252, top: 50, gross: 0.99 };
  const before = process.cpuUsage();
  const result = backtest({ panel, strategy: strategyNamed('momentum')!, parameters, rules, membership: null, rebalance: 'month-end' });
  if (isRefusal(result)) throw new Error(`momentum runs on the largest panel: ${result.reason}`);
  return ms(process.cpuUsage(before)) / 1000;
}

/** 10,000 combinations over 20 symbols, ranked, on two threads. */
async function largestSweepSeconds(): Promise<number> {
  const { cpuMs } = await spent(async () => {
    const table = await sweepByThreads(panelOfBench(), gridOf('fast=3..102,slow=103..202'), 10_000, 2);
    if (rankedRuns(table).length === 0) throw new Error('some combination of the bench has a Sharpe ratio');
  });
  return cpuMs / 1000;
}

export const benches: Bench[] = [
  { name: 'bare-loop-two-to-one', unit: 'x as fast', run: () => twoToOne(byBareLoop) },
  ...kinds.flatMap(([name, run]): Bench[] => [
    {
      name: `${name}-two-to-one`,
      unit: 'x as fast',
      goal: { atLeast: 1.8 },
      run: () => twoToOne(run),
    },
    { name: `${name}-most-that-two-cores-give`, unit: 'x as fast', goal: { atLeast: 1.8 }, run: async () => atMostOnTwo(await run(2)) },
  ]),
  {
    name: 'sweep-in-local-cloud-to-the-price-models-function',
    unit: 'x the bars a second',
    goal: { atLeast: 2 },
    run: async () => {
      const { cpuMs } = await byCloud(1, 'research-sweep', sweepInput);
      return (combinations * SYMBOLS * MOMENTS) / (cpuMs / 1000) / sweepWorker.barsPerSecond;
    },
  },
  { name: 'momentum-over-356-symbols-of-7000-days', unit: 's', goal: { atMost: 10 }, run: momentumSeconds },
  { name: 'sweep-of-10000-combinations-over-20-symbols-of-10-years', unit: 's of CPU', run: largestSweepSeconds },
];
