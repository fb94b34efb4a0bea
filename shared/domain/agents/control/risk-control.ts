/**
 * The risk control agent: whether anything forbids a trade in a symbol, whatever the opinions of it are. First rule that holds, in this order:
 *
 * 1. the cycle's own override (a breaker, a regime without exposure)                   risk-override
 * 2. marginal CVaR is no number, or over the limit                                     risk-input-not-finite, marginal-cvar-over-limit
 * 3. gross leverage is over its limit, or would be with the recommended weight         leverage-exceeded
 * 4. the position would grow, and could not be left again in time: value ÷ (share of the daily value we may be × daily value) in sessions
 *                                                                                      liquidity-unknown, liquidity-too-thin
 * Source: the fund's specification, section C (6), for rules 1 to 3 and their order; rule 4 is judged only where its limit is given, and never
 * stands in the way of getting smaller. Not covered: the book's totals; they are the risk engine's, after allocation.
 */
import { finiteOnly, type RiskVerdict } from './verdict.ts';

export interface RiskSituation {
  /** Why nothing may be traded; null when something may. */
  readonly riskOverride: string | null;
  readonly cvarFracMax: number;
  readonly grossFracMax: number;
  readonly currentGrossFrac: number;
  /** Absent leaves liquidity to the pre-trade checks of each order. */
  readonly liquidity?: LiquidityLimit;
}

export interface LiquidityLimit {
  readonly equityUsd: number;
  /** The share of a day's traded value that our orders may be. */
  readonly averageDailyVolumeFracMax: number;
  /** Sessions within which every position must be sellable. */
  readonly exitSessionsMax: number;
}

export interface RiskSubject {
  /** Tail loss added per unit of weight; positive is a loss. */
  readonly marginalCvarFrac: number;
  readonly currentWeight: number;
  /** Where the portfolio agent would take the weight. */
  readonly towardWeight: number;
  /** Mean value traded in a day; absent where nobody measured it. */
  readonly averageDailyValueUsd?: number;
}

export function controlByRisk(subject: RiskSubject, situation: RiskSituation): RiskVerdict {
  const { marginalCvarFrac, currentWeight, towardWeight } = subject;
  const { riskOverride, cvarFracMax, grossFracMax, currentGrossFrac, liquidity } = situation;
  const grossAfterFrac = currentGrossFrac - Math.abs(currentWeight) + Math.abs(towardWeight);
  const exitSessions = liquidity === undefined ? 0 : sessionsToExit(Math.abs(towardWeight), subject.averageDailyValueUsd, liquidity);
  const evidence = { marginalCvarFrac, cvarFracMax, currentGrossFrac, grossAfterFrac, grossFracMax, exitSessions };
  const override = (reason: string): RiskVerdict => ({ agent: 'risk', verdict: 'override', reason, evidence: finiteOnly(evidence) });

  if (riskOverride !== null) return override('risk-override');
  if (![marginalCvarFrac, cvarFracMax, grossFracMax, grossAfterFrac].every(Number.isFinite)) return override('risk-input-not-finite');
  if (marginalCvarFrac > cvarFracMax) return override('marginal-cvar-over-limit');
  if (currentGrossFrac > grossFracMax || grossAfterFrac > grossFracMax) return override('leverage-exceeded');
  if (liquidity !== undefined && Math.abs(towardWeight) > Math.abs(currentWeight)) {
    if (Number.isNaN(exitSessions)) return override('liquidity-unknown');
    if (exitSessions > liquidity.exitSessionsMax) return override('liquidity-too-thin');
  }
  return { agent: 'risk', verdict: 'clear', reason: 'within-limits', evidence: finiteOnly(evidence) };
}

/** Sessions needed to sell a weight; infinite when nothing is traded, NaN when what is traded is not known. */
function sessionsToExit(
  weight: number,
  dailyValueUsd: number | undefined,
  { equityUsd, averageDailyVolumeFracMax }: LiquidityLimit,
): number {
  if (dailyValueUsd === undefined || !(dailyValueUsd >= 0)) return Number.NaN;
  return weight === 0 ? 0 : (weight * equityUsd) / (averageDailyVolumeFracMax * dailyValueUsd);
}
