/** Minute sessions for tests, made of plain functions of the minute. */
import { emptySession, type MinuteSession } from '../../../../../shared/domain/execution/algos/minute-session.ts';
import { day, ticker } from '../../fixtures.ts';

export const fullDay = '2014-06-09';
/** The exchange closes at 13:00. */
export const shortDay = '2025-07-03';

/** Every minute trades `volume(minute)` shares at `price(minute)`; none where the volume is 0. */
export function sessionOf(text: string, volume: (minute: number) => number, price: (minute: number) => number = () => 100): MinuteSession {
  const session = emptySession(ticker('AAPL'), day(text));
  for (let minute = 0; minute < session.volume.length; minute++) {
    const shares = volume(minute);
    session.volume[minute] = shares;
    if (shares > 0) for (const column of ['open', 'high', 'low', 'close'] as const) session[column][minute] = price(minute);
  }
  return session;
}

/** Much at both ends, little at noon. */
export const smile =
  (minutes: number) =>
  (minute: number): number =>
    1000 * (1 + 3 * (2 * ((minute + 0.5) / minutes) - 1) ** 2);

/** The five sessions before 2014-06-09. */
export const weekBefore = ['2014-06-02', '2014-06-03', '2014-06-04', '2014-06-05', '2014-06-06'];

export const rule = { sessionsMin: 2, lookbackSessions: 20, shortLookbackSessions: 756 };
