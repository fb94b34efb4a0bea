/**
 * Sessions of the New York Stock Exchange, 1962 to 2040, as a table with prefix counts: every question is a look-up.
 *
 * 1. The table marks each date: no session, full session, or closing at 13:00.        buildTable
 * 2. Counting sessions between two dates is one subtraction.                           countSessions
 * 3. The regular close is 16:00 New York time, 15:30 before 1974-10-01.                sessionClose
 *
 * The rules and their source are in holidays.ts. A date outside the table is refused loudly, because "no session" would be a guess.
 */
import { weekdayOf } from '../../kernel/days.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import type { EpochDay, EpochMs } from '../../kernel/units.ts';
import { earlyClosesOf, holidaysOf, specialClosures } from './holidays.ts';
import { dayOf, newYorkDay, newYorkInstant, SATURDAY, SUNDAY } from './new-york-time.ts';

export { newYorkDay, newYorkInstant } from './new-york-time.ts';

const FIRST_YEAR = 1962;
const LAST_YEAR = 2040;
const NO_SESSION = 0;
const FULL_SESSION = 1;
const SHORT_SESSION = 2;

export type SessionState =
  | { readonly kind: 'open'; readonly session: EpochDay; readonly closesAt: EpochMs; readonly shortSession: boolean }
  | { readonly kind: 'closed'; readonly why: 'no-session' | 'before-open' | 'after-close'; readonly next: EpochDay };

/** True on a day the exchange trades. @throws ContractViolation outside the table, as do all functions here. */
export const isSession = (day: EpochDay): boolean => kindOf(day) !== NO_SESSION;

export const isShortSession = (day: EpochDay): boolean => kindOf(day) === SHORT_SESSION;

/** Whether the table answers for this date. */
export const calendarCovers = (day: EpochDay): boolean => Number.isInteger(day) && day >= FIRST_DAY && day <= LAST_DAY;

/** The first session after `day`. */
export function nextSession(day: EpochDay): EpochDay {
  let next = (day + 1) as EpochDay;
  while (!isSession(next)) next = (next + 1) as EpochDay;
  return next;
}

/** The last session before `day`. */
export function previousSession(day: EpochDay): EpochDay {
  let previous = (day - 1) as EpochDay;
  while (!isSession(previous)) previous = (previous - 1) as EpochDay;
  return previous;
}

/** Sessions in [from, to], ascending; empty when `to` is before `from`. */
export function sessionsBetween(from: EpochDay, to: EpochDay): Int32Array {
  const sessions = new Int32Array(countSessions(from, to));
  let filled = 0;
  for (let day = from; day <= to; day = (day + 1) as EpochDay) {
    if (isSession(day)) sessions[filled++] = day;
  }
  return sessions;
}

/** How many sessions lie in [from, to]; 0 when `to` is before `from`. Constant time. */
export function countSessions(from: EpochDay, to: EpochDay): number {
  if (to < from) return 0;
  const { before } = table();
  return before[indexOf(to) + 1]! - before[indexOf(from)]!;
}

/** The session that lies `count` sessions before `day` (1 is `previousSession`). */
export function sessionsBack(day: EpochDay, count: number): EpochDay {
  let session = day;
  for (let i = 0; i < count; i++) session = previousSession(session);
  return session;
}

/** When trading ends. @throws ContractViolation when `day` is no session. */
export function sessionClose(day: EpochDay): EpochMs {
  requireSession(day);
  if (isShortSession(day)) return newYorkInstant(day, 13, 0);
  return day < HOURS_LENGTHENED ? newYorkInstant(day, 15, 30) : newYorkInstant(day, 16, 0);
}

/** When trading begins: 09:30, and 10:00 before 1985-09-30. @throws ContractViolation when `day` is no session. */
export function sessionOpen(day: EpochDay): EpochMs {
  requireSession(day);
  return day < OPENING_ADVANCED ? newYorkInstant(day, 10, 0) : newYorkInstant(day, 9, 30);
}

/** Whether the exchange trades at this instant; the instant of the close is closed. */
export function sessionState(at: EpochMs): SessionState {
  const day = newYorkDay(at);
  if (!isSession(day)) return { kind: 'closed', why: 'no-session', next: nextSession(day) };
  if (at < sessionOpen(day)) return { kind: 'closed', why: 'before-open', next: day };
  const closesAt = sessionClose(day);
  if (at >= closesAt) return { kind: 'closed', why: 'after-close', next: nextSession(day) };
  return { kind: 'open', session: day, closesAt, shortSession: isShortSession(day) };
}

/** Why the exchange is closed that day, in words; undefined on a session. */
export function closureName(day: EpochDay): string | undefined {
  if (isSession(day)) return undefined;
  return table().closureNames.get(day) ?? 'weekend';
}

const FIRST_DAY = dayOf(FIRST_YEAR, 1, 1);
const LAST_DAY = dayOf(LAST_YEAR, 12, 31);
const HOURS_LENGTHENED = dayOf(1974, 10, 1);
const OPENING_ADVANCED = dayOf(1985, 9, 30);

interface Table {
  readonly kind: Uint8Array;
  /** `before[i]` counts the sessions earlier than table day i. */
  readonly before: Int32Array;
  readonly closureNames: ReadonlyMap<EpochDay, string>;
}

let built: Table | undefined;

function table(): Table {
  built ??= buildTable();
  return built;
}

function buildTable(): Table {
  const length = LAST_DAY - FIRST_DAY + 1;
  const kind = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const weekday = weekdayOf((FIRST_DAY + i) as EpochDay);
    kind[i] = weekday === SATURDAY || weekday === SUNDAY ? NO_SESSION : FULL_SESSION;
  }
  const closureNames = new Map<EpochDay, string>();
  const close = ({ day, name }: { day: EpochDay; name: string }): void => {
    if (!calendarCovers(day)) return;
    kind[day - FIRST_DAY] = NO_SESSION;
    closureNames.set(day, name);
  };
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) holidaysOf(year).forEach(close);
  specialClosures().forEach(close);
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    for (const { day } of earlyClosesOf(year)) {
      if (kind[day - FIRST_DAY] === FULL_SESSION) kind[day - FIRST_DAY] = SHORT_SESSION;
    }
  }
  const before = new Int32Array(length + 1);
  for (let i = 0; i < length; i++) before[i + 1] = before[i]! + (kind[i] === NO_SESSION ? 0 : 1);
  return { kind, before, closureNames };
}

const kindOf = (day: EpochDay): number => table().kind[indexOf(day)]!;

function indexOf(day: EpochDay): number {
  if (!calendarCovers(day)) throw new ContractViolation(`the exchange calendar covers ${FIRST_YEAR} to ${LAST_YEAR}`, { epochDay: day });
  return day - FIRST_DAY;
}

function requireSession(day: EpochDay): void {
  if (!isSession(day)) throw new ContractViolation('only a session has an open and a close', { epochDay: day });
}
