/**
 * Mean, variance, skewness and excess kurtosis of a sample, in two passes: the second takes powers of deviations from the mean, so
 * nothing cancels.
 *
 * These are the plain sample moments, with 1/n throughout: skewness m₃/m₂^{3/2}, excess kurtosis m₄/m₂² − 3, as scipy.stats.skew and
 * scipy.stats.kurtosis give by default, and as PerformanceAnalytics uses in its modified VaR.
 * Not covered: small-sample corrections, weights.
 */
export interface SampleMoments {
  readonly count: number;
  readonly mean: number;
  /** Mean squared deviation, with 1/n. */
  readonly variance: number;
  readonly skewness: number;
  readonly excessKurtosis: number;
}

/** NaN moments for an empty sample; NaN skewness and kurtosis where nothing varies; NaN in, NaN out. */
export function sampleMoments(values: Float64Array): SampleMoments {
  const count = values.length;
  const mean = meanOf(values);
  let square = 0;
  let cube = 0;
  let fourth = 0;
  for (let k = 0; k < count; k++) {
    const deviation = values[k]! - mean;
    const squared = deviation * deviation;
    square += squared;
    cube += squared * deviation;
    fourth += squared * squared;
  }
  const variance = square / count;
  return {
    count,
    mean,
    variance,
    skewness: cube / count / (variance * Math.sqrt(variance)),
    excessKurtosis: fourth / count / (variance * variance) - 3,
  };
}

/** NaN for an empty sample. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k]!;
  return sum / values.length;
}

/** Position of the first value that is NaN or infinite; −1 when all are finite. */
export function firstNotFinite(values: Float64Array): number {
  for (let k = 0; k < values.length; k++) {
    // A finite number minus itself is 0; NaN and infinity give NaN.
    if (values[k]! - values[k]! !== 0) return k;
  }
  return -1;
}
