/**
 * A sweep of moving averages over one symbol of 2,520 bars: bar-columns a second (one combination's pass over one bar), with the least that any sweep
 * must do beside it, a bare pass over closes and signals that marks to the market and adds up. And two million daily bars from Parquet into a panel.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadPanel } from '../../apps/cli/research/load-panel.ts';
import { chunksOf, type Grid, parseGrid } from '../../shared/domain/research/fast/grid.ts';
import { type SweepResult, sweepSignals } from '../../shared/domain/research/fast/sweep-signals.ts';
import { smaCrossStrategy } from '../../shared/domain/research/strategies/sma-cross.strategy.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import { handRules, simulatedPanel } from '../support/research/hand-panel.ts';
import { type Bench, median } from './bench.ts';

const BARS = 2520;
const ROUNDS = 7;

const panel = simulatedPanel({ symbols: 1, moments: BARS, seed: 'sweep-bench' });
const rules = handRules({ fill: 'next-open', costs: { ...handRules().costs, commissionBps: 10 } });
/** 1,000 combinations, none of them skipped. */
const grid = parsed('fast=3..27,slow=30..69');

function parsed(text: string): Grid {
  return sound(parseGrid(text));
}

function sound<Value>(answer: Value | Refusal): Value {
  if (isRefusal(answer)) throw new Error(JSON.stringify(answer));
  return answer;
}

const sweep = (): SweepResult => sound(sweepSignals({ panel, strategy: smaCrossStrategy, grid, rules }));

/** CPU time, so that a neighbour on the machine does not count. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function medianCpuMs(work: () => void): number {
  work();
  return median(Array.from({ length: ROUNDS }, () => cpuMs(work)));
}

/** Reads each close and each signal once for every combination, and multiplies and adds where it holds: no costs, no orders, no statistics. */
function barePass(signals: Uint8Array, closes: Float64Array): number {
  let sum = 0;
  for (let combination = 0; combination < 1000; combination++) {
    let shares = 0;
    for (let bar = 0; bar < closes.length; bar++) {
      if (signals[bar] !== 0) shares = 1 - shares;
      sum += shares * closes[bar]!;
    }
  }
  return sum;
}

const sweepMs = (): number => medianCpuMs(() => void sweep());

function bareMs(): number {
  const { close } = panel.series[0]!;
  const signals = smaCrossStrategy.signal(panel.series[0]!, { fast: 10, slow: 30 });
  return medianCpuMs(() => {
    if (!Number.isFinite(barePass(signals, close))) throw new Error('the bare pass adds up');
  });
}

async function loadingMs(): Promise<number> {
  const data = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'daily', 'us_equities_daily.parquet');
  if (!existsSync(data)) throw new Error('us_equities_daily.parquet is not here: set BALLAST_MARKET_DATA to the market data pack');
  const before = process.cpuUsage();
  await loadPanel({ data, seed: 1 }, process.cwd());
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export const benches: Bench[] = [
  {
    name: 'sweep-1000-sma-combinations-over-2520-bars',
    unit: 'bar-columns/s',
    goal: { atLeast: 20_000_000 },
    run: () => Promise.resolve((1000 * BARS) / (sweepMs() / 1000)),
  },
  { name: 'sweep-1000-sma-combinations-time', unit: 'ms', goal: { atMost: 150 }, run: () => Promise.resolve(sweepMs()) },
  { name: 'sweep-to-bare-pass-over-the-columns', unit: 'x the time', run: () => Promise.resolve(sweepMs() / bareMs()) },
  {
    name: 'sweep-in-chunks-of-50-to-whole',
    unit: 'x the time',
    run: () => {
      const chunks = chunksOf(grid, 50);
      const inChunks = medianCpuMs(() => {
        for (const chunk of chunks) sound(sweepSignals({ panel, strategy: smaCrossStrategy, grid, rules, chunk }));
      });
      return Promise.resolve(inChunks / sweepMs());
    },
  },
  { name: 'panel-of-2M-daily-bars-from-parquet', unit: 'ms', goal: { atMost: 1500 }, run: loadingMs },
];
