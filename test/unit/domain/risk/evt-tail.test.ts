import { describe, expect, test } from 'vitest';
import { defaultTailRules } from '../../../../shared/domain/policy/tail-rules.ts';
import { paretoTail, paretoTailLoss } from '../../../../shared/domain/risk/evt-tail.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';

function normalReturns(count: number, seed = 'returns'): Float64Array {
  const rng = seededRng(seed);
  return Float64Array.from({ length: count }, () => 0.01 * rng.normal());
}

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

  test('counts exceedances, not losses, where the policy asks for few', () => {
    const rules = { ...defaultTailRules, exceedancesMin: 1 };
    expect(paretoTail(normalReturns(10), rules)).toEqual(refuse('exceedances-all-equal', { exceedances: 1 }));
    const none = { ...rules, exceedancesMin: 0 };
    expect(paretoTail(normalReturns(9), none)).toEqual(refuse('too-few-exceedances', { exceedances: 0, exceedancesMin: 0 }));
    expect(paretoTail(new Float64Array(100), none)).toEqual(refuse('too-few-exceedances', { exceedances: 0 }));
  });

  test('takes as many equal exceedances as the policy allows, and none more', () => {
    const paired = (pairs: number, singles: number): Float64Array => {
      const excess = Array.from({ length: pairs + singles }, (_, k) => 0.02 - 0.01 * Math.log(1 - (k + 0.5) / (pairs + singles)));
      const tail = excess.flatMap((loss, k) => (k < pairs ? [-loss, -loss] : [-loss]));
      return Float64Array.from([...tail, ...Array(1000 - tail.length).fill(-0.02)]);
    };
    const half = { ...defaultTailRules, distinctExceedanceFracMin: 0.5 };
    expect(paretoTail(paired(50, 0), half)).toMatchObject({ kind: 'pareto-tail', fit: { count: 100 } });
    const stricter = { ...defaultTailRules, distinctExceedanceFracMin: 0.51 };
    expect(paretoTail(paired(50, 0), stricter)).toEqual(refuse('exceedances-tied', { exceedances: 100, distinct: 50 }));
    expect(paretoTail(paired(40, 20), stricter)).toMatchObject({ kind: 'pareto-tail' });
  });

  test('that no generalised Pareto law fits is refused, with the reason of the fit', () => {
    const uniform = Float64Array.from({ length: 1000 }, (_, k) => -(k + 0.5) / 1000);
    expect(paretoTail(uniform, defaultTailRules)).toEqual(refuse('no-likelihood-maximum', { exceedances: 100 }));
  });

  test('joins the sample at its threshold', () => {
    const tail = paretoTail(normalReturns(1_000), defaultTailRules);
    if (tail.kind === 'refused') throw new Error(`expected a fit, was refused: ${tail.reason}`);
    expect(paretoTailLoss(tail, 0.9)).toMatchObject({ varFrac: expect.closeTo(tail.thresholdLossFrac, 12) });
    const within = { confidenceLevel: 0.85, levelMin: 0.9 };
    expect(paretoTailLoss(tail, 0.85)).toEqual(refuse('level-within-threshold', within));
    for (const confidenceLevel of [1, 0, -1, Number.NaN])
      expect(paretoTailLoss(tail, confidenceLevel)).toEqual(refuse('confidence-level-outside-0-1', { confidenceLevel }));
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
    const details = { shape: expect.any(Number), shapeStandardError: expect.any(Number) };
    expect(paretoTail(returns, defaultTailRules)).toMatchObject({ reason: 'tail-mean-infinite', details });
  });

  test('of coarsely rounded losses is refused', () => {
    const rounded = normalReturns(1_000).map((value) => Math.round(value * 500) / 500);
    const rules = { ...defaultTailRules, exceedancesMin: 30 };
    expect(paretoTail(rounded, rules)).toMatchObject({ reason: 'exceedances-tied' });
  });

  test('of returns that are no numbers is refused', () => {
    for (const at of [0, 7]) {
      const holed = normalReturns(600);
      holed[at] = Number.NaN;
      expect(paretoTail(holed, defaultTailRules)).toEqual(refuse('return-not-finite', { observations: 600 }));
    }
  });

  test('refuses a threshold that leaves no tail', () => {
    for (const thresholdQuantile of [0, 1, Number.NaN]) {
      expect(paretoTail(normalReturns(600), { ...defaultTailRules, thresholdQuantile })).toMatchObject({ reason: 'too-few-exceedances' });
    }
  });
});
