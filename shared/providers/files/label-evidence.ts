/**
 * Whether a file of minute bars labels them by their start or by their end, as far as it can be told.
 *
 * - A file with nothing but sessions: its first label is the opening (start), or its last one is the close (end).
 * - A file with trading before the opening and after the close: the opening auction makes the first minute of a session the great jump in
 *   volume, so the label that holds it is 09:30 (start) or 09:31 (end).
 * Anything less plain is `unclear`, which contradicts nobody.
 */
import { MS_PER_MINUTE } from '../../domain/execution/algos/minute-session.ts';
import { calendarCovers, isSession, newYorkDay, sessionClose, sessionOpen } from '../../domain/market/calendar.ts';
import type { EpochMs } from '../../kernel/units.ts';

export type BarLabel = 'start' | 'end';

export function labelEvidence(bars: ReadonlyArray<{ readonly labelledAt: EpochMs; readonly volume: number }>): BarLabel | 'unclear' {
  let [atOpening, atClose, extended] = [0, 0, 0];
  const opening = { before: 0, first: 0, second: 0 };
  for (const { labelledAt, volume } of bars) {
    const day = newYorkDay(labelledAt);
    if (!calendarCovers(day) || !isSession(day)) continue;
    const minute = (labelledAt - sessionOpen(day)) / MS_PER_MINUTE;
    const minutes = (sessionClose(day) - sessionOpen(day)) / MS_PER_MINUTE;
    if (minute < 0 || minute > minutes) extended++;
    if (minute === 0) atOpening++;
    if (minute === minutes) atClose++;
    if (minute === -1) opening.before += volume;
    if (minute === 0) opening.first += volume;
    if (minute === 1) opening.second += volume;
  }
  if (extended === 0) return atOpening === atClose ? 'unclear' : atOpening > atClose ? 'start' : 'end';
  // How many times the volume of the minute before; nothing before is no jump.
  const jumpAtFirst = opening.before > 0 ? opening.first / opening.before : 0;
  const jumpAtSecond = opening.first > 0 ? opening.second / opening.first : 0;
  if (Math.max(jumpAtFirst, jumpAtSecond) < PLAIN_JUMP) return 'unclear';
  return jumpAtFirst > jumpAtSecond ? 'start' : 'end';
}

const PLAIN_JUMP = 5;
