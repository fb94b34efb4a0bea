/**
 * What the book would lose if a known market move came at once: Σ weight · beta · index return, per scenario.
 * Not covered: moves of single names beyond their beta, and liquidity drying up.
 */
import type { StressScenario } from '../policy/policy.ts';

export interface StressResult {
  readonly name: string;
  /** Positive is a loss; a book that would gain has a negative one. */
  readonly lossFrac: number;
}

/** One result per scenario, in order; `weights` and `betas` match by position. */
export function stressLosses(weights: Float64Array, betas: Float64Array, scenarios: readonly StressScenario[]): StressResult[] {
  let exposure = 0;
  for (let i = 0; i < weights.length; i++) exposure += weights[i]! * betas[i]!;
  return scenarios.map(({ name, indexReturnFrac }) => ({ name, lossFrac: -exposure * indexReturnFrac || 0 }));
}
