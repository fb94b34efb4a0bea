import { describe, expect, test } from 'vitest';
import { affordableShares, impactFracOfOneShare } from '../../../../../shared/domain/research/engine/execution-cost.ts';
import { viewOf } from '../../../../../shared/domain/research/engine/market-view.ts';
import { freeCosts } from '../../../../../shared/domain/research/rules.ts';
import { type HandBar, type HandOptions, panelOf } from '../../../../support/research/hand-panel.ts';

/** One share moves the price of 100 by a thousandth, so 400 shares move it by two hundredths: at most 102 each. */
const terms = { basePriceUsd: 100, impactFracOfOneShare: 0.001 };

describe('the shares that a budget buys, impact included', () => {
  test.each([
    ['nothing but impact', 40_800, {}],
    ['a commission of 1 %', 41_208, { commissionBps: 100 }],
    ['a commission a share', 41_000, { commissionUsdPerShare: 0.5 }],
    ['a minimum commission', 40_810, { commissionUsdMin: 10 }],
    ['half a spread and slippage of 2 % together', 41_600, { spreadBps: 200, slippageBps: 100 }],
  ] as const)('%s: four hundred for %d', (_what, budgetUsd, costs) => {
    expect(affordableShares({ ...terms, budgetUsd }, { ...freeCosts, ...costs })).toBeCloseTo(400, 9);
  });

  test('without impact it is one division', () => {
    const costs = { ...freeCosts, slippageBps: 200, commissionBps: 100 };
    expect(affordableShares({ budgetUsd: 10_302, basePriceUsd: 100, impactFracOfOneShare: 0 }, costs)).toBeCloseTo(100, 12);
  });

  test('is not positive where there is no budget, or less than the minimum commission', () => {
    expect(affordableShares({ ...terms, budgetUsd: 0 }, freeCosts)).toBe(0);
    expect(affordableShares({ ...terms, budgetUsd: 9 }, { ...freeCosts, commissionUsdMin: 10 })).toBeLessThan(0);
  });
});

describe('impact of one share', () => {
  /** Every other bar rises by 21 %: log returns lie ln 1.1 above and below their mean. */
  const rising = Array.from({ length: 23 }, (_, bar): HandBar => {
    const price = 1.21 ** Math.ceil(bar / 2);
    return [price, price, price, price, 10_000];
  });
  const impactAt = (row: number, options: HandOptions = {}): number => {
    const view = viewOf(panelOf({ AAA: rising }, options));
    if ('kind' in view) throw new Error(JSON.stringify(view));
    return impactFracOfOneShare(view, 0, row, { ...freeCosts, impactCoefficient: 2 });
  };
  const expected = (2 * Math.log(1.1) * Math.sqrt(20 / 19)) / 100;

  test('is by the deviation of twenty returns from their mean, known from the 22nd bar on', () => {
    expect(impactAt(20)).toBeNaN();
    expect(impactAt(21)).toBeCloseTo(expected, 12);
    expect(impactAt(22)).toBeCloseTo(expected, 12);
  });

  test('a split that is in the prices already is not taken out again', () => {
    expect(impactAt(22, { splits: { AAA: { 10: 2 } } })).toBeCloseTo(expected, 12);
  });
});
