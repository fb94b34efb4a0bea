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
 * 6. The control agents: portfolio says where the weight should go, risk whether anything forbids it. Rules, in order: risk override → REJECT;
 *    marginal CVaR over the limit → REJECT; leverage exceeded → REJECT; reduction recommended → SELL; increase recommended → BUY; else HOLD.
 *
 * Opinions below the least confidence do not count; with none left, or data below the quality gate, the symbol is REJECTed.
 * Source: the fund's specification, section C. Not covered: correlation between agents.
 */
import type { Ticker } from '../../kernel/units.ts';
import type { GivenOpinion, Opinion } from '../agents/agent.ts';
import { controlByPortfolio } from '../agents/control/portfolio-control.ts';
import { controlByRisk, type RiskSituation } from '../agents/control/risk-control.ts';
import type { ControlVerdict, PortfolioVerdict, RiskVerdict } from '../agents/control/verdict.ts';
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

export interface EnsembleContext extends RiskSituation {
  readonly allowShort: boolean;
}

export interface WeighedOpinion {
  readonly agent: string;
  readonly weight: number;
  readonly confidence: number;
  readonly expectedReturn: number;
  /** Expected return over sigma. */
  readonly standardised: number;
}

export interface IgnoredOpinion {
  readonly agent: string;
  /** Kebab-case; an abstention's own. */
  readonly reason: string;
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
  /** The opinions that count; their weights sum to 1. */
  readonly weights: readonly WeighedOpinion[];
  /** The opinions that do not, each with its reason. */
  readonly ignored: readonly IgnoredOpinion[];
  /** Mean confidence of the opinions that count; 0 when none does. */
  readonly confidence: number;
  /** Null from here to `recommendedWeight` when no opinion counts. */
  readonly muBeforePenalty: number | null;
  /** Population variance of the standardised opinions. */
  readonly disagreementVariance: number | null;
  readonly disagreementPenalty: number | null;
  readonly mu: number | null;
  readonly sigma: number | null;
  readonly z: number | null;
  /** Place of mu, and so of z, among the candidates: 1 is the highest, equals share the mean of their places. */
  readonly rank: number | null;
  readonly conviction: number | null;
  /** mu less the risk-free return of a day. */
  readonly excessMu: number | null;
  /** Uncapped fractional Kelly weight. */
  readonly kelly: number | null;
  /** Where the weight should go, within the position limit. */
  readonly recommendedWeight: number | null;
  /** What the control agents said; empty when no opinion counts, for then there is nothing to control. */
  readonly control: readonly ControlVerdict[];
}

/** One result per entry, in the same order. */
export function decideSymbols(
  entries: readonly SymbolOpinions[],
  context: EnsembleContext,
  rules: EnsembleRules,
): { readonly market: EnsembleMarket; readonly results: readonly EnsembleResult[] } {
  const weighed = entries.map((entry) => weigh(entry, rules));
  const ascending = Float64Array.from(weighed.flatMap((item) => (item.kind === 'weighed' ? [item.mu] : []))).sort();
  const market = standing(ascending);
  return {
    market,
    results: entries.map((entry, i) => {
      const item = weighed[i]!;
      return item.kind === 'unusable'
        ? rejectedUnseen(entry, item)
        : decide(entry, item, market, placeOf(item.mu, ascending), context, rules);
    }),
  };
}

interface Weighed {
  readonly kind: 'weighed';
  readonly weights: readonly WeighedOpinion[];
  readonly ignored: readonly IgnoredOpinion[];
  readonly confidence: number;
  readonly muBeforePenalty: number;
  readonly disagreementVariance: number;
  readonly disagreementPenalty: number;
  readonly mu: number;
}
interface Unusable {
  readonly kind: 'unusable';
  readonly ignored: readonly IgnoredOpinion[];
  readonly reason: string;
}

function weigh(entry: SymbolOpinions, rules: EnsembleRules): Weighed | Unusable {
  const counted: GivenOpinion[] = [];
  const ignored: IgnoredOpinion[] = [];
  let sound = 0;
  for (const opinion of entry.opinions) {
    const valid = opinion.kind === 'opinion' && isSound(opinion);
    if (valid) sound++;
    if (valid && opinion.confidence >= rules.confidenceMin) counted.push(opinion);
    else ignored.push({ agent: opinion.agent, reason: whyIgnored(opinion) });
  }
  const totalConfidence = counted.reduce((sum, { confidence }) => sum + confidence, 0);
  const unusable = (reason: string): Unusable => ({ kind: 'unusable', ignored, reason });
  if (!(entry.dataQualityScore >= rules.dataQualityMin)) return unusable('data-quality-below-gate');
  if (!(entry.sigma > 0 && Number.isFinite(entry.sigma))) return unusable('volatility-unknown');
  if (!Number.isFinite(entry.marginalCvarFrac) || !Number.isFinite(entry.currentWeight)) return unusable('risk-input-not-finite');
  if (sound === 0) return unusable('no-valid-opinion');
  if (totalConfidence <= 0) return unusable('confidence-too-low');

  const weights = counted.map(({ agent, confidence, expectedReturn }) => {
    return { agent, weight: confidence / totalConfidence, confidence, expectedReturn, standardised: expectedReturn / entry.sigma };
  });
  const muBeforePenalty = weights.reduce((sum, { weight, expectedReturn }) => sum + weight * expectedReturn, 0);
  const disagreementVariance = populationVariance(weights.map(({ standardised }) => standardised));
  const disagreementPenalty = Math.exp(-rules.disagreementBeta * disagreementVariance);
  const mu = muBeforePenalty * disagreementPenalty;
  const confidence = totalConfidence / counted.length;
  return { kind: 'weighed', weights, ignored, confidence, muBeforePenalty, disagreementVariance, disagreementPenalty, mu };
}

const isSound = ({ expectedReturn, confidence }: GivenOpinion): boolean =>
  Number.isFinite(expectedReturn) && confidence >= 0 && confidence <= 1;

const whyIgnored = (opinion: Opinion): string =>
  opinion.kind === 'abstain' ? opinion.reason : isSound(opinion) ? 'confidence-too-low' : 'opinion-not-sound';

function populationVariance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

function standing(ascending: Float64Array): EnsembleMarket {
  if (ascending.length === 0) return { candidates: 0, medianMu: null, madMu: null };
  const middle = median(ascending);
  return { candidates: ascending.length, medianMu: middle, madMu: median(ascending.map((mu) => Math.abs(mu - middle)).sort()) };
}

function median(ascending: Float64Array): number {
  const half = ascending.length >> 1;
  return ascending.length % 2 === 1 ? ascending[half]! : (ascending[half - 1]! + ascending[half]!) / 2;
}

/** 1 is the highest; equals share the mean of their places. */
function placeOf(mu: number, ascending: Float64Array): number {
  const lower = countWhile(ascending, (other) => other < mu);
  const notHigher = countWhile(ascending, (other) => other <= mu);
  return ascending.length - (lower + notHigher - 1) / 2;
}

/** How many leading elements hold the condition, which no later element may after the first that does not. */
function countWhile(ascending: Float64Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(ascending[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function decide(
  entry: SymbolOpinions,
  weighed: Weighed,
  market: EnsembleMarket,
  rank: number,
  context: EnsembleContext,
  rules: EnsembleRules,
): EnsembleResult {
  const { mu } = weighed;
  const z = market.madMu === null || market.madMu === 0 ? 0 : (mu - market.medianMu!) / market.madMu;
  const excessMu = mu - rules.riskFreeAnnualFrac / rules.sessionsPerYear;
  const kelly = (rules.kellyGamma * excessMu) / entry.sigma ** 2;
  const portfolio = controlByPortfolio({ kelly, z, currentWeight: entry.currentWeight }, context.allowShort, rules);
  const risk = controlByRisk({ ...entry, towardWeight: portfolio.towardWeight }, context);
  const { proposal, reasonCodes } = conclude(risk, portfolio, context.riskOverride);
  return {
    symbol: entry.symbol,
    proposal,
    reasonCodes: market.madMu === 0 ? [...reasonCodes, 'no-dispersion-across-symbols'] : reasonCodes,
    weights: weighed.weights,
    ignored: weighed.ignored,
    confidence: weighed.confidence,
    muBeforePenalty: weighed.muBeforePenalty,
    disagreementVariance: weighed.disagreementVariance,
    disagreementPenalty: weighed.disagreementPenalty,
    mu,
    sigma: entry.sigma,
    z,
    rank,
    conviction: mu / entry.sigma,
    excessMu,
    kelly,
    recommendedWeight: portfolio.towardWeight,
    control: [risk, portfolio],
  };
}

const proposals = { reduce: 'SELL', increase: 'BUY', keep: 'HOLD' } as const;

/** The risk agent's word stands above the portfolio agent's. */
function conclude(
  risk: RiskVerdict,
  portfolio: PortfolioVerdict,
  riskOverride: string | null,
): { proposal: Proposal; reasonCodes: string[] } {
  if (risk.verdict === 'override')
    return { proposal: 'REJECT', reasonCodes: riskOverride === null ? [risk.reason] : [risk.reason, riskOverride] };
  return { proposal: proposals[portfolio.verdict], reasonCodes: [portfolio.reason] };
}

const rejectedUnseen = ({ symbol }: SymbolOpinions, { reason, ignored }: Unusable): EnsembleResult => ({
  symbol,
  proposal: 'REJECT',
  reasonCodes: [reason],
  weights: [],
  ignored,
  confidence: 0,
  muBeforePenalty: null,
  disagreementVariance: null,
  disagreementPenalty: null,
  mu: null,
  sigma: null,
  z: null,
  rank: null,
  conviction: null,
  excessMu: null,
  kelly: null,
  recommendedWeight: null,
  control: [],
});
