/**
 * Which way each setting of a policy tightens: the table behind the two-person rule.
 *
 * The table mirrors the policy, so that a setting without a class does not compile. A section that only shapes opinions is neutral as a
 * whole: what an opinion may do is bounded by the limits behind it. Where neither direction is known to be the safe one, any change
 * counts as loosening, and so does every setting that a document holds and this table does not.
 *
 * It does not cover what a change does in a given market: a limit of 0.06 loosens one of 0.05 also where nothing comes near either.
 */

import type { Policy } from './policy.ts';
import { riskModes } from './steering-rules.ts';

export type LimitClass =
  /** A number of which less is stricter: a maximum. */
  | 'lower-tightens'
  /** A number of which more is stricter: a minimum, a waiting time. */
  | 'higher-tightens'
  | 'true-tightens'
  | 'false-tightens'
  /** A set of names that are kept out, or that are held against the limits. */
  | 'more-names-tighten'
  /** A set of names that are let in. */
  | 'fewer-names-tighten'
  /** A move of the market that must be survived: farther from zero is stricter, the other side of zero is another test. */
  | 'larger-shock-tightens'
  /** Sizes after a freeze, step by step; after the last one the size is whole. */
  | 'slower-ramp-tightens'
  | 'any-change-loosens'
  | 'neutral'
  /** One of these words, from the strictest to the loosest. */
  | { readonly strictestFirst: readonly string[] };

/** Entries with a name of their own: one more is one more test to pass. */
export interface NamedEntries<Each> {
  readonly entries: 'more-tighten';
  readonly each: Each;
}

/** A class for the whole value, or one for each of its settings; `*` is whatever key a record has. */
export type Classes<Value> =
  | LimitClass
  | (Value extends readonly (infer Entry)[]
      ? Entry extends { readonly name: string }
        ? NamedEntries<ClassesOfSettings<Entry>>
        : never
      : Value extends object
        ? string extends keyof Value
          ? { readonly '*': LimitClass }
          : ClassesOfSettings<Value>
        : never);

type ClassesOfSettings<Value> = { readonly [Setting in keyof Value]-?: Classes<Exclude<Value[Setting], undefined>> };

const mode: LimitClass = { strictestFirst: riskModes };
const modeRules = { exposureFrac: 'lower-tightens', confidenceAdded: 'higher-tightens', entryZScoreAdded: 'higher-tightens' } as const;
const tolerance = { degradedFrom: 'lower-tightens', downFrom: 'lower-tightens' } as const;
const hysteresis = { enterAbove: 'lower-tightens', leaveBelow: 'lower-tightens' } as const;
const regimeBand = { enter: 'lower-tightens', leave: 'lower-tightens' } as const;

export const limitClasses: ClassesOfSettings<Policy> = {
  schema: 'any-change-loosens',
  universe: {
    // No list lets every symbol in.
    rule: { kind: { strictestFirst: ['list', 'all'] }, symbols: 'fewer-names-tighten' },
    exclude: 'more-names-tighten',
  },
  // Every measure of risk reads what is loaded.
  history: { loadedSessions: 'higher-tightens' },
  // What a weight takes off the score, the minimum of the score does not get.
  quality: {
    missingDatesWeight: 'higher-tightens',
    duplicateWeight: 'higher-tightens',
    zeroOrNegativeWeight: 'higher-tightens',
    extremeSpikeWeight: 'higher-tightens',
    extremeSpikeLogReturn: 'lower-tightens',
    judgedSessions: 'any-change-loosens',
  },
  governance: { activeRowsMin: 'higher-tightens', degradedRowsMin: 'higher-tightens', qualityScoreMin: 'higher-tightens' },
  agents: 'neutral',
  signals: 'neutral',
  calibration: 'neutral',
  factors: 'neutral',
  sentiment: 'neutral',
  valuation: 'neutral',
  regime: {
    historySessions: 'any-change-loosens',
    historySessionsMin: 'higher-tightens',
    staleSessionsMax: 'lower-tightens',
    sessionsPerYear: 'any-change-loosens',
    exposureFracs: {
      BULL_QUIET: 'lower-tightens',
      BULL_VOLATILE: 'lower-tightens',
      BEAR_QUIET: 'lower-tightens',
      BEAR_CRISIS: 'lower-tightens',
    },
    dwellSessionsMin: 'any-change-loosens',
    meanSessions: 'any-change-loosens',
    highSessions: 'any-change-loosens',
    belowMeanFrac: regimeBand,
    drawdownFrac: regimeBand,
    volatilitySessions: 'any-change-loosens',
    volatileAnnualizedVol: regimeBand,
    crisisAnnualizedVol: regimeBand,
    model: 'any-change-loosens',
  },
  ensemble: {
    disagreementBeta: 'higher-tightens',
    kellyGamma: 'lower-tightens',
    riskFreeAnnualFrac: 'any-change-loosens',
    sessionsPerYear: 'any-change-loosens',
    confidenceMin: 'higher-tightens',
    dataQualityMin: 'higher-tightens',
    positionFracMax: 'lower-tightens',
    entryZScoreMin: 'higher-tightens',
    // A wide band also leaves alone what should shrink.
    rebalanceBandFrac: 'any-change-loosens',
  },
  portfolio: {
    allowShort: 'false-tightens',
    grossFracMax: 'lower-tightens',
    longFracMax: 'lower-tightens',
    shortFracMax: 'lower-tightens',
    sectorFracMax: 'lower-tightens',
    singleNameFracMax: 'lower-tightens',
    turnoverFracMax: 'lower-tightens',
    entryStepFracMax: 'lower-tightens',
    // Taken off every bid; the shorter the holding, the more of it in a day.
    tradeCostFrac: 'higher-tightens',
    holdingSessions: 'lower-tightens',
  },
  optimizer: {
    // Fewer seats are fewer holdings, more are crumbs: neither is known to be the safe side.
    seatsMax: 'any-change-loosens',
    iterationsMax: 'higher-tightens',
    residualFracMax: 'lower-tightens',
    volatilityScaleUpMax: 'lower-tightens',
    volatilityBandFrac: 'lower-tightens',
  },
  overlays: {
    volatilityStop: { enabled: 'true-tightens', bars: 'any-change-loosens', rangeMultiple: 'lower-tightens' },
    sectorBalance: { enabled: 'true-tightens', bandFrac: 'lower-tightens' },
    beta: { enabled: 'true-tightens', target: 'any-change-loosens', band: 'lower-tightens' },
    // Advice to a person; nothing is bought on it.
    tailHedge: 'neutral',
  },
  risk: {
    // Further out in the tail the same book shows a larger VaR against the same limit.
    confidenceLevel: 'higher-tightens',
    grossFracMax: 'lower-tightens',
    drawdownFracMax: 'lower-tightens',
    varFracMax: 'lower-tightens',
    cvarFracMax: 'lower-tightens',
    stressLossFracMax: 'lower-tightens',
    sectorFracMax: 'lower-tightens',
    averageCorrelationMax: 'lower-tightens',
    // The limit on correlation holds from so many names on.
    correlationNamesMin: 'lower-tightens',
    correlationSessions: 'any-change-loosens',
    returnSessions: 'any-change-loosens',
    returnSessionsMin: 'higher-tightens',
    drawdownDecay: 'higher-tightens',
  },
  tail: {
    // The worst of the methods is held against the limits.
    limitMethods: 'more-names-tighten',
    thresholdQuantile: 'any-change-loosens',
    exceedancesMin: 'any-change-loosens',
    distinctExceedanceFracMin: 'any-change-loosens',
    correlationShockFrac: 'higher-tightens',
  },
  breakers: {
    tierTwoVarMultiple: 'lower-tightens',
    annualizedVolTarget: 'lower-tightens',
    highVolMultiple: 'lower-tightens',
    tierTwoSizingFrac: 'lower-tightens',
    cvarBreachesToHalt: 'lower-tightens',
    lossFracToHalt: 'lower-tightens',
  },
  recovery: { cooldownSessions: 'higher-tightens', rampFracs: 'slower-ramp-tightens', sessionsPerRampStep: 'higher-tightens' },
  stress: {
    entries: 'more-tighten',
    each: {
      name: 'any-change-loosens',
      indexReturnFrac: 'larger-shock-tightens',
      // For the replay of an episode, which no limit is held against.
      from: 'neutral',
      to: 'neutral',
      // Both take the place of beta times the index, and may be milder.
      sectorReturnFracs: { '*': 'larger-shock-tightens' },
      symbolReturnFracs: { '*': 'larger-shock-tightens' },
      source: 'neutral',
    },
  },
  execution: {
    orderValueUsdMax: 'lower-tightens',
    orderNotionalUsdMin: 'higher-tightens',
    concentrationFracMax: 'lower-tightens',
    openOrdersPerSymbolMax: 'lower-tightens',
    priceCollarFrac: 'lower-tightens',
    referenceAgeMsMax: 'lower-tightens',
    averageDailyVolumeFracMax: 'lower-tightens',
    messagesPerMinuteMax: 'lower-tightens',
    clockSkewMsMax: 'lower-tightens',
    restricted: 'more-names-tighten',
    wholeSharesOnly: 'true-tightens',
    stopLossRangeMultiple: 'lower-tightens',
    // How an order is worked decides what it leaves open, and for how long.
    algo: 'any-change-loosens',
  },
  // The loss that halts the fund is counted from the higher of this and the peak.
  capital: { initialEquityUsd: 'higher-tightens' },
  steering: {
    mode,
    modes: { DEFENSIVE: modeRules, NORMAL: modeRules, AGGRESSIVE: modeRules },
    loosestAlone: mode,
    annualizedVol: hysteresis,
    drawdownFrac: hysteresis,
    looksToTighten: 'lower-tightens',
    looksToLoosen: 'higher-tightens',
    dwellSessions: 'higher-tightens',
    coolDownMinutes: 'higher-tightens',
    strategyDrawdownFracMax: 'lower-tightens',
    regimes: { BULL_QUIET: mode, BULL_VOLATILE: mode, BEAR_QUIET: mode, BEAR_CRISIS: mode },
    health: {
      checksToWorsen: 'lower-tightens',
      checksToRecover: 'higher-tightens',
      ageMinutesMax: 'lower-tightens',
      missedSessions: tolerance,
      blockedFrac: tolerance,
      brokerSkewMs: tolerance,
      brokerLatencyMs: tolerance,
      failedCycles: tolerance,
      unsignedMinutes: tolerance,
    },
  },
  strategies: { allow: 'fewer-names-tighten', block: 'more-names-tighten' },
  ranking: {
    gate: { strictestFirst: ['listed', 'off'] },
    topN: 'lower-tightens',
    ageMinutesMax: 'lower-tightens',
    weights: 'neutral',
    priceUsdMin: 'higher-tightens',
    dollarVolumeMin: 'higher-tightens',
    spreadBpsMax: 'lower-tightens',
    annualizedVolMax: 'lower-tightens',
    participationFracMax: 'lower-tightens',
    // Costs taken for higher let fewer symbols in.
    commissionBps: 'higher-tightens',
    impactCoefficient: 'higher-tightens',
  },
  alerts: {
    // What is told below HIGH is for whoever reads it to say.
    channels: { LOW: 'neutral', MEDIUM: 'neutral', HIGH: 'more-names-tighten', CRITICAL: 'more-names-tighten' },
    repeatMinutesMin: 'lower-tightens',
    escalateAfterMinutes: 'lower-tightens',
    escalationsMax: 'higher-tightens',
    // They never hold back what is CRITICAL.
    quietHours: 'neutral',
  },
};
