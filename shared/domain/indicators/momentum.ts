/**
 * Momentum that leaves out the last month, whose returns tend to reverse: Jegadeesh (1990); Jegadeesh & Titman (1993), J. Finance 48(1).
 * And the realised volatility that scales it.
 *
 * Momentum reads two closes only, so a NaN between them does no harm; NaN before there are enough bars, when either close is NaN, and when
 * the older one is not above zero, since a loss then has no measure.
 */
import { invariant } from '../../kernel/errors.ts';
import { requirePeriod } from './period.ts';

/** Simple return from `lookbackBars` ago to `skipBars` ago. O(1) per bar. */
export class Momentum {
  readonly #lookbackBars: number;
  readonly #skipBars: number;
  /** The last lookbackBars + 1 closes, in a ring; those before the first bar are NaN. */
  readonly #ring: Float64Array;
  #newest = 0;

  /** @throws InvariantViolation unless 0 ≤ skipBars < lookbackBars, both whole. */
  constructor(lookbackBars: number, skipBars: number) {
    requirePeriod(lookbackBars, 1);
    invariant(Number.isSafeInteger(skipBars) && skipBars >= 0 && skipBars < lookbackBars, 'momentum skips fewer bars than it looks back', {
      lookbackBars,
      skipBars,
    });
    this.#lookbackBars = lookbackBars;
    this.#skipBars = skipBars;
    this.#ring = new Float64Array(lookbackBars + 1).fill(Number.NaN);
  }

  push(close: number): number {
    const length = this.#lookbackBars + 1;
    this.#newest = this.#newest + 1 === length ? 0 : this.#newest + 1;
    this.#ring[this.#newest] = close;
    const oldest = this.#newest + 1 === length ? 0 : this.#newest + 1;
    const skipped = this.#newest - this.#skipBars;
    return simpleReturn(this.#ring[oldest]!, this.#ring[skipped < 0 ? skipped + length : skipped]!);
  }
}

/** Momentum bar by bar; the first `lookbackBars` values are NaN. */
export function rollingMomentum(closes: Float64Array, lookbackBars: number, skipBars: number): Float64Array {
  const past = new Momentum(lookbackBars, skipBars);
  const out = new Float64Array(closes.length);
  for (let i = 0; i < closes.length; i++) out[i] = past.push(closes[i]!);
  return out;
}

/** Simple return from `lookbackBars` ago to `skipBars` ago, at the last bar; NaN when the history is shorter. */
export function momentum(closes: Float64Array, lookbackBars: number, skipBars: number): number {
  const last = closes.length - 1;
  if (last < lookbackBars) return Number.NaN;
  return simpleReturn(closes[last - lookbackBars]!, closes[last - skipBars]!);
}

const simpleReturn = (before: number, after: number): number => (before > 0 ? after / before - 1 : Number.NaN);

/** Sample standard deviation of the last `bars` daily returns; NaN when there are fewer, or fewer than two. */
export function realizedDailyVol(returns: Float64Array, bars: number): number {
  if (returns.length < bars || bars < 2) return Number.NaN;
  const window = returns.subarray(returns.length - bars);
  let mean = 0;
  for (const value of window) mean += value / bars;
  let squares = 0;
  for (const value of window) squares += (value - mean) ** 2;
  return Math.sqrt(squares / (bars - 1));
}

/** A daily volatility over a year of `sessionsPerYear`, returns taken as independent. */
export const annualized = (dailyVol: number, sessionsPerYear: number): number => dailyVol * Math.sqrt(sessionsPerYear);
