/** What a planted leak is, and what several of them need: views of what follows the session. */
import { type DailyBars, lowerBound, sliceBars } from '../../../shared/domain/market/bars.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import type { Everything, Swap } from './planted.ts';

export interface Leak {
  /** What was done wrong, as somebody might confess it. */
  readonly name: string;
  readonly swaps: readonly Swap[];
  /** The market is told by an index. */
  readonly indexed?: true;
}

/** Calendar days of a month of sessions. */
const monthDays = 30;

export const monthAfter = (day: EpochDay): EpochDay => (day + monthDays) as EpochDay;
export const dayAfter = (day: EpochDay): EpochDay => (day + 1) as EpochDay;

/** The last `count` rows of the company before that day, whatever day it is. */
export function rowsBefore(everything: Everything, symbol: string, before: EpochDay, count: number): DailyBars {
  const bars = everything.barsOf(symbol);
  const end = lowerBound(bars.day, before);
  return sliceBars(bars, Math.max(0, end - count), end);
}

/** The rows of `whole` that have the days of `part`. */
export function sameRows(whole: DailyBars, part: DailyBars, shift = 0): DailyBars {
  const start = lowerBound(whole.day, part.day[0] ?? Number.POSITIVE_INFINITY) + shift;
  return sliceBars(whole, start, start + part.day.length);
}

/** Close of a month after the session over the last one before it, less 1; 0 where there is none. */
export function returnOfTheMonthAfter(everything: Everything, symbol: string): number {
  const before = rowsBefore(everything, symbol, everything.asOf, 1).close[0];
  const after = rowsBefore(everything, symbol, monthAfter(everything.asOf), 1).close[0];
  return before && after ? after / before - 1 : 0;
}
