/** How long it takes to explore the order path, and to live a trading year: each in a process of its own, as `npm run simulate` runs it. */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { synthesizedAssembly } from '../../apps/cli/assembly.ts';
import { hasMarketData } from '../simulation/explorer/trading-year.ts';
import type { Bench } from './bench.ts';

const projectRoot = resolve(import.meta.dirname, '../..');

export const benches: readonly Bench[] = [
  {
    name: 'fault explorer, 20,000 schedules',
    unit: 's',
    goal: { atMost: 300 },
    run: async () => timed('--schedules', '20000', '--seed', '1'),
  },
  { name: 'trading year', unit: 's', goal: { atMost: 60 }, run: tradingYearSeconds },
];

async function tradingYearSeconds(): Promise<number> {
  if (!hasMarketData) throw new Error('no market data');
  await synthesizedAssembly('dev');
  return timed('--year', '--cycles', '252', '--seed', '1');
}

/** @throws when the simulation found something: a figure of a run that failed says nothing. */
function timed(...words: readonly string[]): number {
  const startedAt = performance.now();
  execFileSync(process.execPath, [join(projectRoot, 'scripts/simulate.ts'), ...words, '--json'], { cwd: projectRoot, encoding: 'utf8' });
  return (performance.now() - startedAt) / 1000;
}
