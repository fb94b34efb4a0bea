/**
 * The three tiers, from one assessment: 1 VaR over its limit; 2 VaR over 1.5 times the limit, or volatility over twice its target;
 * 3 drawdown over its limit while volatility is high. Multiples come from the policy.
 */
import type { BreakerRules, RiskLimits } from '../policy/policy.ts';

export type BreakerTier = 0 | 1 | 2 | 3;

export interface BreakerMeasures {
  readonly varFrac: number;
  readonly annualizedVol: number;
  readonly drawdownFrac: number;
}

export function breakerTier(
  { varFrac, annualizedVol, drawdownFrac }: BreakerMeasures,
  limits: RiskLimits,
  rules: BreakerRules,
): BreakerTier {
  const highVol = annualizedVol > rules.highVolMultiple * rules.annualizedVolTarget;
  if (drawdownFrac > limits.drawdownFracMax && highVol) return 3;
  if (varFrac > rules.tierTwoVarMultiple * limits.varFracMax || highVol) return 2;
  return varFrac > limits.varFracMax ? 1 : 0;
}
