/**
 * Log densities of observations under each state's Gaussian:
 *
 *   ln N(x; μ, Σ) = −½·(d·ln 2π + ln det Σ + |L⁻¹(x − μ)|²),   Σ = L·Lᵀ
 *
 * The factor is inverted once for each state, so that an observation costs a triangular product and no division.
 */
import { invariant } from '../../kernel/errors.ts';
import { cholesky, invertLower } from './covariance.ts';
import type { HmmParameters, Observations } from './hmm-model.ts';

const LN_2_PI = Math.log(2 * Math.PI);

/** Writes ln p(observation t | state k) to `out[t·states + k]`. @throws InvariantViolation when a covariance is not positive definite. */
export function fillLogEmissions({ rows, dimensions, values }: Observations, model: HmmParameters, out: Float64Array): void {
  const { states, means, covariances } = model;
  const size = dimensions * dimensions;
  const factor = new Float64Array(size);
  const inverse = new Float64Array(size);
  const difference = new Float64Array(dimensions);
  for (let state = 0; state < states; state++) {
    invariant(cholesky(covariances, state * size, dimensions, factor), 'a state’s covariance is positive definite', { state });
    invertLower(factor, dimensions, inverse, 0);
    let constant = -0.5 * dimensions * LN_2_PI;
    for (let d = 0; d < dimensions; d++) constant -= Math.log(factor[d * dimensions + d]!);

    const firstMean = state * dimensions;
    for (let t = 0, row = 0; t < rows; t++, row += dimensions) {
      let squares = 0;
      for (let d = 0; d < dimensions; d++) difference[d] = values[row + d]! - means[firstMean + d]!;
      for (let d = 0; d < dimensions; d++) {
        let whitened = 0;
        for (let e = 0; e <= d; e++) whitened += inverse[d * dimensions + e]! * difference[e]!;
        squares += whitened * whitened;
      }
      out[t * states + state] = constant - 0.5 * squares;
    }
  }
}
