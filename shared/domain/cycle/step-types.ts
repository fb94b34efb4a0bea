/**
 * What goes into and comes out of the steps of a cycle. All of it is plain data: it is stored as JSON between the phases,
 * hashed, and read back by replay. Lists are sorted by symbol. Market data (`bars`) comes from the cycle's input snapshot.
 */
import type { Refusal } from '../../kernel/refusal.ts';
import type { CycleId, EpochDay, EpochMs, Ticker } from '../../kernel/units.ts';
import type { Opinion } from '../agents/agent.ts';
import type { EnsembleMarket, EnsembleResult } from '../ensemble/meta-brain.ts';
import type { OpenOrder, OrderPlan } from '../execution/plan-orders.ts';
import type { FactorStanding } from '../factors/factor.ts';
import type { DailyBars } from '../market/bars.ts';
import type { SymbolFacts } from '../market/facts.ts';
import type { MarketHistory } from '../market/market-history.ts';
import type { Policy } from '../policy/policy.ts';
import type { AllocationRefusal, AllocationTotals, OptimizerReport } from '../portfolio/allocation.ts';
import type { OverlayOutcome } from '../portfolio/overlays/apply-overlays.ts';
import type { StopCheck } from '../portfolio/overlays/volatility-stops.ts';
import type { GovernanceResult } from '../quality/governance.ts';
import type { QualityJudgement } from '../quality/judge.ts';
import type { RegimeReading } from '../regime/regime.ts';
import type { RiskAssessment } from '../risk/assess-risk.ts';
import type { RiskEffect, RiskState } from '../risk/risk-state.ts';

export interface CycleContext {
  readonly cycleId: CycleId;
  /** Names the fund in client order ids: lower-case letters and digits. */
  readonly fund: string;
  /** Names what decided, so that it can be stopped by name. */
  readonly strategy: string;
  /** The session being traded; inputs end with the bar of the session before. */
  readonly asOf: EpochDay;
  /** The instant the cycle was scheduled for; the only time that decisions carry. */
  readonly scheduledAt: EpochMs;
  readonly policy: Policy;
  /** Positions are opened only in these; null where the policy asks for no list. */
  readonly opportunities: readonly Ticker[] | null;
}

/** One symbol of the universe. `bars` is null for a symbol that governance blocks: its data is not even loaded. */
export interface SymbolInput {
  readonly symbol: Ticker;
  /** GICS sector; null when unknown. */
  readonly sector: string | null;
  readonly governance: GovernanceResult;
  readonly quality: QualityJudgement;
  /** How far the source of the data is trusted, 0 to 1: 1 for one vendor that answered in full. */
  readonly providerConfidence: number;
  readonly bars: DailyBars | null;
  /** Reports, earnings and news; empty where none are collected. */
  readonly facts: SymbolFacts;
}

/** A symbol of the universe as preflight judged it; its bars and facts lie in the cycle's snapshot. */
export type UniverseSymbol = Omit<SymbolInput, 'bars' | 'facts'>;

export interface PositionInput {
  readonly symbol: Ticker;
  /** Negative is short. */
  readonly quantity: number;
  /** Last known price; values the position. */
  readonly priceUsd: number;
}

export interface PortfolioInput {
  readonly cashUsd: number;
  readonly equityUsd: number;
  readonly positions: readonly PositionInput[];
  /** Highest equity so far, this cycle's included. */
  readonly peakEquityUsd: number;
  /** Equity the fund began with; the base of total loss. */
  readonly initialEquityUsd: number;
}

/** What the market says of a symbol, measured on rows before `asOf`. */
export interface SymbolMarket {
  readonly lastDay: EpochDay;
  readonly closeUsd: number;
  /** Standard deviation of daily total returns. */
  readonly dailyVol: number;
  /** Wilder's average true range over 14 bars, USD. */
  readonly averageTrueRangeUsd: number;
  /** Mean shares traded over 20 bars. */
  readonly averageDailyVolume: number;
  /** Tail loss added per unit of weight given the book held; its own CVaR when nothing is held. Positive is a loss. */
  readonly marginalCvarFrac: number;
}

export interface SymbolSignal {
  readonly symbol: Ticker;
  readonly sector: string | null;
  readonly governance: GovernanceResult;
  readonly dataQualityScore: number;
  readonly providerConfidence: number;
  readonly rows: number;
  /** Kebab-case; empty when the symbol may be decided on. */
  readonly blockedBy: readonly string[];
  readonly market: SymbolMarket | null;
  readonly factors: readonly FactorStanding[];
  readonly opinions: readonly Opinion[];
}

export interface SignalsInput {
  readonly context: CycleContext;
  readonly symbols: readonly SymbolInput[];
  /** The market as a whole, as far as it is known. */
  readonly market: MarketHistory;
  readonly portfolio: PortfolioInput;
}

export interface SignalsOutput {
  /** Refused when the market's history does not tell; then nothing is allocated. */
  readonly regime: RegimeReading | Refusal;
  readonly symbols: readonly SymbolSignal[];
}

export interface AllocationInput {
  readonly context: CycleContext;
  readonly signals: SignalsOutput;
  readonly symbols: readonly SymbolInput[];
  readonly market: MarketHistory;
  readonly portfolio: PortfolioInput;
  /** Blocks every symbol with this reason; null when nothing overrides. */
  readonly riskOverride: string | null;
}

export interface AllocatedSymbol {
  readonly symbol: Ticker;
  readonly sector: string | null;
  /** Null for a blocked symbol. */
  readonly ensemble: EnsembleResult | null;
  /** Null where there is nothing to stop. */
  readonly stop: StopCheck | null;
  readonly currentWeight: number;
  readonly targetWeight: number;
  /** True when a limit, not an opinion, took weight away. */
  readonly forced: boolean;
  readonly refusals: ReadonlyArray<
    AllocationRefusal | { readonly reason: 'beyond-volatility-stop' | 'strategy-blocked' | 'not-an-opportunity' }
  >;
}

export interface AllocationOutput {
  readonly market: EnsembleMarket;
  /** What drawdown and regime leave of the gross, long and short limits; 1 is all. */
  readonly exposureScaleFrac: number;
  readonly symbols: readonly AllocatedSymbol[];
  /** Before overlays, which only lower them. */
  readonly totals: AllocationTotals;
  readonly optimizer: OptimizerReport;
  readonly overlays: Omit<OverlayOutcome, 'weights'>;
}

export interface RiskInput {
  readonly context: CycleContext;
  readonly allocation: AllocationOutput;
  readonly symbols: readonly SymbolInput[];
  readonly portfolio: PortfolioInput;
  readonly riskState: RiskState;
  /** An operator's order that stands above every measure. */
  readonly operatorOverride: 'FREEZE' | 'LIQUIDATE' | null;
}

export interface RiskOutput {
  readonly kind: 'assessed';
  readonly assessment: RiskAssessment;
  /** The weights that orders may aim for. */
  readonly approved: ReadonlyArray<{ readonly symbol: Ticker; readonly weight: number }>;
  readonly nextRiskState: RiskState;
  readonly effects: readonly RiskEffect[];
}

export interface ReferencePrice {
  readonly symbol: Ticker;
  readonly priceUsd: number;
  readonly at: EpochMs;
}

/** The market and the broker as a plan sees them: all that it needs besides what was decided. */
export interface PlanQuotes {
  readonly references: readonly ReferencePrice[];
  /** Symbols of which the broker has shares to lend, among those that are to be sold short. */
  readonly lendable: readonly Ticker[];
  /** Orders working at the broker before this cycle sends any. */
  readonly openOrders: readonly OpenOrder[];
  /** The instant against which a reference price is fresh or stale. */
  readonly now: EpochMs;
  /** Of the broker's clock against ours. */
  readonly skewMs: number;
}

export interface OrderPlanInput extends PlanQuotes {
  readonly context: CycleContext;
  readonly signals: SignalsOutput;
  readonly risk: RiskOutput;
  readonly portfolio: PortfolioInput;
}

/** What happened up to where the cycle ended: a later part is null when the cycle did not get there. */
export interface DecisionsInput {
  readonly context: CycleContext;
  readonly signals: SignalsOutput;
  readonly allocation: AllocationOutput | null;
  readonly risk: RiskOutput | null;
  readonly plan: OrderPlan | null;
  /** Planned orders that were held back, each with its reason. */
  readonly withdrawn: ReadonlyArray<{ readonly clientOrderId: string; readonly reason: string }>;
  /** Why the cycle ended early, kebab-case; null when it did not. */
  readonly endedBy: string | null;
}
