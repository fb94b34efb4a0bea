/**
 * What changes trading, as one versioned document. Every limit a function uses arrives from here by argument:
 * no function has a limit of its own, so what the fund may do is read in one place and signed as a whole.
 *
 * Ratios are fractions (1 is the whole), losses positive, durations in trading sessions unless the name says otherwise.
 * The document is plain JSON; its zod schema lives with the contracts, its SHA-256 is checked before every cycle.
 */
import type { AlertRules } from './alert-rules.ts';
import type { AlgoRules } from './algo-rules.ts';
import type { CalibrationRules } from './calibration-rules.ts';
import type { FactorRules } from './factor-rules.ts';
import type { OptimizerRules } from './optimizer-rules.ts';
import type { OverlayRules } from './overlay-rules.ts';
import type { RankingRules } from './ranking-rules.ts';
import type { RegimeRules } from './regime-rules.ts';
import type { SentimentRules } from './sentiment-rules.ts';
import type { SteeringRules, StrategyRules } from './steering-rules.ts';
import type { TailRules } from './tail-rules.ts';
import type { ValuationRules } from './valuation-rules.ts';

export interface Policy {
  /** Names the shape of this document. */
  readonly schema: 'ballast.policy/4';
  readonly universe: UniverseRule;
  readonly history: HistoryRule;
  readonly quality: QualityRules;
  readonly governance: GovernanceRules;
  /** Agents by name, asked in this order. */
  readonly agents: readonly string[];
  readonly signals: SignalRules;
  readonly calibration: CalibrationRules;
  readonly factors: FactorRules;
  readonly sentiment: SentimentRules;
  readonly valuation: ValuationRules;
  readonly regime: RegimeRules;
  readonly ensemble: EnsembleRules;
  readonly portfolio: PortfolioRules;
  readonly optimizer: OptimizerRules;
  readonly overlays: OverlayRules;
  readonly risk: RiskLimits;
  readonly tail: TailRules;
  readonly breakers: BreakerRules;
  readonly recovery: RecoveryRules;
  readonly stress: readonly StressScenario[];
  readonly execution: ExecutionLimits;
  readonly capital: CapitalAssumptions;
  readonly steering: SteeringRules;
  readonly strategies: StrategyRules;
  readonly ranking: RankingRules;
  readonly alerts: AlertRules;
}

export interface UniverseRule {
  /** `all`: every symbol known to the lake; `list`: these only. */
  readonly rule: { readonly kind: 'all' } | { readonly kind: 'list'; readonly symbols: readonly string[] };
  readonly exclude: readonly string[];
}

export interface HistoryRule {
  /** Sessions a cycle loads per symbol. */
  readonly loadedSessions: number;
}

export interface QualityRules {
  readonly missingDatesWeight: number;
  readonly duplicateWeight: number;
  readonly zeroOrNegativeWeight: number;
  readonly extremeSpikeWeight: number;
  /** A one-day |log return| above this raises the extreme-spike flag. */
  readonly extremeSpikeLogReturn: number;
  /** Sessions before `asOf` in which defects count; null judges the whole history. */
  readonly judgedSessions: number | null;
}

export interface GovernanceRules {
  readonly activeRowsMin: number;
  readonly degradedRowsMin: number;
  readonly qualityScoreMin: number;
}

export interface SignalRules {
  /** Returns behind the volatility estimate. */
  readonly volatilityBars: number;
  readonly sessionsPerYear: number;
  /** By agent: expected correlation of its full score with the next standardised return. An agent without one is not heard. */
  readonly informationCoefficients: Readonly<Record<string, number>>;
}

export interface EnsembleRules {
  readonly disagreementBeta: number;
  readonly kellyGamma: number;
  readonly riskFreeAnnualFrac: number;
  readonly sessionsPerYear: number;
  readonly confidenceMin: number;
  readonly dataQualityMin: number;
  readonly positionFracMax: number;
  /** A long is opened or grown only at or above this robust z; a short only at or below its negative. */
  readonly entryZScoreMin: number;
  /** A recommended change of weight smaller than this is not worth a trade. */
  readonly rebalanceBandFrac: number;
}

export interface PortfolioRules {
  readonly allowShort: boolean;
  readonly grossFracMax: number;
  readonly longFracMax: number;
  readonly shortFracMax: number;
  readonly sectorFracMax: number;
  readonly singleNameFracMax: number;
  /** Sum of |change of weight| in one cycle, buys and sells both counted. */
  readonly turnoverFracMax: number;
  /** The most that one name grows in one cycle: positions are built in steps. */
  readonly entryStepFracMax: number;
  /** Expected cost of a trade, each way, as a fraction of its value; taken off every bid. */
  readonly tradeCostFrac: number;
  /** Sessions over which the round-trip cost is spread when it is weighed against a daily expected return. */
  readonly holdingSessions: number;
}

export interface RiskLimits {
  readonly confidenceLevel: number;
  readonly grossFracMax: number;
  readonly drawdownFracMax: number;
  readonly varFracMax: number;
  readonly cvarFracMax: number;
  readonly stressLossFracMax: number;
  readonly sectorFracMax: number;
  readonly averageCorrelationMax: number;
  /** A book of fewer names has no average correlation worth a limit. */
  readonly correlationNamesMin: number;
  /** Sessions behind the average correlation: short, because it must show a shock. */
  readonly correlationSessions: number;
  /** Daily returns behind every measure. */
  readonly returnSessions: number;
  /** With fewer returns common to the book, risk refuses. */
  readonly returnSessionsMin: number;
  /** Decay of the sizing with drawdown: exp(−this × drawdown). */
  readonly drawdownDecay: number;
}

export interface BreakerRules {
  /** Tier 2 begins at this multiple of the VaR limit. */
  readonly tierTwoVarMultiple: number;
  readonly annualizedVolTarget: number;
  /** Tier 2 and the "high volatility" of tier 3 begin at this multiple of the volatility target. */
  readonly highVolMultiple: number;
  readonly tierTwoSizingFrac: number;
  readonly cvarBreachesToHalt: number;
  readonly lossFracToHalt: number;
}

export interface RecoveryRules {
  readonly cooldownSessions: number;
  readonly rampFracs: readonly number[];
  readonly sessionsPerRampStep: number;
}

/** A market move that reaches every position through its beta, unless the scenario names the position's own. */
export interface StressScenario {
  readonly name: string;
  /** Simple return of the S&P 500 over the episode; negative is a fall. */
  readonly indexReturnFrac: number;
  /** YYYY-MM-DD of the first and last close, where it is an episode that happened; its path can be replayed from them. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Simple returns that replace beta times the index for a sector's members, or for one symbol (which goes before its sector). */
  readonly sectorReturnFracs?: Readonly<Record<string, number>> | undefined;
  readonly symbolReturnFracs?: Readonly<Record<string, number>> | undefined;
  readonly source: string;
}

export interface ExecutionLimits {
  readonly orderValueUsdMax: number;
  readonly orderNotionalUsdMin: number;
  readonly concentrationFracMax: number;
  readonly openOrdersPerSymbolMax: number;
  /** An order's price may differ from the reference by this much. */
  readonly priceCollarFrac: number;
  /** Older reference prices refuse the order. */
  readonly referenceAgeMsMax: number;
  /** Order quantity against the average daily volume. */
  readonly averageDailyVolumeFracMax: number;
  readonly messagesPerMinuteMax: number;
  /** Beyond this the broker's clock and ours do not agree on what is fresh, and nothing is sent. */
  readonly clockSkewMsMax: number;
  readonly restricted: readonly string[];
  readonly wholeSharesOnly: boolean;
  /** The stop is this many average true ranges away from the last close. */
  readonly stopLossRangeMultiple: number;
  readonly algo: AlgoRules;
}

export interface CapitalAssumptions {
  readonly initialEquityUsd: number;
}
