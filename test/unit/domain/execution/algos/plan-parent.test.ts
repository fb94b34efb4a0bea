import { describe, expect, test } from 'vitest';
import { profileOfCurve } from '../../../../../shared/domain/execution/algos/intraday-curves.ts';
import { type ChildQuestion, nextChild } from '../../../../../shared/domain/execution/algos/next-child.ts';
import { planParent } from '../../../../../shared/domain/execution/algos/plan-parent.ts';
import type { Schedule } from '../../../../../shared/domain/execution/algos/schedule.ts';
import { newYorkInstant } from '../../../../../shared/domain/market/calendar.ts';
import type { AlgoRules } from '../../../../../shared/domain/policy/algo-rules.ts';
import type { EpochMs } from '../../../../../shared/kernel/units.ts';
import { day } from '../../fixtures.ts';
import { fullDay, shortDay } from './sessions.ts';

const today = day(fullDay);
const rules: AlgoRules = {
  ...{ kind: 'vwap', aboveAverageDailyVolumeFrac: 0.001, windowMinutes: 60, endsBeforeCloseMinutes: 1, bucketMinutes: 5 },
  ...{ participationFracMax: 0.1, curve: 'us-large-caps' },
};
const at = (hour: number, minute: number, date = today): EpochMs => newYorkInstant(date, hour, minute);
const order = { quantity: 9000, averageDailyVolume: 1_000_000, wholeSharesOnly: true, now: at(14, 0) };
const planned = (changes: Partial<typeof order> = {}): Schedule => planParent({ ...order, ...changes }, rules) as Schedule;

describe('a parent is planned', () => {
  test('for the rule’s minutes from the next whole minute', () => {
    const { slices, unplacedQuantity, kind } = planned({ now: (at(14, 0) + 1) as EpochMs });
    expect([slices[0]!.startsAt, slices.at(-1)!.endsAt]).toEqual([at(14, 1), at(15, 1)]);
    expect({ kind, unplacedQuantity, done: slices.at(-1)!.cumulativeQuantity }).toEqual({
      kind: 'vwap',
      unplacedQuantity: 0,
      done: 9000,
    });
  });

  test('for what is left of the session, late in the day', () => {
    const { slices, unplacedQuantity } = planned({ now: at(15, 45) });
    expect(slices.at(-1)!.endsAt).toBe(at(15, 59));
    expect(unplacedQuantity).toBe(0);
  });

  test('with what the participation limit leaves no room for said', () => {
    const { slices, unplacedQuantity } = planned({ quantity: 100_000 });
    expect(unplacedQuantity).toBeGreaterThan(85_000);
    expect(slices.at(-1)!.cumulativeQuantity + unplacedQuantity).toBe(100_000);
  });

  test('without slices of nothing', () => {
    expect(planParent({ ...order, quantity: 3, averageDailyVolume: 3000 }, rules)).toMatchObject({ unplacedQuantity: expect.any(Number) });
    expect(planned({ quantity: 5, averageDailyVolume: 5000 }).slices.every(({ quantity }) => quantity > 0)).toBe(true);
  });
});

test.each<[string, Partial<typeof order>, AlgoRules]>([
  ['the policy has no algo', {}, { kind: 'none' }],
  ['it is small for its volume', { quantity: 999 }, rules],
  ['its volume is not known', { averageDailyVolume: null as never }, rules],
  ['its volume is no number', { averageDailyVolume: Number.NaN }, rules],
])('an order is sent as it is where %s', (_, changes, inForce) => {
  expect(planParent({ ...order, ...changes }, inForce)).toBeNull();
});

test.each<[string, EpochMs]>([
  ['market-closed', at(16, 0)],
  ['market-closed', at(9, 0)],
  ['end-before-start', at(15, 59)],
])('a parent is refused as %s when there is no window left', (reason, now) => {
  expect(planParent({ ...order, now }, rules)).toMatchObject({ kind: 'refused', reason });
});

describe('the measured curve', () => {
  test('is a whole session, more at both ends than in the middle', () => {
    const { minuteFracs, expectedVolume, basis } = profileOfCurve('us-large-caps', today, 1_000_000);
    expect(minuteFracs).toHaveLength(390);
    expect(minuteFracs.reduce((sum, frac) => sum + frac, 0)).toBeCloseTo(1, 12);
    expect(minuteFracs[0]!).toBeGreaterThan(5 * minuteFracs[195]!);
    expect({ expectedVolume, basis }).toEqual({ expectedVolume: 1_000_000, basis: 'own' });
  });

  test('is compressed for a day that closes at 13:00', () => {
    const { minuteFracs, expectedVolume, basis } = profileOfCurve('us-large-caps', day(shortDay), 390_000);
    expect(minuteFracs.reduce((sum, frac) => sum + frac, 0)).toBeCloseTo(1, 12);
    expect({ minutes: minuteFracs.length, basis }).toEqual({ minutes: 210, basis: 'compressed' });
    expect(expectedVolume).toBeCloseTo(210_000, 6);
  });
});

describe('the next child', () => {
  const question: ChildQuestion = {
    ...{ side: 'BUY', decisionPriceUsd: 100, cumulativeQuantity: 70, isLast: false, heldQuantity: 25.5, now: order.now },
    market: { priceUsd: 100.129, at: order.now },
  };
  const limits = { priceCollarFrac: 0.05, referenceAgeMsMax: 60_000 };

  test.each<[string, Partial<ChildQuestion>, object]>([
    ['a buyer’s limit is rounded down to the cent', {}, { type: 'LIMIT', quantity: 44.5, limitPrice: 100.12 }],
    ['a seller’s is rounded up', { side: 'SELL' }, { type: 'LIMIT', quantity: 44.5, limitPrice: 100.13 }],
    ['a whole cent stays', { market: { priceUsd: 100.29, at: order.now } }, { limitPrice: 100.29 }],
    [
      'below a dollar, to a hundredth of a cent',
      { decisionPriceUsd: 0.5, market: { priceUsd: 0.50129, at: order.now } },
      { limitPrice: 0.5012 },
    ],
    ['the last slice crosses', { isLast: true }, { type: 'MARKET', quantity: 44.5 }],
  ])('%s', (_, changes, terms) => {
    expect(nextChild({ ...question, ...changes }, limits)).toMatchObject({ kind: 'send', terms });
  });

  test.each<[string, Partial<ChildQuestion>]>([
    ['on-schedule', { heldQuantity: 70 }],
    ['on-schedule', { heldQuantity: 80 }],
    ['on-schedule', { cumulativeQuantity: Number.NaN }],
    ['no-price', { market: null }],
    ['no-price', { market: { priceUsd: Number.NaN, at: order.now } }],
    ['price-stale', { market: { priceUsd: 100, at: (order.now - 60_001) as EpochMs } }],
    ['price-stale', { market: { priceUsd: 100, at: Number.NaN as EpochMs } }],
    ['price-outside-collar', { market: { priceUsd: 105.3, at: order.now } }],
    ['price-outside-collar', { decisionPriceUsd: Number.NaN }],
  ])('is held as %s: %j', (why, changes) => {
    expect(nextChild({ ...question, ...changes }, limits)).toEqual({ kind: 'hold', why });
  });
});
