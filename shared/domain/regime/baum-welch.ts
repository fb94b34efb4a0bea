/**
 * Baum–Welch: expectation maximisation for a Gaussian hidden Markov model: in scaled probabilities (hmm-scaled.ts), and for an iteration
 * in which those underflow in log space, as follows.
 *
 * E-step. ln β runs backwards as ln α ran forwards, with the same care for underflow (hmm-forward.ts):
 *   ln β_T(i) = 0,   ln β_t(i) = ln Σ_j a_ij·exp(ln b_j(y_{t+1}) + ln β_{t+1}(j))
 *   ξ_t(i, j) ∝ α_t(i)·a_ij·b_j(y_{t+1})·β_{t+1}(j), summing to 1 over i and j;   γ_t(i) = Σ_j ξ_t(i, j)
 * The factors that are in hand are scaled by their largest, and ξ is normalised by its own sum, so γ and ξ need no exponential.
 *
 * M-step. π = γ_1; a_ij = Σ_t ξ_t(i, j) / Σ_t γ_t(i), t < T; μ and Σ are the means and covariances weighted by γ, the covariance's
 * eigenvalues held up to a floor (covariance.ts). A state, or a row of the transitions, to which no weight is left keeps what it had. Each
 * choice is the best or no worse than before, so the likelihood never falls.
 *
 * Sources: Rabiner (1989), equations 36 to 40 and 52 to 54; Bishop, PRML, 13.2.1. The same maximum likelihood as hmmlearn's GaussianHMM
 * without its priors (covars_prior = 0; its default of 0.01 adds to each variance).
 *
 * γ is smoothed: it knows what came after t. It lives and dies in this file; decisions read filtered probabilities (filter-hmm.ts).
 */
import { holdUpEigenvalues } from './covariance.ts';
import { fillLogEmissions } from './hmm-emission.ts';
import { type ForwardPass, newForwardPass, runForward, SAFE_SUM } from './hmm-forward.ts';
import type { HmmParameters, Observations } from './hmm-model.ts';
import { newScaledPass, runScaledForward, type ScaledPass } from './hmm-scaled.ts';

export interface BaumWelchOptions {
  readonly iterationsMax: number;
  /** EM stops when an iteration adds less than this to the log-likelihood, in nats; with 0 it runs them all. */
  readonly logLikelihoodTolerance: number;
  /** Least eigenvalue of a covariance, in squared units of the observations. */
  readonly covarianceFloor: number;
}

export interface BaumWelchRun {
  readonly parameters: HmmParameters;
  /** Of the observations under the parameters that each iteration began with, and last of all under the ones returned. */
  readonly logLikelihoods: readonly number[];
  readonly converged: boolean;
  /** Whether the last covariance update lifted an eigenvalue. */
  readonly floored: boolean;
}

/** Runs EM from `start`. Observations are finite, at least 2 rows; the covariances of `start` respect the floor. */
export function baumWelch(observations: Observations, start: HmmParameters, options: BaumWelchOptions): BaumWelchRun {
  const { rows } = observations;
  const pass = newForwardPass(rows, start.states);
  const scaled = newScaledPass(rows, start.states);
  const sums = newSums(start.states, start.dimensions);
  const logLikelihoods: number[] = [];
  let parameters = start;
  let floored = false;
  let converged = false;
  for (;;) {
    fillLogEmissions(observations, parameters, pass.logEmissions);
    const isScaled = runScaledForward(parameters, rows, pass.logEmissions, scaled);
    const logLikelihood = isScaled ? scaled.logLikelihood : runForward(parameters, rows, pass);
    const gain = logLikelihood - (logLikelihoods.at(-1) ?? Number.NEGATIVE_INFINITY);
    logLikelihoods.push(logLikelihood);
    converged = options.logLikelihoodTolerance > 0 && gain < options.logLikelihoodTolerance;
    if (converged || logLikelihoods.length > options.iterationsMax) break;
    const isTaken = isScaled && takeScaledExpectations(observations, parameters, scaled, sums);
    if (!isTaken) {
      if (isScaled) runForward(parameters, rows, pass);
      takeExpectations(observations, parameters, pass, sums);
    }
    ({ parameters, floored } = maximize(parameters, sums, options.covarianceFloor));
  }
  return { parameters, logLikelihoods, converged, floored };
}

/** Expected counts and moments; deviations are from the means the E-step ran with, so that squares do not cancel. */
interface Sums {
  readonly firstGamma: Float64Array;
  readonly transitions: Float64Array;
  readonly weights: Float64Array;
  readonly deviations: Float64Array;
  readonly squares: Float64Array;
  /** Scratch: β and the two factors of one session. */
  readonly logBeta: Float64Array;
  readonly logAhead: Float64Array;
  readonly ahead: Float64Array;
  readonly xi: Float64Array;
  readonly gamma: Float64Array;
  /** Scratch: an observation less a mean. */
  readonly deviation: Float64Array;
}

function newSums(states: number, dimensions: number): Sums {
  const room = (length: number): Float64Array => new Float64Array(length);
  return {
    firstGamma: room(states),
    transitions: room(states * states),
    weights: room(states),
    deviations: room(states * dimensions),
    squares: room(states * dimensions * dimensions),
    logBeta: room(states),
    logAhead: room(states),
    ahead: room(states),
    xi: room(states * states),
    gamma: room(states),
    deviation: room(dimensions),
  };
}

/**
 * The E-step from scaled probabilities, backwards over the sessions: `ahead` is b̃_{t+1}(j)·β_{t+1}(j), its largest 1, for γ and ξ divide any
 * factor out. False where a session's sum is too small to be trusted.
 */
function takeScaledExpectations(observations: Observations, model: HmmParameters, { alpha, emissions }: ScaledPass, sums: Sums): boolean {
  const { states, transitions } = model;
  const { rows } = observations;
  const { ahead, xi, gamma } = sums;
  for (const total of [sums.transitions, sums.weights, sums.deviations, sums.squares]) total.fill(0);
  for (let i = 0; i < states; i++) gamma[i] = alpha[(rows - 1) * states + i]!;
  for (let i = 0; i < states; i++) ahead[i] = emissions[(rows - 1) * states + i]!;
  addMoments(observations, model, rows - 1, sums);
  for (let t = rows - 2; t >= 0; t--) {
    const here = t * states;
    let total = 0;
    for (let i = 0; i < states; i++) {
      let beta = 0;
      for (let j = 0; j < states; j++) {
        const product = transitions[i * states + j]! * ahead[j]!;
        xi[i * states + j] = product;
        beta += product;
      }
      gamma[i] = beta;
      total += alpha[here + i]! * beta;
    }
    if (!(total > SAFE_SUM)) return false;
    let largest = 0;
    for (let i = 0; i < states; i++) {
      const scale = alpha[here + i]! / total;
      for (let j = 0; j < states; j++) sums.transitions[i * states + j]! += xi[i * states + j]! * scale;
      const next = emissions[here + i]! * gamma[i]!;
      ahead[i] = next;
      if (next > largest) largest = next;
      gamma[i]! *= scale;
    }
    if (!(largest > SAFE_SUM)) return false;
    for (let i = 0; i < states; i++) ahead[i]! /= largest;
    addMoments(observations, model, t, sums);
  }
  sums.firstGamma.set(gamma);
  return true;
}

/** The E-step in logarithms: backwards over the sessions, adding each one's share to the sums. */
function takeExpectations(observations: Observations, model: HmmParameters, pass: ForwardPass, sums: Sums): void {
  const { states } = model;
  const { rows } = observations;
  const { logBeta, logAhead, ahead, gamma } = sums;
  for (const total of [sums.transitions, sums.weights, sums.deviations, sums.squares, logBeta]) total.fill(0);

  const last = (rows - 1) * states;
  let total = 0;
  for (let i = 0; i < states; i++) total += pass.relativeAlpha[last + i]!;
  for (let i = 0; i < states; i++) gamma[i] = pass.relativeAlpha[last + i]! / total;
  addMoments(observations, model, rows - 1, sums);

  for (let t = rows - 2; t >= 0; t--) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < states; j++) {
      const value = pass.logEmissions[(t + 1) * states + j]! + logBeta[j]!;
      logAhead[j] = value;
      if (value > largest) largest = value;
    }
    for (let j = 0; j < states; j++) ahead[j] = Math.exp(logAhead[j]! - largest);
    shareSession(model, pass, t, largest, sums);
    addMoments(observations, model, t, sums);
  }
  sums.firstGamma.set(gamma);
}

/** ξ and γ of session t, and ln β of it, from `ahead`: exp(ln b(y_{t+1}) + ln β_{t+1} − largest). */
function shareSession({ states, transitions }: HmmParameters, pass: ForwardPass, t: number, largest: number, sums: Sums): void {
  const { logBeta, logAhead, ahead, xi, gamma } = sums;
  const row = t * states;
  let total = 0;
  for (let i = 0; i < states; i++) {
    let sum = 0;
    for (let j = 0; j < states; j++) {
      const product = transitions[i * states + j]! * ahead[j]!;
      xi[i * states + j] = product;
      sum += product;
    }
    logBeta[i] = sum > SAFE_SUM ? largest + Math.log(sum) : logSumFrom(logAhead, transitions, states, i);
    gamma[i] = pass.relativeAlpha[row + i]! * sum;
    total += gamma[i]!;
  }
  if (total <= SAFE_SUM) {
    shareByLogarithms(transitions, pass.logAlpha, row, states, sums);
    return;
  }
  for (let i = 0; i < states; i++) {
    const scale = pass.relativeAlpha[row + i]! / total;
    for (let j = 0; j < states; j++) sums.transitions[i * states + j]! += xi[i * states + j]! * scale;
    gamma[i] = gamma[i]! / total;
  }
}

/** ln Σ_j exp(ln a_ij + ahead_j), term by term. */
function logSumFrom(logAhead: Float64Array, transitions: Float64Array, states: number, i: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < states; j++) largest = Math.max(largest, Math.log(transitions[i * states + j]!) + logAhead[j]!);
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = 0;
  for (let j = 0; j < states; j++) sum += Math.exp(Math.log(transitions[i * states + j]!) + logAhead[j]! - largest);
  return largest + Math.log(sum);
}

/** ξ and γ of a session whose products underflow: every term is a sum of logarithms, and the largest is taken out first. */
function shareByLogarithms(transitions: Float64Array, logAlpha: Float64Array, row: number, states: number, sums: Sums): void {
  const { logAhead, xi, gamma } = sums;
  let largest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < states * states; at++) {
    const term = logAlpha[row + Math.floor(at / states)]! + Math.log(transitions[at]!) + logAhead[at % states]!;
    xi[at] = term;
    if (term > largest) largest = term;
  }
  let total = 0;
  for (let at = 0; at < states * states; at++) {
    xi[at] = Math.exp(xi[at]! - largest);
    total += xi[at]!;
  }
  gamma.fill(0);
  for (let at = 0; at < states * states; at++) {
    const share = xi[at]! / total;
    sums.transitions[at]! += share;
    gamma[Math.floor(at / states)]! += share;
  }
}

function addMoments({ dimensions, values }: Observations, { states, means }: HmmParameters, t: number, sums: Sums): void {
  const { gamma, weights, deviations, squares, deviation } = sums;
  const row = t * dimensions;
  for (let state = 0; state < states; state++) {
    const weight = gamma[state]!;
    const at = state * dimensions;
    weights[state]! += weight;
    for (let d = 0; d < dimensions; d++) {
      const difference = values[row + d]! - means[at + d]!;
      const weighted = weight * difference;
      const square = (at + d) * dimensions;
      deviation[d] = difference;
      deviations[at + d]! += weighted;
      for (let e = 0; e <= d; e++) squares[square + e]! += weighted * deviation[e]!;
    }
  }
}

/** The M-step. */
function maximize(model: HmmParameters, sums: Sums, floor: number): { parameters: HmmParameters; floored: boolean } {
  const { states, dimensions, covarianceType } = model;
  const transitions = model.transitions.slice();
  const means = model.means.slice();
  const covariances = model.covariances.slice();
  let floored = false;
  for (let state = 0; state < states; state++) {
    let departures = 0;
    for (let j = 0; j < states; j++) departures += sums.transitions[state * states + j]!;
    for (let j = 0; departures > 0 && j < states; j++) transitions[state * states + j] = sums.transitions[state * states + j]! / departures;

    const weight = sums.weights[state]!;
    if (weight < Number.EPSILON) continue;
    const at = state * dimensions;
    for (let d = 0; d < dimensions; d++) means[at + d]! += sums.deviations[at + d]! / weight;
    for (let d = 0; d < dimensions; d++) {
      for (let e = 0; e <= d; e++) {
        const shift = (sums.deviations[at + d]! / weight) * (sums.deviations[at + e]! / weight);
        const covariance = covarianceType === 'full' || d === e ? sums.squares[(at + d) * dimensions + e]! / weight - shift : 0;
        covariances[(at + d) * dimensions + e] = covariance;
        covariances[(at + e) * dimensions + d] = covariance;
      }
    }
    if (holdUpEigenvalues(covariances, at * dimensions, dimensions, floor)) floored = true;
  }
  return { parameters: { ...model, startProbabilities: sums.firstGamma.slice(), transitions, means, covariances }, floored };
}
