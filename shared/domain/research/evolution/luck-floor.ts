/**
 * How far the Sharpe ratios of trials spread, as the deflated Sharpe ratio should take it: the spread that was seen, but never less than luck alone.
 *
 * The published formula takes the variance of the trials' ratios about their mean, of trials drawn independently. A search does not draw so: its
 * late trials are cousins of a few that did well, and crowd together. A population that has converged on one lucky rule shows a spread near nothing, and
 * the formula would call the rule a discovery. But the ratio of a rule without skill varies by its sampling error whatever its cousins do,
 * 1/√(bars − 1) per bar: for returns that are a martingale difference the variance of their mean is σ²/n, clusters of volatility or not. That is the
 * floor. Above it the figure seen stands, which where there is skill is larger than luck would make it: that errs on the side of not believing.
 */
import type { CountedTrials } from '../validation/deflated-sharpe.ts';

/** For a ratio measured over `bars` bars, at least 2. */
export function withLuckFloor({ trials, sharpe: { count, squares } }: CountedTrials, bars: number): CountedTrials {
  return { trials, sharpe: { count, squares: Math.max(squares, (count - 1) / (bars - 1)) } };
}
