/** What the Sharpe ratio and what is built on it refuse to say. */
import { describe, expect, test } from 'vitest';
import { pbo } from '../../../../../shared/domain/research/validation/backtest-overfitting.ts';
import { optimalBlockLength } from '../../../../../shared/domain/research/validation/block-length.ts';
import { deflatedSharpe, expectedMaximum, minimumBacktestYears } from '../../../../../shared/domain/research/validation/deflated-sharpe.ts';
import { attributeToFactors } from '../../../../../shared/domain/research/validation/factor-attribution.ts';
import { minimumTrackRecord, probabilisticSharpe } from '../../../../../shared/domain/research/validation/probabilistic-sharpe.ts';
import { autocorrelationsOf, sharpeErrors, sharpeOf, sharpeScale } from '../../../../../shared/domain/research/validation/sharpe.ts';
import { seededRng } from '../../../../../shared/kernel/rng.ts';

const rng = seededRng(2);
const noise = (count: number): Float64Array => Float64Array.from({ length: count }, () => 0.01 * rng.normal());
const constant = new Float64Array(50).fill(0.003);

describe('the Sharpe ratio', () => {
  test('of NaN, of one return and of the same return again and again is refused', () => {
    expect(sharpeOf(Float64Array.of(0.1, Number.NaN))).toMatchObject({ reason: 'returns-not-finite', details: { at: 1 } });
    expect(sharpeOf(Float64Array.of(0.1))).toMatchObject({ reason: 'too-few-returns' });
    expect(sharpeOf(constant)).toMatchObject({ reason: 'nothing-varies' });
    expect(sharpeErrors(constant)).toMatchObject({ reason: 'nothing-varies' });
    expect(sharpeErrors(noise(20), 20)).toMatchObject({ reason: 'setting-invalid' });
    expect(autocorrelationsOf(constant, 60)).toMatchObject({ reason: 'setting-invalid' });
  });

  test('is not scaled where autocorrelations would make a variance negative', () => {
    expect(sharpeScale(12, [-0.9])).toMatchObject({ reason: 'variance-not-positive' });
    expect(sharpeScale(0, [])).toMatchObject({ reason: 'setting-invalid' });
  });

  test('with moments that no sample has is refused by all that use them', () => {
    const evidence = { perBar: 1, skewness: 4, kurtosis: 3, bars: 100 };
    expect(probabilisticSharpe(evidence, 0)).toMatchObject({ reason: 'moments-inconsistent' });
    expect(minimumTrackRecord(evidence, 0, 0.95)).toMatchObject({ reason: 'moments-inconsistent' });
    expect(deflatedSharpe(evidence, { trials: 1, sharpe: { count: 1, squares: 0 } })).toMatchObject({ reason: 'moments-inconsistent' });
  });

  test('below its benchmark has no track record that is long enough', () => {
    const evidence = { perBar: 0.05, skewness: 0, kurtosis: 3, bars: 100 };
    expect(minimumTrackRecord(evidence, 0.05, 0.95)).toMatchObject({
      reason: 'not-above-benchmark',
      details: { perBar: 0.05, benchmarkPerBar: 0.05 },
    });
    for (const level of [0.5, 1, Number.NaN])
      expect(minimumTrackRecord(evidence, 0, level)).toMatchObject({ reason: 'setting-invalid', details: { setting: 'confidenceLevel' } });
    expect(probabilisticSharpe(evidence, Number.NaN)).toMatchObject({
      reason: 'setting-invalid',
      details: { setting: 'benchmarkPerBar' },
    });
  });

  test('is not deflated by a part of a trial, or by trials of unknown spread', () => {
    const evidence = { perBar: 0.05, skewness: 0, kurtosis: 3, bars: 100 };
    expect(expectedMaximum(0)).toMatchObject({ reason: 'setting-invalid' });
    expect(deflatedSharpe(evidence, { trials: 2.5, sharpe: { count: 2, squares: 1 } })).toMatchObject({ reason: 'setting-invalid' });
    expect(deflatedSharpe(evidence, { trials: 7, sharpe: { count: 1, squares: 0 } })).toMatchObject({ reason: 'trial-spread-unknown' });
    expect(minimumBacktestYears(10, 0)).toMatchObject({ reason: 'setting-invalid', details: { setting: 'annualSharpe', value: 0 } });
    expect(minimumBacktestYears(0, 1)).toMatchObject({ reason: 'setting-invalid', details: { setting: 'trials' } });
  });

  test('of one trial among two, or among many that all came to the same, is deflated by what there is', () => {
    const evidence = { perBar: 0.05, skewness: 0, kurtosis: 3, bars: 100 };
    const two = deflatedSharpe(evidence, { trials: 2, sharpe: { count: 2, squares: 0.0002 } });
    if (two.kind === 'refused') throw new Error(two.reason);
    expect(two.expectedMaximumPerBar).toBe(Number(expectedMaximum(2)) * Math.sqrt(0.0002));
    const alike = deflatedSharpe(evidence, { trials: 9, sharpe: { count: 9, squares: 0 } });
    expect(alike).toMatchObject({ expectedMaximumPerBar: 0, probability: probabilisticSharpe(evidence, 0) });
    // One trial has no spread to be known.
    expect(deflatedSharpe(evidence, { trials: 1, sharpe: { count: 1, squares: 0 } })).toMatchObject({ expectedMaximumPerBar: 0 });
  });

  test('twice as high takes a quarter of the years', () => {
    expect(Number(minimumBacktestYears(45, 2))).toBeCloseTo(Number(minimumBacktestYears(45, 1)) / 4, 12);
  });
});

describe('probability of overfitting', () => {
  test('is refused for one trial, an odd number of blocks, too short a history, and trials that never vary', () => {
    expect(pbo([noise(100)], { blocks: 4 })).toMatchObject({ reason: 'too-few-trials' });
    expect(pbo([noise(100), noise(100)], { blocks: 5 })).toMatchObject({ reason: 'setting-invalid' });
    expect(pbo([noise(100), noise(100)], { blocks: 22 })).toMatchObject({ reason: 'setting-invalid' });
    expect(pbo([noise(7), noise(7)], { blocks: 4 })).toMatchObject({ reason: 'too-few-returns', details: { wants: 8 } });
    expect(pbo([noise(9), noise(8)], { blocks: 4 })).toMatchObject({ reason: 'lengths-differ' });
    expect(pbo([constant, new Float64Array(50)], { blocks: 4 })).toMatchObject({ reason: 'nothing-varies' });
  });

  test('of one trial that is always the better one is nil, and choosing it dominates choosing at random', () => {
    const base = noise(200);
    const better = base.map((one) => one + 0.002);
    const result = pbo([base, better], { blocks: 8 });
    expect(result).toMatchObject({ probability: 0, dominance: { firstOrder: true, secondOrder: true } });
  });

  test('of two trials of which each is good in one half only is 1, and no choice dominates', () => {
    const [first, second] = [noise(100), noise(100)];
    for (let t = 0; t < 100; t++) {
      first[t]! += t < 50 ? 0.05 : -0.05;
      second[t]! += t < 50 ? -0.05 : 0.05;
    }
    expect(pbo([first, second], { blocks: 2 })).toMatchObject({
      probability: 1,
      lossProbability: 1,
      dominance: { firstOrder: false, secondOrder: false },
    });
  });

  test('a trial that does nothing in a half has a ratio of zero there, not NaN', () => {
    const idle = new Float64Array(80);
    idle.set(noise(40));
    const result = pbo([idle, noise(80)], { blocks: 4 });
    if (result.kind === 'refused') throw new Error(result.reason);
    expect([...result.inSample, ...result.outOfSample, ...result.logits].every(Number.isFinite)).toBe(true);
  });
});

test('blocks have no length where nothing varies, or of nine bars', () => {
  expect(optimalBlockLength(constant)).toMatchObject({ reason: 'nothing-varies' });
  expect(optimalBlockLength(noise(9))).toMatchObject({ reason: 'too-few-returns' });
});

test('attribution is refused without factors, with the same factor twice, with one that is shorter, and where nothing is left to explain', () => {
  const [returns, factor] = [noise(60), noise(60)];
  const settings = { barsPerYear: 252, lags: null };
  expect(attributeToFactors(returns, [], settings)).toMatchObject({ reason: 'no-factors' });
  const twice = [
    { name: 'market', returns: factor },
    { name: 'again', returns: factor.map((one) => 2 * one) },
  ];
  expect(attributeToFactors(returns, twice, settings)).toMatchObject({ reason: 'factors-collinear' });
  expect(attributeToFactors(returns, [{ name: 'market', returns: factor.subarray(1) }], settings)).toMatchObject({
    reason: 'lengths-differ',
  });
  expect(attributeToFactors(factor, twice.slice(0, 1), settings)).toMatchObject({
    reason: 'nothing-varies',
    details: { left: 'residual' },
  });
  expect(attributeToFactors(returns, [{ name: 'constant', returns: new Float64Array(60) }], settings)).toMatchObject({
    reason: 'factors-collinear',
  });
});
