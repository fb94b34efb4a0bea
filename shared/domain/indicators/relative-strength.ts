/**
 * Relative strength index: Wilder (1978), New Concepts in Technical Trading Systems, section VI; TA-Lib's arithmetic (ta_RSI.c), bit for bit.
 *
 * 1. Average gain and loss start as means of the first `period` changes, then are smoothed: (average · (period − 1) + change) / period.
 * 2. RSI = 100 · gain / (gain + loss), in [0, 100]; 0 where both together are below 1e-14, as TA-Lib has it: no movement is no strength.
 *
 * The first `period` values are NaN. Wilder's averages remember for ever, so the index stays NaN after a NaN close.
 */
import { requirePeriod } from './period.ts';
import { isNearlyZero } from './wilder.ts';

/** O(1) per bar. */
export class RelativeStrength {
  readonly #period: number;
  #seen = 0;
  #close = Number.NaN;
  #gain = 0;
  #loss = 0;

  /** @throws InvariantViolation unless `period` is a whole number of at least 2. */
  constructor(period: number) {
    requirePeriod(period, 2);
    this.#period = period;
  }

  push(close: number): number {
    const change = close - this.#close;
    this.#close = close;
    if (this.#seen <= this.#period) return this.#seed(change);
    const period = this.#period;
    const size = Math.abs(change);
    // Half of the size and the change together is exactly the change or 0, without a branch that random prices would mispredict.
    this.#gain = (this.#gain * (period - 1) + 0.5 * (size + change)) / period;
    this.#loss = (this.#loss * (period - 1) + 0.5 * (size - change)) / period;
    return strength(this.#gain, this.#loss);
  }

  #seed(change: number): number {
    if (this.#seen > 0) {
      if (change < 0) this.#loss -= change;
      else this.#gain += change;
    }
    this.#seen += 1;
    if (this.#seen <= this.#period) return Number.NaN;
    this.#gain /= this.#period;
    this.#loss /= this.#period;
    return strength(this.#gain, this.#loss);
  }
}

export function relativeStrengthIndex(closes: Float64Array, period: number): Float64Array {
  const index = new RelativeStrength(period);
  const out = new Float64Array(closes.length);
  for (let i = 0; i < closes.length; i++) out[i] = index.push(closes[i]!);
  return out;
}

function strength(gain: number, loss: number): number {
  const both = gain + loss;
  return isNearlyZero(both) ? 0 : 100 * (gain / both);
}
