/**
 * Volume-weighted average price of bars: Σ(typical price · volume) / Σ volume, typical price = (high + low + close) / 3.
 * Rolling over the last `period` bars, or anchored: from the bar an object was made at (a session's VWAP takes a new object each session).
 *
 * Bars only approximate the tape's VWAP: trades inside a bar are taken at its typical price.
 * NaN while no volume was traded; a negative volume has no meaning and counts as missing. Rolling: NaN until the window is full and while it
 * holds a missing value; every term has one sign, so the relative error is about 2·period·u. Anchored: stays NaN after a missing value; its
 * error grows with the number of bars n, about 2n·u, which a session's 390 minutes keep below 1e-13.
 */
import { SlidingSum } from './sliding-sum.ts';

/** Over the last `period` bars. Amortised O(1). */
export class RollingVolumeWeightedPrice {
  readonly #traded: SlidingSum;
  readonly #volume: SlidingSum;

  /** @throws InvariantViolation unless `period` is a whole number of at least 1. */
  constructor(period: number) {
    this.#traded = new SlidingSum(period);
    this.#volume = new SlidingSum(period);
  }

  push(high: number, low: number, close: number, volume: number): number {
    const known = volume >= 0 ? volume : Number.NaN;
    return average(this.#traded.push(typicalPrice(high, low, close) * known), this.#volume.push(known));
  }
}

/** From the first bar it was given. O(1). */
export class AnchoredVolumeWeightedPrice {
  #traded = 0;
  #volume = 0;

  push(high: number, low: number, close: number, volume: number): number {
    const known = volume >= 0 ? volume : Number.NaN;
    this.#traded += typicalPrice(high, low, close) * known;
    this.#volume += known;
    return average(this.#traded, this.#volume);
  }
}

export function rollingVolumeWeightedPrice(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  volume: Float64Array,
  period: number,
): Float64Array {
  const price = new RollingVolumeWeightedPrice(period);
  const out = new Float64Array(close.length);
  for (let i = 0; i < close.length; i++) out[i] = price.push(high[i]!, low[i]!, close[i]!, volume[i]!);
  return out;
}

export function anchoredVolumeWeightedPrice(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  volume: Float64Array,
): Float64Array {
  const price = new AnchoredVolumeWeightedPrice();
  const out = new Float64Array(close.length);
  for (let i = 0; i < close.length; i++) out[i] = price.push(high[i]!, low[i]!, close[i]!, volume[i]!);
  return out;
}

const typicalPrice = (high: number, low: number, close: number): number => (high + low + close) / 3;

const average = (traded: number, volume: number): number => (volume > 0 ? traded / volume : Number.NaN);
