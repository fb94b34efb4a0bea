/**
 * Whether people are to be left in peace at an instant, and until when. Quiet hours are New York wall-clock times and may span midnight.
 *
 * LOW and MEDIUM wait for their end. HIGH and CRITICAL are never held back: a HIGH alert is about money or about something that stopped,
 * and what can wait until morning is to be rated MEDIUM. Hours that begin when they end are none.
 * In the night that clocks change the hours are an hour shorter or longer; they end when the clock on the wall says so.
 */
import type { EpochDay, EpochMs } from '../../kernel/units.ts';
import { newYorkDay, newYorkInstant } from '../market/new-york-time.ts';
import type { AlertRules, Severity } from '../policy/alert-rules.ts';

export const waitsInQuietHours = (severity: Severity): boolean => severity === 'LOW' || severity === 'MEDIUM';

/** When the quiet hours end that this instant lies in; null when it lies in none. The end itself is not quiet. */
export function quietUntil(quietHours: AlertRules['quietHours'], at: EpochMs): EpochMs | null {
  if (quietHours === null || quietHours.from === quietHours.to) return null;
  const today = newYorkDay(at);
  const spansMidnight = quietHours.from > quietHours.to;
  // Those that began yesterday, and those that begin today.
  for (const begins of [today - 1, today] as EpochDay[]) {
    const from = instant(begins, quietHours.from);
    const until = instant((begins + (spansMidnight ? 1 : 0)) as EpochDay, quietHours.to);
    if (at >= from && at < until) return until;
  }
  return null;
}

function instant(day: EpochDay, wallClock: string): EpochMs {
  const [hour = 0, minute = 0] = wallClock.split(':').map(Number);
  return newYorkInstant(day, hour, minute);
}
