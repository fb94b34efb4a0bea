/**
 * When the New York Stock Exchange does not trade, or closes early, by rule and by exception, 1962 to 2040.
 *
 * Rules: NYSE Rule 7.2 (holidays; a Saturday holiday is kept on the Friday before, a Sunday one on the Monday after, but New Year's Day
 * never on the Friday before) and the exchange's published list "NYSE special closings since 1885" for what was before and beside it.
 * Early closes at 13:00 began in 1993; the days before Independence Day in 1995, and in 2013 the Friday after it became a full day and the
 * Wednesday before it a short one.
 * Not covered: trading stopped within a session (halts, the shortened hours of 1967–1971).
 */
import { tryParseDay, weekdayOf } from '../../kernel/days.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { dayOf, FRIDAY, lastWeekday, MONDAY, nthWeekday, SATURDAY, SUNDAY, THURSDAY, TUESDAY, WEDNESDAY } from './new-york-time.ts';

export interface NamedDay {
  readonly day: EpochDay;
  readonly name: string;
}

/** Full closures that a rule gives for that year. */
export function holidaysOf(year: number): NamedDay[] {
  const days: NamedDay[] = [];
  const add = (day: EpochDay | undefined, name: string): void => {
    if (day !== undefined) days.push({ day, name });
  };
  add(newYearsDay(year), "New Year's Day");
  if (year >= 1998) add(nthWeekday(year, 1, MONDAY, 3), 'Martin Luther King Jr. Day');
  add(year >= 1971 ? nthWeekday(year, 2, MONDAY, 3) : observed(dayOf(year, 2, 22), year), "Washington's Birthday");
  add((easterSunday(year) - 2) as EpochDay, 'Good Friday');
  add(memorialDay(year), 'Memorial Day');
  if (year >= 2022) add(observed(dayOf(year, 6, 19), year), 'Juneteenth');
  add(observed(dayOf(year, 7, 4), year), 'Independence Day');
  add(nthWeekday(year, 9, MONDAY, 1), 'Labor Day');
  if (year <= 1968 || year === 1972 || year === 1976 || year === 1980) add(electionDay(year), 'Election Day');
  add(thanksgiving(year), 'Thanksgiving Day');
  add(observed(dayOf(year, 12, 25), year), 'Christmas Day');
  return days;
}

/** Days that close at 13:00 by rule or announcement. Some may fall on days that are no sessions; the calendar drops those. */
export function earlyClosesOf(year: number): NamedDay[] {
  if (year < 1993) return [];
  const days: NamedDay[] = [{ day: (thanksgiving(year) + 1) as EpochDay, name: 'day after Thanksgiving' }];
  days.push({ day: dayOf(year, 12, 24), name: 'Christmas Eve' });
  const independenceEve = dayOf(year, 7, 3);
  const weekday = weekdayOf(independenceEve);
  const shortEve = weekday === MONDAY || weekday === TUESDAY || weekday === THURSDAY || (weekday === WEDNESDAY && year >= 2013);
  if (year >= 1995 && shortEve) days.push({ day: independenceEve, name: 'Independence Day eve' });
  const dayAfter = dayOf(year, 7, 5);
  if (year >= 1995 && year < 2013 && weekdayOf(dayAfter) === FRIDAY) days.push({ day: dayAfter, name: 'day after Independence Day' });
  for (const [text, name] of specialEarlyCloses) {
    if (Number(text.slice(0, 4)) === year) days.push({ day: dayFrom(text), name });
  }
  return days;
}

/** Full closures that no rule gives. */
export function specialClosures(): NamedDay[] {
  const single = closures.map(([text, name]) => ({ day: dayFrom(text), name }));
  return [...single, ...paperCrisisWednesdays.map((text) => ({ day: dayFrom(text), name: 'paperwork crisis' }))];
}

const specialEarlyCloses: ReadonlyArray<readonly [string, string]> = [
  ['1997-12-26', 'day after Christmas'],
  ['1999-12-31', 'eve of the year 2000'],
  ['2003-12-26', 'day after Christmas'],
];

const closures: ReadonlyArray<readonly [string, string]> = [
  ['1963-11-25', 'funeral of President Kennedy'],
  ['1968-02-12', "Lincoln's Birthday"],
  ['1968-04-09', 'day of mourning for Martin Luther King Jr.'],
  ['1968-07-05', 'day after Independence Day'],
  ['1969-02-10', 'snowstorm'],
  ['1969-03-31', 'funeral of President Eisenhower'],
  ['1969-07-21', 'first moon landing'],
  ['1972-12-28', 'funeral of President Truman'],
  ['1973-01-25', 'funeral of President Johnson'],
  ['1977-07-14', 'New York City blackout'],
  ['1985-09-27', 'Hurricane Gloria'],
  ['1994-04-27', 'funeral of President Nixon'],
  ['2001-09-11', 'attack on the World Trade Center'],
  ['2001-09-12', 'attack on the World Trade Center'],
  ['2001-09-13', 'attack on the World Trade Center'],
  ['2001-09-14', 'attack on the World Trade Center'],
  ['2004-06-11', 'funeral of President Reagan'],
  ['2007-01-02', 'funeral of President Ford'],
  ['2012-10-29', 'Hurricane Sandy'],
  ['2012-10-30', 'Hurricane Sandy'],
  ['2018-12-05', 'funeral of President George H. W. Bush'],
  ['2025-01-09', 'funeral of President Carter'],
];

/** 1968-06-12 to year's end: Wednesdays, but not in weeks that had another holiday; Veterans Day stood in for one of them. */
const paperCrisisWednesdays = [
  '1968-06-12 1968-06-19 1968-06-26 1968-07-10 1968-07-17 1968-07-24 1968-07-31 1968-08-07 1968-08-14 1968-08-21 1968-08-28',
  '1968-09-11 1968-09-18 1968-09-25 1968-10-02 1968-10-09 1968-10-16 1968-10-23 1968-10-30 1968-11-11 1968-11-20 1968-12-04',
  '1968-12-11 1968-12-18',
].flatMap((line) => line.split(' '));

const dayFrom = (text: string): EpochDay => tryParseDay(text) as EpochDay;

const thanksgiving = (year: number): EpochDay => nthWeekday(year, 11, THURSDAY, 4);
const electionDay = (year: number): EpochDay => (nthWeekday(year, 11, MONDAY, 1) + 1) as EpochDay;

function memorialDay(year: number): EpochDay | undefined {
  if (year >= 1971) return lastWeekday(year, 5, MONDAY);
  return year === 1970 ? undefined : observed(dayOf(year, 5, 30), year);
}

/** Sunday moves to Monday; Saturday was lost. */
function newYearsDay(year: number): EpochDay | undefined {
  const day = dayOf(year, 1, 1);
  if (weekdayOf(day) === SATURDAY) return undefined;
  return weekdayOf(day) === SUNDAY ? ((day + 1) as EpochDay) : day;
}

/** Sunday moves to Monday; Saturday to Friday since 1964, except Memorial Day of 1970, whose Friday traded. */
function observed(day: EpochDay, year: number): EpochDay | undefined {
  const weekday = weekdayOf(day);
  if (weekday === SUNDAY) return (day + 1) as EpochDay;
  if (weekday !== SATURDAY) return day;
  return year >= 1964 ? ((day - 1) as EpochDay) : undefined;
}

/** Gregorian Easter by the anonymous algorithm (Meeus, Jones, Butcher). */
function easterSunday(year: number): EpochDay {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return dayOf(year, month, ((h + l - 7 * m + 114) % 31) + 1);
}
