/**
 * The forward recursion in scaled probabilities: the fast path of Baum–Welch, with no exponential and no logarithm for a session beyond
 * those of its emissions.
 *
 *   b̃_t(j) = b_j(y_t) / max_k b_k(y_t)                                  the emissions of a session, the largest 1
 *   α̂_t(j) = b̃_t(j)·Σ_i α̂_{t−1}(i)·a_ij / s_t,   Σ_j α̂_t(j) = 1        so ln p = Σ_t (ln s_t + ln max_k b_k(y_t))
 *
 * A session's sum that is not above `SAFE_SUM` may have lost something to underflow: the answer is then false, and the caller runs that
 * iteration in logarithms (hmm-forward.ts), which lose nothing. Above it, what was lost is far below the last bit.
 *
 * Source: Rabiner (1989), section V.A, equations 91 to 93 and 103.
 */
import { SAFE_SUM } from './hmm-forward.ts';
import type { HmmParameters } from './hmm-model.ts';

export interface ScaledPass {
  /** b̃_t(j). */
  readonly emissions: Float64Array;
  /** α̂_t(j): the filtered probabilities. */
  readonly alpha: Float64Array;
  logLikelihood: number;
}

export const newScaledPass = (rows: number, states: number): ScaledPass => ({
  emissions: new Float64Array(rows * states),
  alpha: new Float64Array(rows * states),
  logLikelihood: Number.NaN,
});

/** Fills emissions, alpha and the log-likelihood; false where it cannot be trusted. */
export function runScaledForward(model: HmmParameters, rows: number, logEmissions: Float64Array, pass: ScaledPass): boolean {
  const { states, startProbabilities, transitions } = model;
  const { emissions, alpha } = pass;
  let logSum = 0;
  let scale = 1;
  for (let t = 0; t < rows; t++) {
    const here = t * states;
    let largest = logEmissions[here]!;
    for (let j = 1; j < states; j++) if (logEmissions[here + j]! > largest) largest = logEmissions[here + j]!;
    let sum = 0;
    for (let j = 0; j < states; j++) {
      const below = logEmissions[here + j]! - largest;
      const emission = below === 0 ? 1 : Math.exp(below);
      let arriving = startProbabilities[j]!;
      if (t > 0) {
        arriving = 0;
        for (let i = 0; i < states; i++) arriving += alpha[here - states + i]! * transitions[i * states + j]!;
      }
      emissions[here + j] = emission;
      alpha[here + j] = arriving * emission;
      sum += arriving * emission;
    }
    if (!(sum > SAFE_SUM)) return false;
    const share = 1 / sum;
    for (let j = 0; j < states; j++) alpha[here + j]! *= share;
    logSum += largest;
    // A logarithm now and then, before the product of the sums leaves the range of a double.
    scale *= sum;
    if (scale < 1e-10) {
      logSum += Math.log(scale);
      scale = 1;
    }
  }
  pass.logLikelihood = logSum + Math.log(scale);
  return true;
}
