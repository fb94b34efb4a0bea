/**
 * What must hold for every sample:
 *  1. CVaR is at least VaR.
 *  2. Both grow with the confidence level.
 *  3. Both scale with the position, and shift with a sure loss (homogeneity, translation).
 *  4. CVaR of a sum is at most the sum of CVaRs (subadditivity; VaR may break this).
 *  5. The order of the days does not matter.
 *  6. The shares of the symbols sum to the book's CVaR.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { portfolioRisk } from '../../../../shared/domain/risk/portfolio-risk.ts';
import type { ReturnPanel } from '../../../../shared/domain/risk/return-panel.ts';
import { type TailLoss, tailLoss } from '../../../../shared/domain/risk/tail-loss.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { Ticker } from '../../../../shared/kernel/units.ts';

const aReturn = fc.double({ min: -0.5, max: 0.5, noNaN: true });
const aSample = fc.float64Array({ min: -0.5, max: 0.5, noNaN: true, minLength: 100, maxLength: 300 });
const aLevel = fc.double({ min: 0.5, max: 0.98, noNaN: true });

function measured(returns: Float64Array, level: number): TailLoss {
  const result = tailLoss(returns, level);
  if (isRefusal(result)) throw new Error(`expected a measure, was refused: ${result.reason}`);
  return result;
}

describe('tail loss', () => {
  test('1. expected shortfall is at least value at risk', () => {
    fc.assert(
      fc.property(aSample, aLevel, (returns, level) => {
        const { varFrac, cvarFrac } = measured(returns, level);
        expect(cvarFrac).toBeGreaterThanOrEqual(varFrac - 1e-12);
      }),
    );
  });

  test('2. both grow with the confidence level', () => {
    fc.assert(
      fc.property(aSample, aLevel, aLevel, (returns, a, b) => {
        const low = measured(returns, Math.min(a, b));
        const high = measured(returns, Math.max(a, b));
        expect(high.varFrac).toBeGreaterThanOrEqual(low.varFrac);
        expect(high.cvarFrac).toBeGreaterThanOrEqual(low.cvarFrac - 1e-12);
      }),
    );
  });

  test('3. both scale with the position and shift with a sure loss', () => {
    fc.assert(
      fc.property(aSample, aLevel, fc.double({ min: 0.1, max: 3, noNaN: true }), aReturn, (returns, level, size, sureLoss) => {
        const base = measured(returns, level);
        const moved = measured(
          returns.map((value) => value * size - sureLoss),
          level,
        );
        expect(moved.varFrac).toBeCloseTo(base.varFrac * size + sureLoss, 10);
        expect(moved.cvarFrac).toBeCloseTo(base.cvarFrac * size + sureLoss, 10);
      }),
    );
  });

  test('4. expected shortfall of a sum is at most the sum', () => {
    fc.assert(
      fc.property(aSample, aLevel, (returns, level) => {
        const other = returns.map((_, i) => returns[(i * 7 + 3) % returns.length]!);
        const together = returns.map((value, i) => value + other[i]!);
        const apart = measured(returns, level).cvarFrac + measured(other, level).cvarFrac;
        expect(measured(together, level).cvarFrac).toBeLessThanOrEqual(apart + 1e-12);
      }),
    );
  });

  test('5. the order of the days does not matter', () => {
    fc.assert(
      fc.property(aSample, aLevel, (returns, level) => {
        const there = measured(returns, level);
        const back = measured(returns.slice().reverse(), level);
        expect(back.varFrac).toBe(there.varFrac);
        expect(back.cvarFrac).toBeCloseTo(there.cvarFrac, 12);
      }),
    );
  });

  test('6. the shares sum to the whole', () => {
    const someWeights = fc.float64Array({ min: -0.1, max: 0.1, noNaN: true, minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(aSample, aLevel, someWeights, (returns, level, weights) => {
        const columns = [returns, returns.map((_, i) => returns[(i * 7 + 3) % returns.length]!), returns.map((value) => -0.3 * value)];
        const days = new Int32Array(returns.length);
        const panel: ReturnPanel = { kind: 'panel', days, symbols: ['A', 'B', 'C'] as Ticker[], returns: columns };
        const risk = portfolioRisk(panel, weights, level);
        if (isRefusal(risk)) throw new Error(`expected a measure, was refused: ${risk.reason}`);
        expect(risk.componentCvarFrac.reduce((sum, share) => sum + share, 0)).toBeCloseTo(risk.cvarFrac, 12);
      }),
    );
  });
});
