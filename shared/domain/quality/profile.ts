/**
 * What is wrong with one symbol's daily bars, with the dates, found in one pass at ingest.
 *
 * 1. Walk the rows in file order: dates out of order, repeated, or on no session; prices that cannot be.    profileBars
 * 2. Walk the distinct days in date order: spikes, and moves that look like a split nobody filed.           inspectMoves
 * 3. Compare with the calendar: sessions that have no row.                                                 findGaps
 *
 * Every list carries days, so `judge.ts` can say what was known of a symbol on any earlier date without reading a bar.
 * Not covered: dividends, volumes, and faults that leave every price possible.
 */
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import type { DailyBars } from '../market/bars.ts';
import { calendarCovers, countSessions, isSession, nextSession } from '../market/calendar.ts';
import { type SplitLikeMove, splitLikeMove } from './split-like.ts';

export type PriceField = 'open' | 'high' | 'low' | 'close';

/** A price that is zero, negative, or (`value` null) not a finite number. */
export interface NonPositivePrice {
  readonly day: EpochDay;
  readonly field: PriceField;
  readonly value: number | null;
}

export interface InconsistentBar {
  readonly day: EpochDay;
  readonly why: 'high-below-low' | 'open-outside-range' | 'close-outside-range';
}

export interface Spike {
  readonly day: EpochDay;
  /** Close and dividend over the close before, less 1; a split on file is taken out of as-traded prices. */
  readonly moveFrac: number;
}

export interface Gap {
  readonly from: EpochDay;
  readonly to: EpochDay;
  readonly sessions: number;
}

export interface UnexplainedMove extends SplitLikeMove {
  readonly day: EpochDay;
}

export interface QualityProfile {
  readonly symbol: Ticker;
  readonly rows: number;
  /** First and last session that has a row; null when none has. */
  readonly firstDay: EpochDay | null;
  readonly lastDay: EpochDay | null;
  /** Rows that are dated before the row above them. */
  readonly outOfOrder: number;
  /** One entry for each row too many. */
  readonly duplicateDays: readonly EpochDay[];
  readonly offCalendarDays: readonly EpochDay[];
  /** Sessions between the first and last day without a row. */
  readonly missingDays: readonly EpochDay[];
  /** The same, as runs. */
  readonly gaps: readonly Gap[];
  readonly nonPositive: readonly NonPositivePrice[];
  readonly inconsistent: readonly InconsistentBar[];
  readonly spikes: readonly Spike[];
  readonly unexplainedMoves: readonly UnexplainedMove[];
}

export interface ProfileOptions {
  /** What the prices are. In as-traded data a split on file explains its jump; in split-adjusted data it leaves none. */
  readonly adjustment: 'split-adjusted' | 'as-traded';
}

/** Sums and conversions leave noise in the last digits; a real contradiction is larger. */
const ROUNDING_TOLERANCE_FRAC = 1e-6;
/** Moves below this |log return| are never listed; a policy's spike limit lies above it. */
export const SPIKE_LOG_RETURN_LISTED = 0.25;

/** Accepts any rows, in any order; refuses nothing, since defects are its result. */
export function profileBars(bars: DailyBars, options: ProfileOptions): QualityProfile {
  const nonPositive: NonPositivePrice[] = [];
  const inconsistent: InconsistentBar[] = [];
  let outOfOrder = 0;
  for (let i = 0; i < bars.day.length; i++) {
    if (i > 0 && bars.day[i]! < bars.day[i - 1]!) outOfOrder++;
    inspectPrices(bars, i, nonPositive, inconsistent);
  }

  const order = inDateOrder(bars.day, outOfOrder > 0);
  const { distinct, duplicateDays } = splitDuplicates(bars.day, order);
  const sessions = distinct.filter((i) => onCalendar(bars.day[i]! as EpochDay));
  const offCalendarDays = distinct.map((i) => bars.day[i]! as EpochDay).filter((day) => !onCalendar(day));
  const { spikes, unexplainedMoves } = inspectMoves(bars, sessions, options);
  const { gaps, missingDays } = findGaps(bars.day, sessions);

  return {
    symbol: bars.symbol,
    rows: bars.day.length,
    firstDay: dayAt(bars, sessions[0]),
    lastDay: dayAt(bars, sessions.at(-1)),
    outOfOrder,
    duplicateDays,
    offCalendarDays,
    missingDays,
    gaps,
    nonPositive: byDay(nonPositive),
    inconsistent: byDay(inconsistent),
    spikes,
    unexplainedMoves,
  };
}

const onCalendar = (day: EpochDay): boolean => calendarCovers(day) && isSession(day);
const dayAt = (bars: DailyBars, index: number | undefined): EpochDay | null =>
  index === undefined ? null : (bars.day[index]! as EpochDay);
const byDay = <T extends { day: EpochDay }>(items: T[]): T[] => items.sort((a, b) => a.day - b.day);

function inspectPrices(bars: DailyBars, i: number, nonPositive: NonPositivePrice[], inconsistent: InconsistentBar[]): void {
  const [open, high, low, close] = [bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!];
  const day = bars.day[i]! as EpochDay;
  if (open > 0 && high > 0 && low > 0 && close > 0 && open + high + low + close < Number.POSITIVE_INFINITY) {
    const slack = close * ROUNDING_TOLERANCE_FRAC;
    if (high < low - slack) inconsistent.push({ day, why: 'high-below-low' });
    if (open < low - slack || open > high + slack) inconsistent.push({ day, why: 'open-outside-range' });
    if (close < low - slack || close > high + slack) inconsistent.push({ day, why: 'close-outside-range' });
    return;
  }
  const fields: ReadonlyArray<readonly [PriceField, number]> = [
    ['open', open],
    ['high', high],
    ['low', low],
    ['close', close],
  ];
  for (const [field, value] of fields) {
    if (!Number.isFinite(value)) nonPositive.push({ day, field, value: null });
    else if (value <= 0) nonPositive.push({ day, field, value });
  }
}

function inDateOrder(day: Int32Array, needsSort: boolean): Int32Array {
  const order = Int32Array.from(day, (_, i) => i);
  return needsSort ? order.sort((a, b) => day[a]! - day[b]! || a - b) : order;
}

/** The first row of each date, and the dates of the others. */
function splitDuplicates(day: Int32Array, order: Int32Array): { distinct: number[]; duplicateDays: EpochDay[] } {
  const distinct: number[] = [];
  const duplicateDays: EpochDay[] = [];
  let previous: number | undefined;
  for (const i of order) {
    if (day[i] === previous) duplicateDays.push(day[i]! as EpochDay);
    else distinct.push(i);
    previous = day[i];
  }
  return { distinct, duplicateDays };
}

function inspectMoves(
  bars: DailyBars,
  sessions: readonly number[],
  options: ProfileOptions,
): { spikes: Spike[]; unexplainedMoves: UnexplainedMove[] } {
  const spikes: Spike[] = [];
  const unexplainedMoves: UnexplainedMove[] = [];
  for (let k = 1; k < sessions.length; k++) {
    const i = sessions[k]!;
    const explained = options.adjustment === 'as-traded' ? bars.splitRatio[i]! : 1;
    const ratio = ((bars.close[i]! + bars.dividend[i]!) / bars.close[sessions[k - 1]!]!) * explained;
    if (!(ratio > 0 && ratio < Number.POSITIVE_INFINITY)) continue;
    const day = bars.day[i]! as EpochDay;
    if (Math.abs(Math.log(ratio)) >= SPIKE_LOG_RETURN_LISTED) spikes.push({ day, moveFrac: ratio - 1 });
    const splitLike = splitLikeMove(bars, sessions, k, explained);
    if (splitLike) unexplainedMoves.push({ day, ...splitLike });
  }
  return { spikes, unexplainedMoves };
}

function findGaps(day: Int32Array, rows: readonly number[]): { gaps: Gap[]; missingDays: EpochDay[] } {
  const gaps: Gap[] = [];
  const missingDays: EpochDay[] = [];
  for (let k = 1; k < rows.length; k++) {
    const from = (day[rows[k - 1]!]! + 1) as EpochDay;
    const to = (day[rows[k]!]! - 1) as EpochDay;
    const sessions = countSessions(from, to);
    if (sessions === 0) continue;
    const missing: EpochDay[] = [];
    for (let next = nextSession((from - 1) as EpochDay); next <= to; next = nextSession(next)) missing.push(next);
    missingDays.push(...missing);
    gaps.push({ from: missing[0]!, to: missing.at(-1)!, sessions });
  }
  return { gaps, missingDays };
}
