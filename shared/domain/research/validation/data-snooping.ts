/**
 * Whether the best of many trials beats the benchmark, or is only the best of many.
 *
 * d_k is the mean of trial k's returns in excess of the benchmark's over n bars, d*_k the same in a draw of the stationary bootstrap (all trials
 * drawn by the same blocks, which keeps how they hang together), ω_k the deviation of √n·d*_k over the draws.
 *
 * Reality check   V = max √n·d_k against V* = max √n·(d*_k − d_k); p is the share of draws with V* > V.
 * SPA             T = max(0, max √n·d_k / ω_k) against T* = max(0, max √n·(d*_k − g(d_k)) / ω_k), where g decides how bad trials count:
 *                 upper       g(d) = d                                       all trials stand at zero, as in the reality check
 *                 consistent  g(d) = d where d ≥ −ω·√(2·ln ln n / n), else 0  what is plainly bad stays bad and raises no bar
 *                 lower       g(d) = max(0, d)                               what is below zero stays there
 * Step-wise       reject every trial with √n·d_k / ω_k above the level's quantile of max √n·(d*_k − d_k) / ω_k over those not yet rejected;
 *                 repeat until none is: which trials are good, at a family-wise error of 1 − level.
 *
 * Means of a draw come from prefix sums, one subtraction per block and trial, not one addition per bar; one trial's sums stay in the cache
 * while all draws go over them.
 *
 * Sources: H. White (2000), "A Reality Check for Data Snooping", Econometrica 68(5); P. R. Hansen (2005), "A Test for Superior Predictive
 * Ability", Journal of Business & Economic Statistics 23(4); J. P. Romano & M. Wolf (2005), "Stepwise Multiple Testing as Formalized Data
 * Snooping", Econometrica 73(4). ω is the bootstrap's own, which Hansen allows beside his kernel estimate.
 * Not covered: other losses than the mean return; trials with less history than the others.
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { Rng } from '../../../kernel/rng.ts';
import { quantileOfSorted } from '../../statistics/quantile.ts';
import { drawBlocks, emptyDraw } from './block-draw.ts';
import { type FigureRefusal, gapInColumns, settingGap } from './figure.ts';

export interface SnoopingSettings {
  readonly draws: number;
  readonly meanBlockBars: number;
}

export interface RealityCheck {
  readonly kind: 'reality-check';
  /** V: mean excess return of the best, times √n. */
  readonly statistic: number;
  /** Index of the best. */
  readonly best: number;
  readonly pValue: number;
}

export interface SuperiorPredictiveAbility {
  readonly kind: 'superior-predictive-ability';
  /** T. */
  readonly statistic: number;
  /** Index of the trial with the largest ratio. */
  readonly best: number;
  readonly pValue: { readonly lower: number; readonly consistent: number; readonly upper: number };
}

export type SnoopingRefusal = Refusal<FigureRefusal>;

/** `excess`: one column per trial, of one length. */
export function realityCheck(excess: readonly Float64Array[], settings: SnoopingSettings, rng: Rng): RealityCheck | SnoopingRefusal {
  const means = bootstrapMeans(excess, settings, rng);
  if (means.kind === 'refused') return means;
  const { mean, drawn, draws, trials, bars } = means;
  const best = indexOfLargest(mean);
  let above = 0;
  for (let draw = 0; draw < draws; draw++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let trial = 0; trial < trials; trial++) largest = Math.max(largest, drawn[draw * trials + trial]! - mean[trial]!);
    if (largest > mean[best]!) above++;
  }
  return { kind: 'reality-check', statistic: Math.sqrt(bars) * mean[best]!, best, pValue: above / draws };
}

/** Refuses where no trial's mean varies over the draws; one that does not vary among others that do is passed over. */
export function superiorPredictiveAbility(
  excess: readonly Float64Array[],
  settings: SnoopingSettings,
  rng: Rng,
): SuperiorPredictiveAbility | SnoopingRefusal {
  const means = bootstrapMeans(excess, settings, rng);
  if (means.kind === 'refused') return means;
  const { mean, bars } = means;
  const deviation = deviationsOf(means);
  const ratio = mean.map((value, trial) => (Math.sqrt(bars) * value) / deviation[trial]!);
  const best = indexOfLargest(ratio);
  if (Number.isNaN(ratio[best]!)) return refuse('nothing-varies', { trials: mean.length });
  const statistic = Math.max(0, ratio[best]!);
  const threshold = Math.sqrt((2 * Math.log(Math.log(bars))) / bars);
  const centres = {
    lower: mean.map((value) => Math.max(0, value)),
    consistent: mean.map((value, trial) => (value >= -deviation[trial]! * threshold ? value : 0)),
    upper: mean,
  };
  // At zero no trial is above the benchmark, and every draw shows as much; ties at zero would say the opposite.
  const pOf = (centre: Float64Array): number => (statistic === 0 ? 1 : shareAbove(means, deviation, centre, statistic));
  return {
    kind: 'superior-predictive-ability',
    ...{ statistic, best },
    pValue: { lower: pOf(centres.lower), consistent: pOf(centres.consistent), upper: pOf(centres.upper) },
  };
}

/** Indices of the trials that are better than the benchmark, ascending; wrong about any of them with a probability of 1 − level at most. */
export function stepwiseSuperior(
  excess: readonly Float64Array[],
  settings: SnoopingSettings & { readonly confidenceLevel: number },
  rng: Rng,
): readonly number[] | SnoopingRefusal {
  const gap = settingGap('confidenceLevel', settings.confidenceLevel, 0.5, 1 - 1e-9, false);
  if (gap) return gap;
  const means = bootstrapMeans(excess, settings, rng);
  if (means.kind === 'refused') return means;
  const { mean, drawn, draws, trials } = means;
  const deviation = deviationsOf(means);
  let left = Array.from(mean.keys()).filter((trial) => deviation[trial]! > 0);
  const rejected: number[] = [];
  for (;;) {
    const largest = new Float64Array(draws).fill(Number.NEGATIVE_INFINITY);
    for (let draw = 0; draw < draws; draw++) {
      for (const trial of left) {
        const ratio = (drawn[draw * trials + trial]! - mean[trial]!) / deviation[trial]!;
        if (ratio > largest[draw]!) largest[draw] = ratio;
      }
    }
    const bar = quantileOfSorted(largest.sort(), settings.confidenceLevel);
    const good = left.filter((trial) => mean[trial]! / deviation[trial]! > bar);
    if (good.length === 0) return rejected.sort((a, b) => a - b);
    rejected.push(...good);
    left = left.filter((trial) => !good.includes(trial));
    if (left.length === 0) return rejected.sort((a, b) => a - b);
  }
}

interface BootstrapMeans {
  readonly kind: 'means';
  readonly bars: number;
  readonly trials: number;
  readonly draws: number;
  readonly mean: Float64Array;
  /** Element `draw * trials + trial`. */
  readonly drawn: Float64Array;
}

function bootstrapMeans(
  excess: readonly Float64Array[],
  { draws, meanBlockBars }: SnoopingSettings,
  rng: Rng,
): BootstrapMeans | SnoopingRefusal {
  const gap = gapInColumns(excess, 10) ?? settingGap('draws', draws, 1, 100_000);
  if (gap) return gap;
  const [trials, bars] = [excess.length, excess[0]!.length];
  const blockGap = settingGap('meanBlockBars', meanBlockBars, 1, bars, false);
  if (blockGap) return blockGap;
  const mean = Float64Array.from(excess, (column) => column.reduce((sum, one) => sum + one, 0) / bars);
  const blocks = blocksOf(bars, { draws, meanBlockBars }, rng);
  const drawn = new Float64Array(draws * trials);
  const prefix = new Float64Array(2 * bars + 1);
  for (let trial = 0; trial < trials; trial++) {
    fillPrefix(prefix, excess[trial]!, mean[trial]!);
    for (let draw = 0, block = 0; draw < draws; draw++) {
      let sum = 0;
      for (const last = blocks.end[draw]!; block < last; block++) sum += prefix[blocks.to[block]!]! - prefix[blocks.from[block]!]!;
      drawn[draw * trials + trial] = sum / bars + mean[trial]!;
    }
  }
  return { kind: 'means', bars, trials, draws, mean, drawn };
}

/** Sums of the deviations before each bar, over two turns of the history, so that a block over the end needs no second look. */
function fillPrefix(prefix: Float64Array, column: Float64Array, mean: number): void {
  const bars = column.length;
  for (let turn = 0, at = 0; turn < 2; turn++) {
    for (let bar = 0; bar < bars; bar++, at++) prefix[at + 1] = prefix[at]! + column[bar]! - mean;
  }
}

/** The blocks of all draws, one after the other: `end[draw]` is the first block of the next. */
function blocksOf(bars: number, { draws, meanBlockBars }: SnoopingSettings, rng: Rng) {
  const one = emptyDraw(bars);
  const end = new Int32Array(draws);
  let [from, to, count] = [new Int32Array(1024), new Int32Array(1024), 0];
  for (let draw = 0; draw < draws; draw++) {
    drawBlocks(one, bars, bars, meanBlockBars, rng);
    if (count + one.count > from.length) [from, to] = [longer(from, count + one.count), longer(to, count + one.count)];
    for (let block = 0; block < one.count; block++, count++) {
      from[count] = one.start[block]!;
      to[count] = one.start[block]! + one.length[block]!;
    }
    end[draw] = count;
  }
  return { from, to, end };
}

function longer(values: Int32Array<ArrayBuffer>, wanted: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(Math.max(2 * values.length, wanted));
  grown.set(values);
  return grown;
}

/** ω of each trial; NaN where the draws do not vary beyond rounding. */
function deviationsOf({ mean, drawn, draws, trials, bars }: BootstrapMeans): Float64Array {
  const squares = new Float64Array(trials);
  for (let k = 0; k < drawn.length; k++) squares[k % trials]! += (drawn[k]! - mean[k % trials]!) ** 2;
  return squares.map((sum, trial) => {
    const variance = sum / draws;
    return variance > (1e-12 * mean[trial]!) ** 2 && variance > 0 ? Math.sqrt(variance * bars) : Number.NaN;
  });
}

function shareAbove(means: BootstrapMeans, deviation: Float64Array, centre: Float64Array, statistic: number): number {
  const { drawn, draws, trials, bars } = means;
  const scale = deviation.map((one) => Math.sqrt(bars) / one);
  let above = 0;
  for (let draw = 0; draw < draws; draw++) {
    const row = draw * trials;
    let largest = 0;
    for (let trial = 0; trial < trials; trial++) {
      const ratio = (drawn[row + trial]! - centre[trial]!) * scale[trial]!;
      if (ratio > largest) largest = ratio;
    }
    if (largest > statistic) above++;
  }
  return above / draws;
}

/** NaN is passed over. */
function indexOfLargest(values: Float64Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! > values[best]! || Number.isNaN(values[best]!)) best = k;
  return best;
}
