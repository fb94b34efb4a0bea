/**
 * A convex quadratic program with a box and a few rows:
 *   minimise ½·xᵀPx + qᵀx   subject to   lower ≤ x ≤ upper,   gᵣᵀx ≤ limitᵣ,
 * and how far a point is from solving it.
 *
 * Residuals are in units of x. Primal: the worst violation of a limit. Dual: the worst step that a variable or a row price would still take,
 * the natural residual x − clip(x − ∇ᵢ/Pᵢᵢ), which is zero exactly at the KKT points (Facchinei and Pang 2003, Finite-Dimensional Variational
 * Inequalities, section 1.5.2). Dividing by the curvature makes both independent of the unit of return.
 */
import { dot } from './cholesky.ts';

export interface QuadraticRow {
  readonly coefficients: Float64Array;
  readonly limit: number;
}

export interface QuadraticProgram {
  readonly size: number;
  /** P: size × size, row-major, symmetric, positive semidefinite. */
  readonly hessian: Float64Array;
  /** q. */
  readonly gradient: Float64Array;
  /** May be −Infinity. */
  readonly lower: Float64Array;
  /** May be Infinity. */
  readonly upper: Float64Array;
  readonly rows: readonly QuadraticRow[];
}

/** Gradient P·x + q, and the objective ½·xᵀPx + qᵀx. */
export function gradientAt({ size, hessian, gradient }: QuadraticProgram, values: Float64Array): Float64Array {
  const out = new Float64Array(size);
  for (let i = 0; i < size; i++) out[i] = dot(hessian.subarray(i * size, (i + 1) * size), values) + gradient[i]!;
  return out;
}

export function objectiveAt(program: QuadraticProgram, values: Float64Array): number {
  const slope = gradientAt(program, values);
  return (dot(slope, values) + dot(program.gradient, values)) / 2;
}

/** How far a point and its row prices are from the KKT conditions, in units of x. */
export function residualsOf(
  program: QuadraticProgram,
  values: Float64Array,
  rowPrices: Float64Array,
): { readonly primalResidual: number; readonly dualResidual: number } {
  const { size, hessian, lower, upper, rows } = program;
  const slope = gradientAt(program, values);
  for (const [r, { coefficients }] of rows.entries()) {
    for (let i = 0; i < size; i++) slope[i]! += rowPrices[r]! * coefficients[i]!;
  }
  const floor = flatnessOf(program);
  let primalResidual = 0;
  let dualResidual = 0;
  for (let i = 0; i < size; i++) {
    const value = values[i]!;
    primalResidual = Math.max(primalResidual, lower[i]! - value, value - upper[i]!);
    const step = slope[i]! / Math.max(hessian[i * size + i]!, floor);
    dualResidual = Math.max(dualResidual, Math.abs(value - clip(value - step, lower[i]!, upper[i]!)));
  }
  for (const [r, { coefficients, limit }] of rows.entries()) {
    const slack = limit - dot(coefficients, values);
    primalResidual = Math.max(primalResidual, -slack);
    dualResidual = Math.max(dualResidual, Math.abs(Math.min(rowPrices[r]! / floor, slack)));
  }
  return { primalResidual, dualResidual };
}

/** Stands in for the curvature of what has none: a part of the mean curvature, or 1 where nothing is curved. */
export function flatnessOf({ size, hessian }: QuadraticProgram): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += hessian[i * size + i]!;
  return sum > 0 ? (FLAT_FRAC * sum) / size : 1;
}

const FLAT_FRAC = 1e-2;

export const clip = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
