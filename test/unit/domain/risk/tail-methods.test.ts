import { describe, expect, test } from 'vitest';
import { defaultTailRules } from '../../../../shared/domain/policy/tail-rules.ts';
import { paretoTail, paretoTailLoss } from '../../../../shared/domain/risk/evt-tail.ts';
import { fitGeneralizedPareto } from '../../../../shared/domain/risk/gpd-fit.ts';
import { cornishFisherTail, expansionRises, normalTail } from '../../../../shared/domain/risk/moment-tail.ts';
import { tailLoss, tailOf } from '../../../../shared/domain/risk/tail-loss.ts';
import { readTail, type TailReadings, worstTail } from '../../../../shared/domain/risk/tail-readings.ts';
import { sampleMoments } from '../../../../shared/domain/statistics/moments.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';

function normalReturns(count: number, seed = 'returns'): Float64Array {
  const rng = seededRng(seed);
  return Float64Array.from({ length: count }, () => 0.01 * rng.normal());
}

describe('historical tail', () => {
  const losses = (values: readonly number[]): Float64Array => Float64Array.from(values, (value) => -value);

  test('takes the earliest of equal days, and puts the edge last', () => {
    const tail = tailOf(losses([1, 5, 3, 3, 0, 3, 9, 0, 0, 0]), 0.7);
    expect(tail).toMatchObject({ days: Int32Array.of(1, 2, 6, 3), varFrac: 3 });
  });

  test('of 20 returns at 95 % is the second worst, with the worst as its mean', () => {
    const one = tailLoss(losses(Array.from({ length: 20 }, (_, k) => k)), 0.95);
    expect(one).toEqual({ varFrac: 18, cvarFrac: expect.closeTo(19, 12) });
  });

  test('of a book that cannot lose is a gain', () => {
    expect(tailLoss(new Float64Array(100).fill(0.01), 0.95)).toEqual({ varFrac: -0.01, cvarFrac: expect.closeTo(-0.01, 15) });
    expect(tailLoss(new Float64Array(100), 0.95)).toEqual({ varFrac: 0, cvarFrac: 0 });
  });
});

describe('normal and Cornish–Fisher tails', () => {
  const standard = { count: 100, mean: 0, variance: 1, skewness: 0, excessKurtosis: 0 };

  test('agree where returns are normal', () => {
    const normal = normalTail(standard, 0.99);
    expect(normal).toEqual({ varFrac: expect.closeTo(2.3263478740408408, 14), cvarFrac: expect.closeTo(2.665214220345806, 12) });
    expect(cornishFisherTail(standard, 0.99)).toEqual(normal);
  });

  test('left skew and fat tails make the corrected loss larger', () => {
    const tail = cornishFisherTail({ ...standard, skewness: -0.5, excessKurtosis: 3 }, 0.99);
    if ('kind' in tail) throw new Error(`expected a tail, was refused: ${tail.reason}`);
    expect(tail.varFrac).toBeGreaterThan(2.33);
    expect(tail.cvarFrac).toBeGreaterThan(2.67);
  });

  test('hold the shortfall at VaR where the expansion puts it below', () => {
    // Far out the Edgeworth density of this law is negative, and its shortfall is too small to be one.
    const tail = cornishFisherTail({ ...standard, excessKurtosis: 7.9 }, 0.999);
    expect(tail).toMatchObject({ varFrac: expect.any(Number) });
    if (!('kind' in tail)) expect(tail.cvarFrac).toBe(tail.varFrac);
  });

  test.each([
    [0, 0, true],
    [0, 8, true],
    [0, 8.01, false],
    [0, -0.01, false],
    [1, 1.3, false],
    [1, 4, true],
    [-1, 4, true],
    // The widest skewness there is, 6(√2 − 1), leaves one kurtosis; beyond it there is none.
    [2.4, 9, false],
    [2.5, 9, false],
    [2.5, 11, false],
  ])('skewness %d and excess kurtosis %d: usable is %s', (skewness, excessKurtosis, usable) => {
    expect(expansionRises(skewness, excessKurtosis)).toBe(usable);
    const refused = { reason: 'outside-expansion-domain' };
    const tail = cornishFisherTail({ ...standard, skewness, excessKurtosis }, 0.95);
    expect(tail).toMatchObject(usable ? { varFrac: expect.any(Number) } : refused);
  });

  test.each([
    ['a level of one', standard, 1, 'confidence-level-outside-0-1'],
    ['a level of zero', standard, 0, 'confidence-level-outside-0-1'],
    ['a level that is no number', standard, Number.NaN, 'confidence-level-outside-0-1'],
    ['a single return', { ...standard, count: 1 }, 0.95, 'history-too-short'],
    ['a mean that is no number', { ...standard, mean: Number.NaN }, 0.95, 'return-not-finite'],
    ['a variance without bound', { ...standard, variance: Number.POSITIVE_INFINITY }, 0.95, 'return-not-finite'],
    ['no variance', { ...standard, variance: 0 }, 0.95, 'returns-do-not-vary'],
    ['a skewness that is no number', { ...standard, skewness: Number.NaN }, 0.95, 'moments-not-finite'],
  ] as const)('refuse %s', (_, moments, level, reason) => {
    expect(normalTail(moments, level)).toMatchObject({ kind: 'refused', reason });
    expect(cornishFisherTail(moments, level)).toMatchObject({ kind: 'refused', reason });
  });

  test('refuse a constant, whatever rounding leaves of it', () => {
    expect(normalTail(sampleMoments(new Float64Array(251).fill(0.1)), 0.95)).toMatchObject({ reason: 'returns-do-not-vary' });
  });
});

describe('Pareto tail', () => {
  test('is fitted from 500 returns on, and refused below: 49 are too few', () => {
    expect(paretoTail(normalReturns(500), defaultTailRules)).toMatchObject({ kind: 'pareto-tail', observations: 500, fit: { count: 50 } });
    expect(paretoTail(normalReturns(499), defaultTailRules)).toMatchObject({ reason: 'too-few-exceedances', details: { exceedances: 49 } });
  });

  test('does not count a loss that equals its threshold', () => {
    const returns = normalReturns(500);
    const order = [...returns.keys()].sort((a, b) => returns[a]! - returns[b]!);
    returns[order[49]!] = returns[order[50]!]!;
    expect(paretoTail(returns, defaultTailRules)).toMatchObject({ reason: 'too-few-exceedances', details: { exceedances: 49 } });
  });

  test('joins the sample at its threshold', () => {
    const tail = paretoTail(normalReturns(1_000), defaultTailRules);
    if (tail.kind === 'refused') throw new Error(`expected a fit, was refused: ${tail.reason}`);
    expect(paretoTailLoss(tail, 0.9)).toMatchObject({ varFrac: expect.closeTo(tail.thresholdLossFrac, 12) });
    expect(paretoTailLoss(tail, 0.85)).toMatchObject({ reason: 'level-within-threshold' });
    expect(paretoTailLoss(tail, 1)).toMatchObject({ reason: 'confidence-level-outside-0-1' });
  });

  test('with a shape of zero is exponential', () => {
    const fit = {
      kind: 'gpd-fit',
      count: 100,
      shape: 0,
      scale: 0.01,
      shapeStandardError: 0.1,
      scaleStandardError: 0.001,
      logLikelihood: 0,
    } as const;
    const loss = paretoTailLoss({ kind: 'pareto-tail', thresholdLossFrac: 0.02, observations: 1_000, fit }, 0.99);
    expect(loss).toEqual({ varFrac: expect.closeTo(0.02 + 0.01 * Math.LN10, 14), cvarFrac: expect.closeTo(0.03 + 0.01 * Math.LN10, 14) });
  });

  test('with an infinite mean is refused', () => {
    const rng = seededRng('infinite mean');
    const returns = Float64Array.from({ length: 2_000 }, () => -((1 - rng.uniform()) ** -1.4 - 1) / 100);
    expect(paretoTail(returns, defaultTailRules)).toMatchObject({ reason: 'tail-mean-infinite' });
  });

  test('of coarsely rounded losses is refused', () => {
    const rounded = normalReturns(1_000).map((value) => Math.round(value * 500) / 500);
    const rules = { ...defaultTailRules, exceedancesMin: 30 };
    expect(paretoTail(rounded, rules)).toMatchObject({ reason: 'exceedances-tied' });
  });

  test('of returns that are no numbers is refused', () => {
    const holed = normalReturns(600);
    holed[7] = Number.NaN;
    expect(paretoTail(holed, defaultTailRules)).toMatchObject({ reason: 'return-not-finite' });
  });

  test('refuses a threshold that leaves no tail', () => {
    for (const thresholdQuantile of [0, 1, Number.NaN]) {
      expect(paretoTail(normalReturns(600), { ...defaultTailRules, thresholdQuantile })).toMatchObject({ reason: 'too-few-exceedances' });
    }
  });
});

describe('generalised Pareto fit', () => {
  test.each([
    ['nothing', new Float64Array(0), 'too-few-exceedances'],
    ['zero', Float64Array.of(1, 0, 2), 'exceedance-not-positive'],
    ['a negative value', Float64Array.of(1, -1, 2), 'exceedance-not-positive'],
    ['what is no number', Float64Array.of(1, Number.NaN, 2), 'exceedance-not-positive'],
    ['infinity', Float64Array.of(1, Number.POSITIVE_INFINITY), 'exceedance-not-positive'],
    ['equal values', new Float64Array(60).fill(0.3), 'exceedances-all-equal'],
  ])('refuses %s', (_, sample, reason) => {
    expect(fitGeneralizedPareto(sample)).toMatchObject({ kind: 'refused', reason });
  });

  test('refuses a sample whose likelihood has no regular maximum', () => {
    // A uniform law has shape −1: its likelihood grows without bound towards the end of the support.
    const uniform = Float64Array.from({ length: 200 }, (_, k) => (k + 0.5) / 200);
    expect(fitGeneralizedPareto(uniform)).toMatchObject({ reason: 'no-likelihood-maximum' });
  });
});

describe('tail readings', () => {
  test('of a year have three methods and say why the fourth is missing', () => {
    const readings = readTail(normalReturns(251), 0.95, defaultTailRules);
    expect(readings.historical).toMatchObject({ kind: 'reading', evidence: { observations: 251 } });
    expect(readings.parametric.kind).toBe('reading');
    expect(readings.evt).toMatchObject({ kind: 'refused', reason: 'too-few-exceedances' });
  });

  const reading = (varFrac: number, cvarFrac: number) => ({ kind: 'reading', varFrac, cvarFrac, evidence: {} }) as const;
  const four: TailReadings = {
    historical: reading(0.02, 0.03),
    parametric: reading(0.09, 0.09),
    cornishFisher: reading(0.025, 0.028),
    evt: refuse('too-few-exceedances'),
  };

  test('the worst is taken measure by measure, among the methods that the policy names; one that refused is named', () => {
    expect(worstTail(four, defaultTailRules)).toEqual({
      kind: 'worst-tail',
      varFrac: 0.025,
      varMethod: 'cornishFisher',
      cvarFrac: 0.03,
      cvarMethod: 'historical',
      refused: ['evt'],
    });
  });

  test('the historical counts even where the policy forgets it, and without it there is no measure', () => {
    expect(worstTail(four, { limitMethods: ['cornishFisher'] })).toMatchObject({ cvarFrac: 0.03, cvarMethod: 'historical' });
    expect(worstTail({ ...four, historical: refuse('history-too-short') }, defaultTailRules)).toMatchObject({
      reason: 'history-too-short',
    });
  });

  test('a reading that is no number is refused, not passed over', () => {
    expect(worstTail({ ...four, historical: reading(Number.NaN, 0.03) }, defaultTailRules)).toMatchObject({ reason: 'tail-not-finite' });
    const infinite = { ...four, cornishFisher: reading(0.02, Number.POSITIVE_INFINITY) };
    expect(worstTail(infinite, defaultTailRules)).toMatchObject({ reason: 'tail-not-finite' });
    expect(worstTail({ ...four, cornishFisher: reading(Number.NaN, 0.01) }, defaultTailRules)).toMatchObject({ reason: 'tail-not-finite' });
  });
});
