/**
 * The portfolio control agent: where the weight of one symbol should go, and whether the way is worth a trade.
 *
 * 1. Kelly's weight within the position limit (concentration); never below zero where shorts are not allowed.
 * 2. Away from zero only for a symbol that stands out in that direction: robust z at or beyond the entry level. Otherwise a position on the same
 *    side may stay or shrink to Kelly's weight, one on the other side is closed.                                        weightToward
 * 3. A change smaller than the rebalance band is not worth a trade, except to close a position.                        controlByPortfolio
 *
 * Source: the fund's specification, section C (5) and (6). Not covered: other symbols, turnover, sectors; the allocator sees to them.
 * Keeps the weight when a number is missing.
 */
import type { EnsembleRules } from '../../policy/policy.ts';
import { finiteOnly, type PortfolioVerdict } from './verdict.ts';

export interface PortfolioSubject {
  /** Uncapped fractional Kelly weight. */
  readonly kelly: number;
  /** Robust z of the expected return among all candidates. */
  readonly z: number;
  readonly currentWeight: number;
}

export type PortfolioControlRules = Pick<EnsembleRules, 'positionFracMax' | 'entryZScoreMin' | 'rebalanceBandFrac'>;

export function controlByPortfolio(subject: PortfolioSubject, allowShort: boolean, rules: PortfolioControlRules): PortfolioVerdict {
  const { kelly, z, currentWeight } = subject;
  if (![kelly, z, currentWeight].every(Number.isFinite)) {
    return {
      agent: 'portfolio',
      verdict: 'keep',
      reason: 'input-not-finite',
      towardWeight: currentWeight,
      evidence: finiteOnly({ ...subject }),
    };
  }
  const towardWeight = weightToward(subject, allowShort, rules);
  const change = towardWeight - currentWeight;
  const closes = towardWeight === 0 && currentWeight !== 0;
  const verdict = Math.abs(change) < rules.rebalanceBandFrac && !closes ? 'keep' : change < 0 ? 'reduce' : 'increase';
  const reason = verdict === 'keep' ? whyKeep(towardWeight, z, rules) : `${verdict === 'reduce' ? 'reduction' : 'increase'}-recommended`;
  return { agent: 'portfolio', verdict, reason, towardWeight, evidence: { kelly, z, currentWeight, change } };
}

function weightToward({ kelly, z, currentWeight }: PortfolioSubject, allowShort: boolean, rules: PortfolioControlRules): number {
  const limit = rules.positionFracMax;
  const capped = Math.min(limit, Math.max(allowShort ? -limit : 0, kelly));
  const standsOut = capped > 0 ? z >= rules.entryZScoreMin : z <= -rules.entryZScoreMin;
  if (standsOut) return capped;
  const sameSide = Math.sign(capped) === Math.sign(currentWeight);
  return sameSide ? Math.sign(capped) * Math.min(Math.abs(capped), Math.abs(currentWeight)) : 0;
}

function whyKeep(towardWeight: number, z: number, rules: PortfolioControlRules): string {
  if (Math.abs(z) < rules.entryZScoreMin) return 'does-not-stand-out';
  return towardWeight === 0 ? 'expected-return-too-low' : 'within-rebalance-band';
}
