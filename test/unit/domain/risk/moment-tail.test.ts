import { describe, expect, test } from 'vitest';
import {
  cornishFisherTail,
  expansionRises,
  normalTail,
  standardCornishFisherTail,
  standardNormalTail,
} from '../../../../shared/domain/risk/moment-tail.ts';
import { sampleMoments } from '../../../../shared/domain/statistics/moments.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';

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
    [2, 8.9, true],
    [-2, 8.9, true],
    // Here the parabola opens downwards, though its discriminant is negative too.
    [20, 493, false],
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

  test('say what they refuse', () => {
    expect(normalTail(standard, 2)).toEqual(refuse('confidence-level-outside-0-1', { confidenceLevel: 2 }));
    expect(normalTail({ ...standard, count: 1 }, 0.95)).toEqual(refuse('history-too-short', { observations: 1 }));
    expect(normalTail({ ...standard, mean: Number.NaN }, 0.95)).toEqual(refuse('return-not-finite', { observations: 100 }));
    expect(normalTail({ ...standard, variance: 0 }, 0.95)).toEqual(refuse('returns-do-not-vary', { observations: 100 }));
    const wild = { skewness: Number.POSITIVE_INFINITY, excessKurtosis: 3 };
    expect(normalTail({ ...standard, ...wild }, 0.95)).toEqual(refuse('moments-not-finite', wild));
    const fat = { skewness: 0, excessKurtosis: 9 };
    expect(cornishFisherTail({ ...standard, ...fat }, 0.95)).toEqual(refuse('outside-expansion-domain', fat));
  });

  test('are measured from two returns on', () => {
    expect(normalTail({ ...standard, count: 2 }, 0.99)).toEqual(normalTail(standard, 0.99));
  });

  test('in units of the deviation, the normal one has no slope in skewness and kurtosis', () => {
    expect(standardNormalTail(standard, 0.99)).toEqual({
      kind: 'standard-tail',
      valueAtRisk: { value: expect.closeTo(2.3263478740408408, 14), bySkewness: 0, byExcessKurtosis: 0 },
      expectedShortfall: { value: expect.closeTo(2.665214220345806, 12), bySkewness: 0, byExcessKurtosis: 0 },
    });
    expect(standardCornishFisherTail(standard, 0.99)).toMatchObject({ kind: 'standard-tail' });
  });

  test('refuse a constant, whatever rounding leaves of it', () => {
    expect(normalTail(sampleMoments(new Float64Array(251).fill(0.1)), 0.95)).toMatchObject({ reason: 'returns-do-not-vary' });
  });
});
