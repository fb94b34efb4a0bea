/**
 * The risk mode in force, what each mode means, and what the meta strategy controller may do about it: it tightens alone, and
 * loosens alone no further than `loosestAlone`.
 */
import { defaultHealthRules, type HealthRules } from './health-rules.ts';
import type { RegimeName } from './regime-rules.ts';

export type RiskMode = 'AGGRESSIVE' | 'NORMAL' | 'DEFENSIVE';

/** From the strictest to the loosest. */
export const riskModes = ['DEFENSIVE', 'NORMAL', 'AGGRESSIVE'] as const satisfies readonly RiskMode[];

/** What a mode makes of the portfolio and ensemble rules. No mode reaches the risk limits. */
export interface ModeRules {
  /** Multiplies the gross, long and short limits and the turnover; at most 1. */
  readonly exposureFrac: number;
  /** Added to what the ensemble asks of an opinion; negative asks less. NORMAL adds nothing. */
  readonly confidenceAdded: number;
  readonly entryZScoreAdded: number;
}

/** Enters DEFENSIVE above the first, leaves it below the second: between them the mode stays what it is. */
export interface HysteresisBand {
  readonly enterAbove: number;
  readonly leaveBelow: number;
}

export interface SteeringRules {
  readonly mode: RiskMode;
  readonly modes: Readonly<Record<RiskMode, ModeRules>>;
  /** The loosest mode that the controller may choose without a person. */
  readonly loosestAlone: RiskMode;
  /** The loosest mode that each regime bears. AGGRESSIVE is for a quiet bull market alone. */
  readonly regimes: Readonly<Record<RegimeName, RiskMode>>;
  readonly annualizedVol: HysteresisBand;
  readonly drawdownFrac: HysteresisBand;
  /** Looks in a row that must agree before the mode tightens for the market's sake; bad health and a crisis do not wait. */
  readonly looksToTighten: number;
  readonly looksToLoosen: number;
  /** Sessions in a row whose market must bear a looser mode before the market's voice loosens. It never delays a tightening. */
  readonly dwellSessions: number;
  /** After a change, this long passes before the mode loosens. */
  readonly coolDownMinutes: number;
  /** A strategy that lost more than this from its own high is blocked. */
  readonly strategyDrawdownFracMax: number;
  readonly health: HealthRules;
}

/** Strategies by name. One that is not allowed, or is blocked, opens nothing and adds to nothing; what it holds may shrink. */
export interface StrategyRules {
  readonly allow: readonly string[];
  readonly block: readonly string[];
}

export const defaultSteeringRules: SteeringRules = {
  mode: 'NORMAL',
  modes: {
    // Half the book and half the turnover; opinions must be a fifth surer and stand half a deviation farther out.
    DEFENSIVE: { exposureFrac: 0.5, confidenceAdded: 0.2, entryZScoreAdded: 0.5 },
    NORMAL: { exposureFrac: 1, confidenceAdded: 0, entryZScoreAdded: 0 },
    // No more is held than in NORMAL: positions are only opened sooner.
    AGGRESSIVE: { exposureFrac: 1, confidenceAdded: 0, entryZScoreAdded: -0.25 },
  },
  loosestAlone: 'NORMAL',
  // The regime itself halves the limits of a quiet bear market already; the mode adds to that only in a crisis.
  regimes: { BULL_QUIET: 'AGGRESSIVE', BULL_VOLATILE: 'NORMAL', BEAR_QUIET: 'NORMAL', BEAR_CRISIS: 'DEFENSIVE' },
  // Ordinary corrections reach 25 to 30 % a year; 0.22 is below what volatile bull markets show, so it takes real calm to leave.
  annualizedVol: { enterAbove: 0.3, leaveBelow: 0.22 },
  // A tenth is where the first breaker stands at the latest; more than a third of it must be earned back.
  drawdownFrac: { enterAbove: 0.1, leaveBelow: 0.06 },
  // Ten minutes: one odd reading moves nothing.
  looksToTighten: 2,
  // The market's evidence changes once a day, so what damps it counts days. In the simulated market, whose volatility clusters, the lulls
  // inside a crisis last up to six sessions: five let the mode out and in again, ten do not, and a storm's end is told two weeks late.
  dwellSessions: 10,
  // An hour of agreement, and an hour since the last change: a day has at most a handful of changes, whatever happens.
  looksToLoosen: 12,
  coolDownMinutes: 60,
  strategyDrawdownFracMax: 0.15,
  health: defaultHealthRules,
};

export const defaultStrategyRules: StrategyRules = { allow: ['ensemble'], block: [] };

export const mayGrow = (strategy: string, { allow, block }: StrategyRules): boolean =>
  allow.includes(strategy) && !block.includes(strategy);
