/**
 * The risk control agent: whether anything forbids a trade in a symbol, whatever the opinions of it are. First rule that holds, in this order:
 *
 * 1. the cycle's own override (a breaker, a regime without exposure)                   risk-override
 * 2. marginal CVaR is no number, or over the limit                                     risk-input-not-finite, marginal-cvar-over-limit
 * 3. gross leverage is over its limit, or would be with the recommended weight         leverage-exceeded
 * Source: the fund's specification, section C (6). Not covered: the book's totals, which are the risk engine's after allocation, and how much of
 * a day's volume an order may be, which is held against each order before it is sent.
 */
import { finiteOnly, type RiskVerdict } from './verdict.ts';

export interface RiskSituation {
  /** Why nothing may be traded; null when something may. */
  readonly riskOverride: string | null;
  readonly cvarFracMax: number;
  readonly grossFracMax: number;
  readonly currentGrossFrac: number;
}

export interface RiskSubject {
  /** Tail loss added per unit of weight; positive is a loss. */
  readonly marginalCvarFrac: number;
  readonly currentWeight: number;
  /** Where the portfolio agent would take the weight. */
  readonly towardWeight: number;
}

export function controlByRisk(subject: RiskSubject, situation: RiskSituation): RiskVerdict {
  const { marginalCvarFrac, currentWeight, towardWeight } = subject;
  const { riskOverride, cvarFracMax, grossFracMax, currentGrossFrac } = situation;
  const grossAfterFrac = currentGrossFrac - Math.abs(currentWeight) + Math.abs(towardWeight);
  const evidence = { marginalCvarFrac, cvarFracMax, currentGrossFrac, grossAfterFrac, grossFracMax };
  const override = (reason: string): RiskVerdict => ({ agent: 'risk', verdict: 'override', reason, evidence: finiteOnly(evidence) });

  if (riskOverride !== null) return override('risk-override');
  if (![marginalCvarFrac, cvarFracMax, grossFracMax, grossAfterFrac].every(Number.isFinite)) return override('risk-input-not-finite');
  if (marginalCvarFrac > cvarFracMax) return override('marginal-cvar-over-limit');
  if (currentGrossFrac > grossFracMax || grossAfterFrac > grossFracMax) return override('leverage-exceeded');
  return { agent: 'risk', verdict: 'clear', reason: 'within-limits', evidence: finiteOnly(evidence) };
}
