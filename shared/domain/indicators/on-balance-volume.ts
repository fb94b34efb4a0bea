/**
 * On-balance volume (Granville): a running total of volume, added on a higher close and taken away on a lower one; TA-Lib's convention
 * (ta_OBV.c), bit for bit: the first value is the first bar's volume, and there is no warm-up.
 * Exact for whole volumes while the total stays below 2⁵³. A total remembers for ever: it stays NaN after a NaN close or volume.
 */

/** O(1) per bar. */
export class OnBalanceVolume {
  #seen = false;
  #close = Number.NaN;
  #total = Number.NaN;

  push(close: number, volume: number): number {
    // Times the sign, so that an unknown close or volume makes the total unknown.
    this.#total = this.#seen ? this.#total + Math.sign(close - this.#close) * volume : volume + 0 * close;
    this.#close = close;
    this.#seen = true;
    return this.#total;
  }
}

export function onBalanceVolume(closes: Float64Array, volumes: Float64Array): Float64Array {
  const total = new OnBalanceVolume();
  const out = new Float64Array(closes.length);
  for (let i = 0; i < closes.length; i++) out[i] = total.push(closes[i]!, volumes[i]!);
  return out;
}
