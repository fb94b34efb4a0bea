/**
 * The command a newcomer types, from process start to exit, in a process of its own: warm (the stacks are synthesized, the state is
 * fresh, so data is ingested again) and cold (synthesis included); its largest state payload; and the import of each bundle.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { synthesizedAssembly } from '../../apps/cli/assembly.ts';
import { type Bench, type Measured, median } from './bench.ts';

const projectRoot = resolve(import.meta.dirname, '../..');
const marketData = resolve(projectRoot, process.env.BALLAST_MARKET_DATA ?? '../shared/data');
const core40 = ['--data', join(marketData, 'daily/core40_daily_2005_2023.csv.gz'), '--as-of', '2019-06-14'];
const all356 = ['--data', join(marketData, 'daily/us_equities_daily.parquet'), '--as-of', '2019-06-14'];

export const benches: readonly Bench[] = [
  { name: 'cycle warm, 40 symbols', unit: 's', goal: { atMost: 3 }, run: () => warm(core40) },
  { name: 'cycle warm, 356 symbols', unit: 's', goal: { atMost: 10 }, run: () => warm(all356) },
  { name: 'cycle peak memory, 356 symbols', unit: 'MB', goal: { atMost: 1000 }, run: async () => (await warm(all356, 1)).peakRssMb },
  { name: 'cycle cold, simulator, synthesis included', unit: 's', goal: { atMost: 30 }, run: cold },
  { name: 'cycle largest state payload', unit: 'KB', goal: { atMost: 16 }, run: largestPayload },
  { name: 'bundle import, slowest of all functions', unit: 'ms', goal: { atMost: 150 }, run: slowestImport },
  { name: 'bundle size, largest', unit: 'KB', goal: { atMost: 1024 }, run: largestBundle },
];

async function warm(data: readonly string[], runs = 3): Promise<Measured> {
  if (!existsSync(data[1]!)) throw new Error(`no market data at ${data[1]}`);
  await synthesizedAssembly('dev');
  const measured: Measured[] = [];
  for (let i = 0; i < runs; i++) measured.push(await inOwnState((state) => timeCli(['cycle', ...data, '--state', state, '--json'])));
  return { value: median(measured.map(({ value }) => value)), peakRssMb: Math.max(...measured.map(({ peakRssMb }) => peakRssMb)) };
}

async function cold(): Promise<Measured> {
  for (const made of globSync('node_modules/.cache/ballast/{assembly-dev-*,bundles}', { cwd: projectRoot }))
    rmSync(join(projectRoot, made), { recursive: true });
  return inOwnState((state) => timeCli(['cycle', '--state', state, '--json']));
}

async function inOwnState<T>(work: (state: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  try {
    return await work(join(folder, 'state'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Wall time of one command and the peak of its memory, as the kernel counts it. */
function timeCli(words: readonly string[]): Promise<Measured> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(projectRoot, 'apps/cli/main.ts'), ...words], {
    cwd: projectRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakRssMb = 0;
  const poll = setInterval(() => {
    peakRssMb = Math.round(Math.max(peakRssMb, peakOf(child.pid!)));
  }, 20);
  return new Promise((done, failed) => {
    child.on('exit', (code) => {
      clearInterval(poll);
      if (code === 0) done({ value: (performance.now() - startedAt) / 1000, peakRssMb });
      else failed(new Error(`ballast ${words.join(' ')} ended with ${code}`));
    });
  });
}

function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function largestPayload(): Promise<number> {
  if (!existsSync(all356[1]!)) throw new Error(`no market data at ${all356[1]}`);
  return inOwnState(async (state) => {
    await timeCli(['cycle', ...all356, '--state', state, '--json']);
    const journal = readFileSync(join(state, 'cloud/states/executions.jsonl'), 'utf8');
    const sizes = [...journal.matchAll(/"(?:input|output)":("(?:[^"\\]|\\.)*")/g)].map(([, text]) =>
      Buffer.byteLength(JSON.parse(text!) as string),
    );
    return Math.max(...sizes) / 1024;
  });
}

/** Each bundle in a fresh process, as a cold start imports it: the process's own start is not counted. */
async function slowestImport(): Promise<number> {
  const script = 'const t = performance.now(); await import(process.argv[1]); process.stdout.write(String(performance.now() - t));';
  const times = (await bundles()).map((path) =>
    median([0, 1, 2].map(() => Number(execFileSync(process.execPath, ['--input-type=module', '-e', script, path], { encoding: 'utf8' })))),
  );
  return Math.max(...times);
}

async function largestBundle(): Promise<number> {
  return Math.max(...(await bundles()).map((path) => readFileSync(path).length)) / 1024;
}

async function bundles(): Promise<string[]> {
  const assembly = await synthesizedAssembly('dev');
  return globSync('asset.*/index.mjs', { cwd: assembly }).map((path) => join(assembly, path));
}
