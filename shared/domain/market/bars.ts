/**
 * Daily bars, one array per column. All arrays of one symbol share a length; index 0 is the oldest session.
 * Prices are split-adjusted US dollars (not dividend-adjusted); `dividend` is in the same adjusted dollars on its ex-date.
 */
import type { EpochDay, Ticker } from '../../kernel/units.ts';

export interface DailyBars {
  readonly symbol: Ticker;
  /** `EpochDay` of each session, ascending, without duplicates once it has passed the quality gate. */
  readonly day: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Shares. */
  readonly volume: Float64Array;
  /** USD per share on the ex-date, else 0. */
  readonly dividend: Float64Array;
  /** New shares per old share on the ex-date, else 1. */
  readonly splitRatio: Float64Array;
}

/** The last `count` rows strictly before `day`, as views; fewer when history is shorter. This is how a decision avoids peeking. */
export function barsBefore(bars: DailyBars, day: EpochDay, count = Number.POSITIVE_INFINITY): DailyBars {
  const end = lowerBound(bars.day, day);
  return sliceBars(bars, Math.max(0, end - count), end);
}

export function sliceBars(bars: DailyBars, start: number, end: number): DailyBars {
  return {
    symbol: bars.symbol,
    day: bars.day.subarray(start, end),
    open: bars.open.subarray(start, end),
    high: bars.high.subarray(start, end),
    low: bars.low.subarray(start, end),
    close: bars.close.subarray(start, end),
    volume: bars.volume.subarray(start, end),
    dividend: bars.dividend.subarray(start, end),
    splitRatio: bars.splitRatio.subarray(start, end),
  };
}

/** Index of the first element that is at least `value`. */
export function lowerBound(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
