/**
 * The sum of the last `period` values, without ever subtracting one.
 *
 * The usual running sum (add the newest, subtract the oldest) is O(1), but its rounding errors add up over the whole series, a large value leaves
 * its rounding behind when it goes, and one NaN stays for ever. Here time is cut into blocks of `period` bars. A window ends in one block and
 * began in the block before, so
 *     window sum = (sum of the old block from the window's start to its end) + (sum of the new block so far).
 * The first part is looked up: when a block is full, its sums from each slot to the end are written over its values, from the back.
 * The second grows by one addition. Each window's sum is thus one of its own values only: the error is at most period·u·Σ|value| of that
 * window (u = 2⁻⁵³; relative period·u where all have one sign), and NaN or infinity is gone as soon as it leaves the window.
 * About two additions per bar; the whole block is walked once per `period` bars, so O(1) is amortised.
 *
 * One array is enough: slot k of the old sums is last read just before the new block writes slot k. It starts as NaN: bars before
 * the first are missing values like any other, so the warm-up needs no case of its own.
 *
 * Source: van Herk, Pattern Recognition Letters 13 (1992) 517–521, and Gil & Werman, IEEE PAMI 15 (1993) 504–507, who slide maxima so; for
 * sums the point is that it needs no inverse.
 */
import { requirePeriod } from './period.ts';

/** Sum of the last `period` values; NaN until there are that many and while one of them is NaN. Amortised O(1). */
export class SlidingSum {
  readonly #period: number;
  /** Up to `#filled`: values of this block. Beyond: sums of the block before, from the slot to the block's end. */
  readonly #slots: Float64Array;
  #filled: number;
  #sum = 0;

  /** @throws InvariantViolation unless `period` is a whole number of at least 1. */
  constructor(period: number) {
    requirePeriod(period, 1);
    this.#period = period;
    this.#filled = period;
    this.#slots = new Float64Array(period + 1).fill(Number.NaN);
    this.#slots[period] = 0;
  }

  push(value: number): number {
    if (this.#filled === this.#period) this.#startBlock();
    this.#sum += value;
    this.#slots[this.#filled] = value;
    this.#filled += 1;
    return this.#sum + this.#slots[this.#filled]!;
  }

  #startBlock(): void {
    const slots = this.#slots;
    let sum = 0;
    for (let slot = this.#period - 1; slot > 0; slot--) {
      sum += slots[slot]!;
      slots[slot] = sum;
    }
    this.#sum = 0;
    this.#filled = 0;
  }
}
