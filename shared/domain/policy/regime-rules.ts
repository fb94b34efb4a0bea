/** How regimes are told apart and what each leaves of the fund's exposure. */
export type RegimeName = 'BULL_QUIET' | 'BULL_VOLATILE' | 'BEAR_QUIET' | 'BEAR_CRISIS';

/** A number has to rise to `enter` for a state to begin and to fall below `leave` for it to end, so that noise on one line flips nothing. */
export interface HysteresisBand {
  readonly enter: number;
  readonly leave: number;
}

/** The hidden Markov model: how it is fitted, and what it must show before it is used. */
export interface RegimeModelRules {
  readonly statesMin: number;
  readonly statesMax: number;
  readonly covarianceType: 'diagonal' | 'full';
  /** Sessions of the volatility whose logarithm is the second feature; the first is the day's log return. */
  readonly volatilityFeatureSessions: number;
  /** k-means++ starts for each number of states; each runs `shortIterations`, and the best `finalists` of them on to convergence. */
  readonly restarts: number;
  readonly finalists: number;
  readonly shortIterations: number;
  readonly iterationsMax: number;
  /** EM stops when an iteration adds less than this to the log-likelihood, in nats. */
  readonly logLikelihoodTolerance: number;
  /** Least eigenvalue of a state's covariance, as a fraction of a feature's variance over the whole sample. */
  readonly covarianceFloorFrac: number;
  /** Observations that each free parameter needs. */
  readonly observationsPerParameterMin: number;
  readonly stability: RegimeStabilityRules;
}

export interface RegimeStabilityRules {
  /** Finalists count as agreeing when their log-likelihoods differ by at most this, in nats. */
  readonly restartGapMax: number;
  /** Every state's share of the sample, by filtered probability. */
  readonly occupancyFracMin: number;
  /** Every state's mean stay, 1 / (1 − P(stay)). */
  readonly dwellSessionsMin: number;
  /** The model is fitted again without its last sessions, this many; both must call most days alike. */
  readonly shortenedSessions: number;
  readonly agreementFracMin: number;
}

export interface RegimeRules {
  /** Market sessions looked at, and the fewest with which a regime is named. */
  readonly historySessions: number;
  readonly historySessionsMin: number;
  /** Sessions that the last return may lie before the session traded, 1 being the session just before. */
  readonly staleSessionsMax: number;
  /** Trading sessions in a year, for annualised volatility. */
  readonly sessionsPerYear: number;
  /** Multiplies the gross, long and short limits. */
  readonly exposureFracs: Readonly<Record<RegimeName, number>>;
  /** A regime that allows more exposure is entered only after the one before has lasted this long; a worse one at once. */
  readonly dwellSessionsMin: number;

  /** Sessions of the mean that the level is held against, and of the high that drawdown is measured from. */
  readonly meanSessions: number;
  readonly highSessions: number;
  /** Level below its mean, as a fraction of the mean: a bear begins at `enter`, and ends below `leave` (negative: above the mean). */
  readonly belowMeanFrac: HysteresisBand;
  /** Drawdown from the high: a bear begins at `enter` whatever the mean says, and none ends above `leave`. */
  readonly drawdownFrac: HysteresisBand;

  /** Sessions of realised volatility. */
  readonly volatilitySessions: number;
  /** Annualised volatility, measured and modelled, at which a bull market is volatile. */
  readonly volatileAnnualizedVol: HysteresisBand;
  /** Annualised realised volatility at which a bear market is a crisis. */
  readonly crisisAnnualizedVol: HysteresisBand;
  readonly model: RegimeModelRules;
}

/** No calendar month has more sessions. */
const MONTH_SESSIONS_MAX = 23;

/** Sessions that naming a regime reads: the window lies before the month, so that all sessions of a month stand on the same one. */
export const regimeSessions = ({ historySessions }: Pick<RegimeRules, 'historySessions'>): number => historySessions + MONTH_SESSIONS_MAX;

export const defaultRegimeRules: RegimeRules = {
  // Five years hold a whole cycle of calm and storm, and about 35 observations for each parameter of the largest model.
  historySessions: 1260,
  // A year: the 200-session mean needs most of it.
  historySessionsMin: 252,
  // One missed ingest is tolerated, a holiday weekend costs nothing because sessions are counted.
  staleSessionsMax: 3,
  sessionsPerYear: 252,
  exposureFracs: { BULL_QUIET: 1, BULL_VOLATILE: 0.7, BEAR_QUIET: 0.5, BEAR_CRISIS: 0 },
  // Two weeks: exposure is not put back on the first quiet day.
  dwellSessionsMin: 10,

  // The 200-session mean is the line that trend followers watch (Faber 2007).
  meanSessions: 200,
  highSessions: 252,
  // A band around the mean, because a price that hugs its mean crosses it many times a month.
  belowMeanFrac: { enter: 0.03, leave: -0.01 },
  // A fifth below the high is what is called a bear market everywhere.
  drawdownFrac: { enter: 0.2, leave: 0.15 },

  volatilitySessions: 21,
  // The long-run volatility of US shares is 16 to 17 % a year and its median near 13 %: a fifth above the mean is volatile,
  // at the mean it is not any more.
  volatileAnnualizedVol: { enter: 0.2, leave: 0.16 },
  // Ordinary corrections reach 25 to 30 %; 1987, 1998, 2002, 2008, 2011 and 2020 went beyond 35 %.
  crisisAnnualizedVol: { enter: 0.35, leave: 0.25 },
  model: {
    statesMin: 2,
    statesMax: 4,
    covarianceType: 'full',
    // Short enough to follow a storm within days, long enough that its logarithm is near to normal.
    volatilityFeatureSessions: 10,
    // On the S&P 500 from 1994 to 2023, six starts reach the maximum that twenty reach in 94 of 100 fits, at two fifths of the time.
    restarts: 6,
    finalists: 2,
    shortIterations: 8,
    iterationsMax: 100,
    // A hundredth of a nat moves no probability that a decision reads; hmmlearn's default.
    logLikelihoodTolerance: 0.01,
    // A thirtieth of a feature's standard deviation: below it a state describes repeated values, not a market.
    covarianceFloorFrac: 0.001,
    observationsPerParameterMin: 10,
    stability: {
      // Within one nat two fits say the same of the data.
      restartGapMax: 1,
      // Five weeks in five years: a crash is as short as that, an outlier is shorter.
      occupancyFracMin: 0.02,
      // A state that lasts less than a week is part of another one's tail.
      dwellSessionsMin: 5,
      // A quarter of a year less must not change the story of the years before.
      shortenedSessions: 63,
      agreementFracMin: 0.85,
    },
  },
};
