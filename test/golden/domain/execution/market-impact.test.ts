/**
 * Market impact against the worked examples of Almgren, Thum, Hauptmann and Li (2005), "Direct estimation of equity market impact", Risk 18(7),
 * table of example impact costs: IBM (daily volatility 1.57 %) and DRI (2.26 %), a purchase of 10 % of the daily volume within 0.1, 0.2 and 0.5
 * of a day; temporary cost in basis points as printed there, rounded to whole ones. The share of the volume is 10 % over the duration.
 */
import { describe, expect, test } from 'vitest';
import { impactOf, squareRootImpactBps, temporaryImpactBps } from '../../../../shared/domain/execution/algos/market-impact.ts';
import { type Schedule, scheduleOf } from '../../../../shared/domain/execution/algos/schedule.ts';
import { type VolumeProfile, volumeProfile } from '../../../../shared/domain/execution/algos/volume-profile.ts';
import { sessionClose, sessionOpen } from '../../../../shared/domain/market/calendar.ts';
import { fullDay, rule, sessionOf, smile, weekBefore } from '../../../unit/domain/execution/algos/sessions.ts';
import { day } from '../../../unit/domain/fixtures.ts';

describe('temporary impact', () => {
  test.each([
    ['IBM', 656_100, 6_561_000, 0.0157, 0.1, 22],
    ['IBM', 656_100, 6_561_000, 0.0157, 0.2, 15],
    ['IBM', 656_100, 6_561_000, 0.0157, 0.5, 8],
    ['DRI', 192_900, 1_929_000, 0.0226, 0.1, 32],
    ['DRI', 192_900, 1_929_000, 0.0226, 0.2, 21],
    ['DRI', 192_900, 1_929_000, 0.0226, 0.5, 12],
  ])('%s: %d of %d shares at volatility %d in %d of a day', (_, quantity, dayVolume, dailyVol, days, printedBps) => {
    expect(Math.abs(temporaryImpactBps(quantity, dayVolume * days, dailyVol) - printedBps)).toBeLessThan(0.6);
  });

  test('is unknown where volume or volatility is', () => {
    expect(temporaryImpactBps(100, 0, 0.02)).toBeNaN();
    expect(temporaryImpactBps(100, 1000, Number.NaN)).toBeNaN();
  });
});

describe('the square-root law', () => {
  test('costs a day’s volatility for a day’s volume, and half of it for a quarter', () => {
    expect(squareRootImpactBps(1_000_000, 1_000_000, 0.02, 1)).toBeCloseTo(200, 10);
    expect(squareRootImpactBps(250_000, 1_000_000, 0.02, 1)).toBeCloseTo(100, 10);
    expect(squareRootImpactBps(100, Number.NaN, 0.02, 1)).toBeNaN();
  });
});

describe('a schedule’s impact', () => {
  const today = day(fullDay);
  const profile = volumeProfile(
    weekBefore.map((text) => sessionOf(text, smile(390))),
    today,
    rule,
  ) as VolumeProfile;
  const impact = (kind: 'vwap' | 'twap'): ReturnType<typeof impactOf> =>
    impactOf(
      scheduleOf({
        kind,
        day: today,
        quantity: 100_000,
        lotShares: 1,
        startsAt: sessionOpen(today),
        endsAt: sessionClose(today),
        bucketMinutes: 30,
        profile,
        participationFracMax: null,
      }) as Schedule,
      profile,
      { dailyVol: 0.02, coefficient: 1 },
    );

  test('is that of its share of the volume when it follows the volume', () => {
    expect(impact('vwap').scheduleBps).toBeCloseTo(temporaryImpactBps(100_000, profile.expectedVolume, 0.02), 3);
  });

  test('is more when it does not, and most when it trades at once', () => {
    const { scheduleBps, atOnceBps } = impact('twap');
    expect(scheduleBps).toBeGreaterThan(impact('vwap').scheduleBps);
    expect(atOnceBps).toBeGreaterThan(5 * scheduleBps);
  });
});
