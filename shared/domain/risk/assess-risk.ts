/**
 * Holds a proposed book against every limit and answers with one decision.
 *
 * 1. Measure the target book on the panel: VaR, CVaR with shares, volatility, stress, sectors, correlation.       measure
 * 2. Compare with the limits.                                                                                     limits.ts
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
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import type { Policy } from '../policy/policy.ts';
import { drawdownFrac } from './drawdown.ts';
import { type Breach, breachesOf, type LimitedMeasures, scaleFor } from './limits.ts';
import { averagePairwiseCorrelation, betas, type PortfolioRisk, portfolioRisk, standardDeviation } from './portfolio-risk.ts';
import { recoverySizing } from './recovery.ts';
import type { ReturnPanel } from './return-panel.ts';
import { applyRisk, type RiskEffect, type RiskState } from './risk-state.ts';
import { type StressResult, stressLosses } from './stress.ts';

export type RiskDecision = 'ALLOW' | 'SCALE' | 'REJECT' | 'FREEZE' | 'LIQUIDATE' | 'RECOVERY';

/** One symbol held or aimed at. */
export interface RiskPosition {
  readonly symbol: Ticker;
  readonly sector: string | null;
  readonly currentWeight: number;
  readonly targetWeight: number;
}

export interface RiskQuestion {
  readonly day: EpochDay;
  readonly positions: readonly RiskPosition[];
  /** Holds every symbol whose weight grows; its mean is the market that betas refer to. */
  readonly panel: ReturnPanel | Refusal;
  readonly equityUsd: number;
  readonly allTimeHighUsd: number;
  readonly state: RiskState;
  readonly operatorOverride: 'FREEZE' | 'LIQUIDATE' | null;
  readonly policy: Pick<Policy, 'risk' | 'breakers' | 'recovery' | 'stress'>;
  readonly sessionsPerYear: number;
}

export interface RiskMetrics extends LimitedMeasures {
  readonly annualizedVol: number;
  readonly lossFromHighFrac: number;
  readonly stress: readonly StressResult[];
}

export interface SymbolRisk {
  readonly symbol: Ticker;
  readonly marginalCvarFrac: number;
  readonly componentCvarFrac: number;
  readonly beta: number;
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
  const measured = measure(question);
  if (isRefusal(measured)) return measured;
  const { risk, perSymbol, partial } = measured;

  const { state: nextState, effects } = applyRisk(
    question.state,
    {
      kind: 'assessed',
      day: question.day,
      varFrac: risk.varFrac,
      cvarFrac: risk.cvarFrac,
      annualizedVol: partial.annualizedVol,
      equityUsd: question.equityUsd,
      allTimeHighUsd: question.allTimeHighUsd,
    },
    question.policy,
  );
  const metrics: RiskMetrics = { ...partial, drawdownFrac: drawdownFrac(question.equityUsd, nextState.peakEquityUsd!) };
  const breaches = breachesOf(metrics, question.policy.risk);
  return { kind: 'assessment', ...decide(question, breaches, nextState), breaches, metrics, perSymbol, nextState, effects };
}

function unfitInput({ positions, equityUsd, allTimeHighUsd }: RiskQuestion): Refusal | undefined {
  if (!(equityUsd > 0 && Number.isFinite(equityUsd))) return refuse('equity-not-positive', { equityUsd });
  if (!(allTimeHighUsd > 0 && Number.isFinite(allTimeHighUsd))) return refuse('equity-high-not-positive', { allTimeHighUsd });
  const bad = positions.find(({ currentWeight, targetWeight }) => !Number.isFinite(currentWeight) || !Number.isFinite(targetWeight));
  return bad === undefined ? undefined : refuse('weight-not-finite', { symbol: bad.symbol });
}

interface Measured {
  readonly risk: PortfolioRisk;
  readonly perSymbol: readonly SymbolRisk[];
  readonly partial: Omit<RiskMetrics, 'drawdownFrac'>;
}

function measure(question: RiskQuestion): Measured | Refusal {
  const { positions, panel, policy, equityUsd, allTimeHighUsd, sessionsPerYear } = question;
  const aimedAt = question.operatorOverride === 'LIQUIDATE' ? [] : positions.filter(({ targetWeight }) => targetWeight !== 0);
  if (isRefusal(panel)) {
    // Without positions there is nothing to measure, and a missing panel must not stop a book from going to cash.
    return aimedAt.length > 0 ? panel : measure({ ...question, panel: emptyPanel });
  }
  const column = columnsOf(aimedAt, panel);
  if (isRefusal(column)) return column;
  const weights = new Float64Array(panel.symbols.length);
  for (const { symbol, targetWeight } of aimedAt) weights[column.get(symbol)!]! += targetWeight;
  const risk = portfolioRisk(panel, weights, policy.risk.confidenceLevel);
  if (isRefusal(risk)) return risk;
  const beta = betas(panel);
  return {
    risk,
    perSymbol: aimedAt.map(({ symbol }) => {
      const i = column.get(symbol)!;
      return { symbol, marginalCvarFrac: risk.marginalCvarFrac[i]!, componentCvarFrac: risk.componentCvarFrac[i]!, beta: beta[i]! };
    }),
    partial: {
      grossFrac: aimedAt.reduce((sum, { targetWeight }) => sum + Math.abs(targetWeight), 0),
      varFrac: risk.varFrac,
      cvarFrac: risk.cvarFrac,
      annualizedVol: risk.dailyVol * Math.sqrt(sessionsPerYear),
      stress: stressLosses(weights, beta, policy.stress),
      sectors: sectorExposures(aimedAt),
      averageCorrelation: averagePairwiseCorrelation(panel, weights, policy.risk.correlationSessions, policy.risk.correlationNamesMin),
      lossFromHighFrac: drawdownFrac(equityUsd, allTimeHighUsd),
    },
  };
}

/**
 * Where each symbol's returns stand in the panel. What is held but cannot be measured (its data is blocked) counts as the most volatile
 * symbol there is, and must not keep the fund from acting; opening what cannot be measured is refused.
 */
function columnsOf(aimedAt: readonly RiskPosition[], panel: ReturnPanel): ReadonlyMap<string, number> | Refusal {
  const column = new Map<string, number>(panel.symbols.map((symbol, i) => [symbol, i]));
  for (const { symbol, targetWeight, currentWeight } of aimedAt) {
    if (column.has(symbol)) continue;
    const stands = panel.symbols.length > 0 && Math.abs(targetWeight) <= Math.abs(currentWeight);
    if (!stands) return refuse('returns-missing', { symbol });
    column.set(symbol, mostVolatile(panel));
  }
  return column;
}

function mostVolatile({ returns }: ReturnPanel): number {
  const deviations = returns.map(standardDeviation);
  return deviations.indexOf(Math.max(...deviations));
}

const emptyPanel: ReturnPanel = { kind: 'panel', days: new Int32Array(0), symbols: [], returns: [] };

function sectorExposures(positions: readonly RiskPosition[]): Array<{ sector: string; grossFrac: number }> {
  const exposures = new Map<string, number>();
  for (const { sector, targetWeight } of positions) {
    const name = sector ?? 'UNCLASSIFIED';
    exposures.set(name, (exposures.get(name) ?? 0) + Math.abs(targetWeight));
  }
  return [...exposures].map(([sector, grossFrac]) => ({ sector, grossFrac })).sort((a, b) => (a.sector < b.sector ? -1 : 1));
}

function decide(
  { operatorOverride, positions, policy }: RiskQuestion,
  breaches: readonly Breach[],
  state: RiskState,
): Pick<RiskAssessment, 'decision' | 'scaleFrac' | 'reasons'> {
  const breachReasons = breaches.map(({ limit }) => `${limit}-over-limit`);
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
  targetWeight === currentWeight || (targetWeight * currentWeight >= 0 && Math.abs(targetWeight) <= Math.abs(currentWeight));
