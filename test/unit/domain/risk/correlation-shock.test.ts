import { describe, expect, test } from 'vitest';
import { correlationShock } from '../../../../shared/domain/risk/correlation-shock.ts';
import { isRefusal, refuse } from '../../../../shared/kernel/refusal.ts';
import { panelFrom } from './panels.ts';

describe('correlation shock', () => {
  const alternating = Float64Array.from({ length: 100 }, (_, k) => (k % 2 === 0 ? 0.01 : -0.01));
  const slower = Float64Array.from({ length: 100 }, (_, k) => (k % 4 < 2 ? 0.02 : -0.02));
  // Two symbols without correlation and without drift, of 1 % and 2 % a day.
  const panel = panelFrom([alternating, slower]);
  const vols = (weights: readonly number[], shock: number): number[] => {
    const result = correlationShock(panel, Float64Array.from(weights), 0.95, shock);
    if (isRefusal(result)) throw new Error(result.reason);
    return [result.towardsOne.dailyVol, result.towardsZero.dailyVol, result.varFrac];
  };

  test('of nothing leaves the volatility as it is, and of one adds it up', () => {
    const independent = Math.sqrt(0.005 ** 2 + 0.01 ** 2);
    expect(vols([0.5, 0.5], 0)).toEqual(
      [independent, independent, 1.6448536269514722 * independent].map((value) => expect.closeTo(value, 14)),
    );
    expect(vols([0.5, 0.5], 1)[0]).toBeCloseTo(0.015, 14);
  });

  test('half way is the correlation of a half', () => {
    expect(vols([0.5, 0.5], 0.5)[0]).toBeCloseTo(Math.sqrt(0.005 ** 2 + 0.01 ** 2 + 2 * 0.5 * 0.005 * 0.01), 14);
  });

  test('relieves a hedged book in one direction and is measured in the other', () => {
    const twins = panelFrom([alternating, alternating]);
    const hedged = correlationShock(twins, Float64Array.of(0.5, -0.5), 0.95, 0.5);
    if (isRefusal(hedged)) throw new Error(hedged.reason);
    expect(hedged.towardsOne.dailyVol).toBeCloseTo(0, 14);
    expect(hedged.towardsZero.dailyVol).toBeCloseTo(Math.sqrt(0.5 * 2 * 0.005 ** 2), 14);
    expect(hedged.varFrac).toBe(hedged.towardsZero.varFrac);
  });

  test('takes the drift off the loss, by the same amount in both directions', () => {
    const drifting = panelFrom([alternating.map((value) => value + 0.002)]);
    expect(correlationShock(drifting, Float64Array.of(0.5), 0.95, 0.5)).toEqual({
      kind: 'correlation-shock',
      shockFrac: 0.5,
      towardsOne: { dailyVol: expect.closeTo(0.005, 14), varFrac: expect.closeTo(1.6448536269514722 * 0.005 - 0.001, 14) },
      towardsZero: { dailyVol: expect.closeTo(0.005, 14), varFrac: expect.closeTo(1.6448536269514722 * 0.005 - 0.001, 14) },
      varFrac: expect.closeTo(1.6448536269514722 * 0.005 - 0.001, 14),
    });
  });

  test('leaves out what is not held: it may have no returns', () => {
    const holed = panelFrom([alternating, new Float64Array(100).fill(Number.NaN)]);
    const alone = correlationShock(panelFrom([alternating]), Float64Array.of(0.5), 0.95, 0.5);
    expect(correlationShock(holed, Float64Array.of(0.5, 0), 0.95, 0.5)).toEqual(alone);
  });

  test('says what it refuses', () => {
    const shock = (weights: readonly number[], level: number, shockFrac: number) =>
      correlationShock(panel, Float64Array.from(weights), level, shockFrac);
    expect(shock([0.5, 0.5], 0.95, 2)).toEqual(refuse('shock-outside-0-1', { shockFrac: 2 }));
    expect(shock([0.5, 0.5], 1, 0.5)).toEqual(refuse('confidence-level-outside-0-1', { confidenceLevel: 1 }));
    expect(shock([0.5, Number.NaN], 0.95, 0.5)).toEqual(refuse('return-not-finite', { symbols: 2 }));
  });

  test('refuses moves too large to be squared, though in the book they cancel', () => {
    const huge = alternating.map((value) => value * 1e202);
    expect(correlationShock(panelFrom([huge, huge]), Float64Array.of(0.5, -0.5), 0.95, 0.5)).toMatchObject({ reason: 'return-not-finite' });
  });

  test('finds no risk in an empty book', () => {
    const none = { dailyVol: 0, varFrac: 0 };
    expect(correlationShock(panelFrom([new Float64Array(0)]), Float64Array.of(0), 0.95, 0.5)).toEqual({
      kind: 'correlation-shock',
      shockFrac: 0.5,
      towardsOne: none,
      towardsZero: none,
      varFrac: 0,
    });
    expect(vols([0, 0], 0.5)).toEqual([0, 0, 0]);
  });

  test.each([
    ['a shock beyond one', Float64Array.of(0.5, 0.5), 0.95, 1.1, 'shock-outside-0-1'],
    ['a shock below zero', Float64Array.of(0.5, 0.5), 0.95, -0.1, 'shock-outside-0-1'],
    ['a level of zero', Float64Array.of(0.5, 0.5), 0, 0.5, 'confidence-level-outside-0-1'],
    ['a level below zero', Float64Array.of(0.5, 0.5), -0.5, 0.5, 'confidence-level-outside-0-1'],
    ['a shock that is no number', Float64Array.of(0.5, 0.5), 0.95, Number.NaN, 'shock-outside-0-1'],
    ['a level of one', Float64Array.of(0.5, 0.5), 1, 0.5, 'confidence-level-outside-0-1'],
    ['a weight that is no number', Float64Array.of(0.5, Number.NaN), 0.95, 0.5, 'return-not-finite'],
  ])('refuses %s', (_, weights, level, shock, reason) => {
    expect(correlationShock(panel, weights, level, shock)).toMatchObject({ kind: 'refused', reason });
  });
});
