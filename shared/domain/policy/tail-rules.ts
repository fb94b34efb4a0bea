/** How the tail of the book's losses is measured. */
export type TailMethod = 'historical' | 'parametric' | 'cornishFisher' | 'evt';

export interface TailRules {
  /** The limits on VaR and CVaR hold the worst of these; one that refuses is named and left out, but for the historical, without which risk refuses. */
  readonly limitMethods: readonly TailMethod[];
  /** The generalised Pareto tail begins at this quantile of the losses. */
  readonly thresholdQuantile: number;
  /** With fewer losses beyond the threshold nothing is fitted. */
  readonly exceedancesMin: number;
  /** With a smaller part of the exceedances distinct, the prices were rounded too coarsely to fit a continuous law. */
  readonly distinctExceedanceFracMin: number;
  /** How far every pairwise correlation moves towards one (and, for the hedges, towards zero) in the correlation shock. */
  readonly correlationShockFrac: number;
}

export const defaultTailRules: TailRules = {
  // Survival first: the worst of what can be measured. The historical sees only what happened within the window, Cornish–Fisher and the
  // Pareto tail say what its shape implies beyond that. The normal is shown for comparison and not used: it is known to be wrong in tails.
  limitMethods: ['historical', 'cornishFisher', 'evt'],
  // McNeil and Frey (2000) take the worst tenth; it leaves 50 exceedances from 500 returns on, so a window of one year is refused.
  thresholdQuantile: 0.9,
  exceedancesMin: 50,
  distinctExceedanceFracMin: 0.5,
  // Half the way: from the 0.3 of calm markets to the 0.65 of October 2008 and March 2020.
  correlationShockFrac: 0.5,
};
