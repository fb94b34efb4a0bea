/**
 * The opportunity ranker: in which symbols a cycle may open positions, best first.
 *
 * 1. Each symbol of the universe is measured; what cannot be measured is filtered, with the reason.        measured
 * 2. Filters, each with its own reason: governance, restricted names, price, dollar volume, spread, volatility, capacity, and an expected
 *    edge that does not pay its round trip. All reasons of a symbol are told, not just the first.           filtersOf
 * 3. Those left are ranked against each other: for each part rank = place / (n − 1), ties share the mean of their places, and
 *        score = Σ weight · rank,   0 to 1
 *      trend         higher trend strength
 *      volatility    lower: mean of the ranks of ATR and of band width. Survival first; and calm stocks have paid more per risk, not less
 *      liquidity     mean of the ranks of dollar volume (higher) and spread (lower)
 *      performance   higher quarter's return after the round trip, over the volatility of a quarter
 *      prediction    higher conviction of the Meta-Brain; without an opinion, the middle rank
 * 4. The first `topN` are listed; equal scores go by symbol.
 *
 * Where the policy may sell short, a strong fall counts like a strong rise in trend, performance, prediction and edge.
 * Sources: the fund's specification, section C. Ranks instead of values, so that neither outlier nor unit counts: Asness, Frazzini & Pedersen
 * (2019), Review of Accounting Studies 24. Low volatility: Ang, Hodrick, Xing & Zhang (2006), Journal of Finance 61(1).
 * Not covered: correlation between the listed (the allocator's), and what is already held.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import type { Ticker } from '../../kernel/units.ts';
import { bySymbol } from '../cycle/portfolio-view.ts';
import type { SymbolInput } from '../cycle/step-types.ts';
import { meanPlaces } from '../factors/places.ts';
import type { Policy } from '../policy/policy.ts';
import { measureSymbol, quarterVol, type SymbolMeasures } from './measure-symbol.ts';
import type { Prediction } from './predictions.ts';
import { type TradingCost, tradingCost } from './trading-cost.ts';

export const rankedParts = ['trend', 'volatility', 'liquidity', 'performance', 'prediction'] as const;
export type RankedPart = (typeof rankedParts)[number];

/** A symbol as measured, with what it would cost and what is expected of it. */
export interface Candidate {
  readonly symbol: Ticker;
  readonly measures: SymbolMeasures;
  readonly cost: TradingCost;
  /** Null where no opinion counts. */
  readonly prediction: Prediction | null;
  /** Expected return over the policy's holding time less the round trip; null without a prediction. */
  readonly edgeBps: number | null;
}

export interface RankedSymbol extends Candidate {
  /** 1 is the best. */
  readonly rank: number;
  /** 0 to 1. */
  readonly score: number;
  /** Rank among all that passed, 0 to 1, of each part. */
  readonly parts: Readonly<Record<RankedPart, number>>;
}

export interface FilteredSymbol {
  readonly symbol: Ticker;
  /** Kebab-case; at least one. */
  readonly reasons: readonly string[];
  /** Null where it could not be measured. */
  readonly candidate: Omit<Candidate, 'symbol'> | null;
}

export interface Ranking {
  /** Best first; the first `topN` of them are listed. */
  readonly ranked: readonly RankedSymbol[];
  readonly listed: readonly Ticker[];
  /** By symbol. */
  readonly filtered: readonly FilteredSymbol[];
}

export interface RankingQuestion {
  /** Bars end before the session. */
  readonly symbols: ReadonlyArray<Pick<SymbolInput, 'symbol' | 'governance' | 'bars'>>;
  readonly predictions: ReadonlyMap<Ticker, Prediction>;
  readonly policy: Policy;
}

/** The same for the symbols in any order. */
export function rankOpportunities({ symbols, predictions, policy }: RankingQuestion): Ranking {
  const candidates: Candidate[] = [];
  const filtered: FilteredSymbol[] = [];
  for (const input of bySymbol(symbols)) {
    const candidate = measured(input, predictions.get(input.symbol) ?? null, policy);
    if ('reasons' in candidate) {
      filtered.push(candidate);
      continue;
    }
    const reasons = filtersOf(candidate, policy);
    if (reasons.length === 0) candidates.push(candidate);
    else {
      const { symbol, ...rest } = candidate;
      filtered.push({ symbol, reasons, candidate: rest });
    }
  }
  const ranked = scored(candidates, policy);
  return { ranked, listed: ranked.slice(0, policy.ranking.topN).map(({ symbol }) => symbol), filtered };
}

function measured(
  { symbol, governance, bars }: RankingQuestion['symbols'][number],
  prediction: Prediction | null,
  policy: Policy,
): Candidate | FilteredSymbol {
  const unmeasured = (...reasons: readonly string[]): FilteredSymbol => ({ symbol, reasons, candidate: null });
  if (governance.state !== 'ACTIVE') return unmeasured(...(governance.reasons.length > 0 ? governance.reasons : ['not-active']));
  if (bars === null || bars.day.length < policy.history.loadedSessions) return unmeasured('history-too-short');
  const measures = measureSymbol(bars, policy.signals);
  if (isRefusal(measures)) return unmeasured(measures.reason);
  const cost = tradingCost(measures, stepUsd(policy), policy.ranking);
  if (!Number.isFinite(cost.roundTripBps)) return unmeasured('cost-unknown');
  return { symbol, measures, cost, prediction, edgeBps: prediction === null ? null : edgeBps(prediction, cost, policy) };
}

/** Positions are built in steps of this size. */
const stepUsd = ({ portfolio, capital }: Policy): number => portfolio.entryStepFracMax * capital.initialEquityUsd;

const edgeBps = ({ dailyExcessReturn }: Prediction, { roundTripBps }: TradingCost, { portfolio }: Policy): number =>
  strength(dailyExcessReturn, portfolio) * portfolio.holdingSessions * 10_000 - roundTripBps;

/** Where shorts are allowed, a fall is worth as much as a rise. */
const strength = (signed: number, { allowShort }: Policy['portfolio']): number => (allowShort ? Math.abs(signed) : signed);

function filtersOf({ symbol, measures, cost, edgeBps: edge }: Candidate, policy: Policy): string[] {
  const { ranking, execution } = policy;
  const failed: ReadonlyArray<readonly [boolean, string]> = [
    [execution.restricted.includes(symbol), 'restricted'],
    [measures.closeUsd < ranking.priceUsdMin, 'price-too-low'],
    [measures.dollarVolume < ranking.dollarVolumeMin, 'dollar-volume-too-low'],
    [measures.spreadBps > ranking.spreadBpsMax, 'spread-too-wide'],
    [measures.annualizedVol > ranking.annualizedVolMax, 'volatility-too-high'],
    [cost.capacityUsd < stepUsd(policy), 'capacity-too-small'],
    [edge !== null && !(edge > 0), 'edge-below-cost'],
  ];
  return failed.flatMap(([fails, reason]) => (fails ? [reason] : []));
}

function scored(candidates: readonly Candidate[], { ranking: { weights }, portfolio }: Policy): RankedSymbol[] {
  const higher = (value: (candidate: Candidate) => number): Float64Array => rankFracs(Float64Array.from(candidates, value));
  const lower = (value: (candidate: Candidate) => number): Float64Array => higher((candidate) => -value(candidate));
  const mean = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => (value + b[i]!) / 2);
  const ranks: Readonly<Record<RankedPart, Float64Array>> = {
    trend: higher(({ measures }) => strength(measures.trendStrength, portfolio)),
    volatility: mean(
      lower(({ measures }) => measures.rangeFrac),
      lower(({ measures }) => measures.bandWidthFrac),
    ),
    liquidity: mean(
      higher(({ measures }) => measures.dollarVolume),
      lower(({ measures }) => measures.spreadBps),
    ),
    performance: higher(
      ({ measures, cost }) => (strength(measures.quarterReturn, portfolio) - cost.roundTripBps / 10_000) / quarterVol(measures.dailyVol),
    ),
    prediction: higher(({ prediction }) => (prediction === null ? Number.NaN : strength(prediction.conviction, portfolio))),
  };
  return candidates
    .map((candidate, i) => {
      const parts = Object.fromEntries(rankedParts.map((part) => [part, ranks[part][i]!])) as Record<RankedPart, number>;
      return { ...candidate, score: rankedParts.reduce((sum, part) => sum + weights[part] * parts[part], 0), parts };
    })
    .sort((a, b) => b.score - a.score || (a.symbol < b.symbol ? -1 : 1))
    .map((candidate, i) => ({ ...candidate, rank: i + 1 }));
}

/** 0 for the lowest, 1 for the highest; the middle for what has no value, and for one that is alone. */
function rankFracs(values: Float64Array): Float64Array {
  const valued = values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
  return meanPlaces(values).map((place) => (Number.isNaN(place) || valued === 1 ? 0.5 : place / (valued - 1)));
}
