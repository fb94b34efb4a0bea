/** The arithmetic is worked by hand in each test. */
import { describe, expect, test } from 'vitest';
import {
  implementationShortfall,
  type Shortfall,
  type ShortfallQuestion,
} from '../../../../shared/domain/execution/implementation-shortfall.ts';

const question: ShortfallQuestion = {
  side: 'BUY',
  quantity: 1000,
  filledQuantity: 800,
  averagePriceUsd: 50.3,
  decisionPriceUsd: 50,
  arrivalPriceUsd: 50.1,
  closePriceUsd: 51,
  feesUsd: 8,
};
const shortfall = (changes: Partial<ShortfallQuestion> = {}): Shortfall =>
  implementationShortfall({ ...question, ...changes }) as Shortfall;
const reason = (changes: Partial<ShortfallQuestion>): string =>
  (implementationShortfall({ ...question, ...changes }) as { reason: string }).reason;

describe('implementation shortfall', () => {
  test('of a buy is delay, trading, opportunity and fees', () => {
    const { delayUsd, tradingUsd, opportunityUsd, totalUsd, totalBps, filledBps, filledFrac } = shortfall();
    expect(delayUsd).toBeCloseTo(80, 8);
    expect(tradingUsd).toBeCloseTo(160, 8);
    expect(opportunityUsd).toBeCloseTo(200, 8);
    expect(totalUsd).toBeCloseTo(448, 8);
    // 448 of 50,000.
    expect(totalBps).toBeCloseTo(89.6, 8);
    // 240 of 40,000.
    expect(filledBps).toBeCloseTo(60, 8);
    expect(filledFrac).toBe(0.8);
  });

  test('of a sale has the other sign: a rise is a gain, and a sale above the decision too', () => {
    const { delayUsd, tradingUsd, opportunityUsd, totalUsd } = shortfall({ side: 'SELL' });
    expect([delayUsd, tradingUsd, opportunityUsd].map((usd) => Math.round(usd!))).toEqual([-80, -160, -200]);
    expect(totalUsd).toBeCloseTo(-432, 8);
  });

  test('of an order that filled in full has no opportunity cost, and needs no close', () => {
    expect(shortfall({ filledQuantity: 1000, closePriceUsd: null })).toMatchObject({ opportunityUsd: 0, filledFrac: 1 });
    expect(shortfall({ filledQuantity: 1000, closePriceUsd: null }).totalUsd).toBeCloseTo(308, 8);
  });

  test('of an order that never filled is all opportunity', () => {
    const { totalUsd, filledBps, delayUsd } = shortfall({ filledQuantity: 0, averagePriceUsd: null, feesUsd: 0 });
    expect(totalUsd).toBeCloseTo(1000, 8);
    expect({ filledBps, delayUsd }).toEqual({ filledBps: null, delayUsd: 0 });
  });

  test('says null where a price is not known, and does not take it for zero', () => {
    expect(shortfall({ closePriceUsd: null })).toMatchObject({ opportunityUsd: null, totalUsd: null, totalBps: null });
    const late = shortfall({ arrivalPriceUsd: null });
    expect(late).toMatchObject({ delayUsd: null, tradingUsd: null });
    expect(late.totalUsd).toBeCloseTo(448, 8);
    expect(shortfall({ closePriceUsd: Number.NaN }).totalUsd).toBeNull();
  });

  test.each<[string, Partial<ShortfallQuestion>]>([
    ['no-decision-price', { decisionPriceUsd: null }],
    ['no-decision-price', { decisionPriceUsd: 0 }],
    ['no-decision-price', { decisionPriceUsd: Number.NaN }],
    ['quantity-not-positive', { quantity: 0 }],
    ['quantity-not-positive', { quantity: Number.NaN }],
    ['filled-not-within-quantity', { filledQuantity: 1000.1 }],
    ['filled-not-within-quantity', { filledQuantity: -1 }],
    ['fill-without-price', { averagePriceUsd: null }],
  ])('is refused as %s: %j', (expected, changes) => {
    expect(reason(changes)).toBe(expected);
  });
});
