/**
 * Donchian channel: highest high and lowest low of the last `period` bars, and their middle (TA-Lib MAX and MIN).
 * The newest bar is counted in: a rule that buys a breakout compares with the channel before the push.
 *
 * Maxima slide by blocks as sums do (sliding-sum.ts; van Herk 1992, Gil & Werman 1993): about two comparisons per bar, amortised O(1), no queue.
 * The first period − 1 values are NaN; a bound is NaN exactly while its window holds a NaN.
 */
import { requirePeriod } from './period.ts';

export interface DonchianChannel {
  readonly upper: Float64Array;
  readonly middle: Float64Array;
  readonly lower: Float64Array;
}

/** Read the bounds after each push. Amortised O(1). */
export class Donchian {
  readonly #period: number;
  /** Up to `#filled`: values of this block. Beyond: the highest of the block before, from the slot to the block's end. */
  readonly #highs: Float64Array;
  readonly #lows: Float64Array;
  #filled: number;
  #highest = Number.NEGATIVE_INFINITY;
  #lowest = Number.POSITIVE_INFINITY;

  /** @throws InvariantViolation unless `period` is a whole number of at least 1. */
  constructor(period: number) {
    requirePeriod(period, 1);
    this.#period = period;
    this.#filled = period;
    this.#highs = new Float64Array(period + 1).fill(Number.NaN);
    this.#lows = new Float64Array(period + 1).fill(Number.NaN);
    this.#highs[period] = Number.NEGATIVE_INFINITY;
    this.#lows[period] = Number.POSITIVE_INFINITY;
  }

  get upper(): number {
    return Math.max(this.#highest, this.#highs[this.#filled]!);
  }

  get middle(): number {
    return (this.upper + this.lower) / 2;
  }

  get lower(): number {
    return Math.min(this.#lowest, this.#lows[this.#filled]!);
  }

  push(high: number, low: number): void {
    if (this.#filled === this.#period) this.#startBlock();
    this.#highs[this.#filled] = high;
    this.#lows[this.#filled] = low;
    this.#filled += 1;
    this.#highest = Math.max(this.#highest, high);
    this.#lowest = Math.min(this.#lowest, low);
  }

  #startBlock(): void {
    const highs = this.#highs;
    const lows = this.#lows;
    for (let slot = this.#period - 2; slot > 0; slot--) {
      highs[slot] = Math.max(highs[slot]!, highs[slot + 1]!);
      lows[slot] = Math.min(lows[slot]!, lows[slot + 1]!);
    }
    this.#highest = Number.NEGATIVE_INFINITY;
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#filled = 0;
  }
}

export function donchianChannel(high: Float64Array, low: Float64Array, period: number): DonchianChannel {
  const channel = new Donchian(period);
  const length = high.length;
  const [upper, middle, lower] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  for (let i = 0; i < length; i++) {
    channel.push(high[i]!, low[i]!);
    upper[i] = channel.upper;
    middle[i] = channel.middle;
    lower[i] = channel.lower;
  }
  return { upper, middle, lower };
}
