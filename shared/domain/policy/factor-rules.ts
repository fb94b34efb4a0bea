/** Which factors the fund holds with, and over what spans they look. */
export interface FactorRules {
  /** Factors by name with their weight in the factor agent's score; weights need not sum to 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** A cross-section of fewer companies ranks nobody. */
  readonly rankedMin: number;
  readonly momentum: MomentumRules;
  readonly beta: BetaRules;
  readonly quality: QualityFactorRules;
  readonly earnings: EarningsDriftRules;
  readonly news: NewsFactorRules;
  readonly score: FactorScoreRules;
}

export interface MomentumRules {
  /** The return runs from `lookbackBars` ago to `skipBars` ago. */
  readonly lookbackBars: number;
  readonly skipBars: number;
  /** Daily returns behind the realised volatility it is divided by. */
  readonly volatilityBars: number;
}

export interface BetaRules {
  /** Overlapping returns of `overlapSessions` each behind the correlation: the most used, and the fewest with which there is a beta. */
  readonly correlationReturns: number;
  readonly correlationReturnsMin: number;
  readonly overlapSessions: number;
  /** One-day returns behind the volatilities. */
  readonly volatilityReturns: number;
  readonly volatilityReturnsMin: number;
  /** Shrunk beta = weight × beta + (1 − weight) × target. */
  readonly shrinkageWeightFrac: number;
  readonly shrinkageTarget: number;
}

export interface QualityFactorRules {
  /** Days from a quarter's end to `asOf` after which a company whose newest report that is has no quality. */
  readonly reportAgeDaysMax: number;
  /** Reports looked at, newest first. */
  readonly reportsMax: number;
  /** Days between the ends of neighbouring quarters; anything else is a gap. */
  readonly quarterDaysMin: number;
  readonly quarterDaysMax: number;
  /** Growth is taken over the longest span of whole years in this range. */
  readonly growthYearsMin: number;
  readonly growthYearsMax: number;
  /** How far from its anniversary a quarter may end and still be the same quarter of an earlier year. */
  readonly anniversaryToleranceDays: number;
  /** Quarters behind the variability of the return on equity. */
  readonly variabilityQuartersMax: number;
  readonly variabilityQuartersMin: number;
  /** Of profitability, growth and safety, how many a company must have. */
  readonly componentsMin: number;
}

export interface EarningsDriftRules {
  /** Sessions after the announcement day over which the price drifts; at its end nothing is left of the surprise. */
  readonly driftSessions: number;
  /** Past surprises behind the deviation. */
  readonly surprisesMax: number;
  readonly surprisesMin: number;
  /** The deviation of past surprises is never taken to be smaller, USD per share. */
  readonly deviationUsdMin: number;
  /** Days from a quarter's announcement to that of the same quarter a year later. */
  readonly yearDaysMin: number;
  readonly yearDaysMax: number;
}

export interface NewsFactorRules {
  readonly lookbackDays: number;
  readonly halfLifeDays: number;
  /** Different headlines with a tone; fewer say nothing. */
  readonly headlinesMin: number;
}

export interface FactorScoreRules {
  /** A company this many standard deviations from the middle of its cross-section has the full score. */
  readonly fullScoreDeviations: number;
  /** What is left of the confidence when factors cancel out. */
  readonly disagreementFloorFrac: number;
}

export const defaultFactorRules: FactorRules = {
  weights: {
    'volatility-scaled-momentum': 1,
    'betting-against-beta': 1,
    'quality-minus-junk': 1,
    'earnings-drift': 1,
    'news-sentiment': 1,
  },
  // With ten companies the ends of the ranking still lie 1.6 standard deviations from its middle; with fewer a rank is mostly chance.
  rankedMin: 10,
  // A year of 252 bars holds 251 returns. Six months of daily returns as in Barroso and Santa-Clara (2015).
  momentum: { lookbackBars: 251, skipBars: 21, volatilityBars: 126 },
  beta: {
    // Frazzini and Pedersen (2014), section 3.1: five years and one year.
    correlationReturns: 1260,
    // They ask for 750; a cycle loads 252 bars, which hold 249 overlapping returns. 200 leaves room for a few sessions without a bar.
    correlationReturnsMin: 200,
    overlapSessions: 3,
    volatilityReturns: 252,
    volatilityReturnsMin: 120,
    shrinkageWeightFrac: 0.6,
    shrinkageTarget: 1,
  },
  quality: {
    // A third quarter is the newest known until the annual report, which comes up to 90 days after a year's end; a quarter has 92.
    reportAgeDaysMax: 200,
    // Variability looks back 60 quarters, growth five years and a year before that.
    reportsMax: 60,
    // Retailers' years have a quarter of 16 or 17 weeks, others of 12; a missing quarter leaves at least 24 weeks.
    quarterDaysMin: 70,
    quarterDaysMax: 125,
    // Five years as in the paper; one is the least that leaves the season out.
    growthYearsMin: 1,
    growthYearsMax: 5,
    anniversaryToleranceDays: 20,
    // Asness, Frazzini and Pedersen (2019), appendix A1: EVOL over 60 quarters, at least twelve.
    variabilityQuartersMax: 60,
    variabilityQuartersMin: 12,
    componentsMin: 2,
  },
  earnings: {
    driftSessions: 60,
    // Chan, Jegadeesh and Lakonishok (1996) take eight quarters; Hou, Xue and Zhang (2015) accept six.
    surprisesMax: 8,
    surprisesMin: 6,
    // Earnings are told to the cent, so no surprise is known more finely than half of one.
    deviationUsdMin: 0.005,
    // The same quarter is announced within a month or so of its day the year before.
    yearDaysMin: 320,
    yearDaysMax: 410,
  },
  // A month of news; what is a week old counts half. One headline is an accident.
  news: { lookbackDays: 30, halfLifeDays: 7, headlinesMin: 2 },
  score: { fullScoreDeviations: 2, disagreementFloorFrac: 0.4 },
};
