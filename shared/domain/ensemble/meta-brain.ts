/**
 * The Meta-Brain: many opinions on many symbols become one proposal per symbol.
 *
 * 1. mu = Σ w·a, the mean of the opinions weighted by confidence.                                    weigh
 * 2. mu ← mu · exp(−β · Var(a / sigma)): disagreement shrinks it. The variance is the population variance of
 *    opinions standardised by sigma, so it does not depend on the unit of return.
 * 3. z = (mu − median) / MAD across the symbols that have a mu; MAD is not rescaled.                 standing
 *    A MAD of zero (one symbol, or most alike) singles nobody out: z is 0 for all.
 * 4. conviction S = mu / sigma.
 * 5. Kelly f = γ · (mu − rf per day) / sigma².
 * 6. Rules, in order: risk override → REJECT; marginal CVaR over the limit → REJECT; leverage exceeded → REJECT;
 *    reduction recommended → SELL; increase recommended → BUY; else HOLD.                            propose
 *
 * Opinions below the least confidence do not count; with none left, or data below the quality gate, the symbol is REJECTed.
 * Source: the fund's specification, section C. Not covered: correlation between agents.
 */
import type { Ticker } from '../../kernel/units.ts';
import type { GivenOpinion, Opinion } from '../agents/agent.ts';
import type { EnsembleRules } from '../policy/policy.ts';

export type Proposal = 'BUY' | 'SELL' | 'HOLD' | 'REJECT';

export interface SymbolOpinions {
  readonly symbol: Ticker;
  readonly opinions: readonly Opinion[];
  /** Standard deviation of daily returns. */
  readonly sigma: number;
  /** Tail loss added per unit of weight; positive is a loss. */
  readonly marginalCvarFrac: number;
  readonly dataQualityScore: number;
  readonly currentWeight: number;
}

export interface EnsembleContext {
  /** Why nothing may be proposed; null when something may. */
  readonly riskOverride: string | null;
  readonly cvarFracMax: number;
  readonly grossFracMax: number;
  readonly currentGrossFrac: number;
  readonly allowShort: boolean;
}

/** The cross-section that z is measured against; null when no symbol has a mu. */
export interface EnsembleMarket {
  readonly candidates: number;
  readonly medianMu: number | null;
  readonly madMu: number | null;
}

export interface EnsembleResult {
  readonly symbol: Ticker;
  readonly proposal: Proposal;
  /** Kebab-case; what decided it first. */
  readonly reasonCodes: readonly string[];
  /** The agents that count and their weights, which sum to 1. */
  readonly weights: ReadonlyArray<{ readonly agent: string; readonly weight: number }>;
  /** Mean confidence of the opinions that count; 0 when none does. */
  readonly confidence: number;
  /** Null from here to `recommendedWeight` when no opinion counts. */
  readonly muBeforePenalty: number | null;
  readonly disagreementPenalty: number | null;
  readonly mu: number | null;
  readonly sigma: number | null;
  readonly z: number | null;
  readonly conviction: number | null;
  /** Uncapped fractional Kelly weight. */
  readonly kelly: number | null;
  /** Where the weight should go, within the position limit. */
  readonly recommendedWeight: number | null;
}

/** One result per entry, in the same order. */
export function decideSymbols(
  entries: readonly SymbolOpinions[],
  context: EnsembleContext,
  rules: EnsembleRules,
): { readonly market: EnsembleMarket; readonly results: readonly EnsembleResult[] } {
  const weighed = entries.map((entry) => weigh(entry, rules));
  const market = standing(weighed.flatMap((item) => (item.kind === 'weighed' ? [item.mu] : [])));
  return {
    market,
    results: entries.map((entry, i) => decide(entry, weighed[i]!, market, context, rules)),
  };
}

interface Weighed {
  readonly kind: 'weighed';
  readonly weights: ReadonlyArray<{ readonly agent: string; readonly weight: number }>;
  readonly confidence: number;
  readonly muBeforePenalty: number;
  readonly disagreementPenalty: number;
  readonly mu: number;
}
interface Unusable {
  readonly kind: 'unusable';
  readonly reason: string;
}

function weigh(entry: SymbolOpinions, rules: EnsembleRules): Weighed | Unusable {
  if (!(entry.dataQualityScore >= rules.dataQualityMin)) return { kind: 'unusable', reason: 'data-quality-below-gate' };
  if (!(entry.sigma > 0 && Number.isFinite(entry.sigma))) return { kind: 'unusable', reason: 'volatility-unknown' };
  if (!Number.isFinite(entry.marginalCvarFrac) || !Number.isFinite(entry.currentWeight)) {
    return { kind: 'unusable', reason: 'risk-input-not-finite' };
  }
  const given = entry.opinions.filter((opinion): opinion is GivenOpinion => opinion.kind === 'opinion' && isSound(opinion));
  if (given.length === 0) return { kind: 'unusable', reason: 'no-valid-opinion' };
  const counted = given.filter(({ confidence }) => confidence >= rules.confidenceMin);
  const totalConfidence = counted.reduce((sum, { confidence }) => sum + confidence, 0);
  if (counted.length === 0 || totalConfidence <= 0) return { kind: 'unusable', reason: 'confidence-too-low' };

  const weights = counted.map(({ agent, confidence }) => ({ agent, weight: confidence / totalConfidence }));
  const muBeforePenalty = counted.reduce((sum, opinion, i) => sum + weights[i]!.weight * opinion.expectedReturn, 0);
  const standardised = counted.map(({ expectedReturn }) => expectedReturn / entry.sigma);
  const disagreementPenalty = Math.exp(-rules.disagreementBeta * populationVariance(standardised));
  const mu = muBeforePenalty * disagreementPenalty;
  return { kind: 'weighed', weights, confidence: totalConfidence / counted.length, muBeforePenalty, disagreementPenalty, mu };
}

const isSound = ({ expectedReturn, confidence }: GivenOpinion): boolean =>
  Number.isFinite(expectedReturn) && confidence >= 0 && confidence <= 1;

function populationVariance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

function standing(mus: readonly number[]): EnsembleMarket {
  if (mus.length === 0) return { candidates: 0, medianMu: null, madMu: null };
  const middle = median(mus);
  return { candidates: mus.length, medianMu: middle, madMu: median(mus.map((mu) => Math.abs(mu - middle))) };
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function decide(
  entry: SymbolOpinions,
  weighed: Weighed | Unusable,
  market: EnsembleMarket,
  context: EnsembleContext,
  rules: EnsembleRules,
): EnsembleResult {
  if (weighed.kind === 'unusable') return rejectedUnseen(entry.symbol, weighed.reason);
  const { mu } = weighed;
  const z = market.madMu === null || market.madMu === 0 ? 0 : (mu - market.medianMu!) / market.madMu;
  const riskFreeDaily = rules.riskFreeAnnualFrac / rules.sessionsPerYear;
  const kelly = (rules.kellyGamma * (mu - riskFreeDaily)) / entry.sigma ** 2;
  const recommendedWeight = recommend(kelly, z, entry.currentWeight, context.allowShort, rules);
  const { proposal, reasonCodes } = propose(entry, recommendedWeight, z, context, rules);
  return {
    symbol: entry.symbol,
    proposal,
    reasonCodes: market.madMu === 0 ? [...reasonCodes, 'no-dispersion-across-symbols'] : reasonCodes,
    weights: weighed.weights,
    confidence: weighed.confidence,
    muBeforePenalty: weighed.muBeforePenalty,
    disagreementPenalty: weighed.disagreementPenalty,
    mu,
    sigma: entry.sigma,
    z,
    conviction: mu / entry.sigma,
    kelly,
    recommendedWeight,
  };
}

/** Kelly within the position limit; but away from zero only for a symbol that stands out in that direction. */
function recommend(kelly: number, z: number, currentWeight: number, allowShort: boolean, rules: EnsembleRules): number {
  const limit = rules.positionFracMax;
  const capped = Math.min(limit, Math.max(allowShort ? -limit : 0, kelly));
  const standsOut = capped > 0 ? z >= rules.entryZScoreMin : z <= -rules.entryZScoreMin;
  if (standsOut) return capped;
  const sameSide = Math.sign(capped) === Math.sign(currentWeight);
  return sameSide ? Math.sign(capped) * Math.min(Math.abs(capped), Math.abs(currentWeight)) : 0;
}

function propose(
  entry: SymbolOpinions,
  recommendedWeight: number,
  z: number,
  context: EnsembleContext,
  rules: EnsembleRules,
): { proposal: Proposal; reasonCodes: string[] } {
  if (context.riskOverride !== null) return { proposal: 'REJECT', reasonCodes: ['risk-override', context.riskOverride] };
  if (entry.marginalCvarFrac > context.cvarFracMax) return { proposal: 'REJECT', reasonCodes: ['marginal-cvar-over-limit'] };
  const grossAfter = context.currentGrossFrac - Math.abs(entry.currentWeight) + Math.abs(recommendedWeight);
  if (context.currentGrossFrac > context.grossFracMax || grossAfter > context.grossFracMax) {
    return { proposal: 'REJECT', reasonCodes: ['leverage-exceeded'] };
  }
  const change = recommendedWeight - entry.currentWeight;
  if (Math.abs(change) < rules.rebalanceBandFrac && !(recommendedWeight === 0 && entry.currentWeight !== 0)) {
    return { proposal: 'HOLD', reasonCodes: [holdReason(recommendedWeight, z, rules)] };
  }
  return change < 0
    ? { proposal: 'SELL', reasonCodes: ['reduction-recommended'] }
    : { proposal: 'BUY', reasonCodes: ['increase-recommended'] };
}

function holdReason(recommendedWeight: number, z: number, rules: EnsembleRules): string {
  if (Math.abs(z) < rules.entryZScoreMin) return 'does-not-stand-out';
  return recommendedWeight === 0 ? 'expected-return-too-low' : 'within-rebalance-band';
}

const rejectedUnseen = (symbol: Ticker, reason: string): EnsembleResult => ({
  symbol,
  proposal: 'REJECT',
  reasonCodes: [reason],
  weights: [],
  confidence: 0,
  muBeforePenalty: null,
  disagreementPenalty: null,
  mu: null,
  sigma: null,
  z: null,
  conviction: null,
  kelly: null,
  recommendedWeight: null,
});
