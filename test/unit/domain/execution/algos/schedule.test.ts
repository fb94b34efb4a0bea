import { describe, expect, test } from 'vitest';
import { minuteStartsAt } from '../../../../../shared/domain/execution/algos/minute-session.ts';
import { type Schedule, type ScheduleQuestion, scheduleOf } from '../../../../../shared/domain/execution/algos/schedule.ts';
import { type VolumeProfile, volumeProfile } from '../../../../../shared/domain/execution/algos/volume-profile.ts';
import { newYorkInstant, sessionClose, sessionOpen } from '../../../../../shared/domain/market/calendar.ts';
import type { EpochMs } from '../../../../../shared/kernel/units.ts';
import { day } from '../../fixtures.ts';
import { fullDay, rule, sessionOf, shortDay, smile, weekBefore } from './sessions.ts';

const today = day(fullDay);
const profile = volumeProfile(
  weekBefore.map((text) => sessionOf(text, smile(390))),
  today,
  rule,
) as VolumeProfile;

const question: ScheduleQuestion = {
  kind: 'vwap',
  day: today,
  quantity: 10_000,
  lotShares: 1,
  startsAt: sessionOpen(today),
  endsAt: sessionClose(today),
  bucketMinutes: 30,
  profile,
  participationFracMax: null,
};
const scheduled = (changes: Partial<ScheduleQuestion> = {}): Schedule => scheduleOf({ ...question, ...changes }) as Schedule;
const refusal = (changes: Partial<ScheduleQuestion>): string => (scheduleOf({ ...question, ...changes }) as { reason: string }).reason;
const quantities = ({ slices }: Schedule): number[] => slices.map((slice) => slice.quantity);

describe('a VWAP schedule', () => {
  test('follows the expected volume, and sums to the order to the share', () => {
    const schedule = scheduled();
    expect(schedule.slices).toHaveLength(13);
    expect(quantities(schedule).reduce((sum, shares) => sum + shares)).toBe(10_000);
    expect(schedule.slices.at(-1)!.cumulativeQuantity).toBe(10_000);
    expect(schedule.unplacedQuantity).toBe(0);
    for (const { quantity, expectedVolume } of schedule.slices)
      expect(Math.abs(quantity - (10_000 * expectedVolume!) / profile.expectedVolume)).toBeLessThan(1);
    expect(schedule.slices[0]!.quantity).toBe(schedule.slices[12]!.quantity);
    expect(schedule.slices[0]!.quantity).toBeGreaterThan(2 * schedule.slices[6]!.quantity);
  });

  test('is cut to its window, whose last slice may be shorter', () => {
    const { slices } = scheduled({ startsAt: newYorkInstant(today, 10, 0), endsAt: newYorkInstant(today, 15, 45) });
    expect(slices[0]!.startsAt).toBe(newYorkInstant(today, 10, 0));
    expect(slices.at(-1)).toMatchObject({ startsAt: newYorkInstant(today, 15, 30), endsAt: newYorkInstant(today, 15, 45) });
    expect(slices).toHaveLength(12);
  });

  test('keeps under the participation limit, and says what does not fit', () => {
    const schedule = scheduled({ quantity: 200_000, participationFracMax: 0.1 });
    for (const { participationFrac } of schedule.slices) expect(participationFrac!).toBeLessThanOrEqual(0.1);
    const placed = quantities(schedule).reduce((sum, shares) => sum + shares);
    expect(placed).toBeGreaterThan(0.0999 * profile.expectedVolume);
    expect(placed + schedule.unplacedQuantity).toBe(200_000);
  });
});

describe('a TWAP schedule', () => {
  test('is even in time, needs no profile, and gives what is left over to the earliest slices', () => {
    const schedule = scheduled({ kind: 'twap', quantity: 100, profile: null });
    expect(quantities(schedule)).toEqual([8, 8, 8, 8, 8, 8, 8, 8, 8, 7, 7, 7, 7]);
    expect(schedule.slices[0]).toMatchObject({ expectedVolume: null, participationFrac: null });
  });

  test('moves what a thin bucket has no room for to the others', () => {
    const schedule = scheduled({ kind: 'twap', quantity: 60_000, participationFracMax: 0.1 });
    const noon = schedule.slices[6]!;
    expect(noon.quantity).toBe(Math.floor(noon.expectedVolume! * 0.1));
    expect(schedule.slices[0]!.quantity).toBeGreaterThan(noon.quantity);
    expect(schedule.unplacedQuantity).toBe(0);
  });

  test('gives a short last slice its share of the time', () => {
    expect(quantities(scheduled({ kind: 'twap', quantity: 700, endsAt: minuteStartsAt(today, 35), bucketMinutes: 10 }))).toEqual([
      200, 200, 200, 100,
    ]);
  });
});

describe('lots', () => {
  test('of 100 shares are kept whole', () => {
    const schedule = scheduled({ lotShares: 100 });
    for (const quantity of quantities(schedule)) expect(quantity % 100).toBe(0);
    expect(schedule.slices.at(-1)!.cumulativeQuantity).toBe(10_000);
  });

  test('may be fractions of a share, to four decimals', () => {
    const schedule = scheduled({ quantity: 1.2345, lotShares: 0.0001 });
    expect(quantities(schedule).every((quantity) => Math.round(quantity * 1e4) / 1e4 === quantity)).toBe(true);
    expect(schedule.slices.at(-1)!.cumulativeQuantity).toBe(1.2345);
  });
});

describe('a day that closes at 13:00', () => {
  const short = day(shortDay);
  const ofShortDay = volumeProfile(
    ['2025-07-01', '2025-07-02'].map((text) => sessionOf(text, smile(390))),
    short,
    rule,
  ) as VolumeProfile;
  const onShortDay = { day: short, startsAt: sessionOpen(short), profile: ofShortDay };

  test('has seven half hours', () => {
    expect(scheduled({ ...onShortDay, endsAt: sessionClose(short) }).slices).toHaveLength(7);
  });

  test('refuses a window that a full day would allow', () => {
    expect(refusal({ ...onShortDay, endsAt: newYorkInstant(short, 16, 0) })).toBe('outside-session');
  });
});

test.each<[string, Partial<ScheduleQuestion>]>([
  ['end-before-start', { endsAt: question.startsAt }],
  ['end-before-start', { endsAt: Number.NaN as EpochMs }],
  ['outside-session', { startsAt: newYorkInstant(today, 9, 29) }],
  ['outside-session', { endsAt: newYorkInstant(today, 16, 1) }],
  ['no-session', { day: day('2014-06-08') }],
  ['not-whole-minutes', { startsAt: (question.startsAt + 30_000) as EpochMs }],
  ['not-whole-minutes', { bucketMinutes: 0 }],
  ['not-whole-minutes', { bucketMinutes: Number.NaN }],
  ['quantity-not-in-lots', { quantity: 0 }],
  ['quantity-not-in-lots', { quantity: Number.NaN }],
  ['quantity-not-in-lots', { quantity: Number.POSITIVE_INFINITY }],
  ['quantity-not-in-lots', { quantity: 150, lotShares: 100 }],
  ['participation-not-a-fraction', { participationFracMax: 0 }],
  ['participation-not-a-fraction', { participationFracMax: 1.01 }],
  ['participation-not-a-fraction', { participationFracMax: Number.NaN }],
  ['profile-needed', { profile: null }],
  ['profile-needed', { kind: 'twap', profile: null, participationFracMax: 0.1 }],
  ['profile-of-another-session', { profile: { ...profile, minuteFracs: new Float64Array(210) } }],
  ['no-volume-expected', { profile: { ...profile, minuteFracs: new Float64Array(390) } }],
])('is refused as %s, never guessed: %j', (reason, changes) => {
  expect(refusal(changes)).toBe(reason);
});
