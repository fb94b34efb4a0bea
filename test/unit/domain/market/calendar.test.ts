import { describe, expect, test } from 'vitest';
import {
  calendarCovers,
  closureName,
  countSessions,
  isSession,
  newYorkDay,
  newYorkInstant,
  nextSession,
  previousSession,
  sessionClose,
  sessionOpen,
  sessionState,
  sessionsBack,
  sessionsBetween,
} from '../../../../shared/domain/market/calendar.ts';
import { daylightPeriod, newYorkOffsetHours } from '../../../../shared/domain/market/new-york-time.ts';
import { formatDay, parseDay } from '../../../../shared/kernel/days.ts';
import { ContractViolation } from '../../../../shared/kernel/errors.ts';
import type { EpochDay, EpochMs } from '../../../../shared/kernel/units.ts';

const at = (text: string): EpochMs => Date.parse(text) as EpochMs;
const shown = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});

describe('exchange calendar', () => {
  test('finds the session before and after a long weekend', () => {
    expect(formatDay(nextSession(parseDay('2024-03-28')))).toBe('2024-04-01');
    expect(formatDay(previousSession(parseDay('2024-07-05')))).toBe('2024-07-03');
    expect(formatDay(sessionsBack(parseDay('2001-09-17'), 1))).toBe('2001-09-10');
  });

  test('counts as many sessions as it lists, also across years', () => {
    const [from, to] = [parseDay('2001-08-18'), parseDay('2003-01-05')];
    expect(countSessions(from, to)).toBe(sessionsBetween(from, to).length);
    expect(countSessions(to, from)).toBe(0);
    expect(countSessions(parseDay('2023-01-01'), parseDay('2023-12-31'))).toBe(250);
  });

  test('names why a weekday is no session', () => {
    expect(closureName(parseDay('2018-12-05'))).toBe('funeral of President George H. W. Bush');
    expect(closureName(parseDay('2024-12-07'))).toBe('weekend');
    expect(closureName(parseDay('2024-12-06'))).toBeUndefined();
  });

  test('refuses a date that its table does not hold', () => {
    expect(() => isSession(parseDay('1961-12-29'))).toThrow(ContractViolation);
    expect(() => isSession(parseDay('2041-01-02'))).toThrow(ContractViolation);
    expect(calendarCovers(20_000.5 as EpochDay)).toBe(false);
    expect(() => sessionClose(parseDay('2024-12-25'))).toThrow(ContractViolation);
  });
});

describe('New York time', () => {
  test('agrees with the platform on every open and close from 1967 to 2040', () => {
    for (const session of sessionsBetween(parseDay('1967-01-03'), parseDay('2040-12-28'))) {
      const day = session as EpochDay;
      const close = sessionClose(day);
      const text = shown.format(close);
      expect(text.startsWith(formatDay(day))).toBe(true);
      expect(['13:00', '15:30', '16:00']).toContain(text.slice(-5));
      expect(['09:30', '10:00']).toContain(shown.format(sessionOpen(day)).slice(-5));
      expect(newYorkDay(close)).toBe(day);
    }
  });

  test('agrees with the platform on every hour around both changes of each year', () => {
    for (let year = 1967; year <= 2040; year++) {
      const { start, end } = daylightPeriod(year);
      for (const change of [start, end]) {
        for (let hour = -30; hour <= 30; hour++) {
          const instant = (change * 86_400_000 + hour * 3_600_000) as EpochMs;
          const wall = Date.parse(`${shown.format(instant).replace(', ', 'T')}Z`);
          expect((instant - wall) / 3_600_000).toBe(newYorkOffsetHours(instant));
          expect(formatDay(newYorkDay(instant))).toBe(shown.format(instant).slice(0, 10));
        }
      }
    }
  });

  test('moves the close by an hour of UTC in both weeks of the clock change', () => {
    expect(sessionClose(parseDay('2024-03-08'))).toBe(at('2024-03-08T21:00:00Z'));
    expect(sessionClose(parseDay('2024-03-11'))).toBe(at('2024-03-11T20:00:00Z'));
    expect(sessionClose(parseDay('2024-11-01'))).toBe(at('2024-11-01T20:00:00Z'));
    expect(sessionClose(parseDay('2024-11-04'))).toBe(at('2024-11-04T21:00:00Z'));
    expect(newYorkInstant(parseDay('2024-03-10'), 1, 59)).toBe(at('2024-03-10T06:59:00Z'));
    expect(newYorkInstant(parseDay('2024-03-10'), 3, 0)).toBe(at('2024-03-10T07:00:00Z'));
  });
});

describe('session state', () => {
  test('is open from the opening bell until just before the close', () => {
    expect(sessionState(at('2019-06-14T13:29:59Z'))).toMatchObject({ kind: 'closed', why: 'before-open' });
    expect(sessionState(at('2019-06-14T13:30:00Z'))).toMatchObject({ kind: 'open', session: parseDay('2019-06-14') });
    expect(sessionState(at('2019-06-14T19:59:59Z'))).toMatchObject({ kind: 'open', shortSession: false });
    expect(sessionState(at('2019-06-14T20:00:00Z'))).toMatchObject({ kind: 'closed', why: 'after-close', next: parseDay('2019-06-17') });
  });

  test('knows a short session: 15:45 on the day after Thanksgiving is closed', () => {
    expect(sessionState(newYorkInstant(parseDay('2024-11-29'), 12, 59))).toMatchObject({ kind: 'open', shortSession: true });
    expect(sessionState(newYorkInstant(parseDay('2024-11-29'), 15, 45))).toMatchObject({ kind: 'closed', why: 'after-close' });
  });

  test('says which session comes next on a holiday', () => {
    const state = sessionState(newYorkInstant(parseDay('2025-01-09'), 15, 45));
    expect(state).toMatchObject({ kind: 'closed', why: 'no-session', next: parseDay('2025-01-10') });
  });
});
