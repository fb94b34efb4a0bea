import { describe, expect, test } from 'vitest';
import { cornishFisherShares, historicalShares, parametricShares } from '../../../../shared/domain/risk/component-risk.ts';
import { correlationShock } from '../../../../shared/domain/risk/correlation-shock.ts';
import { portfolioRisk } from '../../../../shared/domain/risk/portfolio-risk.ts';
import type { ReturnPanel } from '../../../../shared/domain/risk/return-panel.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { ticker } from '../fixtures.ts';

const panelFrom = (...returns: Float64Array[]): ReturnPanel => ({
  kind: 'panel',
  days: new Int32Array(returns[0]!.length),
  symbols: returns.map((_, i) => ticker(`S${i}`)),
  returns,
});

const rng = seededRng('components');
const noise = (count = 500, scale = 0.01): Float64Array => Float64Array.from({ length: count }, () => scale * rng.normal());
const calm = noise();
const wild = noise(500, 0.03);

describe('shares of historical risk', () => {
  test('of one symbol are the whole of it', () => {
    const shares = historicalShares(panelFrom(calm), Float64Array.of(0.5), 0.95);
    if (isRefusal(shares)) throw new Error(shares.reason);
    expect(shares.valueAtRisk.componentFrac[0]).toBeCloseTo(shares.valueAtRisk.totalFrac, 15);
    expect(shares.valueAtRisk.marginalFrac[0]).toBeCloseTo(2 * shares.valueAtRisk.totalFrac, 15);
  });

  test('fall mostly on the wild symbol, in VaR as in CVaR', () => {
    const shares = historicalShares(panelFrom(calm, wild), Float64Array.of(0.5, 0.5), 0.95);
    if (isRefusal(shares)) throw new Error(shares.reason);
    for (const { componentFrac } of [shares.valueAtRisk, shares.expectedShortfall])
      expect(componentFrac[1]).toBeGreaterThan(5 * componentFrac[0]!);
  });

  test('agree with the measure of the whole book', () => {
    const weights = Float64Array.of(0.3, 0.2);
    const shares = historicalShares(panelFrom(calm, wild), weights, 0.95);
    const risk = portfolioRisk(panelFrom(calm, wild), weights, 0.95);
    if (isRefusal(shares) || isRefusal(risk)) throw new Error('expected both');
    expect(shares.valueAtRisk.totalFrac).toBe(risk.varFrac);
    expect(shares.expectedShortfall.totalFrac).toBe(risk.cvarFrac);
    expect([...shares.expectedShortfall.marginalFrac]).toEqual(risk.marginalCvarFrac);
  });

  test('do not exist for a VaR that its neighbourhood contradicts', () => {
    // The 95 % day neither wins nor loses, but the days around it lose: no factor above zero joins the two.
    const lopsided = Float64Array.from({ length: 100 }, (_, k) => (k < 2 ? -1 : k < 6 ? 0.001 : 0.01));
    expect(historicalShares(panelFrom(lopsided), Float64Array.of(1), 0.95)).toMatchObject({ reason: 'value-at-risk-not-shareable' });
  });

  test('refuse what the measure refuses', () => {
    expect(historicalShares(panelFrom(calm.subarray(0, 10)), Float64Array.of(1), 0.95)).toMatchObject({ reason: 'history-too-short' });
    expect(parametricShares(panelFrom(calm), Float64Array.of(0), 0.95)).toMatchObject({ reason: 'returns-do-not-vary' });
    const wildest = Float64Array.from({ length: 300 }, (_, k) => (k === 7 ? -0.5 : 0.001 * (k % 3)));
    expect(cornishFisherShares(panelFrom(wildest), Float64Array.of(1), 0.95)).toMatchObject({ reason: 'outside-expansion-domain' });
  });
});

describe('correlation shock', () => {
  const alternating = Float64Array.from({ length: 100 }, (_, k) => (k % 2 === 0 ? 0.01 : -0.01));
  const slower = Float64Array.from({ length: 100 }, (_, k) => (k % 4 < 2 ? 0.02 : -0.02));
  // Two symbols without correlation and without drift, of 1 % and 2 % a day.
  const panel = panelFrom(alternating, slower);
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
    const twins = panelFrom(alternating, alternating);
    const hedged = correlationShock(twins, Float64Array.of(0.5, -0.5), 0.95, 0.5);
    if (isRefusal(hedged)) throw new Error(hedged.reason);
    expect(hedged.towardsOne.dailyVol).toBeCloseTo(0, 14);
    expect(hedged.towardsZero.dailyVol).toBeCloseTo(Math.sqrt(0.5 * 2 * 0.005 ** 2), 14);
    expect(hedged.varFrac).toBe(hedged.towardsZero.varFrac);
  });

  test('finds no risk in an empty book', () => {
    expect(vols([0, 0], 0.5)).toEqual([0, 0, 0]);
  });

  test.each([
    ['a shock beyond one', Float64Array.of(0.5, 0.5), 0.95, 1.1, 'shock-outside-0-1'],
    ['a shock that is no number', Float64Array.of(0.5, 0.5), 0.95, Number.NaN, 'shock-outside-0-1'],
    ['a level of one', Float64Array.of(0.5, 0.5), 1, 0.5, 'confidence-level-outside-0-1'],
    ['a weight that is no number', Float64Array.of(0.5, Number.NaN), 0.95, 0.5, 'return-not-finite'],
  ])('refuses %s', (_, weights, level, shock, reason) => {
    expect(correlationShock(panel, weights, level, shock)).toMatchObject({ kind: 'refused', reason });
  });
});
