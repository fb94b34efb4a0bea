import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minuteStartsAt } from '../../../../../shared/domain/execution/algos/minute-session.ts';
import { type Schedule, type ScheduleQuestion, scheduleOf } from '../../../../../shared/domain/execution/algos/schedule.ts';
import { trackSchedule } from '../../../../../shared/domain/execution/algos/track-schedule.ts';
import { type VolumeProfile, volumeProfile } from '../../../../../shared/domain/execution/algos/volume-profile.ts';
import { fullDay, rule, sessionOf, weekBefore } from '../../../../unit/domain/execution/algos/sessions.ts';
import { day } from '../../../../unit/domain/fixtures.ts';

const today = day(fullDay);

/** Any volumes, gaps among them, but never nothing at all. */
const volumes = fc
  .array(fc.oneof(fc.constant(0), fc.nat(100_000)), { minLength: 390, maxLength: 390 })
  .map((minutes) => minutes.map((shares, minute) => (minute === 0 || minute === 389 ? shares + 1 : shares)));

const questions: fc.Arbitrary<ScheduleQuestion> = fc
  .record({
    kind: fc.constantFrom('vwap' as const, 'twap' as const),
    volumes,
    lots: fc.integer({ min: 1, max: 2_000_000 }),
    lotShares: fc.constantFrom(1, 100, 0.0001),
    window: fc.tuple(fc.nat(388), fc.nat(388)).map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const),
    bucketMinutes: fc.integer({ min: 1, max: 120 }),
    participationFracMax: fc.option(fc.double({ min: 0.001, max: 1, noNaN: true })),
  })
  .map(({ kind, volumes: minutes, lots, lotShares, window, bucketMinutes, participationFracMax }) => ({
    ...{ kind, day: today, lotShares, bucketMinutes, participationFracMax },
    quantity: Math.round(lots * lotShares * 1e4) / 1e4,
    startsAt: minuteStartsAt(today, window[0]),
    endsAt: minuteStartsAt(today, window[1]),
    profile: volumeProfile([sessionOf(weekBefore[4]!, (minute) => minutes[minute]!)], today, { ...rule, sessionsMin: 1 }) as VolumeProfile,
  }));

const scheduled = (question: ScheduleQuestion): Schedule => {
  const schedule = scheduleOf(question);
  fc.pre(!('reason' in schedule));
  return schedule;
};

describe('any schedule', () => {
  test('places the whole order, to the last lot, or says what is left', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { slices, unplacedQuantity } = scheduled(question);
        const lotsOf = (shares: number): number => Math.round(shares / question.lotShares);
        const placed = slices.reduce((sum, { quantity }) => sum + lotsOf(quantity), 0);
        expect(placed + lotsOf(unplacedQuantity)).toBe(lotsOf(question.quantity));
        let done = 0;
        for (const { quantity, cumulativeQuantity } of slices) {
          expect(quantity).toBeGreaterThanOrEqual(0);
          done += lotsOf(quantity);
          expect(lotsOf(cumulativeQuantity)).toBe(done);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('covers its window without gap or overlap', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { slices } = scheduled(question);
        expect(slices[0]!.startsAt).toBe(question.startsAt);
        expect(slices.at(-1)!.endsAt).toBe(question.endsAt);
        for (const [at, { startsAt }] of slices.slice(1).entries()) expect(startsAt).toBe(slices[at]!.endsAt);
      }),
      { numRuns: 50 },
    );
  });

  test('never takes more of a bucket than its participation limit, and leaves nothing over while a bucket has room', () => {
    fc.assert(
      fc.property(questions, (question) => {
        fc.pre(question.participationFracMax !== null);
        const { slices, unplacedQuantity } = scheduled(question);
        for (const { quantity, expectedVolume } of slices) {
          const most = expectedVolume! * question.participationFracMax;
          expect(quantity).toBeLessThanOrEqual(most + 1e-4);
          if (unplacedQuantity > 0 && (question.kind === 'twap' || expectedVolume! > 0))
            expect(quantity).toBeGreaterThan(most - question.lotShares * 1.001);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('without a limit, gives every slice its exact part to within one lot', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const question = { ...asked, participationFracMax: null };
        const { slices } = scheduled(question);
        const weights = slices.map(({ startsAt, endsAt, expectedVolume }) =>
          question.kind === 'twap' ? endsAt - startsAt : expectedVolume!,
        );
        const whole = weights.reduce((sum, weight) => sum + weight, 0);
        for (const [at, { quantity }] of slices.entries())
          expect(Math.abs(quantity - (question.quantity * weights[at]!) / whole)).toBeLessThan(question.lotShares * 1.001);
      }),
      { numRuns: 100 },
    );
  });
});

test('a VWAP schedule on a day that trades as expected gets the day’s price, whatever the prices do', () => {
  fc.assert(
    fc.property(volumes, fc.array(fc.double({ min: 5, max: 500, noNaN: true }), { minLength: 390, maxLength: 390 }), (minutes, prices) => {
      const session = (text: string): ReturnType<typeof sessionOf> =>
        sessionOf(
          text,
          (minute) => minutes[minute]!,
          (minute) => prices[minute]!,
        );
      const profile = volumeProfile([session(weekBefore[4]!)], today, { ...rule, sessionsMin: 1 }) as VolumeProfile;
      const schedule = scheduleOf({
        ...{ kind: 'vwap', day: today, quantity: 1_000_000, lotShares: 0.0001, bucketMinutes: 10, profile, participationFracMax: null },
        startsAt: minuteStartsAt(today, 0),
        endsAt: minuteStartsAt(today, 390),
      }) as Schedule;
      expect(Math.abs(trackSchedule(schedule, session(fullDay), 'BUY').slippageBps)).toBeLessThan(0.001);
    }),
    { numRuns: 30 },
  );
});
