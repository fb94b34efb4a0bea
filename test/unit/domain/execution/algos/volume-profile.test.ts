import { describe, expect, test } from 'vitest';
import { sessionVolume } from '../../../../../shared/domain/execution/algos/minute-session.ts';
import { type VolumeProfile, volumeProfile } from '../../../../../shared/domain/execution/algos/volume-profile.ts';
import { isRefusal } from '../../../../../shared/kernel/refusal.ts';
import { day } from '../../fixtures.ts';
import { fullDay, rule, sessionOf, shortDay, smile, weekBefore } from './sessions.ts';

const profiled = (...args: Parameters<typeof volumeProfile>): VolumeProfile => {
  const profile = volumeProfile(...args);
  if (isRefusal(profile)) throw new Error(profile.reason);
  return profile;
};
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describe('a volume profile', () => {
  test('is the mean of each session’s own fractions, so that a busy day does not outvote a quiet one', () => {
    const early = sessionOf('2014-06-05', (minute) => (minute < 195 ? 1 : 0.0000001));
    const late = sessionOf('2014-06-06', (minute) => (minute < 195 ? 0.0001 : 1000));
    const { minuteFracs } = profiled([early, late], day(fullDay), rule);
    expect(sum(minuteFracs.subarray(0, 195))).toBeCloseTo(0.5, 5);
    expect(sum(minuteFracs)).toBeCloseTo(1, 12);
  });

  test('expects the mean volume of its sessions', () => {
    const { expectedVolume, days } = profiled([sessionOf('2014-06-05', () => 1), sessionOf('2014-06-06', () => 3)], day(fullDay), rule);
    expect(expectedVolume).toBe(780);
    expect(days).toEqual([day('2014-06-05'), day('2014-06-06')]);
  });

  test('never looks at the day that is planned, nor past it', () => {
    const before = weekBefore.map((text) => sessionOf(text, smile(390)));
    const peeked = [...before, sessionOf(fullDay, (minute) => 1 + minute), sessionOf('2014-06-10', () => 1)];
    expect(profiled(peeked, day(fullDay), rule)).toEqual(profiled(before, day(fullDay), rule));
  });

  test('passes over sessions that were cut, or had no trade, and names them', () => {
    const sessions = [
      ...weekBefore.slice(0, 3).map((text) => sessionOf(text, () => 5)),
      sessionOf('2014-06-05', (minute) => (minute < 6 ? 100 : 0)),
      sessionOf('2014-06-06', () => 0),
    ];
    const { days, passedOver, expectedVolume } = profiled(sessions, day(fullDay), rule);
    expect(days).toHaveLength(3);
    expect(expectedVolume).toBe(5 * 390);
    expect(passedOver).toEqual([
      { day: day('2014-06-05'), why: 'partial' },
      { day: day('2014-06-06'), why: 'no-volume' },
    ]);
  });

  test('counts a minute without a trade as a minute without volume', () => {
    const gappy = weekBefore.map((text) => sessionOf(text, (minute) => (minute % 2 === 0 ? 10 : 0)));
    const { minuteFracs } = profiled(gappy, day(fullDay), rule);
    expect(minuteFracs[0]).toBeCloseTo(1 / 195, 12);
    expect(minuteFracs[1]).toBe(0);
  });

  test('refuses with too few sessions, and with sessions that are too old', () => {
    expect(volumeProfile([sessionOf('2014-06-06', () => 1)], day(fullDay), rule)).toMatchObject({
      reason: 'too-few-sessions',
      details: { sessions: 1, sessionsMin: 2 },
    });
    const old = ['2014-01-06', '2014-01-07', '2014-01-08'].map((text) => sessionOf(text, () => 1));
    expect(volumeProfile(old, day(fullDay), rule)).toMatchObject({ reason: 'too-few-sessions', details: { sessions: 0 } });
    expect(volumeProfile([], day(fullDay), { ...rule, sessionsMin: 0 })).toMatchObject({ reason: 'too-few-sessions' });
  });
});

describe('a day that closes at 13:00', () => {
  const full = ['2025-06-30', '2025-07-01', '2025-07-02'].map((text) => sessionOf(text, smile(390)));
  const short = ['2024-07-03', '2024-11-29', '2024-12-24'].map((text) => sessionOf(text, (minute) => 1 + minute));

  test('is profiled from such days where there are enough', () => {
    const profile = profiled([...short, ...full], day(shortDay), rule);
    expect(profile).toMatchObject({ basis: 'own', days: short.map((session) => session.day) });
    expect(profile.minuteFracs).toHaveLength(210);
    expect(profile.minuteFracs[209]).toBeCloseTo(210 / ((210 * 211) / 2), 12);
  });

  test('is a full day compressed where there are not: the same share of volume at the same share of the session', () => {
    const profile = profiled([...short.slice(0, 1), ...full], day(shortDay), rule);
    expect(profile).toMatchObject({ basis: 'compressed', days: full.map((session) => session.day) });
    expect(profile.expectedVolume).toBeCloseTo((sessionVolume(full[0]!) * 210) / 390, 6);
    expect(sum(profile.minuteFracs)).toBeCloseTo(1, 12);
    // 70 of 210 minutes are a third of the session, as 130 of 390 are.
    const [fullThird, shortThird] = [full[0]!.volume.subarray(0, 130), profile.minuteFracs.subarray(0, 70)];
    expect(sum(shortThird)).toBeCloseTo(sum(fullThird) / sessionVolume(full[0]!), 12);
  });

  test('never stands for a full day', () => {
    expect(volumeProfile(short, day('2025-01-06'), { ...rule, lookbackSessions: 200 })).toMatchObject({ reason: 'too-few-sessions' });
  });
});
