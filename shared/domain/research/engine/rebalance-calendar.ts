/**
 * The moments at which weights are asked for: of each period the last moment, known without a price, so that the last trading day of a month is
 * one also on the day itself.
 *
 * 1. The exchange's calendar says which sessions are the last of their week, month or quarter; a moment counts if it is the last of such a session.
 * 2. Where the calendar does not cover a day, the axis says it: the next moment lies in another period. The very last moment then is none.
 * 3. An axis with a day on which the exchange is closed is another market's (crypto, another country, business days of a simulation), and says
 *    it throughout.
 *
 * A period whose last session the panel has no moment of is missed, and counted. Weeks begin on Monday. The calendar holds closures that nobody
 * announced (2001-09-11 to 14), so the week before one ends with hindsight of it.
 */
import { utcMidnight } from '../../../kernel/days.ts';
import type { EpochDay } from '../../../kernel/units.ts';
import { calendarCovers, isSession, nextSession } from '../../market/calendar.ts';
import type { Panel } from '../panel.ts';
import type { Rebalance } from '../strategy.ts';

export interface RebalanceCalendar {
  /** 1 where weights are asked for; element per moment of the axis. */
  readonly mask: Uint8Array;
  readonly missed: number;
}

/** 1970-01-01 was a Thursday. */
const DAYS_FROM_MONDAY = 3;
/** More than the exchange has ever been closed in one go since 1962. */
const CLOSED_DAYS_MAX = 10;

type Period = Exclude<Rebalance, 'every-bar' | 'day-end'>;

export function rebalanceCalendar(
  { day }: Pick<Panel, 'day'>,
  rebalance: Rebalance,
  [from, to]: readonly [number, number],
): RebalanceCalendar {
  const mask = new Uint8Array(day.length);
  const ends = day.some((one) => calendarCovers(one as EpochDay) && !isSession(one as EpochDay)) ? endsOnAxis : isLastOfPeriod;
  let missed = 0;
  for (let m = from; m < to; m++) {
    if (rebalance === 'every-bar') mask[m] = 1;
    else if (m + 1 < day.length && day[m + 1] === day[m]) continue;
    else if (rebalance === 'day-end' || ends(day, m, rebalance)) mask[m] = 1;
    else if (ends === isLastOfPeriod && m + 1 < to && hasEndedBetween(day, m, rebalance)) missed++;
  }
  return { mask, missed };
}

function isLastOfPeriod(day: Int32Array, moment: number, period: Period): boolean {
  const today = day[moment]! as EpochDay;
  if (calendarCovers((today + CLOSED_DAYS_MAX) as EpochDay) && calendarCovers(today)) {
    return isSession(today) && periodOf(nextSession(today), period) !== periodOf(today, period);
  }
  return endsOnAxis(day, moment, period);
}

function endsOnAxis(day: Int32Array, moment: number, period: Period): boolean {
  const today = day[moment]! as EpochDay;
  const next = day[moment + 1];
  return next !== undefined && periodOf(next as EpochDay, period) !== periodOf(today, period);
}

/** The axis goes on in another period, and the session that ended this one is not on it. */
function hasEndedBetween(day: Int32Array, moment: number, period: Period): boolean {
  const today = day[moment]! as EpochDay;
  const next = day[moment + 1]! as EpochDay;
  if (periodOf(today, period) === periodOf(next, period)) return false;
  let other = moment;
  while (other >= 0 && periodOf(day[other]! as EpochDay, period) === periodOf(today, period)) {
    if (isLastOfPeriod(day, other, period)) return false;
    other--;
  }
  return true;
}

/** A number that all days of a period share, and no others. */
function periodOf(day: EpochDay, period: Period): number {
  if (period === 'week-end') return Math.floor((day + DAYS_FROM_MONDAY) / 7);
  const date = new Date(utcMidnight(day));
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth();
  return period === 'month-end' ? months : Math.floor(months / 3);
}
