import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { allocate } from '../../../../shared/domain/portfolio/allocate.ts';
import type { AllocationCandidate } from '../../../../shared/domain/portfolio/allocation.ts';
import { sharesToTrade } from '../../../../shared/domain/portfolio/round-lots.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';
import { ticker } from '../fixtures.ts';
import { defaultParameters as parameters, unrelated } from './make-covariance.ts';

const rules = defaultPolicy.portfolio;
const candidate = (symbol: string, change: Partial<AllocationCandidate> = {}): AllocationCandidate => ({
  symbol: ticker(symbol),
  sector: `sector-${symbol}`,
  currentWeight: 0,
  tradable: true,
  proposal: 'BUY',
  recommendedWeight: 0.1,
  excessMu: 0.0006,
  sigma: 0.015,
  ...change,
});
const targets = (candidates: readonly AllocationCandidate[], change: Partial<typeof parameters> = {}) =>
  Object.fromEntries(
    allocate(candidates, { ...parameters, ...change }, unrelated(candidates)).weights.map((weight) => [weight.symbol, weight]),
  );

describe('capital auction', () => {
  test('spreads the turnover of a first cycle over the strongest, a step each', () => {
    const candidates = Array.from({ length: 20 }, (_, i) =>
      candidate(`S${String(i).padStart(2, '0')}`, { excessMu: 0.0003 + i * 0.00002 }),
    );
    const { weights, totals } = allocate(candidates, parameters, unrelated(candidates));
    const funded = weights.filter(({ targetWeight }) => targetWeight > 0);
    expect(totals.turnoverFrac).toBeCloseTo(0.2, 6);
    expect(funded.length).toBeGreaterThanOrEqual(10);
    expect(Math.max(...funded.map(({ targetWeight }) => targetWeight))).toBeLessThanOrEqual(rules.entryStepFracMax);
    expect(weights[0]).toMatchObject({ targetWeight: 0, refusals: [{ reason: 'turnover-spent' }] });
  });

  test('gives nothing to a bid that its costs exceed', () => {
    expect(targets([candidate('A', { excessMu: 0.00001 })]).A).toMatchObject({
      targetWeight: 0,
      refusals: [{ reason: 'cost-exceeds-conviction' }],
    });
  });

  test('keeps a sector within its limit, and counts unknown sectors as one', () => {
    const wide = { ...rules, turnoverFracMax: 1, entryStepFracMax: 0.1 };
    const result = targets([candidate('A', { sector: null }), candidate('B', { sector: null })], { rules: wide });
    expect(result.A!.targetWeight).toBeCloseTo(0.075, 6);
    expect(result.B!.targetWeight).toBe(result.A!.targetWeight);
    for (const { refusals } of [result.A!, result.B!]) expect(refusals).toEqual([{ reason: 'sector-limit' }]);
  });

  test('leaves a rejected or held-back symbol where it is', () => {
    const result = targets([candidate('A', { proposal: 'REJECT', currentWeight: 0.03 }), candidate('B', { proposal: 'HOLD' })]);
    expect(result.A).toMatchObject({ targetWeight: 0.03, forced: false });
    expect(result.B).toMatchObject({ targetWeight: 0 });
  });

  test('sells before it buys, the weakest first, and postpones what turnover does not allow', () => {
    const leaving = (symbol: string, excessMu: number) =>
      candidate(symbol, { proposal: 'SELL', currentWeight: 0.09, recommendedWeight: 0, excessMu });
    const result = targets([leaving('A', -0.0001), leaving('B', -0.0003), leaving('C', -0.0002), candidate('D')]);
    expect(result.B!.targetWeight).toBe(0);
    expect(result.C!.targetWeight).toBe(0);
    expect(result.A!.targetWeight).toBeCloseTo(0.07, 6);
    expect(result.A!.refusals).toEqual([{ reason: 'reduction-postponed' }]);
    expect(result.D!.targetWeight).toBe(0);
  });

  test('repairs a book outside its limits at once, whatever the turnover', () => {
    const grown = Array.from({ length: 8 }, (_, i) => candidate(`S${i}`, { proposal: 'HOLD', currentWeight: 0.12 }));
    const { weights, totals } = allocate(grown, parameters, unrelated(grown));
    expect(totals.longFrac).toBeLessThanOrEqual(0.6);
    expect(totals.forcedTurnoverFrac).toBeGreaterThan(0.2);
    expect(weights.every(({ forced }) => forced)).toBe(true);
  });

  test('lets a position that may not trade keep its weight, and fits the others around it', () => {
    const stuck = candidate('A', { tradable: false, currentWeight: 0.12, sector: 'S' });
    const result = targets([stuck, candidate('B', { proposal: 'HOLD', currentWeight: 0.08, sector: 'S' })]);
    expect(result.A!.targetWeight).toBe(0.12);
    expect(result.B!.targetWeight).toBeCloseTo(0.03, 6);
  });

  test('closes shorts that the policy does not allow', () => {
    expect(targets([candidate('A', { proposal: 'HOLD', currentWeight: -0.05 })]).A).toMatchObject({ targetWeight: 0, forced: true });
  });

  test('opens shorts where the policy allows them', () => {
    const short = candidate('A', { proposal: 'SELL', recommendedWeight: -0.1, excessMu: -0.0006 });
    expect(targets([short], { rules: { ...rules, allowShort: true } }).A!.targetWeight).toBeCloseTo(-0.02, 6);
  });

  test('shrinks the book with the exposure scale', () => {
    const held = Array.from({ length: 6 }, (_, i) => candidate(`S${i}`, { proposal: 'HOLD', currentWeight: 0.09 }));
    expect(allocate(held, { ...parameters, exposureScaleFrac: 0.5 }, unrelated(held)).totals.longFrac).toBeCloseTo(0.3, 6);
  });

  test('answers no candidates with an empty book', () => {
    expect(allocate([], parameters, refuse('history-too-short'))).toMatchObject({
      weights: [],
      totals: { grossFrac: 0, longFrac: 0, shortFrac: 0, turnoverFrac: 0, forcedTurnoverFrac: 0 },
      optimizer: { status: 'refused', reason: 'history-too-short' },
    });
  });
});

describe('sizing by Kelly', () => {
  const wide = { ...rules, turnoverFracMax: 2, entryStepFracMax: 0.1, tradeCostFrac: 0 };
  const steady = { ...parameters, rules: wide, annualizedVolTarget: 10, optimizer: { ...parameters.optimizer, volatilityScaleUpMax: 1 } };
  // γ·μ/σ² by hand: 0.3 · 0.0001 / 0.0004.
  const modest = (symbol: string) => candidate(symbol, { excessMu: 0.0001, sigma: 0.02 });

  test('gives one name its own Kelly weight, and says that more would not pay', () => {
    const [only] = allocate([modest('A')], steady, unrelated([modest('A')])).weights;
    expect(only!.targetWeight).toBeCloseTo(0.075, 12);
    expect(only!.refusals).toEqual([{ reason: 'cost-exceeds-conviction' }]);
  });

  test('gives two names that move as one what one of them would get', () => {
    const both = ['A', 'B'].map((symbol) => ({ ...modest(symbol), sector: 'S' }));
    const { weights } = allocate(both, steady, unrelated(both, 1));
    expect(weights[0]!.targetWeight).toBeCloseTo(0.0375, 9);
    expect(weights[1]!.targetWeight).toBe(weights[0]!.targetWeight);
  });

  test('counts what is held already, even where it may not trade', () => {
    const held = candidate('A', { sigma: 0.02, currentWeight: 0.06, tradable: false, proposal: 'REJECT' });
    const { weights } = allocate([held, modest('B')], steady, unrelated([held, modest('B')], 1));
    expect(weights[1]!.targetWeight).toBeCloseTo(0.015, 9);
  });

  test('does not pass the recommended weight, and reaches it exactly', () => {
    const eager = candidate('A', { recommendedWeight: 0.0371, excessMu: 0.002 });
    expect(allocate([eager], steady, unrelated([eager])).weights[0]).toMatchObject({ targetWeight: 0.0371, refusals: [] });
  });

  test('opens nothing without a covariance, but still repairs and reduces', () => {
    const book = [
      candidate('A'),
      candidate('B', { proposal: 'SELL', currentWeight: 0.05, recommendedWeight: 0 }),
      candidate('C', { proposal: 'HOLD', currentWeight: 0.12 }),
    ];
    const { weights, optimizer } = allocate(book, parameters, refuse('history-too-short'));
    expect(weights[0]).toMatchObject({ targetWeight: 0, refusals: [{ reason: 'covariance-missing' }] });
    expect(weights[1]!.targetWeight).toBe(0);
    expect(weights[2]!.targetWeight).toBeCloseTo(0.1, 6);
    expect(optimizer).toMatchObject({ status: 'refused', reason: 'history-too-short', predictedAnnualizedVol: null });
  });

  test('opens no name whose returns are not in the covariance', () => {
    const pair = [candidate('A'), candidate('B')];
    const { weights } = allocate(pair, parameters, unrelated(pair.slice(0, 1)));
    expect(weights[0]!.targetWeight).toBeGreaterThan(0);
    expect(weights[1]).toMatchObject({ targetWeight: 0, refusals: [{ reason: 'covariance-missing' }] });
  });

  test('seats the highest bids', () => {
    const three = ['A', 'B', 'C'].map((symbol, i) => candidate(symbol, { excessMu: 0.0005 + 0.0001 * i }));
    const { weights } = allocate(three, { ...parameters, optimizer: { ...parameters.optimizer, seatsMax: 2 } }, unrelated(three));
    expect(weights[0]).toMatchObject({ targetWeight: 0, refusals: [{ reason: 'outbid' }] });
    expect(weights[1]!.targetWeight).toBeGreaterThan(0);
  });

  test('closes before it reverses', () => {
    const turning = candidate('A', { proposal: 'SELL', currentWeight: 0.05, recommendedWeight: -0.1, excessMu: -0.001 });
    const { weights } = allocate([turning], { ...parameters, rules: { ...rules, allowShort: true } }, unrelated([turning]));
    expect(weights[0]).toMatchObject({ targetWeight: 0, refusals: [{ reason: 'closes-before-reversing' }] });
  });

  test('trims a book that is predicted to be too volatile, within the turnover', () => {
    const wild = Array.from({ length: 6 }, (_, i) => candidate(`S${i}`, { proposal: 'HOLD', currentWeight: 0.1, sigma: 0.03 }));
    const { weights, totals, optimizer } = allocate(wild, parameters, unrelated(wild, 0.8));
    expect(totals.turnoverFrac).toBeCloseTo(0.2, 6);
    expect(optimizer.predictedAnnualizedVol).toBeLessThan(0.2);
    for (const { forced, refusals } of weights)
      expect({ forced, refusals }).toEqual({ forced: false, refusals: [{ reason: 'volatility-target' }] });
  });
});

describe('whole lots', () => {
  const lot = (change: Partial<Parameters<typeof sharesToTrade>[0]>) =>
    sharesToTrade({ targetWeight: 0.1, currentShares: 0, priceUsd: 30, equityUsd: 10_000, wholeShares: false, ...change });

  test('rounds a growing position toward zero on 4 decimals', () => expect(lot({})).toBe(33.3333));
  test('buys whole shares only when told to', () => expect(lot({ wholeShares: true })).toBe(33));
  test('sells short in whole shares', () => expect(lot({ targetWeight: -0.1 })).toBe(-33));
  test('sells more rather than less when it shrinks', () => expect(lot({ currentShares: 40, wholeShares: true })).toBe(-7));
  test('closes odd fractions too', () => expect(lot({ targetWeight: 0, currentShares: 12.3456, wholeShares: true })).toBe(-12.3456));
  test('stops at zero when it would cross', () => expect(lot({ targetWeight: -0.1, currentShares: 5 })).toBe(-5));
  test('does nothing on a price that is missing', () => expect(lot({ priceUsd: Number.NaN })).toBe(0));
  test('does not sell a held fraction to reach a whole target above it', () =>
    expect(lot({ currentShares: 33.2, wholeShares: true })).toBe(0));
});
