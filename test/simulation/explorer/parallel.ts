/** Explores on several cores. Each worker takes every n-th schedule, and what they find is put in the order of the schedules: how many there were leaves no trace. */
import { Worker } from 'node:worker_threads';
import { countPoints, type Exploration, explore, type Violation } from './explore.ts';
import type { PointCounts } from './schedules.ts';
import { bothWindows } from './stops.ts';

export interface Share {
  readonly seed: number;
  readonly schedules: number;
  readonly worker: number;
  readonly workers: number;
  readonly points: PointCounts;
}

export async function exploreInParallel(
  seed: number,
  schedules: number,
  workers: number,
): Promise<Exploration & { readonly points: PointCounts }> {
  const points = await countPoints(seed);
  const shares = Array.from({ length: workers }, (_, worker): Share => ({ seed, schedules, worker, workers, points }));
  const parts = await Promise.all(workers === 1 ? shares.map(exploreShare) : shares.map(inWorker));
  return { ...parts.reduce(merged), points };
}

export const exploreShare = ({ seed, schedules, worker, workers, points }: Share): Promise<Exploration> =>
  explore(seed, everyNth(worker, workers, schedules), points, undefined, Number.POSITIVE_INFINITY);

function* everyNth(from: number, step: number, below: number): Generator<number> {
  for (let index = from; index < below; index += step) yield index;
}

function inWorker(share: Share): Promise<Exploration> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./explore-worker.ts', import.meta.url), { workerData: share });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => code !== 0 && reject(new Error(`an explorer ended with ${code}`)));
  });
}

function merged(one: Exploration, other: Exploration): Exploration {
  return {
    schedules: one.schedules + other.schedules,
    byKind: {
      single: one.byKind.single + other.byKind.single,
      pair: one.byKind.pair + other.byKind.pair,
      random: one.byKind.random + other.byKind.random,
    },
    violations: [...one.violations, ...other.violations].sort(inOrder),
    faultsStruck: one.faultsStruck + other.faultsStruck,
    window: bothWindows(one.window, other.window),
  };
}

const inOrder = (one: Violation, other: Violation): number => one.index - other.index;
