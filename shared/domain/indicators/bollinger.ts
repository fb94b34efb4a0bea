/**
 * Bollinger bands: the simple average, and `width` population standard deviations above and below (TA-Lib BBANDS with a simple average).
 * The first period − 1 values are NaN, and so is every value whose window holds a NaN.
 *
 * The deviation is exact where TA-Lib's is not: ta_VAR.c takes a difference of large sums (why that fails: sliding-moments.ts), and calls
 * every variance below 1e-14 zero. On ordinary prices the bands agree to twelve digits.
 */
import { SlidingMoments, slidingMoments } from './sliding-moments.ts';

export interface BollingerBands {
  readonly middle: Float64Array;
  readonly upper: Float64Array;
  readonly lower: Float64Array;
}

/** Amortised O(1) per bar; read the bands after each push. */
export class Bollinger {
  readonly #moments: SlidingMoments;
  readonly #period: number;
  readonly #width: number;
  #halfWidth = Number.NaN;

  /** @throws InvariantViolation unless `period` is a whole number of at least 1. */
  constructor(period: number, width: number) {
    this.#moments = new SlidingMoments(period);
    this.#period = period;
    this.#width = width;
  }

  get middle(): number {
    return this.#moments.mean;
  }

  get upper(): number {
    return this.#moments.mean + this.#halfWidth;
  }

  get lower(): number {
    return this.#moments.mean - this.#halfWidth;
  }

  push(close: number): void {
    this.#moments.push(close);
    this.#halfWidth = this.#width * Math.sqrt(this.#moments.squaredDeviations / this.#period);
  }
}

export function bollingerBands(closes: Float64Array, period: number, width: number): BollingerBands {
  const { mean: middle, squaredDeviations } = slidingMoments(closes, period);
  const lower = new Float64Array(closes.length);
  const upper = squaredDeviations;
  for (let i = 0; i < closes.length; i++) {
    const halfWidth = width * Math.sqrt(squaredDeviations[i]! / period);
    lower[i] = middle[i]! - halfWidth;
    upper[i] = middle[i]! + halfWidth;
  }
  return { middle, upper, lower };
}
