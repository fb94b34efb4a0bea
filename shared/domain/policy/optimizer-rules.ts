/** How target weights are computed: who may take part, how exactly the quadratic program is solved, how far volatility is steered. */
export interface OptimizerRules {
  /** Bidders that the auction admits to the optimizer, highest bid first. */
  readonly seatsMax: number;
  /** ADMM iterations after which the best iterate so far is used and called inaccurate. */
  readonly iterationsMax: number;
  /** Largest primal and dual residual of a solution that is called solved, both in units of weight. */
  readonly residualFracMax: number;
  /** Growth is stretched by at most this factor when predicted volatility is below its target. */
  readonly volatilityScaleUpMax: number;
  /** What is held is trimmed only when its predicted volatility exceeds the target by more than this fraction. */
  readonly volatilityBandFrac: number;
}

export const defaultOptimizerRules: OptimizerRules = {
  // Ten full entry steps use up a cycle's turnover: five times as many leave covariance a choice and keep crumbs out of the book.
  seatsMax: 50,
  // Programs of 500 names need some hundreds; one that needs more is answered by its best feasible iterate.
  iterationsMax: 4000,
  // A thousandth of a dollar on a book of a million.
  residualFracMax: 1e-9,
  // A quiet year is no licence: predicted volatility lags, so leverage follows it down in full and up by a quarter at most.
  volatilityScaleUpMax: 1.25,
  // The standard error of a volatility from 251 returns is about 4.5 %; two of them are not worth a trade.
  volatilityBandFrac: 0.1,
};
