/**
 * The forward recursion of a hidden Markov model in log space: of everything up to and including a session, and of nothing after it.
 *
 *   ln α_1(j) = ln π_j + ln b_j(y_1)
 *   ln α_t(j) = ln b_j(y_t) + ln Σ_i exp(ln α_{t−1}(i) + ln a_ij)
 *   P(state_t = j | y_1 … y_t) = α_t(j) / Σ_i α_t(i),      ln p(y_1 … y_T) = ln Σ_j α_T(j)
 *
 * The sum is taken as m + ln Σ_i u_i·a_ij with m = max_i ln α_{t−1}(i) and u_i = exp(ln α_{t−1}(i) − m): one exponential and one
 * logarithm for each state instead of one for each pair. What u_i loses by underflow is below 5e-324, so as long as the sum is above
 * `SAFE_SUM` the loss is far below its last bit; where it is not, the sum is taken again from the logarithms, term by term.
 *
 * Source: Rabiner (1989), A tutorial on hidden Markov models, equations 19 to 21; Bishop, PRML, 13.2.2.
 */
import type { HmmParameters } from './hmm-model.ts';

/** A sum of products with factors of at most 1 that is above this has lost nothing by underflow. */
export const SAFE_SUM = 1e-290;

/** Room for one pass, made once for each length and number of states. */
export interface ForwardPass {
  readonly logEmissions: Float64Array;
  /** ln α_t(j). */
  readonly logAlpha: Float64Array;
  /** α_t(j) over the largest of its row: in proportion to the filtered probabilities, and at most 1. */
  readonly relativeAlpha: Float64Array;
}

export const newForwardPass = (rows: number, states: number): ForwardPass => ({
  logEmissions: new Float64Array(rows * states),
  logAlpha: new Float64Array(rows * states),
  relativeAlpha: new Float64Array(rows * states),
});

/** Fills the pass from its log emissions and returns the log-likelihood. */
export function runForward(model: HmmParameters, rows: number, pass: ForwardPass): number {
  const { states, startProbabilities, transitions } = model;
  const { logEmissions, logAlpha, relativeAlpha } = pass;
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < states; j++) {
    const value = Math.log(startProbabilities[j]!) + logEmissions[j]!;
    logAlpha[j] = value;
    if (value > largest) largest = value;
  }
  for (let j = 0; j < states; j++) relativeAlpha[j] = Math.exp(logAlpha[j]! - largest);

  for (let t = 1; t < rows; t++) {
    const before = (t - 1) * states;
    const here = t * states;
    let nextLargest = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < states; j++) {
      let sum = 0;
      for (let i = 0; i < states; i++) sum += relativeAlpha[before + i]! * transitions[i * states + j]!;
      const logSum = sum > SAFE_SUM ? largest + Math.log(sum) : logSumInto(logAlpha, before, transitions, states, j);
      const value = logEmissions[here + j]! + logSum;
      logAlpha[here + j] = value;
      if (value > nextLargest) nextLargest = value;
    }
    largest = nextLargest;
    for (let j = 0; j < states; j++) relativeAlpha[here + j] = Math.exp(logAlpha[here + j]! - largest);
  }
  let sum = 0;
  for (let j = 0; j < states; j++) sum += relativeAlpha[(rows - 1) * states + j]!;
  return largest + Math.log(sum);
}

/** ln Σ_i exp(ln α(i) + ln a_ij), term by term; −∞ when no path leads there. */
function logSumInto(logAlpha: Float64Array, row: number, transitions: Float64Array, states: number, j: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < states; i++) largest = Math.max(largest, logAlpha[row + i]! + Math.log(transitions[i * states + j]!));
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = 0;
  for (let i = 0; i < states; i++) sum += Math.exp(logAlpha[row + i]! + Math.log(transitions[i * states + j]!) - largest);
  return largest + Math.log(sum);
}
