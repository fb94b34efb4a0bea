/**
 * `npm run bench -- [--json] [NAME…]`: runs every bench of test/bench/*.bench.ts whose name contains one of the words, each in
 * a process of its own so that its peak memory is its own, and prints value, goal and whether it holds.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Bench, BenchResult } from './bench.ts';

const root = import.meta.dirname;
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const asJson = process.argv.includes('--json');
const [, , mode, file, name] = process.argv;

if (mode === '--one') await runOne(file!, name!);
else await runAll();

async function runOne(path: string, benchName: string): Promise<void> {
  const bench = (await benchesOf(path)).find((candidate) => candidate.name === benchName)!;
  const outcome = await measure(bench);
  const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  const result: BenchResult = { name: bench.name, unit: bench.unit, goal: goalText(bench), peakRssMb, ...outcome };
  process.stdout.write(`\n@@${JSON.stringify(result)}\n`);
  // A bench may leave timers or pools behind; the figure is out.
  process.exit(0);
}

async function measure(bench: Bench): Promise<Pick<BenchResult, 'value' | 'holds' | 'note'> & { readonly peakRssMb?: number }> {
  try {
    const measured = await bench.run();
    const value = typeof measured === 'number' ? measured : measured.value;
    const memory = typeof measured === 'number' ? {} : { peakRssMb: measured.peakRssMb };
    return { value: Number(value.toPrecision(4)), holds: holds(bench, value), ...memory };
  } catch (error) {
    return { value: null, holds: null, note: (error as Error).message };
  }
}

async function runAll(): Promise<void> {
  const results: BenchResult[] = [];
  for (const path of globSync('*.bench.ts', { cwd: root }).sort()) {
    for (const bench of await benchesOf(path)) {
      if (words.length > 0 && !words.some((word) => bench.name.includes(word) || path.includes(word))) continue;
      const result = inOwnProcess(path, bench);
      results.push(result);
      if (!asJson) process.stdout.write(`${lineOf(result)}\n`);
    }
  }
  if (asJson) process.stdout.write(`${JSON.stringify(results, null, 1)}\n`);
}

function inOwnProcess(path: string, bench: Bench): BenchResult {
  const child = spawnSync(process.execPath, [import.meta.filename, '--one', path, bench.name], { encoding: 'utf8', maxBuffer: 64 << 20 });
  const line = child.stdout.split('\n').find((text) => text.startsWith('@@'));
  if (line) return JSON.parse(line.slice(2)) as BenchResult;
  const note = child.stderr.trim().split('\n').at(-1) || 'it died without a word';
  return { name: bench.name, value: null, unit: bench.unit, goal: goalText(bench), holds: null, peakRssMb: 0, note };
}

async function benchesOf(path: string): Promise<readonly Bench[]> {
  return ((await import(pathToFileURL(join(root, path)).href)) as { benches: readonly Bench[] }).benches;
}

function holds({ goal }: Bench, value: number): boolean | null {
  return goal ? value <= (goal.atMost ?? Infinity) && value >= (goal.atLeast ?? -Infinity) : null;
}

function goalText({ goal }: Bench): string | null {
  if (goal?.atMost !== undefined) return `<= ${goal.atMost}`;
  if (goal?.atLeast !== undefined) return `>= ${goal.atLeast}`;
  return null;
}

function lineOf({ name: benchName, value, unit, goal, holds: held, peakRssMb, note }: BenchResult): string {
  const verdict = held === null ? '' : held ? 'holds' : 'MISSED';
  return `${benchName.padEnd(60)} ${value === null ? 'not measured' : `${value} ${unit}`.padEnd(20)} ${(goal ?? '').padEnd(12)} ${verdict.padEnd(7)} ${peakRssMb} MB ${note ?? ''}`;
}
