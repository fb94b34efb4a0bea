import { expect, test } from 'vitest';
import { tradingCost } from '../../../../shared/domain/ranking/trading-cost.ts';

const rules = { commissionBps: 0.5, impactCoefficient: 1, participationFracMax: 0.01 };

test('a round trip is the spread, both commissions, and the impact of both ways', () => {
  // One hundredth of a day's volume at 2 % volatility: a tenth of 200 basis points each way.
  const cost = tradingCost({ spreadBps: 4, dollarVolume: 2_000_000, dailyVol: 0.02 }, 20_000, rules);
  expect(cost.impactBps).toBeCloseTo(20, 9);
  expect(cost.roundTripBps).toBeCloseTo(45, 9);
  expect(cost.capacityUsd).toBe(20_000);
});

test('without volume or volatility the cost is no number', () => {
  expect(tradingCost({ spreadBps: 4, dollarVolume: 0, dailyVol: 0.02 }, 20_000, rules).roundTripBps).toBeNaN();
  expect(tradingCost({ spreadBps: 4, dollarVolume: 1e6, dailyVol: 0 }, 20_000, rules).roundTripBps).toBeNaN();
});
