/**
 * New York wall time without `Intl`: the exchange's day and the instant of its close are asked for in hot loops.
 *
 * Daylight saving as the law had it: 1967–1973 and 1976–1986 last Sunday of April to last Sunday of October (New York City kept the same
 * dates by local law from 1955), 1974 from January 6, 1975 from February 23 (Emergency Daylight Saving Time Act, P.L. 93-182 and 93-434),
 * 1987–2006 from the first Sunday of April (P.L. 99-359), 2007 onwards second Sunday of March to first Sunday of November (P.L. 109-58).
 * Clocks change at 02:00. Not covered: years before 1955.
 */
import { utcMidnight, weekdayOf, yearOf } from '../../kernel/days.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import type { EpochDay, EpochMs } from '../../kernel/units.ts';

const MS_PER_HOUR = 3_600_000;
const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;
const STANDARD_OFFSET_HOURS = 5;
const CHANGE_HOUR = 2;
const FIRST_YEAR = 1955;

/** The instant at which New York clocks show this time. The hour that happens twice in autumn means its first pass. */
export function newYorkInstant(day: EpochDay, hour: number, minute: number): EpochMs {
  const daylight = isDaylightTime(day, hour);
  const offsetHours = daylight ? STANDARD_OFFSET_HOURS - 1 : STANDARD_OFFSET_HOURS;
  return (utcMidnight(day) + (hour + offsetHours) * MS_PER_HOUR + minute * MS_PER_MINUTE) as EpochMs;
}

/** The New York date at this instant. */
export function newYorkDay(at: EpochMs): EpochDay {
  return Math.floor((at - newYorkOffsetHours(at) * MS_PER_HOUR) / MS_PER_DAY) as EpochDay;
}

/** Hours that New York is behind UTC at this instant: 4 or 5. */
export function newYorkOffsetHours(at: EpochMs): number {
  const standardMs = at - STANDARD_OFFSET_HOURS * MS_PER_HOUR;
  const { start, end } = daylightPeriod(yearOf(Math.floor(standardMs / MS_PER_DAY) as EpochDay));
  const startsAt = utcMidnight(start) + (CHANGE_HOUR + STANDARD_OFFSET_HOURS) * MS_PER_HOUR;
  const endsAt = utcMidnight(end) + (CHANGE_HOUR + STANDARD_OFFSET_HOURS - 1) * MS_PER_HOUR;
  return at >= startsAt && at < endsAt ? STANDARD_OFFSET_HOURS - 1 : STANDARD_OFFSET_HOURS;
}

/** First and last day of daylight time in that year. @throws ContractViolation before 1955. */
export function daylightPeriod(year: number): { readonly start: EpochDay; readonly end: EpochDay } {
  if (year < FIRST_YEAR) throw new ContractViolation(`New York time is known from ${FIRST_YEAR}`, { year });
  if (year >= 2007) return { start: nthWeekday(year, 3, SUNDAY, 2), end: nthWeekday(year, 11, SUNDAY, 1) };
  return { start: daylightStartBefore2007(year), end: lastWeekday(year, 10, SUNDAY) };
}

function daylightStartBefore2007(year: number): EpochDay {
  if (year === 1974) return dayOf(1974, 1, 6);
  if (year === 1975) return dayOf(1975, 2, 23);
  return year >= 1987 ? nthWeekday(year, 4, SUNDAY, 1) : lastWeekday(year, 4, SUNDAY);
}

function isDaylightTime(day: EpochDay, hour: number): boolean {
  const { start, end } = daylightPeriod(yearOf(day));
  if (day === start) return hour >= CHANGE_HOUR;
  if (day === end) return hour < CHANGE_HOUR;
  return day > start && day < end;
}

export const SUNDAY = 0;
export const MONDAY = 1;
export const TUESDAY = 2;
export const WEDNESDAY = 3;
export const THURSDAY = 4;
export const FRIDAY = 5;
export const SATURDAY = 6;

/** A date by its parts; months count from 1. */
export const dayOf = (year: number, month: number, dayOfMonth: number): EpochDay =>
  (Date.UTC(year, month - 1, dayOfMonth) / MS_PER_DAY) as EpochDay;

/** The first, second, … such weekday of a month. */
export function nthWeekday(year: number, month: number, weekday: number, nth: number): EpochDay {
  const first = dayOf(year, month, 1);
  return (first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (nth - 1)) as EpochDay;
}

/** The last such weekday of a month. */
export function lastWeekday(year: number, month: number, weekday: number): EpochDay {
  const last = (dayOf(year, month + 1, 1) - 1) as EpochDay;
  return (last - ((weekdayOf(last) - weekday + 7) % 7)) as EpochDay;
}
