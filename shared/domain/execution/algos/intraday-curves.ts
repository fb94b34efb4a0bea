/**
 * Measured curves of volume over a full session, for a fund that has no minute data of its own: a policy names one, and none is taken for
 * granted.
 *
 * `us-large-caps`: mean fraction of the day's volume by five minutes over 77 sessions of AAPL, AIG, AMZN, IBM, MSFT, MU, QQQ, SPY, TSLA, TWX and V,
 * 2013 to 2025, in ten-thousandths; measured by `node scripts/measure-vwap.ts`. The closing auction is not in it.
 * Within five minutes volume is taken to be even. A day that closes at 13:00 gets the curve compressed, as in volume-profile.ts.
 * Not covered: small companies, whose curves differ from day to day, and days of index changes and expiries.
 */
import type { EpochDay } from '../../../kernel/units.ts';
import { sessionMinutes } from './minute-session.ts';
import { compressedTo, type VolumeProfile } from './volume-profile.ts';

export const intradayCurves = ['us-large-caps'] as const;
export type IntradayCurve = (typeof intradayCurves)[number];

/** `averageDailyVolume` in shares of a full session; a short one has its share of the minutes. @throws ContractViolation when `day` is no session. */
export function profileOfCurve(curve: IntradayCurve, day: EpochDay, averageDailyVolume: number): VolumeProfile {
  const parts = curves[curve];
  const whole = parts.reduce((sum, part) => sum + part, 0);
  const minuteFracs = Float64Array.from(
    { length: parts.length * BUCKET_MINUTES },
    (_, minute) => parts[Math.floor(minute / BUCKET_MINUTES)]! / whole / BUCKET_MINUTES,
  );
  const full = { minuteFracs, expectedVolume: averageDailyVolume, days: [] };
  const minutes = sessionMinutes(day);
  const isFull = minutes === minuteFracs.length;
  return { ...(isFull ? full : compressedTo(full, minutes)), basis: isFull ? 'own' : 'compressed', passedOver: [] };
}

const BUCKET_MINUTES = 5;

/** A half hour a row. */
const curves: Readonly<Record<IntradayCurve, readonly number[]>> = {
  'us-large-caps': [
    [567, 266, 233, 228, 200, 182], // 09:30
    [201, 174, 166, 159, 146, 148], // 10:00
    [142, 160, 143, 133, 133, 125], // 10:30
    [129, 120, 113, 120, 112, 106], // 11:00
    [127, 111, 104, 108, 94, 92], // 11:30
    [89, 93, 90, 96, 96, 87], // 12:00
    [81, 81, 69, 76, 82, 77], // 12:30
    [83, 71, 73, 73, 73, 73], // 13:00
    [79, 72, 80, 76, 77, 70], // 13:30
    [85, 80, 78, 83, 91, 79], // 14:00
    [82, 72, 72, 87, 84, 92], // 14:30
    [111, 107, 102, 107, 104, 104], // 15:00
    [126, 148, 157, 222, 283, 685], // 15:30
  ].flat(),
};
