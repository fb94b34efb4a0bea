/**
 * How many population standard deviations the newest value lies from the mean of the last `period` values, itself among them
 * (the definition of scipy.stats.zscore, sliding). At most √(period − 1) in size.
 * NaN until the window is full, while it holds a NaN, and where all its values are equal: there is no scale to measure by.
 */
import { requirePeriod } from './period.ts';
import { SlidingMoments, slidingMoments } from './sliding-moments.ts';

/** Amortised O(1) per value. */
export class RollingZScore {
  readonly #moments: SlidingMoments;
  readonly #period: number;

  /** @throws InvariantViolation unless `period` is a whole number of at least 2. */
  constructor(period: number) {
    requirePeriod(period, 2);
    this.#moments = new SlidingMoments(period);
    this.#period = period;
  }

  push(value: number): number {
    this.#moments.push(value);
    return (value - this.#moments.mean) / Math.sqrt(this.#moments.squaredDeviations / this.#period);
  }
}

export function rollingZScore(values: Float64Array, period: number): Float64Array {
  requirePeriod(period, 2);
  const { mean, squaredDeviations: out } = slidingMoments(values, period);
  for (let i = 0; i < out.length; i++) out[i] = (values[i]! - mean[i]!) / Math.sqrt(out[i]! / period);
  return out;
}
