/**
 * What else the same history could have brought: many histories drawn from one, and how their ends and their drawdowns spread.
 *
 *   stationary bootstrap   blocks of returns, drawn with replacement (block-draw.ts): keeps how returns follow each other within a block.
 *                          The mean block is given, or chosen by optimalBlockLength from the returns, or from their squares when those
 *                          hang together for longer, as those of markets do.
 *   trade shuffle          the trades there were, each once, in another order: the end is always the same, the way there is not. It asks how
 *                          much of a shallow drawdown was luck of the order.
 *
 * Each history is a chain of returns. At up to `points` places along it the quantiles of growth over all histories make the fan; the
 * deepest drawdown of each takes every bar into account, not the places alone.
 *
 * Sources: D. N. Politis & J. P. Romano (1994), JASA 89(428); for shuffles, D. Aronson (2006), "Evidence-Based Technical Analysis", ch. 5.
 * Not covered: parameters that would have been chosen otherwise on another history; for that, walk forward on bootstrapped panels.
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { Rng } from '../../../kernel/rng.ts';
import { quantileOfSorted } from '../../statistics/quantile.ts';
import { drawBlocks, emptyDraw } from './block-draw.ts';
import { optimalBlockLength } from './block-length.ts';
import { type FigureGap, type FigureRefusal, gapIn, settingGap } from './figure.ts';

export interface MonteCarloSettings {
  readonly draws: number;
  /** Of the fan; at most one per return. */
  readonly points: number;
  /** Drawdowns whose probability is asked for; positive. */
  readonly drawdownFracs: readonly number[];
  /** Ruin is growth at or below this at any bar: 0.5 is half of the opening equity lost. */
  readonly ruinGrowth: number;
}

export interface MonteCarlo {
  readonly kind: 'monte-carlo';
  readonly method: 'stationary-bootstrap' | 'trade-shuffle';
  readonly draws: number;
  /** Null for a shuffle. */
  readonly meanBlockBars: number | null;
  readonly fan: FanColumns;
  /** Of growth of 1 at the end, and of the deepest drawdown on the way. */
  readonly finalGrowth: SpreadOfDraws;
  readonly maxDrawdownFrac: SpreadOfDraws;
  readonly lossProbability: number;
  /** Growth at or below which a history counts as ruin, as asked, and how many came there. */
  readonly ruinGrowth: number;
  readonly ruinProbability: number;
  /** As asked. */
  readonly drawdowns: ReadonlyArray<{ readonly drawdownFrac: number; readonly probability: number }>;
}

/** One row per point: returns so far, and quantiles of the growth of 1 over the draws. The first row is the start. */
export interface FanColumns {
  readonly returns: Int32Array;
  readonly p5: Float64Array;
  readonly p25: Float64Array;
  readonly p50: Float64Array;
  readonly p75: Float64Array;
  readonly p95: Float64Array;
}

export interface SpreadOfDraws {
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly mean: number;
}

export type MonteCarloRefusal = Refusal<FigureRefusal>;

/** `bars`: length of the drawn histories. Refuses a return of −1 or below: nothing can follow it. */
export function stationaryBootstrap(
  question: MonteCarloSettings & { readonly returns: Float64Array; readonly bars: number; readonly meanBlockBars: number | 'automatic' },
  rng: Rng,
): MonteCarlo | MonteCarloRefusal {
  const { returns, bars } = question;
  const gap = settingsGap(question, returns, bars) ?? settingGap('bars', bars, 1, 10_000_000);
  if (gap) return gap;
  const meanBlockBars = question.meanBlockBars === 'automatic' ? automaticBlockBars(returns) : question.meanBlockBars;
  if (typeof meanBlockBars !== 'number') return meanBlockBars;
  const blockGap = settingGap('meanBlockBars', meanBlockBars, 1, returns.length, false);
  if (blockGap) return blockGap;
  const draw = emptyDraw(bars);
  return simulate(question, { method: 'stationary-bootstrap', meanBlockBars, count: bars }, (path) => {
    drawBlocks(draw, returns.length, bars, meanBlockBars, rng);
    for (let block = 0, at = 0; block < draw.count; block++) {
      let from = draw.start[block]!;
      for (const end = at + draw.length[block]!; at < end; at++) {
        path[at] = returns[from]!;
        from = from + 1 === returns.length ? 0 : from + 1;
      }
    }
  });
}

/** `tradeReturns`: profit of each trade over the equity it was opened on, one after the other. */
export function tradeShuffle(
  question: MonteCarloSettings & { readonly tradeReturns: Float64Array },
  rng: Rng,
): MonteCarlo | MonteCarloRefusal {
  const { tradeReturns } = question;
  const gap = settingsGap(question, tradeReturns, tradeReturns.length);
  if (gap) return gap;
  const order = tradeReturns.slice();
  return simulate(question, { method: 'trade-shuffle', meanBlockBars: null, count: order.length }, (path) => {
    // Fisher and Yates, from the order that the last draw left.
    for (let last = order.length - 1; last > 0; last--) {
      const pick = Math.floor(rng.uniform() * (last + 1));
      const kept = order[last]!;
      order[last] = order[pick]!;
      order[pick] = kept;
    }
    path.set(order);
  });
}

/** Mean block for returns and for their squares, whichever is longer: volatility clusters where returns do not. */
export function automaticBlockBars(returns: Float64Array): number | FigureGap {
  const ofReturns = optimalBlockLength(returns);
  if (ofReturns.kind === 'refused') return ofReturns;
  const ofSquares = optimalBlockLength(returns.map((one) => one * one));
  return Math.max(ofReturns.stationaryBars, ofSquares.kind === 'refused' ? 1 : ofSquares.stationaryBars);
}

function simulate(
  { draws, points, drawdownFracs, ruinGrowth }: MonteCarloSettings,
  { method, meanBlockBars, count }: Pick<MonteCarlo, 'method' | 'meanBlockBars'> & { readonly count: number },
  fill: (path: Float64Array) => void,
): MonteCarlo {
  const path = new Float64Array(count);
  const places = placesOf(count, points);
  /** Element `place * draws + draw`: a place's values lie together, to be sorted. */
  const growthAt = new Float64Array(places.length * draws);
  const [finals, depths] = [new Float64Array(draws), new Float64Array(draws)];
  let [losses, ruins] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    fill(path);
    // `kept` is the least that was left of a high; it is divided out only where it falls further, which is seldom.
    let [growth, high, kept, lowest, place] = [1, 1, 1, 1, 1];
    growthAt[draw] = 1;
    for (let at = 0; at < count; at++) {
      growth *= 1 + path[at]!;
      if (growth > high) high = growth;
      else if (growth < high * kept) kept = growth / high;
      if (growth < lowest) lowest = growth;
      if (at + 1 === places[place]) {
        growthAt[place * draws + draw] = growth;
        place++;
      }
    }
    finals[draw] = growth;
    depths[draw] = 1 - kept;
    // The order of factors moves the last digits of a product; a shuffle must not lose by them.
    if (growth < 1 - 1e-12) losses++;
    if (lowest <= ruinGrowth) ruins++;
  }
  return {
    ...{ kind: 'monte-carlo', method, draws, meanBlockBars },
    fan: fanOf(places, growthAt, draws),
    finalGrowth: spreadOf(finals),
    maxDrawdownFrac: spreadOf(depths),
    lossProbability: losses / draws,
    ruinGrowth,
    ruinProbability: ruins / draws,
    drawdowns: drawdownFracs.map((drawdownFrac) => ({
      drawdownFrac,
      probability: depths.reduce((deeper, depth) => deeper + (depth >= drawdownFrac ? 1 : 0), 0) / draws,
    })),
  };
}

/** 0, then evenly spaced up to the last, each once. */
function placesOf(count: number, points: number): Int32Array {
  const steps = Math.min(count, points);
  return Int32Array.from({ length: steps + 1 }, (_, step) => Math.round((step * count) / steps));
}

function fanOf(returns: Int32Array, growthAt: Float64Array, draws: number): FanColumns {
  const column = (): Float64Array => new Float64Array(returns.length);
  const fan = { returns, p5: column(), p25: column(), p50: column(), p75: column(), p95: column() };
  for (let place = 0; place < returns.length; place++) {
    const { p5, p25, p50, p75, p95 } = spreadOf(growthAt.subarray(place * draws, (place + 1) * draws));
    fan.p5[place] = p5;
    fan.p25[place] = p25;
    fan.p50[place] = p50;
    fan.p75[place] = p75;
    fan.p95[place] = p95;
  }
  return fan;
}

/** Sorts its argument. */
function spreadOf(values: Float64Array): SpreadOfDraws {
  values.sort();
  const at = (probability: number): number => quantileOfSorted(values, probability);
  return {
    p5: at(0.05),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    mean: values.reduce((sum, one) => sum + one, 0) / values.length,
  };
}

function settingsGap(
  { draws, points, drawdownFracs, ruinGrowth }: MonteCarloSettings,
  returns: Float64Array,
  count: number,
): FigureGap | null {
  const lost = returns.findIndex((one) => one <= -1);
  return (
    gapIn(returns, 2) ??
    (lost === -1 ? null : refuse('equity-not-positive', { at: lost, returnFrac: returns[lost] })) ??
    settingGap('draws', draws, 1, 1_000_000) ??
    settingGap('points', points, 1, Math.max(1, count)) ??
    settingGap('ruinGrowth', ruinGrowth, 0, 1, false) ??
    drawdownFracs.reduce<FigureGap | null>((found, one) => found ?? settingGap('drawdownFracs', one, 0, 1, false), null)
  );
}
