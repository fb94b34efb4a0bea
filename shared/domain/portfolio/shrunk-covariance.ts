/**
 * Covariance of daily returns after Ledoit and Wolf: the sample covariance S pulled toward a multiple of the identity,
 *   Σ = (1 − δ)·S + δ·m·I,   m = trace(S)/N,
 * with the δ that minimises the expected squared error in the Frobenius norm, estimated from the sample itself.
 *
 * 1. Centre every series; S divides by T, not T − 1.                                                     centred
 * 2. m = mean variance; d² = ‖S − m·I‖²/N = (‖S‖² − N·m²)/N.
 * 3. b² = (Σₜ ‖xₜ‖⁴/T − ‖S‖²)/(N·T), at most d²; ‖xₜ‖⁴ is the square of one sum per day.                  shrinkageOf
 * 4. δ = b²/d², 0 when d² is 0.
 * ‖S‖² equals ‖X·Xᵀ‖²/T², whichever of the two products is smaller, so N = 500 on T = 251 needs a 251 × 251 product. The matrix itself is
 * never stored: Σ = F·Fᵀ + ridge·I, with one loading vector per symbol, gives any entry and any book's variance from the factor.
 *
 * Source: Ledoit and Wolf (2004), "A well-conditioned estimator for large-dimensional covariance matrices", J. Multivariate Analysis 88,
 * section 3.2; the same as scikit-learn's LedoitWolf with assume_centered=False. Σ is positive definite whenever δ > 0.
 * Not covered: other targets (constant correlation), weights that age, and non-linear shrinkage.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Ticker } from '../../kernel/units.ts';
import type { ReturnPanel } from '../risk/return-panel.ts';
import { dot } from './cholesky.ts';

export interface Covariance {
  readonly kind: 'covariance';
  /** In the panel's order. */
  readonly symbols: readonly Ticker[];
  /** δ, from 0 (the sample alone) to 1 (the target alone). */
  readonly shrinkage: number;
  /** m: mean of the sample variances, per session. */
  readonly meanVariance: number;
  /** δ·m, on the diagonal only. */
  readonly ridge: number;
  /** Per symbol its centred returns times √((1 − δ)/T): the dot product of two is their covariance, ridge apart. */
  readonly loadings: readonly Float64Array[];
}

/** Refuses fewer than two returns, no symbols, returns that are not finite, and a panel in which nothing moves. */
export function shrunkCovariance({ symbols, returns, days }: ReturnPanel): Covariance | Refusal {
  const sessions = days.length;
  if (symbols.length === 0 || sessions < 2) return refuse('history-too-short', { symbols: symbols.length, sessions });
  const order = symbols.map((_, i) => i).sort((a, b) => (symbols[a]! < symbols[b]! ? -1 : 1));
  const series = returns.map(centred);
  const unsound = symbols.find((_, i) => !Number.isFinite(series[i]!.variance));
  if (unsound !== undefined) return refuse('return-not-finite', { symbol: unsound });
  const meanVariance = order.reduce((sum, i) => sum + series[i]!.variance, 0) / symbols.length;
  if (!(meanVariance > 0)) return refuse('returns-do-not-vary', { symbols: symbols.length });

  const inOrder = order.map((i) => series[i]!.values);
  const shrinkage = symbols.length === 1 ? 0 : shrinkageOf(inOrder, sessions, meanVariance);
  const scale = Math.sqrt((1 - shrinkage) / sessions);
  return {
    kind: 'covariance',
    symbols,
    shrinkage,
    meanVariance,
    ridge: shrinkage * meanVariance,
    loadings: series.map(({ values }) => values.map((value) => value * scale)),
  };
}

/** The matrix of the symbols at `columns`, row-major; all of them when left out. */
export function covarianceMatrix({ loadings, ridge }: Covariance, columns: readonly number[] = loadings.map((_, i) => i)): Float64Array {
  const size = columns.length;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const own = loadings[columns[i]!]!;
    for (let j = 0; j < i; j++) {
      const entry = dot(own, loadings[columns[j]!]!) + (columns[i] === columns[j] ? ridge : 0);
      matrix[i * size + j] = entry;
      matrix[j * size + i] = entry;
    }
    matrix[i * size + i] = dot(own, own) + ridge;
  }
  return matrix;
}

function shrinkageOf(series: readonly Float64Array[], sessions: number, meanVariance: number): number {
  const count = series.length;
  const byDay = transposed(series, sessions);
  const squaredNorm = squaredNormOfProduct(sessions < count ? byDay : series) / (sessions * sessions);
  let fourthPowers = 0;
  for (const day of byDay) fourthPowers += dot(day, day) ** 2;
  const dispersion = (squaredNorm - count * meanVariance ** 2) / count;
  const error = Math.min((fourthPowers / sessions - squaredNorm) / (count * sessions), dispersion);
  return error > 0 && dispersion > 0 ? error / dispersion : 0;
}

/** Sum of the squares of all dot products between the vectors, each pair counted twice. */
function squaredNormOfProduct(vectors: readonly Float64Array[]): number {
  let sum = 0;
  for (let i = 0; i < vectors.length; i++) {
    const own = vectors[i]!;
    let pairs = 0;
    for (let j = 0; j < i; j++) pairs += dot(own, vectors[j]!) ** 2;
    sum += 2 * pairs + dot(own, own) ** 2;
  }
  return sum;
}

function transposed(series: readonly Float64Array[], length: number): Float64Array[] {
  return Array.from({ length }, (_, t) => {
    const row = new Float64Array(series.length);
    for (let i = 0; i < row.length; i++) row[i] = series[i]![t]!;
    return row;
  });
}

/** A series that never moves is centred to exact zeros, whatever its mean rounds to. */
function centred(returns: Float64Array): { readonly values: Float64Array; readonly variance: number } {
  if (returns.every((value) => value === returns[0])) return { values: new Float64Array(returns.length), variance: 0 };
  let sum = 0;
  for (let t = 0; t < returns.length; t++) sum += returns[t]!;
  const mean = sum / returns.length;
  const values = returns.map((value) => value - mean);
  return { values, variance: dot(values, values) / values.length };
}
