/** Covariances for tests of the allocator: made by hand, or from seeded returns. */

import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { defaultOptimizerRules } from '../../../../shared/domain/policy/optimizer-rules.ts';
import type { AllocationCandidate, AllocationParameters } from '../../../../shared/domain/portfolio/allocation.ts';
import type { Covariance } from '../../../../shared/domain/portfolio/shrunk-covariance.ts';
import type { ReturnPanel } from '../../../../shared/domain/risk/return-panel.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { ticker } from '../fixtures.ts';

export const defaultParameters: AllocationParameters = {
  rules: defaultPolicy.portfolio,
  optimizer: defaultOptimizerRules,
  kellyGamma: 0.3,
  exposureScaleFrac: 1,
  annualizedVolTarget: 0.15,
  sessionsPerYear: 252,
};

/** Every candidate moves by its own sigma, and no two together. */
export const unrelated = (candidates: readonly AllocationCandidate[], common = 0): Covariance => ({
  kind: 'covariance',
  symbols: candidates.map(({ symbol }) => symbol),
  shrinkage: 0,
  meanVariance: 0,
  ridge: 0,
  loadings: candidates.map(({ sigma }, i) => {
    const loading = new Float64Array(candidates.length + 1);
    loading[i] = (sigma ?? 0) * Math.sqrt(1 - common);
    loading[candidates.length] = (sigma ?? 0) * Math.sqrt(common);
    return loading;
  }),
});

/** A market factor and noise of their own; symbols S000, S001, … */
export function seededPanel(count: number, sessions: number, seed: string): ReturnPanel {
  const rng = seededRng(seed);
  const market = Float64Array.from({ length: sessions }, () => 0.01 * rng.normal());
  const returns = Array.from({ length: count }, () => {
    const [beta, noise] = [0.5 + rng.uniform(), 0.006 + 0.02 * rng.uniform()];
    return market.map((move) => 0.0003 + beta * move + noise * rng.normal());
  });
  return {
    kind: 'panel',
    days: Int32Array.from({ length: sessions }, (_, t) => 15_000 + t),
    symbols: returns.map((_, i) => ticker(`S${String(i).padStart(3, '0')}`)),
    returns,
  };
}
