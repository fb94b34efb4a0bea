/** The policy document as it crosses a boundary. The bounds are what no policy may loosen, whoever signs it. */
import * as z from 'zod';
import { intradayCurves } from '../domain/execution/algos/intraday-curves.ts';
import type { Policy as DomainPolicy } from '../domain/policy/policy.ts';
import { calibration, factors, regime, sentiment, valuation } from './policy/alpha.ts';
import { optimizer, overlays, stress, tail } from './policy/book.ts';
import { alerts, ranking, steering, strategies } from './policy/control-plane.ts';
import { count, frac, positive } from './policy/numbers.ts';

const symbols = z.array(z.string().min(1)).readonly();

const algo = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.enum(['vwap', 'twap']),
    aboveAverageDailyVolumeFrac: frac,
    windowMinutes: count,
    endsBeforeCloseMinutes: z.number().int().min(0),
    bucketMinutes: count,
    participationFracMax: frac,
    curve: z.enum(intradayCurves),
  }),
]);

const shape = z.strictObject({
  schema: z.literal('ballast.policy/4'),
  universe: z.strictObject({
    rule: z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('all') }), z.strictObject({ kind: z.literal('list'), symbols })]),
    exclude: symbols,
  }),
  history: z.strictObject({ loadedSessions: count.min(252).max(2520) }),
  quality: z.strictObject({
    missingDatesWeight: frac,
    duplicateWeight: frac,
    zeroOrNegativeWeight: frac,
    extremeSpikeWeight: frac,
    extremeSpikeLogReturn: positive,
    judgedSessions: count.nullable(),
  }),
  governance: z.strictObject({ activeRowsMin: count, degradedRowsMin: count, qualityScoreMin: frac }),
  agents: z.array(z.string().min(1)).min(1).readonly(),
  signals: z.strictObject({
    volatilityBars: count.min(20),
    sessionsPerYear: count,
    informationCoefficients: z.record(z.string(), z.number().min(0).max(0.2)).readonly(),
  }),
  calibration,
  factors,
  sentiment,
  valuation,
  regime,
  ensemble: z.strictObject({
    disagreementBeta: z.number().min(0),
    kellyGamma: frac,
    riskFreeAnnualFrac: z.number().min(-0.05).max(0.5),
    sessionsPerYear: count,
    confidenceMin: frac,
    dataQualityMin: frac,
    positionFracMax: frac,
    entryZScoreMin: z.number().min(0),
    rebalanceBandFrac: frac,
  }),
  portfolio: z.strictObject({
    allowShort: z.boolean(),
    grossFracMax: frac,
    longFracMax: frac,
    shortFracMax: frac,
    sectorFracMax: frac,
    singleNameFracMax: frac,
    turnoverFracMax: frac,
    entryStepFracMax: frac,
    tradeCostFrac: frac,
    holdingSessions: count,
  }),
  optimizer,
  overlays,
  risk: z.strictObject({
    confidenceLevel: z.number().min(0.5).max(0.999),
    grossFracMax: frac,
    drawdownFracMax: frac,
    varFracMax: frac,
    cvarFracMax: frac,
    stressLossFracMax: frac,
    sectorFracMax: frac,
    averageCorrelationMax: frac,
    correlationNamesMin: count,
    correlationSessions: count.min(20),
    returnSessions: count.min(60),
    returnSessionsMin: count.min(20),
    drawdownDecay: z.number().min(0),
  }),
  tail,
  breakers: z.strictObject({
    tierTwoVarMultiple: z.number().min(1),
    annualizedVolTarget: positive,
    highVolMultiple: z.number().min(1),
    tierTwoSizingFrac: frac,
    cvarBreachesToHalt: count,
    lossFracToHalt: frac,
  }),
  recovery: z.strictObject({
    cooldownSessions: z.number().int().min(0),
    rampFracs: z.array(frac).min(1).readonly(),
    sessionsPerRampStep: count,
  }),
  stress,
  execution: z.strictObject({
    orderValueUsdMax: positive,
    orderNotionalUsdMin: z.number().min(0),
    concentrationFracMax: frac,
    openOrdersPerSymbolMax: count,
    priceCollarFrac: frac,
    referenceAgeMsMax: count,
    averageDailyVolumeFracMax: frac,
    messagesPerMinuteMax: count,
    clockSkewMsMax: count,
    restricted: symbols,
    wholeSharesOnly: z.boolean(),
    stopLossRangeMultiple: positive,
    algo,
  }),
  capital: z.strictObject({ initialEquityUsd: positive }),
  steering,
  strategies,
  ranking,
  alerts,
});

export const Policy: z.ZodType<DomainPolicy> = shape;
export type Policy = DomainPolicy;
