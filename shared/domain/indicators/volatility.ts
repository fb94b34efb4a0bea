/**
 * Volatility over a sliding window, two ways.
 *
 * Rolling: sample standard deviation (n − 1) of the last `period` simple returns, per day. What a model of daily returns is scaled by.
 * Realised: √(sessionsPerYear / n · Σ log return²), per year; the mean is taken as zero, which at daily steps costs less than estimating it.
 *   Andersen & Bollerslev (1998), International Economic Review 39(4), 885–905.
 *
 * NaN until the window is full and while it holds a missing return; a close at or below zero has no log return. Error: the deviation's as in
 * sliding-moments.ts; realised sums squares only, so its relative error is about period·u. Jumps, overnight gaps and intraday data are not treated.
 */

import { requirePeriod } from './period.ts';
import { SlidingMoments, slidingMoments } from './sliding-moments.ts';
import { SlidingSum } from './sliding-sum.ts';

/** Sample standard deviation of the last `period` returns, per day. Amortised O(1). */
export class RollingDailyVol {
  readonly #moments: SlidingMoments;
  readonly #period: number;

  /** @throws InvariantViolation unless `period` is a whole number of at least 2. */
  constructor(period: number) {
    requirePeriod(period, 2);
    this.#moments = new SlidingMoments(period);
    this.#period = period;
  }

  push(simpleReturn: number): number {
    this.#moments.push(simpleReturn);
    return Math.sqrt(this.#moments.squaredDeviations / (this.#period - 1));
  }
}

/** Annualised root mean square of the last `period` log returns; the first `period` closes give NaN. Amortised O(1). */
export class RealizedAnnualizedVol {
  readonly #squares: SlidingSum;
  readonly #sessionsPerYearByPeriod: number;
  #close = Number.NaN;

  /** @throws InvariantViolation unless `period` is a whole number of at least 1. */
  constructor(period: number, sessionsPerYear: number) {
    this.#squares = new SlidingSum(period);
    this.#sessionsPerYearByPeriod = sessionsPerYear / period;
  }

  push(close: number): number {
    const logReturn = logReturnOf(this.#close, close);
    this.#close = close;
    return Math.sqrt(this.#squares.push(logReturn * logReturn) * this.#sessionsPerYearByPeriod);
  }
}

export function rollingDailyVol(simpleReturns: Float64Array, period: number): Float64Array {
  requirePeriod(period, 2);
  const out = slidingMoments(simpleReturns, period).squaredDeviations;
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(out[i]! / (period - 1));
  return out;
}

export function realizedAnnualizedVol(closes: Float64Array, period: number, sessionsPerYear: number): Float64Array {
  const vol = new RealizedAnnualizedVol(period, sessionsPerYear);
  const out = new Float64Array(closes.length);
  for (let i = 0; i < closes.length; i++) out[i] = vol.push(closes[i]!);
  return out;
}

/** By log1p of the exact difference: the log of a ratio near 1 would keep the ratio's rounding. NaN unless both prices are above zero. */
const logReturnOf = (before: number, close: number): number =>
  before > 0 && close > 0 ? Math.log1p((close - before) / before) : Number.NaN;
