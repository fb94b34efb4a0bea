import { describe, expect, test } from 'vitest';
import { drawBlocks, emptyDraw } from '../../../../../shared/domain/research/validation/block-draw.ts';
import { optimalBlockLength } from '../../../../../shared/domain/research/validation/block-length.ts';
import { automaticBlockBars, stationaryBootstrap, tradeShuffle } from '../../../../../shared/domain/research/validation/monte-carlo.ts';
import { seededRng } from '../../../../../shared/kernel/rng.ts';

const settings = { draws: 400, points: 10, drawdownFracs: [0.05, 0.5], ruinGrowth: 0.5 };
const noise = seededRng(11);
const returns = Float64Array.from({ length: 250 }, () => 0.0005 + 0.01 * noise.normal());

describe('stationary bootstrap', () => {
  const question = { ...settings, returns, bars: 250, meanBlockBars: 10 };

  test('gives the same for the same seed and another for another', () => {
    const one = stationaryBootstrap(question, seededRng(1));
    expect(stationaryBootstrap(question, seededRng(1))).toEqual(one);
    expect(stationaryBootstrap(question, seededRng(2))).not.toEqual(one);
  });

  test('has a fan that starts at 1, ends at the last bar and keeps its quantiles in order', () => {
    const result = stationaryBootstrap(question, seededRng(1));
    if (result.kind === 'refused') throw new Error(result.reason);
    const { returns: places, p5, p25, p50, p75, p95 } = result.fan;
    expect(Array.from(places)).toEqual([0, 25, 50, 75, 100, 125, 150, 175, 200, 225, 250]);
    for (let k = 0; k < places.length; k++) {
      const row = [p5[k]!, p25[k]!, p50[k]!, p75[k]!, p95[k]!];
      expect(row).toEqual(row.toSorted((a, b) => a - b));
    }
    expect([p5[0], p95[0]]).toEqual([1, 1]);
    expect([p5[10], p50[10], p95[10]]).toEqual([result.finalGrowth.p5, result.finalGrowth.p50, result.finalGrowth.p95]);
    expect(result.drawdowns[0]!.probability).toBeGreaterThan(result.drawdowns[1]!.probability);
    expect(result.drawdowns[1]).toEqual({ drawdownFrac: 0.5, probability: 0 });
    expect(result.ruinGrowth).toBe(settings.ruinGrowth);
  });

  test('with a block as long as history only turns it round: the growth of a whole turn is the same', () => {
    // A mean block of 1e9 bars would be refused; that of the whole history almost always takes one or two blocks, so compare a constant series.
    const constant = Float64Array.from({ length: 50 }, () => 0.001);
    const result = stationaryBootstrap({ ...settings, returns: constant, bars: 50, meanBlockBars: 50 }, seededRng(3));
    if (result.kind === 'refused') throw new Error(result.reason);
    expect(result.finalGrowth.p5).toBeCloseTo(1.001 ** 50, 12);
    expect(result.finalGrowth.p95).toBeCloseTo(1.001 ** 50, 12);
    expect([result.maxDrawdownFrac.p95, result.lossProbability, result.ruinProbability]).toEqual([0, 0, 0]);
  });

  test('sees ruin on the way though the end be high', () => {
    const cycle = Float64Array.of(-0.6, 3);
    const result = stationaryBootstrap({ ...settings, points: 2, returns: cycle, bars: 60, meanBlockBars: 2 }, seededRng(5));
    if (result.kind === 'refused') throw new Error(result.reason);
    expect(result.ruinProbability).toBeGreaterThan(0.3);
    expect(result.finalGrowth.p50).toBeGreaterThan(1);
  });

  test('chooses longer blocks for what clusters: volatility in turns of forty bars', () => {
    const rng = seededRng(21);
    const clustered = Float64Array.from({ length: 2000 }, (_, t) => rng.normal() * (Math.floor(t / 40) % 2 === 0 ? 0.002 : 0.02));
    const ofReturns = optimalBlockLength(clustered);
    expect(automaticBlockBars(clustered)).toBeGreaterThan(ofReturns.kind === 'refused' ? Number.NaN : 3 * ofReturns.stationaryBars);
  });

  test('is refused for returns that are NaN, lose everything or are none, and for settings without meaning', () => {
    const ask = (change: object) => stationaryBootstrap({ ...question, ...change }, seededRng(1));
    expect(ask({ returns: Float64Array.of(0.1, Number.NaN) })).toMatchObject({ reason: 'returns-not-finite', details: { at: 1 } });
    expect(ask({ returns: Float64Array.of(0.1, -1) })).toMatchObject({ reason: 'equity-not-positive' });
    expect(ask({ returns: Float64Array.of() })).toMatchObject({ reason: 'too-few-returns' });
    expect(ask({ draws: 0 })).toMatchObject({ reason: 'setting-invalid', details: { setting: 'draws' } });
    expect(ask({ meanBlockBars: 0.5 })).toMatchObject({ details: { setting: 'meanBlockBars' } });
    expect(ask({ drawdownFracs: [1.5] })).toMatchObject({ details: { setting: 'drawdownFracs' } });
    expect(ask({ returns: new Float64Array(40), meanBlockBars: 'automatic' })).toMatchObject({ reason: 'nothing-varies' });
  });
});

test('blocks are as long as they say in the mean, and fill the sample', () => {
  const draw = emptyDraw(1000);
  const rng = seededRng(8);
  let [blocks, first] = [0, 0];
  for (let k = 0; k < 300; k++) {
    drawBlocks(draw, 1000, 1000, 12, rng);
    expect(draw.length.subarray(0, draw.count).reduce((sum, one) => sum + one, 0)).toBe(1000);
    // The last block is cut short, so only those before it are geometric.
    blocks += draw.count - 1;
    first += 1000 - draw.length[draw.count - 1]!;
  }
  // About 25,000 blocks, whose deviation is about their mean: 3 errors are 0.22; those cut short are the long ones, which takes a tenth off.
  expect(Math.abs(first / blocks - 12)).toBeLessThan(0.4);
});

describe('trade shuffle', () => {
  const tradeReturns = Float64Array.of(0.1, -0.05, 0.02, -0.1, 0.08, 0.01);

  test('ends where the trades end, in whatever order, and has drawdowns of many depths', () => {
    const result = tradeShuffle({ ...settings, points: 6, tradeReturns }, seededRng(4));
    if (result.kind === 'refused') throw new Error(result.reason);
    const growth = tradeReturns.reduce((product, one) => product * (1 + one), 1);
    expect(result.finalGrowth.p5).toBeCloseTo(growth, 14);
    expect(result.finalGrowth.p95).toBeCloseTo(growth, 14);
    // At worst the two losses follow each other; at best no order avoids the larger of them.
    expect(result.maxDrawdownFrac.p95).toBeCloseTo(1 - 0.95 * 0.9, 12);
    expect(result.maxDrawdownFrac.p5).toBeCloseTo(0.1, 12);
    expect([result.method, result.meanBlockBars]).toEqual(['trade-shuffle', null]);
  });

  test('leaves the trades that it was given as they were', () => {
    const before = tradeReturns.slice();
    tradeShuffle({ ...settings, points: 2, tradeReturns }, seededRng(4));
    expect(tradeReturns).toEqual(before);
  });

  test('is refused with one trade', () => {
    expect(tradeShuffle({ ...settings, tradeReturns: Float64Array.of(0.1) }, seededRng(4))).toMatchObject({ reason: 'too-few-returns' });
  });
});
