import { describe, expect, test } from 'vitest';
import { drawBlocks, emptyDraw } from '../../../../../shared/domain/research/validation/block-draw.ts';
import {
  realityCheck,
  stepwiseSuperior,
  superiorPredictiveAbility,
} from '../../../../../shared/domain/research/validation/data-snooping.ts';
import { seededRng } from '../../../../../shared/kernel/rng.ts';

const BARS = 120;
const settings = { draws: 500, meanBlockBars: 5 };

/** Noise around each mean. */
function trials(means: readonly number[], seed: number): Float64Array[] {
  const rng = seededRng(seed);
  return means.map((mean) => Float64Array.from({ length: BARS }, () => mean + 0.01 * rng.normal()));
}

/** The tests as the papers write them: each draw's series is built bar by bar, and means, deviations and maxima are taken of it. */
function asWritten(excess: readonly Float64Array[], seed: number) {
  const rng = seededRng(seed);
  const draw = emptyDraw(BARS);
  const mean = excess.map((column) => column.reduce((sum, one) => sum + one, 0) / BARS);
  const drawn = Array.from({ length: settings.draws }, () => {
    drawBlocks(draw, BARS, BARS, settings.meanBlockBars, rng);
    const order: number[] = [];
    for (let block = 0; block < draw.count; block++) {
      for (let k = 0; k < draw.length[block]!; k++) order.push((draw.start[block]! + k) % BARS);
    }
    return excess.map((column) => order.reduce((sum, bar) => sum + column[bar]!, 0) / BARS);
  });
  const root = Math.sqrt(BARS);
  const omega = mean.map((value, k) =>
    Math.sqrt(drawn.reduce((sum, means) => sum + (root * (means[k]! - value)) ** 2, 0) / settings.draws),
  );
  const shareOf = (holds: (means: number[]) => boolean): number => drawn.filter(holds).length / settings.draws;
  const best = Math.max(...mean.map((value, k) => (root * value) / omega[k]!));
  const spa = (centre: (value: number, k: number) => number): number =>
    shareOf((means) => Math.max(0, ...means.map((value, k) => (root * (value - centre(mean[k]!, k))) / omega[k]!)) > Math.max(0, best));
  return {
    realityCheck: shareOf((means) => Math.max(...means.map((value, k) => value - mean[k]!)) > Math.max(...mean)),
    lower: spa((value) => Math.max(0, value)),
    consistent: spa((value, k) => (value >= -Math.sqrt((omega[k]! ** 2 / BARS) * 2 * Math.log(Math.log(BARS))) ? value : 0)),
    upper: spa((value) => value),
  };
}

describe('reality check and superior predictive ability', () => {
  const excess = trials([0.0015, 0.0005, 0, -0.0005, -0.004, -0.006], 3);
  const expected = asWritten(excess, 9);

  test('agree with the papers’ own recipe, bar by bar, on the same draws', () => {
    const check = realityCheck(excess, settings, seededRng(9));
    const ability = superiorPredictiveAbility(excess, settings, seededRng(9));
    if (check.kind === 'refused' || ability.kind === 'refused') throw new Error('both answer');
    expect(check.pValue).toBe(expected.realityCheck);
    expect(ability.pValue).toEqual({ lower: expected.lower, consistent: expected.consistent, upper: expected.upper });
    expect(ability.pValue.lower).toBeLessThanOrEqual(ability.pValue.consistent);
    expect(ability.pValue.consistent).toBeLessThanOrEqual(ability.pValue.upper);
  });

  test('hopeless trials beside it cost the best one little by SPA and much by the reality check', () => {
    const good = trials([0.0022], 5);
    const hopeless = trials(
      Array.from({ length: 60 }, () => -0.01),
      6,
    ).map((column) => column.map((one) => one * 4));
    const check = realityCheck([...good, ...hopeless], settings, seededRng(2));
    const ability = superiorPredictiveAbility([...good, ...hopeless], settings, seededRng(2));
    if (check.kind === 'refused' || ability.kind === 'refused') throw new Error('both answer');
    expect(ability.pValue.consistent).toBeLessThan(0.05);
    expect(check.pValue).toBeGreaterThan(0.5);
  });

  test('a trial that never differs from the benchmark is passed over; where all are such, nothing is said', () => {
    const idle = new Float64Array(BARS);
    const without = superiorPredictiveAbility(excess, settings, seededRng(9));
    if (without.kind === 'refused') throw new Error(without.reason);
    expect(superiorPredictiveAbility([idle, ...excess], settings, seededRng(9))).toEqual({ ...without, best: without.best + 1 });
    expect(superiorPredictiveAbility([idle, idle], settings, seededRng(9))).toMatchObject({ kind: 'refused', reason: 'nothing-varies' });
  });

  test('find nothing where every trial is below the benchmark: the statistic is zero, and every draw shows as much', () => {
    const losers = trials([-0.02, -0.03], 5);
    expect(superiorPredictiveAbility(losers, settings, seededRng(3))).toMatchObject({
      statistic: 0,
      pValue: { lower: 1, consistent: 1, upper: 1 },
    });
  });

  test('are refused for columns of different lengths, NaN, none at all, and blocks longer than history', () => {
    expect(realityCheck([excess[0]!, excess[0]!.subarray(1)], settings, seededRng(1))).toMatchObject({ reason: 'lengths-differ' });
    expect(realityCheck([excess[0]!.map(() => Number.NaN)], settings, seededRng(1))).toMatchObject({ reason: 'returns-not-finite' });
    expect(realityCheck([], settings, seededRng(1))).toMatchObject({ reason: 'too-few-returns' });
    expect(superiorPredictiveAbility(excess, { draws: 10, meanBlockBars: 1000 }, seededRng(1))).toMatchObject({
      reason: 'setting-invalid',
    });
  });
});

describe('step-wise test', () => {
  test('names the trials that are good, and those only', () => {
    const excess = trials([0, 0.006, -0.002, 0.004, 0, 0.0005], 12);
    expect(stepwiseSuperior(excess, { ...settings, confidenceLevel: 0.95 }, seededRng(1))).toEqual([1, 3]);
  });

  test('names none of pure noise, and is refused a level of 1', () => {
    expect(stepwiseSuperior(trials([0, 0, 0, 0], 13), { ...settings, confidenceLevel: 0.95 }, seededRng(1))).toEqual([]);
    expect(stepwiseSuperior(trials([0], 1), { ...settings, confidenceLevel: 1 }, seededRng(1))).toMatchObject({
      reason: 'setting-invalid',
    });
  });
});
