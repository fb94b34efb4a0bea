/** What the allocator is asked and what it answers. Weights are signed fractions of equity. */
import type { Ticker } from '../../kernel/units.ts';
import type { Proposal } from '../ensemble/meta-brain.ts';
import type { OptimizerRules } from '../policy/optimizer-rules.ts';
import type { PortfolioRules } from '../policy/policy.ts';

export interface AllocationCandidate {
  readonly symbol: Ticker;
  /** Null is traded as the one sector UNCLASSIFIED. */
  readonly sector: string | null;
  readonly currentWeight: number;
  /** False: the weight held must stay. */
  readonly tradable: boolean;
  /** BUY may only add to the signed weight, SELL only take from it; anything else leaves it. */
  readonly proposal: Proposal;
  /** Signed; null when there is no opinion. No weight goes past it. */
  readonly recommendedWeight: number | null;
  /** Expected daily return less the risk-free rate; null when there is no opinion. */
  readonly excessMu: number | null;
  readonly sigma: number | null;
}

export interface AllocationRefusal {
  /** Kebab-case. */
  readonly reason:
    | 'cost-exceeds-conviction'
    | 'outbid'
    | 'covariance-missing'
    | 'closes-before-reversing'
    | 'turnover-spent'
    | 'sector-limit'
    | 'single-name-limit'
    | 'long-limit'
    | 'short-limit'
    | 'gross-limit'
    | 'entry-step-limit'
    | 'volatility-target'
    | 'reduction-postponed';
}

export interface AllocatedWeight {
  readonly symbol: Ticker;
  readonly targetWeight: number;
  /** True when repairing the book held took weight away. */
  readonly forced: boolean;
  /** What stopped it short of the recommended weight, or trimmed it without an opinion. */
  readonly refusals: readonly AllocationRefusal[];
}

export interface AllocationTotals {
  readonly grossFrac: number;
  readonly longFrac: number;
  readonly shortFrac: number;
  /** All changes, forced ones included. */
  readonly turnoverFrac: number;
  readonly forcedTurnoverFrac: number;
}

/** How the sizes came about, for the record. */
export interface OptimizerReport {
  /** `not-needed`: nobody won a seat. `refused`: see `reason`; nothing grew. */
  readonly status: 'solved' | 'inaccurate' | 'not-needed' | 'refused';
  /** Kebab-case, when refused. */
  readonly reason: string | null;
  readonly seats: number;
  readonly iterations: number;
  /** In units of weight. */
  readonly primalResidual: number;
  readonly dualResidual: number;
  /** Of the covariance; null without one, as are the next two. */
  readonly shrinkage: number | null;
  /** Of the target book. */
  readonly predictedAnnualizedVol: number | null;
  /** What volatility targeting multiplied the growth by; 1 is nothing. */
  readonly volatilityScale: number | null;
}

export interface Allocation {
  /** One per candidate, in the same order. */
  readonly weights: readonly AllocatedWeight[];
  readonly totals: AllocationTotals;
  readonly optimizer: OptimizerReport;
}

export interface AllocationParameters {
  readonly rules: PortfolioRules;
  readonly optimizer: OptimizerRules;
  readonly kellyGamma: number;
  /** Shrinks the gross, long and short limits, 0 to 1. */
  readonly exposureScaleFrac: number;
  /** The volatility that the book is steered to. */
  readonly annualizedVolTarget: number;
  readonly sessionsPerYear: number;
}
