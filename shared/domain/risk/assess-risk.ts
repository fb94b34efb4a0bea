/**
 * Holds a proposed book against every limit and answers with one decision.
 *
 * 1. Measure the target book on the panel: tail losses with shares, volatility, stress, sectors, correlation.     measure-book.ts
 * 2. Compare with the limits; VaR and CVaR are the worst of the methods that the policy names.                    limits.ts
 * 3. Carry the breakers, the CVaR run and the recovery forward.                                                   risk-state.ts
 * 4. Decide, the gravest first:                                                                                   decide
 *      operator LIQUIDATE → LIQUIDATE · operator FREEZE, halted, tier 3, cooldown → FREEZE · a rejecting breach → REJECT ·
 *      ramp → RECOVERY · a scaling breach, tier 1 or 2 → SCALE · else ALLOW.
 *    A target that only reduces what is held is not rejected: it lowers what the limit limits.
 * `scaleFrac` multiplies the whole target book: the smallest of what breaches, tier 2 and the ramp leave. It is 0 for FREEZE, REJECT and
 * LIQUIDATE, where nothing of the proposal passes.
 *
 * Input that is missing or not finite is refused; a refusal lets no order through. Imports no alpha code.
 */
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochDay } from '../../kernel/units.ts';
import type { Policy } from '../policy/policy.ts';
import { drawdownFrac } from './drawdown.ts';
import { type Breach, breachesOf, firstUnmeasured, scaleFor } from './limits.ts';
import { type BookMeasures, measureBook, type RiskPosition, type SymbolRisk } from './measure-book.ts';
import { recoverySizing } from './recovery.ts';
import type { ReturnPanel } from './return-panel.ts';
import { applyRisk, type RiskEffect, type RiskState } from './risk-state.ts';

export type RiskDecision = 'ALLOW' | 'SCALE' | 'REJECT' | 'FREEZE' | 'LIQUIDATE' | 'RECOVERY';

export interface RiskQuestion {
  readonly day: EpochDay;
  readonly positions: readonly RiskPosition[];
  /** Holds every symbol whose weight grows; its mean is the market that betas refer to. */
  readonly panel: ReturnPanel | Refusal;
  readonly equityUsd: number;
  readonly allTimeHighUsd: number;
  readonly state: RiskState;
  readonly operatorOverride: 'FREEZE' | 'LIQUIDATE' | null;
  readonly policy: Pick<Policy, 'risk' | 'breakers' | 'recovery' | 'stress' | 'tail'>;
  readonly sessionsPerYear: number;
}

export interface RiskMetrics extends BookMeasures {
  readonly drawdownFrac: number;
  readonly lossFromHighFrac: number;
}

export interface RiskAssessment {
  readonly kind: 'assessment';
  readonly decision: RiskDecision;
  readonly scaleFrac: number;
  /** Kebab-case, why the decision is not ALLOW. */
  readonly reasons: readonly string[];
  readonly breaches: readonly Breach[];
  readonly metrics: RiskMetrics;
  /** Symbols with a target weight, by symbol. */
  readonly perSymbol: readonly SymbolRisk[];
  readonly nextState: RiskState;
  readonly effects: readonly RiskEffect[];
}

export function assessRisk(question: RiskQuestion): RiskAssessment | Refusal {
  const unfit = unfitInput(question);
  if (unfit !== undefined) return unfit;
  const { policy, day, equityUsd, allTimeHighUsd, positions, operatorOverride } = question;
  const aimedAt = operatorOverride === 'LIQUIDATE' ? [] : positions;
  const book = measureBook(aimedAt, question.panel, policy, question.sessionsPerYear);
  if (isRefusal(book)) return book;

  const { varFrac, cvarFrac, annualizedVol } = book.measures;
  if (!Number.isFinite(annualizedVol)) return refuse('measure-not-finite', { measure: 'annualized-vol' });
  const event = { kind: 'assessed', day, varFrac, cvarFrac, annualizedVol, equityUsd, allTimeHighUsd } as const;
  const { state: nextState, effects } = applyRisk(question.state, event, policy);
  const metrics: RiskMetrics = {
    ...book.measures,
    drawdownFrac: drawdownFrac(equityUsd, nextState.peakEquityUsd!),
    lossFromHighFrac: drawdownFrac(equityUsd, allTimeHighUsd),
  };
  const unmeasured = firstUnmeasured(metrics, policy.risk);
  if (unmeasured !== undefined) return refuse('measure-not-finite', { measure: unmeasured.limit, subject: unmeasured.subject });
  const breaches = breachesOf(metrics, policy.risk);
  const { perSymbol } = book;
  return { kind: 'assessment', ...decide(question, breaches, nextState), breaches, metrics, perSymbol, nextState, effects };
}

function unfitInput({ positions, equityUsd, allTimeHighUsd }: RiskQuestion): Refusal | undefined {
  if (!(equityUsd > 0 && Number.isFinite(equityUsd))) return refuse('equity-not-positive', { equityUsd });
  if (!(allTimeHighUsd > 0 && Number.isFinite(allTimeHighUsd))) return refuse('equity-high-not-positive', { allTimeHighUsd });
  const bad = positions.find(({ currentWeight, targetWeight }) => !Number.isFinite(currentWeight) || !Number.isFinite(targetWeight));
  return bad === undefined ? undefined : refuse('weight-not-finite', { symbol: bad.symbol });
}

function decide(
  { operatorOverride, positions, policy }: RiskQuestion,
  breaches: readonly Breach[],
  state: RiskState,
): Pick<RiskAssessment, 'decision' | 'scaleFrac' | 'reasons'> {
  const breachReasons = [...new Set(breaches.map(({ limit }) => `${limit}-over-limit`))];
  if (operatorOverride === 'LIQUIDATE') return { decision: 'LIQUIDATE', scaleFrac: 0, reasons: ['operator-liquidates'] };
  const frozen = freezeReasons(operatorOverride, state);
  if (frozen.length > 0) return { decision: 'FREEZE', scaleFrac: 0, reasons: [...frozen, ...breachReasons] };

  const rejected = breaches.some(({ action }) => action === 'REJECT');
  if (rejected && !positions.every(onlyReduces)) return { decision: 'REJECT', scaleFrac: 0, reasons: breachReasons };

  const sizing = recoverySizing(state.recovery, policy.recovery);
  const tierScale = state.tier === 2 ? policy.breakers.tierTwoSizingFrac : 1;
  const scaleFrac = Math.min(scaleFor(breaches), tierScale, sizing);
  const tierReasons = state.tier > 0 ? [`breaker-tier-${state.tier}`] : [];
  const reasons = [...breachReasons, ...tierReasons];
  if (state.recovery.kind === 'ramp') return { decision: 'RECOVERY', scaleFrac, reasons: ['recovery-ramp', ...reasons] };
  return scaleFrac < 1 ? { decision: 'SCALE', scaleFrac, reasons } : { decision: 'ALLOW', scaleFrac: 1, reasons };
}

function freezeReasons(operatorOverride: RiskQuestion['operatorOverride'], state: RiskState): string[] {
  const reasons: string[] = [];
  if (operatorOverride === 'FREEZE') reasons.push('operator-freezes');
  if (state.halted !== null) reasons.push(`halted-${state.halted.reason}`);
  if (state.tier === 3) reasons.push('breaker-tier-3');
  if (state.recovery.kind === 'cooldown') reasons.push('recovery-cooldown');
  return reasons;
}

const onlyReduces = ({ currentWeight, targetWeight }: RiskPosition): boolean =>
  targetWeight * currentWeight >= 0 && Math.abs(targetWeight) <= Math.abs(currentWeight);
