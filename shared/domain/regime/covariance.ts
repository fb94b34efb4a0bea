/**
 * Covariance matrices of a few dimensions: factor, invert the factor, and hold the eigenvalues up to a floor. In place, row by row,
 * at an offset, so that the states of a model share one array.
 *
 * The floor. Without one the likelihood of a Gaussian mixture has no maximum: a state shrinks onto one observation and its density
 * there grows without bound. Among all Σ whose eigenvalues are at least f, the expected log-likelihood of a sample covariance S is
 * greatest at S's own eigenvectors with eigenvalues max(λ, f), so clipping is the exact M-step of EM under that constraint, and the
 * likelihood still never falls. Adding f to the diagonal, as is often done, has neither property.
 *
 * Sources: Golub and Van Loan, Matrix Computations, 4th ed., algorithms 4.2.1 (Cholesky) and 8.5.2 (cyclic Jacobi);
 * Won, Lim, Kim and Rajaratnam (2013), condition-number-regularized covariance estimation, for clipping as maximum likelihood.
 */

/** Cholesky factor L of the matrix at `offset`, written to `factor` from 0. False when the matrix is not positive definite. */
export function cholesky(matrix: Float64Array, offset: number, dimensions: number, factor: Float64Array): boolean {
  for (let i = 0; i < dimensions; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[offset + i * dimensions + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * dimensions + k]! * factor[j * dimensions + k]!;
      if (i !== j) factor[i * dimensions + j] = sum / factor[j * dimensions + j]!;
      else if (sum > 0) factor[i * dimensions + i] = Math.sqrt(sum);
      else return false;
    }
    for (let j = i + 1; j < dimensions; j++) factor[i * dimensions + j] = 0;
  }
  return true;
}

/** Inverse of a lower triangular matrix, written to `inverse` at `offset`. */
export function invertLower(factor: Float64Array, dimensions: number, inverse: Float64Array, offset: number): void {
  for (let column = 0; column < dimensions; column++) {
    for (let row = 0; row < dimensions; row++) {
      let sum = row === column ? 1 : 0;
      for (let k = column; k < row; k++) sum -= factor[row * dimensions + k]! * inverse[offset + k * dimensions + column]!;
      inverse[offset + row * dimensions + column] = row < column ? 0 : sum / factor[row * dimensions + row]!;
    }
  }
}

/** Holds the eigenvalues of the symmetric matrix at `offset` up to `floor`; true when one was lifted. The floor is above 0. */
export function holdUpEigenvalues(matrix: Float64Array, offset: number, dimensions: number, floor: number): boolean {
  if (isAbove(matrix, offset, dimensions, floor)) return false;
  const own = matrix.slice(offset, offset + dimensions * dimensions);
  const vectors = diagonalize(own, dimensions);
  for (let i = 0; i < dimensions; i++) {
    for (let j = 0; j < dimensions; j++) {
      let sum = 0;
      for (let k = 0; k < dimensions; k++) {
        const eigenvalue = Math.max(own[k * dimensions + k]!, floor);
        sum += vectors[i * dimensions + k]! * eigenvalue * vectors[j * dimensions + k]!;
      }
      matrix[offset + i * dimensions + j] = sum;
    }
  }
  return true;
}

/** Whether the matrix less floor·I is positive definite, which is to say that no eigenvalue is at the floor or below. */
function isAbove(matrix: Float64Array, offset: number, dimensions: number, floor: number): boolean {
  const less = matrix.slice(offset, offset + dimensions * dimensions);
  for (let i = 0; i < dimensions; i++) less[i * dimensions + i]! -= floor;
  return cholesky(less, 0, dimensions, new Float64Array(dimensions * dimensions));
}

/** Cyclic Jacobi: leaves the eigenvalues on the diagonal of `matrix` and returns the eigenvectors as columns. */
function diagonalize(matrix: Float64Array, dimensions: number): Float64Array {
  const vectors = new Float64Array(dimensions * dimensions);
  for (let i = 0; i < dimensions; i++) vectors[i * dimensions + i] = 1;
  // Jacobi converges quadratically: a handful of sweeps reach the last bit for matrices of this size.
  for (let sweep = 0; sweep < 16; sweep++) {
    for (let p = 0; p < dimensions; p++) for (let q = p + 1; q < dimensions; q++) rotate(matrix, vectors, dimensions, p, q);
  }
  return vectors;
}

/** One rotation that makes the entry (p, q) zero. */
function rotate(matrix: Float64Array, vectors: Float64Array, dimensions: number, p: number, q: number): void {
  const apq = matrix[p * dimensions + q]!;
  if (apq === 0) return;
  const theta = (matrix[q * dimensions + q]! - matrix[p * dimensions + p]!) / (2 * apq);
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (let k = 0; k < dimensions; k++) turn(matrix, k * dimensions + p, k * dimensions + q, cosine, sine);
  for (let k = 0; k < dimensions; k++) turn(matrix, p * dimensions + k, q * dimensions + k, cosine, sine);
  for (let k = 0; k < dimensions; k++) turn(vectors, k * dimensions + p, k * dimensions + q, cosine, sine);
  matrix[p * dimensions + q] = 0;
  matrix[q * dimensions + p] = 0;
}

function turn(values: Float64Array, first: number, second: number, cosine: number, sine: number): void {
  const a = values[first]!;
  const b = values[second]!;
  values[first] = cosine * a - sine * b;
  values[second] = sine * a + cosine * b;
}
