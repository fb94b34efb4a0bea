/**
 * Cholesky factorisation A = L·Lᵀ of a symmetric positive definite matrix, and solving with it.
 *
 * Matrices are row-major Float64Arrays of size × size. The factor is built row by row from dot products of rows already built, so memory
 * is read in order; four partial sums keep the processor's adders busy. Source: Golub and Van Loan, Matrix Computations, 4th ed., 4.2.5.
 * Not covered: pivoting. A matrix that is singular to working precision is answered with false, and the caller decides what to add.
 */

/** Overwrites the lower triangle with L; the upper triangle is not touched. False when a pivot is not positive (or NaN). */
export function factorInPlace(matrix: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j < i; j++) {
      matrix[row + j] = (matrix[row + j]! - dotRows(matrix, row, j * size, j)) / matrix[j * size + j]!;
    }
    const pivot = matrix[row + i]! - dotRows(matrix, row, row, i);
    if (!(pivot > 0)) return false;
    matrix[row + i] = Math.sqrt(pivot);
  }
  return true;
}

/** Overwrites `vector` with the solution of L·Lᵀ·x = vector. */
export function solveInPlace(factor: Float64Array, size: number, vector: Float64Array): void {
  for (let i = 0; i < size; i++) {
    vector[i] = (vector[i]! - dotWith(factor, i * size, vector, i)) / factor[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    const row = i * size;
    const value = vector[i]! / factor[row + i]!;
    vector[i] = value;
    for (let j = 0; j < i; j++) vector[j]! -= value * factor[row + j]!;
  }
}

/** Dot product of two equally long arrays. */
export const dot = (a: Float64Array, b: Float64Array): number => dotWith(a, 0, b, a.length);

function dotRows(matrix: Float64Array, a: number, b: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += matrix[a + k]! * matrix[b + k]!;
    s1 += matrix[a + k + 1]! * matrix[b + k + 1]!;
    s2 += matrix[a + k + 2]! * matrix[b + k + 2]!;
    s3 += matrix[a + k + 3]! * matrix[b + k + 3]!;
  }
  for (; k < length; k++) s0 += matrix[a + k]! * matrix[b + k]!;
  return s0 + s1 + (s2 + s3);
}

function dotWith(matrix: Float64Array, start: number, vector: Float64Array, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += matrix[start + k]! * vector[k]!;
    s1 += matrix[start + k + 1]! * vector[k + 1]!;
    s2 += matrix[start + k + 2]! * vector[k + 2]!;
    s3 += matrix[start + k + 3]! * vector[k + 3]!;
  }
  for (; k < length; k++) s0 += matrix[start + k]! * vector[k]!;
  return s0 + s1 + (s2 + s3);
}
