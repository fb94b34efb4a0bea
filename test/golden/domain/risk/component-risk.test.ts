/** Shares of the book's tail against the full co-moment matrices; provenance is in the golden file. */
import { describe, expect, test } from 'vitest';
import { cornishFisherShares, historicalShares, parametricShares, type TailShares } from '../../../../shared/domain/risk/component-risk.ts';
import type { ReturnPanel } from '../../../../shared/domain/risk/return-panel.ts';
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import { ticker } from '../../../unit/domain/fixtures.ts';
import golden from './component-risk.golden.json' with { type: 'json' };
import historical from './historical-shares.golden.json' with { type: 'json' };

const panel: ReturnPanel = {
  kind: 'panel',
  days: new Int32Array(golden.returns[0]!.length),
  symbols: ['A', 'B', 'C', 'D'].map(ticker),
  returns: golden.returns.map((series) => Float64Array.from(series)),
};
const weights = Float64Array.from(golden.weights);

function shared(shares: TailShares | Refusal): TailShares {
  if (isRefusal(shares)) throw new Error(`expected shares, was refused: ${shares.reason}`);
  return shares;
}

describe.each(golden.levels)('shares at $level', ({ level, parametricVar, cornishFisherVar, cornishFisherCvar }) => {
  test('of the normal VaR follow the covariance matrix', () => {
    const { totalFrac, marginalFrac } = shared(parametricShares(panel, weights, level)).valueAtRisk;
    expect(totalFrac).toBeCloseTo(parametricVar.total, 13);
    expect([...marginalFrac]).toEqual(parametricVar.marginal.map((value) => expect.closeTo(value, 12)));
  });

  test('of the modified VaR follow the co-skewness and co-kurtosis matrices, without forming them', () => {
    const { totalFrac, marginalFrac } = shared(cornishFisherShares(panel, weights, level)).valueAtRisk;
    expect(totalFrac).toBeCloseTo(cornishFisherVar.total, 13);
    expect([...marginalFrac]).toEqual(cornishFisherVar.marginal.map((value) => expect.closeTo(value, 12)));
  });

  test('of the modified expected shortfall are its slopes', () => {
    const { totalFrac, marginalFrac } = shared(cornishFisherShares(panel, weights, level)).expectedShortfall;
    expect(totalFrac).toBeCloseTo(cornishFisherCvar.total, 12);
    expect([...marginalFrac]).toEqual(cornishFisherCvar.marginal.map((value) => expect.closeTo(value, 8)));
  });
});

test.each(historical.levels)('shares of the historical tail at $level follow the ranks of the days', ({ level, ...expected }) => {
  const shares = shared(historicalShares(panel, weights, level));
  for (const measure of ['valueAtRisk', 'expectedShortfall'] as const) {
    expect(shares[measure].totalFrac).toBeCloseTo(expected[measure].total, 14);
    expect([...shares[measure].marginalFrac]).toEqual(expected[measure].marginal.map((value) => expect.closeTo(value, 13)));
    const components = expected[measure].marginal.map((value, i) => expect.closeTo(value * weights[i]!, 13));
    expect([...shares[measure].componentFrac]).toEqual(components);
  }
});
