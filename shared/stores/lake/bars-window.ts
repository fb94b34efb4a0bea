/** Which years hold the rows a decision may see, and the cutting that keeps later rows out. */
import { barsBefore, type DailyBars } from '../../domain/market/bars.ts';
import { yearOf } from '../../kernel/days.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { joinBars } from './join-bars.ts';

export interface BarsWindow {
  /** Rows of this day and later stay out. */
  readonly before: EpochDay;
  /** The most rows wanted of each symbol. */
  readonly sessions: number;
}

/** A year has at least 248 sessions, save for the odd long closure; the slack also covers symbols that lack a few days. */
const daysPerSession = 365.25 / 248;
const slackDays = 45;

export function yearsToRead({ before, sessions }: BarsWindow): { readonly first: number; readonly last: number } {
  const last = (before - 1) as EpochDay;
  const reach = Math.ceil(sessions * daysPerSession) + slackDays;
  const oldest = -365_000;
  return { first: Number.isFinite(reach) ? yearOf(Math.max(oldest, last - reach) as EpochDay) : 0, last: yearOf(last) };
}

/** One series of the pieces (years, ascending), or none when no row lies before the day. */
export function lastRowsBefore(pieces: readonly DailyBars[], { before, sessions }: BarsWindow): DailyBars[] {
  if (pieces.length === 0) return [];
  const bars = barsBefore(joinBars(pieces), before, sessions);
  return bars.day.length === 0 ? [] : [bars];
}
