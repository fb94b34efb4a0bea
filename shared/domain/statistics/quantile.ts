/**
 * Quantiles of a sample: linear between the two order statistics beside (n − 1)·p, as numpy and R's type 7 give by default.
 *
 * Source: R. J. Hyndman & Y. Fan (1996), "Sample quantiles in statistical packages", The American Statistician 50(4), definition 7.
 * Not covered: weights; NaN, for which the caller answers.
 */

/** NaN for an empty sample. `sorted` ascends. */
export function quantileOfSorted(sorted: Float64Array, probability: number): number {
  const place = (sorted.length - 1) * probability;
  const below = Math.floor(place);
  const low = sorted[below];
  if (low === undefined) return Number.NaN;
  const high = sorted[below + 1] ?? low;
  return low + (place - below) * (high - low);
}
