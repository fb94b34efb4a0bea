/**
 * The risk measures at scale. The peers are NumPy and SciPy in a Python of their own, on the same data, timed in the same run; a ratio
 * below 1 means faster than the peer.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultTailRules } from '../../shared/domain/policy/tail-rules.ts';
import { cornishFisherShares, historicalShares } from '../../shared/domain/risk/component-risk.ts';
import { fitGeneralizedPareto } from '../../shared/domain/risk/gpd-fit.ts';
import { portfolioRisk } from '../../shared/domain/risk/portfolio-risk.ts';
import type { ReturnPanel } from '../../shared/domain/risk/return-panel.ts';
import { tailLoss } from '../../shared/domain/risk/tail-loss.ts';
import { readTail } from '../../shared/domain/risk/tail-readings.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { seededRng } from '../../shared/kernel/rng.ts';
import type { Ticker } from '../../shared/kernel/units.ts';
import { type Bench, median } from './bench.ts';

const RUNS = 15;
const ASSETS = 500;
const SESSIONS = 2_520;

export const benches: Bench[] = [
  { name: 'historical VaR and CVaR of 1,000,000 returns', unit: 'ms', goal: { atMost: 25 }, run: async () => historicalMs(million()) },
  {
    name: 'historical VaR and CVaR of 1,000,000 returns, against numpy.quantile',
    unit: 'ratio',
    goal: { atMost: 1 },
    run: againstQuantile,
  },
  { name: 'historical VaR and CVaR of 1,000,000 returns, against numpy.partition', unit: 'ratio', run: againstPartition },
  { name: 'historical CVaR with components, 500 assets × 2,520 days', unit: 'ms', goal: { atMost: 50 }, run: async () => componentsMs() },
  { name: 'historical VaR and CVaR components, 500 assets × 2,520 days', unit: 'ms', run: async () => sharesMs(historicalShares) },
  { name: 'Cornish–Fisher components, 500 assets × 2,520 days', unit: 'ms', run: async () => sharesMs(cornishFisherShares) },
  { name: 'all four tail methods of a book of 2,520 days', unit: 'ms', run: async () => readingsMs() },
  { name: 'GPD fit of 250 exceedances', unit: 'ms', goal: { atMost: 10 }, run: async () => fitMs(exceedances()) },
  { name: 'GPD fit of 250 exceedances, against SciPy', unit: 'ratio', goal: { atMost: 0.25 }, run: againstSciPy },
];

/** Median time of one call, in ms, after a warm-up; a refusal is no result. */
function medianMs(call: () => unknown): number {
  const times: number[] = [];
  for (let run = -3; run < RUNS; run++) {
    const startedAt = performance.now();
    const result = call();
    const elapsed = performance.now() - startedAt;
    if (isRefusal(result)) throw new Error(`it was refused: ${result.reason}`);
    if (run >= 0) times.push(elapsed);
  }
  return median(times);
}

const historicalMs = (returns: Float64Array): number => medianMs(() => tailLoss(returns, 0.95));

function million(): Float64Array {
  const rng = seededRng('million');
  return Float64Array.from({ length: 1_000_000 }, () => 0.01 * rng.normal());
}

function panelOf(): { panel: ReturnPanel; weights: Float64Array } {
  const rng = seededRng('panel');
  const market = Float64Array.from({ length: SESSIONS }, () => 0.01 * rng.normal() * (rng.uniform() < 0.05 ? 2 : 1));
  const symbols = Array.from({ length: ASSETS }, (_, i) => `S${String(i).padStart(3, '0')}` as Ticker);
  const returns = symbols.map(() => market.map((move) => move + 0.015 * rng.normal()));
  return { panel: { kind: 'panel', days: new Int32Array(SESSIONS), symbols, returns }, weights: new Float64Array(ASSETS).fill(1 / ASSETS) };
}

function componentsMs(): number {
  const { panel, weights } = panelOf();
  return medianMs(() => portfolioRisk(panel, weights, 0.95));
}

function sharesMs(shares: typeof historicalShares): number {
  const { panel, weights } = panelOf();
  return medianMs(() => shares(panel, weights, 0.95));
}

function readingsMs(): number {
  const book = panelOf().panel.returns[0]!;
  return medianMs(() => Object.values(readTail(book, 0.95, defaultTailRules)).find(isRefusal));
}

function exceedances(): Float64Array {
  const rng = seededRng('exceedances');
  return Float64Array.from({ length: 250 }, () => (0.01 / 0.25) * ((1 - rng.uniform()) ** -0.25 - 1)).map((value) => value || 1e-9);
}

const fitMs = (sample: Float64Array): number => medianMs(() => fitGeneralizedPareto(sample));

/** As it is commonly written. */
async function againstQuantile(): Promise<number> {
  const sample = million();
  return historicalMs(sample) / pythonMs(sample, '', 'v = -np.quantile(x, 0.05); c = -x[x <= -v].mean()');
}

/** The fastest that NumPy has: where the processor has AVX-512, selection in vector registers, which JavaScript cannot reach. */
async function againstPartition(): Promise<number> {
  const sample = million();
  return historicalMs(sample) / pythonMs(sample, '', 't = np.partition(x, 50000); v = -t[50000]; c = -t[:50000].mean()');
}

async function againstSciPy(): Promise<number> {
  const sample = exceedances();
  return fitMs(sample) / pythonMs(sample, 'from scipy.stats import genpareto', 'genpareto.fit(x, floc=0)');
}

/** Median time of a Python statement over `x`, in ms, measured inside Python. @throws where there is no Python with the library. */
function pythonMs(sample: Float64Array, imports: string, statement: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  try {
    const file = join(folder, 'sample.f64');
    writeFileSync(file, new Uint8Array(sample.buffer, sample.byteOffset, sample.byteLength));
    const program = `import sys, time, statistics
import numpy as np
${imports}
x = np.fromfile(sys.argv[1])
times = []
for run in range(-3, ${RUNS}):
    started = time.perf_counter()
    ${statement}
    if run >= 0: times.append(time.perf_counter() - started)
print(1000 * statistics.median(times))`;
    return Number(execFileSync('python3', ['-c', program, file], { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
