/** The market as one series: daily simple returns of an index, or of all companies of a data set with equal weight. */
import type { EpochDay } from '../../kernel/units.ts';
import { lowerBound } from './bars.ts';

export interface MarketHistory {
  /** What it is: an index by its symbol, or `equal-weighted universe`. */
  readonly name: string;
  /** Ascending. */
  readonly day: Int32Array;
  /** Return from the session before to this one. */
  readonly simpleReturn: Float64Array;
}

/** What is known of the market where nobody has measured it. */
export const noMarket: MarketHistory = { name: 'none', day: new Int32Array(0), simpleReturn: new Float64Array(0) };

/** The last `count` sessions strictly before `day`, as views. */
export function marketBefore(history: MarketHistory, day: EpochDay, count = Number.POSITIVE_INFINITY): MarketHistory {
  const end = lowerBound(history.day, day);
  const start = Math.max(0, end - count);
  return { name: history.name, day: history.day.subarray(start, end), simpleReturn: history.simpleReturn.subarray(start, end) };
}
