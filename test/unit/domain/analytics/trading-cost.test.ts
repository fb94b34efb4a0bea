import { expect, test } from 'vitest';
import { tradingCost } from '../../../../shared/domain/analytics/trading-cost.ts';
import { order } from '../../../support/analytics-points.ts';

test('splits what an order cost into delay, slippage and opportunity', () => {
  const cost = tradingCost([order({ quantity: 200, filledQuantity: 100, arrivalPriceUsd: 10.2, averagePriceUsd: 10.25 })], { AAA: 10.5 });
  expect(cost).toMatchObject({ orders: 1, filledOrders: 1, tradedUsd: 1025, spentUsd: 1025, unpriced: 0 });
  expect([cost.delayUsd, cost.slippageUsd, cost.opportunityUsd]).toEqual([20, 5, 50].map((usd) => expect.closeTo(usd, 9)));
  expect(cost.slippageBps).toBeCloseTo((5 / 1025) * 10_000, 9);
});

test('a sale that got less than the market offered costs too', () => {
  expect(tradingCost([order({ side: 'SELL', arrivalPriceUsd: 10.5, averagePriceUsd: 10.4 })]).slippageUsd).toBeCloseTo(10, 9);
});

test('holds an order without a fresh quote against the close of its session, once that is known', () => {
  const stale = order({ arrivalPriceUsd: 10, averagePriceUsd: 10.22 });
  expect(tradingCost([stale])).toMatchObject({ slippageUsd: 0, delayUsd: 0, unpriced: 1 });
  const known = tradingCost([stale], { AAA: 10.2 });
  expect(known).toMatchObject({ slippageUsd: expect.closeTo(2, 9), delayUsd: expect.closeTo(20, 9), unpriced: 0 });
});

test('takes a close that a split has moved for no price at all', () => {
  expect(tradingCost([order({ arrivalPriceUsd: 10, averagePriceUsd: 10.02 })], { AAA: 5.1 })).toMatchObject({
    slippageUsd: 0,
    unpriced: 1,
  });
});

test('of no orders there is nothing to say', () => {
  expect(tradingCost([])).toMatchObject({ orders: 0, tradedUsd: 0, slippageBps: null, unpriced: 0 });
});
