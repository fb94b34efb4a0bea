/**
 * The probability of backtest overfitting: how often what was best in one half of the history is below the median in the other half.
 *
 * Combinatorially symmetric cross-validation (CSCV):
 * 1. Cut the returns of N trials into S blocks of bars, in order. Bars at the start that do not fill a block are left out, and counted.
 * 2. For each of the C(S, S/2) ways to take half of the blocks: Sharpe ratio of each trial in that half and in the other.
 * 3. n* is the best in the first half, the earlier trial where two tie; ω its rank in the other half over N + 1 (ties count half);
 *    logit λ = ln(ω / (1 − ω)).
 * 4. PBO is the share of ways with λ ≤ 0. Beside it: the line of the second ratio of n* on the first (degradation), how often n* loses
 *    money, and whether choosing n* dominates choosing a trial at random, in the first and second order.
 *
 * A way and its complement are the same two halves, so each pair of ratios is computed once and read in both directions. Sums of returns and of
 * squares are kept per block and trial; a half is S/2 rows of them, its complement what is left of the total. Nothing is allocated per split.
 * A trial that does nothing in a half has a ratio of 0 there.
 *
 * Source: D. H. Bailey, J. M. Borwein, M. López de Prado & Q. J. Zhu (2017), "The Probability of Backtest Overfitting", Journal of Computational
 * Finance 20(4). Not covered: other measures than the Sharpe ratio; purging of what overlaps between blocks.
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import { type FigureGap, type FigureRefusal, gapInColumns, settingGap } from './figure.ts';

export interface BacktestOverfitting {
  readonly kind: 'backtest-overfitting';
  readonly probability: number;
  readonly trials: number;
  readonly blocks: number;
  readonly splits: number;
  readonly barsPerBlock: number;
  readonly barsLeftOut: number;
  /** Of each split. */
  readonly logits: Float64Array;
  /** Sharpe ratio per bar of the best in its half, and of the same trial in the other. */
  readonly inSample: Float64Array;
  readonly outOfSample: Float64Array;
  /** outOfSample = intercept + slope·inSample; a slope below zero is the mark of overfitting. Null where inSample does not vary. */
  readonly degradation: { readonly slope: number; readonly intercept: number; readonly rSquared: number } | null;
  /** How often the best of a half has a negative ratio in the other. */
  readonly lossProbability: number;
  /** Of the chosen trial's ratios over those of a trial taken at random, out of sample. */
  readonly dominance: { readonly firstOrder: boolean; readonly secondOrder: boolean };
}

const BLOCKS_MAX = 20;

/** `returns`: one column per trial, of one length. Refuses fewer than two trials, an odd number of blocks, and blocks of fewer than two bars. */
export function pbo(
  returns: readonly Float64Array[],
  { blocks }: { readonly blocks: number },
): BacktestOverfitting | Refusal<FigureRefusal | 'too-few-trials'> {
  if (returns.length < 2) return refuse('too-few-trials', { has: returns.length, wants: 2 });
  const gap: FigureGap | null = settingGap('blocks', blocks, 2, BLOCKS_MAX) ?? gapInColumns(returns, 2 * blocks);
  if (gap) return gap;
  if (blocks % 2 !== 0) return refuse('setting-invalid', { setting: 'blocks', value: blocks, wants: 'an even number' });
  const sums = blockSums(returns, blocks);
  const splits = splitsOf(sums, blocks);
  if (splits === null) return refuse('nothing-varies', { trials: returns.length });
  const { logits, inSample, outOfSample, means } = splits;
  const count = logits.length;
  return {
    kind: 'backtest-overfitting',
    probability: shareOf(logits, (logit) => logit <= 0),
    ...{ trials: returns.length, blocks, splits: count, barsPerBlock: sums.barsPerBlock },
    barsLeftOut: returns[0]!.length - blocks * sums.barsPerBlock,
    ...{ logits, inSample, outOfSample },
    degradation: line(inSample, outOfSample),
    lossProbability: shareOf(outOfSample, (sharpe) => sharpe < 0),
    dominance: dominates(outOfSample, means),
  };
}

interface BlockSums {
  readonly trials: number;
  readonly barsPerBlock: number;
  /** Of each trial, taken off its returns before they are summed, so that sums of squares cancel nothing. */
  readonly mean: Float64Array;
  /** Element `block * trials + trial`. */
  readonly sum: Float64Array;
  readonly square: Float64Array;
  /** Over all blocks, of each trial. */
  readonly totalSum: Float64Array;
  readonly totalSquare: Float64Array;
}

function blockSums(returns: readonly Float64Array[], blocks: number): BlockSums {
  const trials = returns.length;
  const bars = returns[0]!.length;
  const barsPerBlock = Math.floor(bars / blocks);
  const first = bars - blocks * barsPerBlock;
  const [mean, sum, square] = [new Float64Array(trials), new Float64Array(blocks * trials), new Float64Array(blocks * trials)];
  for (let trial = 0; trial < trials; trial++) {
    const column = returns[trial]!;
    let total = 0;
    for (let bar = first; bar < bars; bar++) total += column[bar]!;
    const shift = total / (bars - first);
    mean[trial] = shift;
    for (let block = 0, bar = first; block < blocks; block++) {
      const place = block * trials + trial;
      for (const end = bar + barsPerBlock; bar < end; bar++) {
        const deviation = column[bar]! - shift;
        sum[place]! += deviation;
        square[place]! += deviation * deviation;
      }
    }
  }
  const [totalSum, totalSquare] = [new Float64Array(trials), new Float64Array(trials)];
  for (let place = 0; place < sum.length; place++) {
    totalSum[place % trials]! += sum[place]!;
    totalSquare[place % trials]! += square[place]!;
  }
  return { trials, barsPerBlock, mean, sum, square, totalSum, totalSquare };
}

/** Null when no trial varies in any half. */
function splitsOf(sums: BlockSums, blocks: number) {
  const { trials } = sums;
  const count = binomialHalf(blocks);
  const [logits, inSample] = [new Float64Array(count), new Float64Array(count)];
  const [outOfSample, means] = [new Float64Array(count), new Float64Array(count)];
  const [one, other] = [new Float64Array(trials), new Float64Array(trials)];
  let [varies, split] = [false, 0];
  forEachHalf(sums, blocks, (sum, square) => {
    varies = sharpesOf(sums, blocks, sum, square, one, other) || varies;
    read(one, other, split);
    read(other, one, split + 1);
    split += 2;
  });
  return varies ? { logits, inSample, outOfSample, means } : null;

  function read(chosenBy: Float64Array, judgedBy: Float64Array, at: number): void {
    let best = 0;
    for (let trial = 1; trial < trials; trial++) if (chosenBy[trial]! > chosenBy[best]!) best = trial;
    const judged = judgedBy[best]!;
    let [below, ties, total] = [0, 0, 0];
    for (let trial = 0; trial < trials; trial++) {
      const sharpe = judgedBy[trial]!;
      below += sharpe < judged ? 1 : 0;
      ties += sharpe === judged ? 1 : 0;
      total += sharpe;
    }
    // Rank from 1 for the worst; the trial ties with itself.
    const rank = below + (ties + 1) / 2;
    logits[at] = Math.log(rank / (trials + 1 - rank));
    inSample[at] = chosenBy[best]!;
    outOfSample[at] = judged;
    means[at] = total / trials;
  }
}

/**
 * Visits every half that has block 0 in it; the others are their complements. Depth first, each depth with sums of its own, so that a half costs
 * the rows that it does not share with the one before: about two, whatever the number of blocks.
 */
function forEachHalf({ trials, sum, square }: BlockSums, blocks: number, visit: (sum: Float64Array, square: Float64Array) => void): void {
  const half = blocks / 2;
  const levels = Array.from({ length: half }, () => ({ sum: new Float64Array(trials), square: new Float64Array(trials) }));
  const first = levels[0]!;
  first.sum.set(sum.subarray(0, trials));
  first.square.set(square.subarray(0, trials));
  const descend = (depth: number, from: number): void => {
    const here = levels[depth]!;
    if (depth === half - 1) {
      visit(here.sum, here.square);
      return;
    }
    const next = levels[depth + 1]!;
    for (let block = from; block <= blocks - half + depth + 1; block++) {
      const row = block * trials;
      for (let trial = 0; trial < trials; trial++) {
        next.sum[trial] = here.sum[trial]! + sum[row + trial]!;
        next.square[trial] = here.square[trial]! + square[row + trial]!;
      }
      descend(depth + 1, block + 1);
    }
  };
  descend(0, 1);
}

/** Fills `one` with each trial's ratio over a half and `other` with that over what is left; says whether any of them varied. */
function sharpesOf(
  { trials, barsPerBlock, mean, totalSum, totalSquare }: BlockSums,
  blocks: number,
  sum: Float64Array,
  square: Float64Array,
  one: Float64Array,
  other: Float64Array,
): boolean {
  const bars = (blocks / 2) * barsPerBlock;
  const [perBar, rootDegrees] = [1 / bars, Math.sqrt(bars - 1)];
  let varying = 0;
  for (let trial = 0; trial < trials; trial++) {
    const all = totalSquare[trial]!;
    const inside = sum[trial]!;
    const outside = totalSum[trial]! - inside;
    const spreadInside = square[trial]! - inside * inside * perBar;
    const spreadOutside = all - square[trial]! - outside * outside * perBar;
    const floor = ROUNDING_FRAC * all;
    one[trial] = spreadInside > floor ? ((mean[trial]! + inside * perBar) * rootDegrees) / Math.sqrt(spreadInside) : 0;
    other[trial] = spreadOutside > floor ? ((mean[trial]! + outside * perBar) * rootDegrees) / Math.sqrt(spreadOutside) : 0;
    if (spreadInside > floor || spreadOutside > floor) varying++;
  }
  return varying > 0;
}

/** A spread below this part of the trial's whole sum of squares is what rounding left. */
const ROUNDING_FRAC = 1e-13;

/** C(blocks, blocks / 2). */
function binomialHalf(blocks: number): number {
  let count = 1;
  for (let k = 1; k <= blocks / 2; k++) count = (count * (blocks / 2 + k)) / k;
  return Math.round(count);
}

function shareOf(values: Float64Array, holds: (value: number) => boolean): number {
  let count = 0;
  for (const value of values) if (holds(value)) count++;
  return count / values.length;
}

function line(x: Float64Array, y: Float64Array): BacktestOverfitting['degradation'] {
  let [meanX, meanY] = [0, 0];
  for (let k = 0; k < x.length; k++) {
    meanX += x[k]! / x.length;
    meanY += y[k]! / x.length;
  }
  let [xx, xy, yy] = [0, 0, 0];
  for (let k = 0; k < x.length; k++) {
    const [dx, dy] = [x[k]! - meanX, y[k]! - meanY];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  if (!(xx > Number.EPSILON ** 2)) return null;
  const slope = xy / xx;
  return { slope, intercept: meanY - slope * meanX, rSquared: yy > 0 ? (slope * xy) / yy : 0 };
}

/** Order k: at no value is the k-th integral of the chosen distribution above that of the random one, and somewhere it is below. */
function dominates(chosen: Float64Array, random: Float64Array): BacktestOverfitting['dominance'] {
  const [a, b] = [chosen.slice().sort(), random.slice().sort()];
  const values = new Float64Array(a.length + b.length);
  values.set(a);
  values.set(b, a.length);
  values.sort();
  let [i, j, area, before] = [0, 0, 0, values[0]!];
  let [isBelow, first, second, lead] = [false, true, true, 0];
  for (const value of values) {
    // The area of F_chosen − F_random up to here; both are steps, constant since the value before.
    area += lead * (value - before);
    if (area > 1e-12) second = false;
    while (i < a.length && a[i]! <= value) i++;
    while (j < b.length && b[j]! <= value) j++;
    lead = (i - j) / a.length;
    if (lead > 0) first = false;
    if (lead < 0) isBelow = true;
    before = value;
  }
  return { firstOrder: first && isBelow, secondOrder: second && isBelow };
}
