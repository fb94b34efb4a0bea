/**
 * A Gaussian hidden Markov model: what it is made of, how many numbers that are, and in which order its states come.
 *
 * All arrays are row by row: `transitions[i·states + j]` is the probability of j after i; `means[k·dimensions + d]`;
 * `covariances[(k·dimensions + d)·dimensions + e]`, with zeros off the diagonal when the covariance is diagonal.
 */
export type CovarianceType = 'diagonal' | 'full';

/** `rows` observations of `dimensions` numbers, row by row, oldest first. */
export interface Observations {
  readonly rows: number;
  readonly dimensions: number;
  readonly values: Float64Array;
}

export interface HmmParameters {
  readonly states: number;
  readonly dimensions: number;
  readonly covarianceType: CovarianceType;
  /** Of the first observation's state. */
  readonly startProbabilities: Float64Array;
  readonly transitions: Float64Array;
  readonly means: Float64Array;
  readonly covariances: Float64Array;
}

/** A fitted model. States ascend by the variance of the first dimension, so a state's number says the same in every fit. */
export interface HmmModel extends HmmParameters {
  readonly kind: 'hmm';
  /** Natural logarithm of the density of the observations it was fitted on. */
  readonly logLikelihood: number;
  /** Schwarz's criterion, −2·logLikelihood + parameters·ln(rows); smaller is better. */
  readonly bic: number;
  readonly rows: number;
  readonly iterations: number;
  /** False when EM was stopped by its limit of iterations. */
  readonly converged: boolean;
  /** Log-likelihoods that the starts ended with which were run to convergence, best first. */
  readonly finalistLogLikelihoods: readonly number[];
  /** True when a state's covariance was held up by the floor: the likelihood is then the floor's as much as the data's. */
  readonly floored: boolean;
}

/** Free parameters: start and transition rows sum to one, a covariance is symmetric. As hmmlearn counts them. */
export function parameterCount(states: number, dimensions: number, covarianceType: CovarianceType): number {
  const perCovariance = covarianceType === 'full' ? (dimensions * (dimensions + 1)) / 2 : dimensions;
  return states - 1 + states * (states - 1) + states * (dimensions + perCovariance);
}

/** The same model with its states ordered by the variance of the first dimension; by its mean where variances are equal. */
export function orderedByVolatility(parameters: HmmParameters): HmmParameters {
  const { states, dimensions, means, covariances } = parameters;
  const variance = (state: number): number => covariances[state * dimensions * dimensions]!;
  const order = Array.from({ length: states }, (_, state) => state).sort(
    (a, b) => variance(a) - variance(b) || means[a * dimensions]! - means[b * dimensions]!,
  );
  const pick = (from: Float64Array, width: number): Float64Array =>
    Float64Array.from({ length: states * width }, (_, at) => from[order[Math.floor(at / width)]! * width + (at % width)]!);
  return {
    ...parameters,
    startProbabilities: pick(parameters.startProbabilities, 1),
    transitions: Float64Array.from(
      { length: states * states },
      (_, at) => parameters.transitions[order[Math.floor(at / states)]! * states + order[at % states]!]!,
    ),
    means: pick(means, dimensions),
    covariances: pick(covariances, dimensions * dimensions),
  };
}
