/**
 * Simple and exponential moving averages, as TA-Lib defines them (ta_SMA.c, ta_EMA.c): an object that takes a value at a time, and a
 * batch form that gives the same bits. Output has the input's length; the first period − 1 values are NaN (warm-up).
 *
 * Simple: the window sum is taken in blocks (sliding-sum.ts) of values less the block's first value, which lies in every window that ends in the
 * block. Nothing is ever subtracted from a running sum, so nothing drifts: the mean is off by at most (period + 2)·u of the window’s range, plus one
 * rounding (u = 2⁻⁵³), however long the series and whatever its level; a mean of equal values is that value exactly.
 * Exponential: starts from the simple average of its first `period` values; weight 2 / (period + 1). TA-Lib's arithmetic, bit for bit.
 *
 * Missing values: a simple average is NaN exactly while its window holds a NaN. An exponential average remembers for ever, so it stays NaN
 * after one; feed it a series without gaps.
 */
import { invariant } from '../../kernel/errors.ts';
import { requirePeriod } from './period.ts';

/** Mean of the last `period` values; NaN until there are that many and while one of them is NaN. Amortised O(1). */
export class SimpleMovingAverage {
  readonly #period: number;
  /** Up to `#filled`: values of this block. Beyond: sums of the block before, from the slot to the block's end, each value less `#origin`. */
  readonly #slots: Float64Array;
  #filled: number;
  #origin = Number.NaN;
  #sum = Number.NaN;

  /** @throws InvariantViolation unless `period` is a whole number of at least 1. */
  constructor(period: number) {
    requirePeriod(period, 1);
    this.#period = period;
    this.#filled = period;
    this.#slots = new Float64Array(period + 1).fill(Number.NaN);
    this.#slots[period] = 0;
  }

  push(value: number): number {
    if (this.#filled === this.#period) this.#startBlock(value);
    this.#sum += value - this.#origin;
    this.#slots[this.#filled] = value;
    this.#filled += 1;
    return this.#origin + (this.#sum + this.#slots[this.#filled]!) / this.#period;
  }

  #startBlock(origin: number): void {
    const slots = this.#slots;
    let sum = 0;
    for (let slot = this.#period - 1; slot > 0; slot--) {
      sum += slots[slot]! - origin;
      slots[slot] = sum;
    }
    this.#origin = origin;
    this.#sum = 0;
    this.#filled = 0;
  }
}

/** Average that gives the newest value the weight 2 / (period + 1); NaN before bar `seedEnd`, and for ever after a NaN. O(1). */
export class ExponentialMovingAverage {
  readonly #period: number;
  readonly #seedEnd: number;
  readonly #weight: number;
  #seen = 0;
  #average = 0;

  /**
   * `seedEnd` is the index of the first output; later than period − 1 only where two averages must start together (MACD).
   * @throws InvariantViolation unless `period` is a whole number of at least 1 and `seedEnd` one of at least period − 1.
   */
  constructor(period: number, seedEnd = period - 1) {
    requirePeriod(period, 1);
    invariant(Number.isSafeInteger(seedEnd) && seedEnd >= period - 1, 'an exponential average starts when its period is full', {
      period,
      seedEnd,
    });
    this.#period = period;
    this.#seedEnd = seedEnd;
    this.#weight = 2 / (period + 1);
  }

  push(value: number): number {
    if (this.#seen <= this.#seedEnd) return this.#seed(value);
    this.#average += this.#weight * (value - this.#average);
    return this.#average;
  }

  #seed(value: number): number {
    if (this.#seen > this.#seedEnd - this.#period) this.#average += value;
    this.#seen += 1;
    if (this.#seen <= this.#seedEnd) return Number.NaN;
    this.#average /= this.#period;
    return this.#average;
  }
}

/** Mean of the last `period` values, bar by bar: the same blocks as the object's, with the values read in place. */
export function simpleMovingAverage(values: Float64Array, period: number): Float64Array {
  requirePeriod(period, 1);
  const out = new Float64Array(values.length);
  const slots = new Float64Array(period + 1).fill(Number.NaN);
  slots[period] = 0;
  for (let start = 0; start < values.length; start += period) {
    const origin = values[start]!;
    let sum = 0;
    for (let slot = period - 1; slot > 0 && start > 0; slot--) {
      sum += values[start - period + slot]! - origin;
      slots[slot] = sum;
    }
    const filled = Math.min(period, values.length - start);
    sum = 0;
    for (let slot = 0; slot < filled; slot++) {
      sum += values[start + slot]! - origin;
      out[start + slot] = origin + (sum + slots[slot + 1]!) / period;
    }
  }
  return out;
}

/** Exponential average, bar by bar; `seedEnd` is the index of the first output. */
export function exponentialMovingAverage(values: Float64Array, period: number, seedEnd = period - 1): Float64Array {
  const seed = new ExponentialMovingAverage(period, seedEnd);
  const out = new Float64Array(values.length);
  const warmUp = Math.min(seedEnd + 1, values.length);
  for (let i = 0; i < warmUp; i++) out[i] = seed.push(values[i]!);
  const weight = 2 / (period + 1);
  let average = out[warmUp - 1] ?? Number.NaN;
  for (let i = warmUp; i < values.length; i++) {
    average += weight * (values[i]! - average);
    out[i] = average;
  }
  return out;
}
