/**
 * Validation at the size of a real sweep: 1,000 trials over ten years of days. Beside each figure its peer in the same run: for PBO and SPA the papers'
 * algorithms as they are written (each half and each draw gone over bar by bar), for the bootstrap the chain of products that any of them must do.
 * The peers go over a fortieth of the work and are scaled up, for they would take minutes.
 */
import { pbo } from '../../shared/domain/research/validation/backtest-overfitting.ts';
import { drawBlocks, emptyDraw } from '../../shared/domain/research/validation/block-draw.ts';
import { superiorPredictiveAbility } from '../../shared/domain/research/validation/data-snooping.ts';
import { stationaryBootstrap } from '../../shared/domain/research/validation/monte-carlo.ts';
import { sharpeOf } from '../../shared/domain/research/validation/sharpe.ts';
import { seededRng } from '../../shared/kernel/rng.ts';
import type { Bench } from './bench.ts';
import { median } from './bench.ts';

const TRIALS = 1000;
const BARS = 2520;
const BLOCKS = 16;
const DRAWS = 1000;
const MEAN_BLOCK = 10;
/** C(16, 8). */
const SPLITS = 12_870;
const PEER_SHARE = 40;

const rng = seededRng(1);
const trials = Array.from({ length: TRIALS }, () => Float64Array.from({ length: BARS }, () => 0.01 * rng.normal()));

function msOf(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

/** Median of three after one to warm up. */
function steadyMs(work: () => void): number {
  work();
  return median(Array.from({ length: 3 }, () => msOf(work)));
}

const overfittingMs = (): number => steadyMs(() => pbo(trials, { blocks: BLOCKS }));
const snoopingMs = (): number =>
  steadyMs(() => superiorPredictiveAbility(trials, { draws: DRAWS, meanBlockBars: MEAN_BLOCK }, seededRng(2)));

/** Half of the bars, copied together, and the Sharpe ratio of each trial there and in the rest. */
function overfittingAsWrittenMs(): number {
  const rows = Math.floor(BARS / BLOCKS);
  const half = (column: Float64Array, from: number): Float64Array => {
    const joined = new Float64Array((rows * BLOCKS) / 2);
    for (let block = 0; block < BLOCKS / 2; block++) {
      const start = ((from + 2 * block) % BLOCKS) * rows;
      joined.set(column.subarray(start, start + rows), block * rows);
    }
    return joined;
  };
  const splits = Math.floor(SPLITS / PEER_SHARE / 10);
  const ms = msOf(() => {
    for (let split = 0; split < splits; split++)
      for (const column of trials) for (const side of [0, 1]) sharpeOf(half(column, split + side));
  });
  return (ms * SPLITS) / splits;
}

function snoopingAsWrittenMs(): number {
  const draw = emptyDraw(BARS);
  const order = new Int32Array(BARS);
  const means = new Float64Array(TRIALS);
  const draws = DRAWS / PEER_SHARE;
  const ms = msOf(() => {
    for (let count = 0; count < draws; count++) {
      drawBlocks(draw, BARS, BARS, MEAN_BLOCK, rng);
      for (let block = 0, at = 0; block < draw.count; block++) {
        for (let k = 0; k < draw.length[block]!; k++, at++) order[at] = (draw.start[block]! + k) % BARS;
      }
      for (const [trial, column] of trials.entries()) {
        let sum = 0;
        for (let bar = 0; bar < BARS; bar++) sum += column[order[bar]!]!;
        means[trial] = sum / BARS;
      }
    }
  });
  return (ms * DRAWS) / draws;
}

const bootstrapMs = (): number =>
  steadyMs(() => {
    const settings = { draws: DRAWS, points: 100, drawdownFracs: [0.1, 0.2, 0.3], ruinGrowth: 0.5 };
    stationaryBootstrap({ ...settings, returns: trials[0]!, bars: BARS, meanBlockBars: MEAN_BLOCK }, seededRng(3));
  });

/** Growth and its highest point of as many bars, in the order in which they lie: nothing drawn, nothing kept. */
function chainMs(): number {
  let kept = 0;
  const ms = steadyMs(() => {
    for (let draw = 0; draw < DRAWS; draw++) {
      let [growth, high] = [1, 1];
      for (const one of trials[draw]!) {
        growth *= 1 + one;
        if (growth > high) high = growth;
      }
      kept += high;
    }
  });
  if (!(kept > 0)) throw new Error('the chain of the bench is worked out');
  return ms;
}

export const benches: Bench[] = [
  {
    name: 'validation-pbo-1000-trials-10-years-16-blocks',
    unit: 'ms',
    goal: { atMost: 1000 },
    run: () => Promise.resolve(overfittingMs()),
  },
  {
    name: 'validation-pbo-to-bar-by-bar',
    unit: 'x as fast',
    goal: { atLeast: 20 },
    run: () => Promise.resolve(overfittingAsWrittenMs() / overfittingMs()),
  },
  {
    name: 'validation-spa-1000-trials-10-years-1000-draws',
    unit: 'ms',
    goal: { atMost: 1500 },
    run: () => Promise.resolve(snoopingMs()),
  },
  {
    name: 'validation-spa-to-bar-by-bar',
    unit: 'x as fast',
    goal: { atLeast: 3 },
    run: () => Promise.resolve(snoopingAsWrittenMs() / snoopingMs()),
  },
  {
    name: 'validation-bootstrap-fan-bars',
    unit: 'bars/s',
    goal: { atLeast: 25_000_000 },
    run: () => Promise.resolve((DRAWS * BARS * 1000) / bootstrapMs()),
  },
  {
    name: 'validation-bootstrap-to-chain-of-products',
    unit: 'x the time',
    run: () => Promise.resolve(bootstrapMs() / chainMs()),
  },
];
