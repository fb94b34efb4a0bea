/**
 * Fits a Gaussian hidden Markov model and chooses its number of states.
 *
 * 1. Each dimension is brought to mean 0 and variance 1, so that distances and the covariance floor have no unit.
 * 2. For each number of states, several k-means++ starts run a few iterations of EM; the best of them run on to convergence
 *    ("short runs", Biernacki, Celeux and Govaert 2003). The likelihood has many maxima: one start finds a good one only by luck.
 * 3. The number of states is the one with the least BIC (Schwarz 1978); the smaller number on a tie.
 * 4. The parameters go back to the units of the observations, and the states are ordered by volatility.
 *
 * Fitting is equivariant: scaling a dimension scales the parameters and leaves probabilities as they are.
 * Not covered: missing observations, heavy-tailed emissions, and durations that are not geometric.
 */
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Rng } from '../../kernel/rng.ts';
import { type BaumWelchRun, baumWelch } from './baum-welch.ts';
import { holdUpEigenvalues } from './covariance.ts';
import {
  type CovarianceType,
  type HmmModel,
  type HmmParameters,
  type Observations,
  orderedByVolatility,
  parameterCount,
} from './hmm-model.ts';
import { kMeans } from './k-means.ts';

export interface HmmFitOptions {
  readonly statesMin: number;
  readonly statesMax: number;
  readonly covarianceType: CovarianceType;
  readonly restarts: number;
  /** Starts that run on to convergence. */
  readonly finalists: number;
  readonly shortIterations: number;
  readonly iterationsMax: number;
  /** In nats. */
  readonly logLikelihoodTolerance: number;
  /** Least eigenvalue of a covariance, after each dimension is brought to variance 1. */
  readonly covarianceFloorFrac: number;
  readonly observationsPerParameterMin: number;
}

const K_MEANS_ITERATIONS = 10;
/** Rounding over thousands of observations stays well below this. */
const SAME_HEIGHT_FRAC = 1e-10;

/**
 * A model for each number of states, the one with the least BIC first. Numbers of states for which there are too few observations are left
 * out. Refuses when none is left, when a value is not finite, when a dimension does not vary, or (full covariance) when the dimensions
 * lie on a line.
 */
export function fitCandidates(observations: Observations, options: HmmFitOptions, rng: Rng): HmmModel[] | Refusal {
  const scaled = standardize(observations, options);
  if (scaled.kind === 'refused') return scaled;
  const models: HmmModel[] = [];
  for (let states = options.statesMin; states <= options.statesMax; states++) {
    const needed = options.observationsPerParameterMin * parameterCount(states, observations.dimensions, options.covarianceType);
    if (observations.rows >= needed) models.push(fitStates(scaled, states, options, rng.fork(`${states}-states`)));
  }
  if (models.length === 0) return refuse('observations-too-few', { rows: observations.rows, statesMin: options.statesMin });
  return models.sort((a, b) => a.bic - b.bic || a.states - b.states);
}

/** The model with the least BIC. Refuses as `fitCandidates` does. */
export function fitHmm(observations: Observations, options: HmmFitOptions, rng: Rng): HmmModel | Refusal {
  const models = fitCandidates(observations, options, rng);
  return isRefusal(models) ? models : models[0]!;
}

interface Standardized {
  readonly kind: 'standardized';
  readonly observations: Observations;
  readonly centres: Float64Array;
  readonly scales: Float64Array;
}

function fitStates(scaled: Standardized, states: number, options: HmmFitOptions, rng: Rng): HmmModel {
  const { observations } = scaled;
  const { covarianceFloorFrac: covarianceFloor, logLikelihoodTolerance } = options;
  const shortRuns = Array.from({ length: options.restarts }, (_, restart) => {
    const start = startFrom(observations, states, options, rng.fork(`start-${restart}`));
    return baumWelch(observations, start, { iterationsMax: options.shortIterations, logLikelihoodTolerance, covarianceFloor });
  }).sort((a, b) => b.logLikelihoods.at(-1)! - a.logLikelihoods.at(-1)!);

  const finalists: BaumWelchRun[] = [];
  for (const [place, { parameters, logLikelihoods }] of shortRuns.slice(0, options.finalists).entries()) {
    const above = shortRuns[place - 1]?.logLikelihoods.at(-1) ?? Number.POSITIVE_INFINITY;
    const height = logLikelihoods.at(-1)!;
    // Starts that came to the same height are one, but for the numbers of their states, and go on to the same end.
    const isSame = above - height < SAME_HEIGHT_FRAC * Math.abs(height);
    finalists.push(
      isSame
        ? finalists[place - 1]!
        : baumWelch(observations, parameters, { iterationsMax: options.iterationsMax, logLikelihoodTolerance, covarianceFloor }),
    );
  }
  finalists.sort((a, b) => b.logLikelihoods.at(-1)! - a.logLikelihoods.at(-1)!);
  return modelOf(finalists, scaled);
}

/** The best finalist in the units of the observations. */
function modelOf(finalists: readonly BaumWelchRun[], { observations, centres, scales }: Standardized): HmmModel {
  const { parameters, logLikelihoods, converged, floored } = finalists[0]!;
  const { rows, dimensions } = observations;
  const { states, covarianceType } = parameters;
  // A density in other units is divided by the product of the scales.
  const shift = rows * scales.reduce((sum, scale) => sum + Math.log(scale), 0);
  const logLikelihood = logLikelihoods.at(-1)! - shift;
  const inUnits: HmmParameters = {
    ...parameters,
    means: parameters.means.map((mean, at) => centres[at % dimensions]! + scales[at % dimensions]! * mean),
    covariances: parameters.covariances.map(
      (covariance, at) => covariance * scales[at % dimensions]! * scales[Math.floor(at / dimensions) % dimensions]!,
    ),
  };
  return {
    kind: 'hmm',
    ...orderedByVolatility(inUnits),
    logLikelihood,
    bic: -2 * logLikelihood + parameterCount(states, dimensions, covarianceType) * Math.log(rows),
    rows,
    iterations: logLikelihoods.length - 1,
    converged,
    finalistLogLikelihoods: finalists.map((run) => run.logLikelihoods.at(-1)! - shift),
    floored,
  };
}

/** Parameters from a clustering: each cluster's moments, and how often one follows another, with one count added to each. */
function startFrom(observations: Observations, states: number, options: HmmFitOptions, rng: Rng): HmmParameters {
  const { rows, dimensions, values } = observations;
  const labels = kMeans(observations, states, K_MEANS_ITERATIONS, rng);
  const counts = new Float64Array(states);
  const means = new Float64Array(states * dimensions);
  const covariances = new Float64Array(states * dimensions * dimensions);
  const transitions = new Float64Array(states * states).fill(1);
  for (let t = 0; t < rows; t++) {
    const label = labels[t]!;
    counts[label]!++;
    if (t > 0) transitions[labels[t - 1]! * states + label]!++;
    for (let d = 0; d < dimensions; d++) means[label * dimensions + d]! += values[t * dimensions + d]!;
  }
  for (let at = 0; at < means.length; at++) means[at]! /= Math.max(1, counts[Math.floor(at / dimensions)]!);
  for (let t = 0; t < rows; t++) {
    const at = labels[t]! * dimensions;
    for (let d = 0; d < dimensions; d++) {
      for (let e = 0; e < dimensions; e++) {
        if (d !== e && options.covarianceType === 'diagonal') continue;
        const product = (values[t * dimensions + d]! - means[at + d]!) * (values[t * dimensions + e]! - means[at + e]!);
        covariances[(at + d) * dimensions + e]! += product / counts[labels[t]!]!;
      }
    }
  }
  for (let state = 0; state < states; state++) {
    holdUpEigenvalues(covariances, state * dimensions * dimensions, dimensions, options.covarianceFloorFrac);
    const departures = transitions.subarray(state * states, (state + 1) * states).reduce((sum, count) => sum + count, 0);
    for (let j = 0; j < states; j++) transitions[state * states + j]! /= departures;
  }
  const startProbabilities = new Float64Array(states).fill(1 / states);
  return { states, dimensions, covarianceType: options.covarianceType, startProbabilities, transitions, means, covariances };
}

function standardize({ rows, dimensions, values }: Observations, options: HmmFitOptions): Standardized | Refusal {
  if (!values.every(Number.isFinite)) return refuse('observation-not-finite', { rows });
  if (rows < 2) return refuse('observations-too-few', { rows });
  const centres = new Float64Array(dimensions);
  const scales = new Float64Array(dimensions);
  const own = values.slice();
  for (let d = 0; d < dimensions; d++) {
    let sum = 0;
    let largest = 0;
    for (let t = 0; t < rows; t++) {
      sum += values[t * dimensions + d]!;
      largest = Math.max(largest, Math.abs(values[t * dimensions + d]!));
    }
    const centre = sum / rows;
    let squares = 0;
    for (let t = 0; t < rows; t++) squares += (values[t * dimensions + d]! - centre) ** 2;
    const scale = Math.sqrt(squares / rows);
    // Below this, what varies is the rounding of the mean.
    if (scale <= largest * 1e-12) return refuse('observations-constant', { dimension: d });
    for (let t = 0; t < rows; t++) own[t * dimensions + d] = (values[t * dimensions + d]! - centre) / scale;
    centres[d] = centre;
    scales[d] = scale;
  }
  const observations = { rows, dimensions, values: own };
  if (options.covarianceType === 'full' && isCollinear(observations, options.covarianceFloorFrac)) {
    return refuse('observations-collinear', { dimensions });
  }
  return { kind: 'standardized', observations, centres, scales };
}

/** Whether the correlation matrix has an eigenvalue at the floor. */
function isCollinear({ rows, dimensions, values }: Observations, floor: number): boolean {
  const correlation = new Float64Array(dimensions * dimensions);
  for (let t = 0; t < rows; t++) {
    for (let d = 0; d < dimensions; d++) {
      for (let e = 0; e < dimensions; e++)
        correlation[d * dimensions + e]! += (values[t * dimensions + d]! * values[t * dimensions + e]!) / rows;
    }
  }
  return holdUpEigenvalues(correlation, 0, dimensions, floor);
}
