import { describe, expect, test } from 'vitest';
import { realizedDailyVol } from '../../../../../shared/domain/execution/algos/realized-volatility.ts';
import { type Schedule, scheduleOf } from '../../../../../shared/domain/execution/algos/schedule.ts';
import { trackSchedule } from '../../../../../shared/domain/execution/algos/track-schedule.ts';
import { sessionClose, sessionOpen } from '../../../../../shared/domain/market/calendar.ts';
import { day } from '../../fixtures.ts';
import { fullDay, sessionOf } from './sessions.ts';

const today = day(fullDay);
const twap = scheduleOf({
  kind: 'twap',
  day: today,
  quantity: 1300,
  lotShares: 1,
  startsAt: sessionOpen(today),
  endsAt: sessionClose(today),
  bucketMinutes: 30,
  profile: null,
  participationFracMax: null,
}) as Schedule;

describe('a schedule held against the session that followed', () => {
  test('gets the market’s price when it trades as the market does', () => {
    const session = sessionOf(
      fullDay,
      () => 100,
      (minute) => 100 + minute / 100,
    );
    const { averagePrice, marketPrice, slippageBps, undoneQuantity } = trackSchedule(twap, session, 'BUY');
    expect(averagePrice).toBeCloseTo(marketPrice, 10);
    expect(slippageBps).toBeCloseTo(0, 8);
    expect(undoneQuantity).toBe(0);
  });

  test('pays for what it bought dearer; a seller gains by the same', () => {
    // Twice the volume in the cheap half: the market's mean is 100·2/3 + 110/3, a TWAP's is 105.
    const session = sessionOf(
      fullDay,
      (minute) => (minute < 195 ? 200 : 100),
      (minute) => (minute < 195 ? 100 : 110),
    );
    const bought = trackSchedule({ ...twap, slices: halves(twap) }, session, 'BUY');
    expect(bought.averagePrice).toBeCloseTo(105, 10);
    expect(bought.marketPrice).toBeCloseTo(310 / 3, 10);
    expect(bought.slippageBps).toBeCloseTo((105 / (310 / 3) - 1) * 10_000, 8);
    expect(trackSchedule({ ...twap, slices: halves(twap) }, session, 'SELL').slippageBps).toBeCloseTo(-bought.slippageBps, 8);
  });

  test('carries what a silent bucket could not do to the next, and says what was never done', () => {
    const silentAtNoon = sessionOf(fullDay, (minute) => (minute >= 180 && minute < 210 ? 0 : 10));
    expect(trackSchedule(twap, silentAtNoon, 'BUY')).toMatchObject({ averagePrice: 100, undoneQuantity: 0 });
    const silentAtTheEnd = sessionOf(fullDay, (minute) => (minute < 330 ? 10 : 0));
    expect(trackSchedule(twap, silentAtTheEnd, 'BUY').undoneQuantity).toBe(200);
    expect(
      trackSchedule(
        twap,
        sessionOf(fullDay, () => 0),
        'BUY',
      ),
    ).toMatchObject({ averagePrice: Number.NaN, undoneQuantity: 1300 });
  });
});

/** The same shares in two slices, one for each half of the session. */
function halves({ slices }: Schedule): Schedule['slices'] {
  const [first, last] = [slices[0]!, slices.at(-1)!];
  const noon = (first.startsAt + 195 * 60_000) as typeof first.startsAt;
  return [
    { ...first, endsAt: noon, quantity: 650 as typeof first.quantity },
    { ...last, startsAt: noon, quantity: 650 as typeof first.quantity },
  ];
}

describe('realised volatility', () => {
  test('is the root of the sum of squared five-minute returns', () => {
    // From an opening at 100, up and down by 0.1 % in turn at each of 78 steps.
    const steps = (minute: number): number => (minute === 0 || Math.floor(minute / 5) % 2 === 1 ? 100 : 100 * Math.exp(0.001));
    expect(realizedDailyVol([sessionOf(fullDay, () => 1, steps)])).toBeCloseTo(0.001 * Math.sqrt(78), 10);
  });

  test('is not known without prices', () => {
    expect(realizedDailyVol([])).toBeNaN();
    expect(realizedDailyVol([sessionOf(fullDay, () => 0)])).toBeNaN();
  });
});
