/**
 * Mean and sum of squared deviations of the last `period` values, in O(1) amortised per bar and to nearly full precision.
 *
 * 1. Take every value less an origin: d = value − origin. The origin is the first value of the current block (sliding-sum.ts); it lies in every
 *    window that ends in the block.
 * 2. Keep Σd and Σd² of the window by blocks.
 * 3. mean = origin + Σd / n, squares = Σd² − (Σd)² / n.
 *
 * Why an origin: with the textbook's (and TA-Lib's) Σx² − (Σx)²/n both terms are about n·mean², so the difference keeps no digit once deviation / mean
 * falls below √u, about 1e-8. With an origin from the window, Σd² is at most n times the true sum of squares, because (origin − mean)² is one of the
 * squares. The relative error is therefore at most about n(n + 3)·u, u = 2⁻⁵³, and for ordinary data about 2(n + 3)·u, whatever the level of
 * prices and the length of the series. Equal values give exactly that mean and exactly 0.
 *
 * Source: Chan, Golub & LeVeque, "Algorithms for Computing the Sample Variance", The American Statistician 37 (1983) 242–247 (shifted data).
 * A NaN in the window makes both NaN, and is gone with it; so is an infinity, which makes them not finite.
 */
import { requirePeriod } from './period.ts';

export class SlidingMoments {
  readonly #period: number;
  /** Up to `#filled`: values of this block. Beyond: sums of the block before, from the slot to the block's end, each value less `#origin`. */
  readonly #slots: Float64Array;
  /** Beyond `#filled`: the same of the squares. */
  readonly #squareSlots: Float64Array;
  #filled: number;
  #origin = Number.NaN;
  #sum = Number.NaN;
  #squares = Number.NaN;
  #mean = Number.NaN;
  #squaredDeviations = Number.NaN;

  /** @throws InvariantViolation unless `period` is a whole number of at least 1. */
  constructor(period: number) {
    requirePeriod(period, 1);
    this.#period = period;
    this.#filled = period;
    this.#slots = new Float64Array(period + 1).fill(Number.NaN);
    this.#squareSlots = new Float64Array(period + 1).fill(Number.NaN);
    this.#slots[period] = 0;
    this.#squareSlots[period] = 0;
  }

  /** Of the last `period` values; NaN until there are that many. */
  get mean(): number {
    return this.#mean;
  }

  /** Σ(value − mean)² of the last `period` values, at least 0; NaN until there are that many. */
  get squaredDeviations(): number {
    return this.#squaredDeviations;
  }

  push(value: number): void {
    if (this.#filled === this.#period) this.#startBlock(value);
    const difference = value - this.#origin;
    this.#sum += difference;
    this.#squares += difference * difference;
    this.#slots[this.#filled] = value;
    this.#filled += 1;
    const sum = this.#sum + this.#slots[this.#filled]!;
    const shift = sum / this.#period;
    const squaredDeviations = this.#squares + this.#squareSlots[this.#filled]! - sum * shift;
    this.#mean = this.#origin + shift;
    this.#squaredDeviations = squaredDeviations < 0 ? 0 : squaredDeviations;
  }

  #startBlock(origin: number): void {
    const slots = this.#slots;
    const squareSlots = this.#squareSlots;
    let sum = 0;
    let squares = 0;
    for (let slot = this.#period - 1; slot > 0; slot--) {
      const difference = slots[slot]! - origin;
      sum += difference;
      squares += difference * difference;
      slots[slot] = sum;
      squareSlots[slot] = squares;
    }
    this.#origin = origin;
    this.#sum = 0;
    this.#squares = 0;
    this.#filled = 0;
  }
}

/** Means and squared deviations bar by bar, the same bits as the object's: its blocks, with the values read in place. */
export function slidingMoments(
  values: Float64Array,
  period: number,
): { readonly mean: Float64Array; readonly squaredDeviations: Float64Array } {
  requirePeriod(period, 1);
  const [mean, squaredDeviations] = [new Float64Array(values.length), new Float64Array(values.length)];
  const [slots, squareSlots] = [new Float64Array(period + 1).fill(Number.NaN), new Float64Array(period + 1).fill(Number.NaN)];
  slots[period] = 0;
  squareSlots[period] = 0;
  for (let start = 0; start < values.length; start += period) {
    const origin = values[start]!;
    let [ownSum, ownSquares] = [0, 0];
    for (let slot = period - 1; slot > 0 && start > 0; slot--) {
      const difference = values[start - period + slot]! - origin;
      ownSum += difference;
      ownSquares += difference * difference;
      slots[slot] = ownSum;
      squareSlots[slot] = ownSquares;
    }
    const filled = Math.min(period, values.length - start);
    [ownSum, ownSquares] = [0, 0];
    for (let slot = 0; slot < filled; slot++) {
      const difference = values[start + slot]! - origin;
      ownSum += difference;
      ownSquares += difference * difference;
      const sum = ownSum + slots[slot + 1]!;
      const shift = sum / period;
      const squares = ownSquares + squareSlots[slot + 1]! - sum * shift;
      mean[start + slot] = origin + shift;
      squaredDeviations[start + slot] = squares < 0 ? 0 : squares;
    }
  }
  return { mean, squaredDeviations };
}
