/** The parts of a policy that opinions rest on: factors, news, valuation and the regime. */
import * as z from 'zod';
import { calibrationFault } from '../../domain/agents/calibration.ts';
import { count, frac, notNegative, positive, rate } from './numbers.ts';

const knots = z
  .array(z.tuple([frac, frac]))
  .readonly()
  .superRefine((map, check) => {
    const fault = calibrationFault(map);
    if (fault !== null) check.addIssue({ code: 'custom', message: `is no calibration map: ${fault}` });
  });

export const calibration = z.strictObject({ maps: z.record(z.string(), knots).readonly() });

export const factors = z.strictObject({
  weights: z.record(z.string(), notNegative).readonly(),
  rankedMin: count,
  momentum: z.strictObject({ lookbackBars: count, skipBars: z.number().int().min(0), volatilityBars: count.min(2) }),
  beta: z.strictObject({
    correlationReturns: count,
    correlationReturnsMin: count.min(20),
    overlapSessions: count,
    volatilityReturns: count,
    volatilityReturnsMin: count.min(20),
    shrinkageWeightFrac: frac,
    shrinkageTarget: z.number(),
  }),
  quality: z.strictObject({
    reportAgeDaysMax: count,
    reportsMax: count,
    quarterDaysMin: count,
    quarterDaysMax: count,
    growthYearsMin: count,
    growthYearsMax: count,
    anniversaryToleranceDays: count,
    variabilityQuartersMax: count,
    variabilityQuartersMin: count.min(2),
    componentsMin: count.max(3),
  }),
  earnings: z.strictObject({
    driftSessions: count,
    surprisesMax: count,
    surprisesMin: count.min(2),
    deviationUsdMin: positive,
    yearDaysMin: count,
    yearDaysMax: count,
  }),
  news: z.strictObject({ lookbackDays: count, halfLifeDays: positive, headlinesMin: count }),
  score: z.strictObject({ fullScoreDeviations: positive, disagreementFloorFrac: frac }),
});

export const sentiment = z.strictObject({
  reader: z.enum(['lexicon', 'llm']),
  halfLifeDays: positive,
  lookbackDays: count,
  repeatDays: z.number().int().min(0),
  roundUpWeightFrac: frac,
  roundUpTickersMin: count.min(2),
  halfAmountHeadlines: positive,
});

const yardstick = z.strictObject({ usual: z.number(), scale: positive, weight: frac });

export const valuation = z.strictObject({
  reportAgeDaysMax: count,
  releaseAgeDaysMax: count,
  valuation: z.strictObject({
    earningsYield: yardstick,
    bookYield: yardstick,
    freeCashFlowYield: yardstick,
    dividendYield: yardstick,
    intrinsicValue: yardstick,
    regularDividendFracMax: frac,
  }),
  discountedCashFlow: z.strictObject({
    riskFreeAnnualFrac: rate,
    equityPremiumFrac: frac,
    terminalGrowthFrac: rate,
    stageOneYears: count.max(50),
    growthPersistenceFrac: frac,
    growthFracMin: rate,
    growthFracMax: rate,
    cashPerEarningsFrac: positive,
    cashPerEarningsFracMax: positive,
  }),
  fundamental: z.strictObject({
    returnOnEquity: yardstick,
    profitabilityChange: yardstick,
    revenueGrowth: yardstick,
    earningsGrowth: yardstick,
    accruals: yardstick,
    freeCashFlowAccruals: yardstick,
    equityShare: yardstick,
    earningsSurprise: yardstick,
  }),
});

const band = z.strictObject({ enter: z.number(), leave: z.number() }).refine(({ enter, leave }) => leave < enter, {
  message: 'what ends a state lies below what begins it',
});

export const regime = z.strictObject({
  historySessions: count,
  historySessionsMin: count.min(252),
  staleSessionsMax: count,
  sessionsPerYear: count,
  exposureFracs: z.strictObject({ BULL_QUIET: frac, BULL_VOLATILE: frac, BEAR_QUIET: frac, BEAR_CRISIS: frac }),
  dwellSessionsMin: z.number().int().min(0),
  meanSessions: count.min(2),
  highSessions: count.min(2),
  belowMeanFrac: band,
  drawdownFrac: band,
  volatilitySessions: count.min(2),
  volatileAnnualizedVol: band,
  crisisAnnualizedVol: band,
  model: z.strictObject({
    statesMin: count.min(2),
    statesMax: count.max(4),
    covarianceType: z.enum(['diagonal', 'full']),
    volatilityFeatureSessions: count.min(2),
    restarts: count,
    finalists: count.min(2),
    shortIterations: count,
    iterationsMax: count,
    logLikelihoodTolerance: positive,
    covarianceFloorFrac: frac,
    observationsPerParameterMin: positive,
    stability: z.strictObject({
      restartGapMax: positive,
      occupancyFracMin: frac,
      dwellSessionsMin: z.number().int().min(0),
      shortenedSessions: count,
      agreementFracMin: frac,
    }),
  }),
});
