/** Costs are worked out by hand from the list prices that the file states, published at aws.amazon.com (provenance in price-model.ts). */
import { describe, expect, test } from 'vitest';
import { costOf, costOfEvolution, listPrices, planSweep, sweepWorker, usdOf } from '../../../../shared/domain/research/price-model.ts';

/** 1,000 combinations on 500 symbols of 2,520 bars: 1.26e9 bar passes, 126 seconds of one function. */
const work = { combinations: 1_000, symbols: 500, bars: 500 * 2_520 };

test('prices are those of us-east-1 for Arm, as published on the day stated', () => {
  expect(listPrices).toMatchObject({
    region: 'us-east-1',
    asOf: '2026-11-21',
    lambdaGbSecondUsd: 0.0000133334,
    stateTransitionUsd: 0.000025,
  });
  expect(
    usdOf({
      gbSeconds: 1_000_000,
      lambdaRequests: 1_000_000,
      stateTransitions: 1_000,
      s3Puts: 1_000,
      s3Gets: 1_000,
      dynamoWrites: 1_000_000,
    }),
  ).toBeCloseTo(13.3334 + 0.2 + 0.025 + 0.005 + 0.0004 + 0.625, 10);
});

describe('a sweep in one chunk', () => {
  const plan = costOf(work, 1);

  test('takes its compute and one start', () => {
    expect(plan.backtests).toBe(500_000);
    expect(plan.chunkMs).toBeCloseTo(129_000, 6);
    expect(plan.units.gbSeconds).toBeCloseTo(6 + (1769 / 1024) * 129, 9);
    expect(plan.units.stateTransitions).toBe(8);
  });

  test('costs a third of a cent, and by 10,000 backtests less than a hundredth of one', () => {
    // 228.8525 GB-seconds 0.0030514, 3 requests 0.0000006, 8 transitions 0.0002, 7 puts 0.000035, 8 gets 0.0000032, 1 write 0.0000006.
    expect(plan.usd).toBeCloseTo(0.0032908, 7);
    expect(plan.usdPer10kBacktests).toBeCloseTo(plan.usd / 50, 15);
  });
});

describe('a plan', () => {
  test('costs at most a tenth more than the cheapest that keeps within the time limit', () => {
    const plan = planSweep(work);
    expect(plan.chunks).toBeGreaterThan(1);
    expect(plan.usd).toBeLessThanOrEqual(1.1 * costOf(work, 1).usd);
    expect(costOf(work, plan.chunks + 1).usd).toBeGreaterThan(1.1 * costOf(work, 1).usd);
  });

  test('has few chunks where there is little to do', () => {
    expect(planSweep({ combinations: 100, symbols: 1, bars: 2_520 }).chunks).toBe(1);
  });

  test('keeps every chunk within the time that it may take', () => {
    const large = { combinations: 100_000, symbols: 500, bars: 1_260_000 };
    const plan = planSweep(large);
    expect(plan.chunkMs).toBeLessThanOrEqual(sweepWorker.chunkMsMax);
    expect(plan.chunks).toBeGreaterThanOrEqual(29);
  });

  test('has no more chunks at once than may run, but for what does not fit into so many', () => {
    expect(planSweep({ combinations: 100_000, symbols: 500, bars: 1_260_000 }).chunks).toBeLessThanOrEqual(100);
    expect(planSweep({ combinations: 1_000_000, symbols: 500, bars: 1_260_000 }).chunks).toBeGreaterThan(100);
  });

  test('has at least as many chunks as are asked for, and never more than combinations', () => {
    expect(planSweep({ combinations: 100, symbols: 1, bars: 2_520 }, sweepWorker, 7).chunks).toBe(7);
    expect(planSweep({ combinations: 5, symbols: 1, bars: 2_520 }, sweepWorker, 7).chunks).toBe(5);
  });

  test('is not made for nothing', () => {
    expect(() => planSweep({ combinations: 0, symbols: 1, bars: 1 })).toThrow('a sweep that is planned has combinations and bars');
  });
});

test('an evolution of 50 by 100 over 20 symbols and ten years is 5,050 backtests, and costs by what its islands compute', () => {
  const cost = costOfEvolution({ islands: 1, epochs: 10, generationsPerEpoch: 10, populationSize: 50, bars: 20 * 2_520 });
  expect(cost.backtests).toBe(5_050);
  expect(cost.islandMs).toBeCloseTo(3_000 + 11 * 50 * 20.16, 6);
  expect(cost.usd).toBeGreaterThan(5_050 * 0.02016 * (1769 / 1024) * listPrices.lambdaGbSecondUsd);
  expect(cost.usdPer10kBacktests).toBeLessThan(0.02);
});
