/**
 * The risk mode in force, what each mode means, and what the meta strategy controller may do about it: it tightens alone, and
 * loosens alone no further than `loosestAlone`.
 */
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
  readonly annualizedVol: HysteresisBand;
  readonly drawdownFrac: HysteresisBand;
  /** Looks in a row that must agree before the mode tightens for the market's sake; bad health and a crisis do not wait. */
  readonly looksToTighten: number;
  readonly looksToLoosen: number;
  /** After a change, this long passes before the mode loosens. */
  readonly coolDownMinutes: number;
  /** A strategy that lost more than this from its own high is blocked. */
  readonly strategyDrawdownFracMax: number;
}

/** Strategies by name. One that is not allowed, or is blocked, opens nothing. */
export interface StrategyRules {
  readonly allow: readonly string[];
  readonly block: readonly string[];
}

export const defaultSteeringRules: SteeringRules = {
  mode: 'NORMAL',
  modes: {
    DEFENSIVE: { exposureFrac: 0.5, confidenceAdded: 0.2, entryZScoreAdded: 0.5 },
    NORMAL: { exposureFrac: 1, confidenceAdded: 0, entryZScoreAdded: 0 },
    AGGRESSIVE: { exposureFrac: 1, confidenceAdded: 0, entryZScoreAdded: -0.25 },
  },
  loosestAlone: 'NORMAL',
  annualizedVol: { enterAbove: 0.3, leaveBelow: 0.22 },
  drawdownFrac: { enterAbove: 0.1, leaveBelow: 0.06 },
  looksToTighten: 2,
  looksToLoosen: 12,
  coolDownMinutes: 60,
  strategyDrawdownFracMax: 0.15,
};

export const defaultStrategyRules: StrategyRules = { allow: ['ensemble'], block: [] };
