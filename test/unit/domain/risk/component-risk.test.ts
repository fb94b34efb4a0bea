import { describe, expect, test } from 'vitest';
import { cornishFisherShares, historicalShares, parametricShares } from '../../../../shared/domain/risk/component-risk.ts';
import { portfolioRisk } from '../../../../shared/domain/risk/portfolio-risk.ts';
import { isRefusal, refuse } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { panelFrom } from './panels.ts';

const rng = seededRng('components');
const noise = (count = 500, scale = 0.01): Float64Array => Float64Array.from({ length: count }, () => scale * rng.normal());
const calm = noise();
const wild = noise(500, 0.03);

describe('shares of historical risk', () => {
  test('of one symbol are the whole of it', () => {
    const shares = historicalShares(panelFrom([calm]), Float64Array.of(0.5), 0.95);
    if (isRefusal(shares)) throw new Error(shares.reason);
    expect(shares.valueAtRisk.componentFrac[0]).toBeCloseTo(shares.valueAtRisk.totalFrac, 15);
    expect(shares.valueAtRisk.marginalFrac[0]).toBeCloseTo(2 * shares.valueAtRisk.totalFrac, 15);
  });

  test('fall mostly on the wild symbol, in VaR as in CVaR', () => {
    const shares = historicalShares(panelFrom([calm, wild]), Float64Array.of(0.5, 0.5), 0.95);
    if (isRefusal(shares)) throw new Error(shares.reason);
    for (const { componentFrac } of [shares.valueAtRisk, shares.expectedShortfall])
      expect(componentFrac[1]).toBeGreaterThan(5 * componentFrac[0]!);
  });

  test('agree with the measure of the whole book', () => {
    const weights = Float64Array.of(0.3, 0.2);
    const shares = historicalShares(panelFrom([calm, wild]), weights, 0.95);
    const risk = portfolioRisk(panelFrom([calm, wild]), weights, 0.95);
    if (isRefusal(shares) || isRefusal(risk)) throw new Error('expected both');
    expect(shares.valueAtRisk.totalFrac).toBe(risk.varFrac);
    expect(shares.expectedShortfall.totalFrac).toBe(risk.cvarFrac);
    expect([...shares.expectedShortfall.marginalFrac]).toEqual(risk.marginalCvarFrac);
  });

  test('of few days reach no further than the days there are', () => {
    // Four standard errors around the tenth worst of twelve days would end with the sixteenth.
    const few = Float64Array.from({ length: 12 }, (_, k) => 0.01 * (((k * 5) % 12) - 9.5));
    const shares = historicalShares(panelFrom([few, few]), Float64Array.of(0.25, 0.75), 0.25);
    if (isRefusal(shares)) throw new Error(shares.reason);
    expect(shares.valueAtRisk.totalFrac).toBeCloseTo(0.005, 15);
    expect([...shares.valueAtRisk.componentFrac]).toEqual([expect.closeTo(0.00125, 15), expect.closeTo(0.00375, 15)]);
  });

  test('do not exist for a VaR that its neighbourhood contradicts', () => {
    // The 95 % day neither wins nor loses, but the days around it lose: no factor above zero joins the two.
    const lopsided = Float64Array.from({ length: 100 }, (_, k) => (k < 2 ? -1 : k < 6 ? 0.001 : 0.01));
    const refusal = refuse('value-at-risk-not-shareable', { varFrac: -0.001 });
    expect(historicalShares(panelFrom([lopsided]), Float64Array.of(1), 0.95)).toEqual(refusal);
  });

  test('are none of a VaR of zero', () => {
    const still = Float64Array.from({ length: 100 }, (_, k) => (k < 5 ? -0.02 : 0));
    const shares = historicalShares(panelFrom([still]), Float64Array.of(1), 0.95);
    expect(shares).toMatchObject({ kind: 'tail-shares', valueAtRisk: { totalFrac: 0, marginalFrac: Float64Array.of(0) } });
  });

  test('count the earlier of two days with the same loss', () => {
    // The second symbol is not held: it shows which of the book’s equal days were counted.
    const book = Float64Array.from({ length: 100 }, (_, k) => (k % 2 === 0 ? -0.01 : 0.01));
    const other = Float64Array.from({ length: 100 }, (_, k) => (k < 12 ? -0.05 : 0));
    const early = historicalShares(panelFrom([book, other]), Float64Array.of(1, 0), 0.95);
    const late = historicalShares(panelFrom([book, other.toReversed()]), Float64Array.of(1, 0), 0.95);
    if (isRefusal(early) || isRefusal(late)) throw new Error('expected shares');
    expect(early.valueAtRisk.marginalFrac[1]).toBeGreaterThan(0.01);
    expect(late.valueAtRisk.marginalFrac[1]).toBe(0);
  });

  test('are shares by every method', () => {
    for (const shares of [historicalShares, parametricShares, cornishFisherShares])
      expect(shares(panelFrom([calm, wild]), Float64Array.of(0.3, 0.2), 0.95)).toMatchObject({ kind: 'tail-shares' });
  });

  test('refuse what the measure refuses', () => {
    expect(historicalShares(panelFrom([calm.subarray(0, 10)]), Float64Array.of(1), 0.95)).toMatchObject({ reason: 'history-too-short' });
    expect(parametricShares(panelFrom([calm]), Float64Array.of(0), 0.95)).toMatchObject({ reason: 'returns-do-not-vary' });
    const wildest = Float64Array.from({ length: 300 }, (_, k) => (k === 7 ? -0.5 : 0.001 * (k % 3)));
    expect(cornishFisherShares(panelFrom([wildest]), Float64Array.of(1), 0.95)).toMatchObject({ reason: 'outside-expansion-domain' });
  });
});
