/** What the allocator is asked and what it answers. Weights are signed fractions of equity. */
import type { Ticker } from '../../kernel/units.ts';
import type { Proposal } from '../ensemble/meta-brain.ts';
import type { PortfolioRules } from '../policy/policy.ts';

export interface AllocationCandidate {
  readonly symbol: Ticker;
  /** Null is traded as the one sector UNCLASSIFIED. */
  readonly sector: string | null;
  readonly currentWeight: number;
  /** False: the weight held must stay. */
  readonly tradable: boolean;
  readonly proposal: Proposal;
  /** Signed; null when there is no opinion. */
  readonly recommendedWeight: number | null;
  /** Expected daily return less the risk-free rate; null when there is no opinion. */
  readonly excessMu: number | null;
  readonly sigma: number | null;
}

export interface AllocationRefusal {
  /** Kebab-case. */
  readonly reason:
    | 'cost-exceeds-conviction'
    | 'turnover-spent'
    | 'sector-limit'
    | 'single-name-limit'
    | 'long-limit'
    | 'short-limit'
    | 'gross-limit'
    | 'entry-step-limit'
    | 'reduction-postponed';
}

export interface AllocatedWeight {
  readonly symbol: Ticker;
  readonly targetWeight: number;
  /** True when step 1 took weight away. */
  readonly forced: boolean;
  /** What stopped it short of the recommended weight. */
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

export interface AllocationParameters {
  readonly rules: PortfolioRules;
  readonly kellyGamma: number;
  /** Shrinks the gross, long and short limits, 0 to 1. */
  readonly exposureScaleFrac: number;
}
