/**
 * What part of the returns known factors explain, and what is left.
 *
 * 1. r_t − rf_t = α + Σ_k β_k·f_{k,t} + e_t by least squares: normal equations of columns taken off their means, by Cholesky.
 * 2. Standard errors of Newey and West: each coefficient is a weighted sum of the errors; the long-run sum of what each bar adds to it is its
 *    variance. No small-sample factor.
 * 3. α a year is α times the bars in a year (arithmetic); t-values are coefficients over their errors.
 * Lags: ⌊4·(n/100)^(2/9)⌋ unless said, the rule that linear-fit.ts has.
 *
 * Sources: E. F. Fama & K. R. French (2015), "A five-factor asset pricing model", Journal of Financial Economics 116(1); M. M. Carhart (1997),
 * Journal of Finance 52(1), for momentum; W. K. Newey & K. D. West (1987), Econometrica 55(3).
 * Not covered: loadings that change over time; factors of a lag (illiquid holdings).
 */
import { refuse } from '../../../kernel/refusal.ts';
import { neweyWestLags } from '../../analytics/linear-fit.ts';
import { factorInPlace, solveInPlace } from '../../portfolio/cholesky.ts';
import { longRunSum } from '../../statistics/autocovariance.ts';
import { meanOf } from '../../statistics/moments.ts';
import { type FigureGap, gapInColumns, settingGap } from './figure.ts';

export interface FactorColumn {
  readonly name: string;
  /** Return of the factor in each bar, 1 is the whole; for bars in which the strategy has a return. */
  readonly returns: Float64Array;
}

export interface FactorAttribution {
  readonly kind: 'factor-attribution';
  readonly bars: number;
  readonly lags: number;
  readonly alphaPerBarFrac: number;
  readonly alphaAnnualFrac: number;
  readonly alphaTValue: number;
  readonly loadings: ReadonlyArray<{
    readonly factor: string;
    readonly beta: number;
    readonly standardError: number;
    readonly tValue: number;
  }>;
  readonly rSquared: number;
  /** Deviation of what is left, with 1/(n − factors − 1), annualised. */
  readonly residualAnnualVol: number;
}

/** A pivot below this part of its own variance: the column is a combination of those before it. */
const COLLINEAR_FRAC = 1e-10;
/** What is left below this part of all there was is rounding: t-values over it would say nothing. */
const ROUNDING_FRAC = 1e-20;

/** `excessReturns` are over the risk-free rate, as the factors are. Refuses fewer than ten bars beyond the factors, and a fit without a rest. */
export function attributeToFactors(
  excessReturns: Float64Array,
  factors: readonly FactorColumn[],
  { barsPerYear, lags }: { readonly barsPerYear: number; readonly lags: number | null },
): FactorAttribution | FigureGap {
  if (factors.length === 0) return refuse('no-factors');
  const bars = excessReturns.length;
  const gap =
    gapInColumns([excessReturns, ...factors.map(({ returns }) => returns)], factors.length + 10) ??
    settingGap('barsPerYear', barsPerYear, 1, Number.MAX_SAFE_INTEGER, false) ??
    (lags === null ? null : settingGap('lags', lags, 0, bars - 1));
  if (gap) return gap;
  const size = factors.length;
  const means = factors.map(({ returns }) => meanOf(returns));
  const centred = factors.map(({ returns }, k) => returns.map((value) => value - means[k]!));
  const matrix = crossProducts(centred);
  const variances = centred.map((_, k) => matrix[k * size + k]!);
  if (!factorInPlace(matrix, size) || variances.some((variance, k) => !(matrix[k * size + k]! ** 2 > COLLINEAR_FRAC * variance))) {
    return refuse('factors-collinear', { factors: factors.map(({ name }) => name) });
  }
  const meanReturn = meanOf(excessReturns);
  const beta = Float64Array.from(centred, (column) => column.reduce((sum, value, t) => sum + value * (excessReturns[t]! - meanReturn), 0));
  solveInPlace(matrix, size, beta);
  const alpha = meanReturn - means.reduce((sum, mean, k) => sum + beta[k]! * mean, 0);
  const residual = excessReturns.map(
    (value, t) => value - alpha - factors.reduce((sum, { returns }, k) => sum + beta[k]! * returns[t]!, 0),
  );
  const unexplained = residual.reduce((sum, one) => sum + one * one, 0);
  const total = excessReturns.reduce((sum, one) => sum + (one - meanReturn) ** 2, 0);
  if (!(unexplained > ROUNDING_FRAC * total)) return refuse('nothing-varies', { bars, left: 'residual' });
  const lagsTaken = lags ?? Math.min(neweyWestLags(bars), bars - 1);
  const errors = standardErrors(matrix, centred, means, residual, lagsTaken);
  return {
    kind: 'factor-attribution',
    ...{ bars, lags: lagsTaken, alphaPerBarFrac: alpha, alphaAnnualFrac: alpha * barsPerYear, alphaTValue: alpha / errors.alpha },
    loadings: factors.map(({ name }, k) => ({
      factor: name,
      ...{ beta: beta[k]!, standardError: errors.beta[k]!, tValue: beta[k]! / errors.beta[k]! },
    })),
    rSquared: Math.max(0, 1 - unexplained / total),
    residualAnnualVol: Math.sqrt((unexplained / (bars - size - 1)) * barsPerYear),
  };
}

function crossProducts(columns: readonly Float64Array[]): Float64Array {
  const size = columns.length;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const product = columns[i]!.reduce((sum, value, t) => sum + value * columns[j]![t]!, 0);
      matrix[i * size + j] = product;
      matrix[j * size + i] = product;
    }
  }
  return matrix;
}

/** β's score at t is e_t·(X′X)⁻¹·x_t, α's is e_t/n − mean·(β's scores). */
function standardErrors(
  factor: Float64Array,
  centred: readonly Float64Array[],
  means: readonly number[],
  residual: Float64Array,
  lags: number,
): { readonly alpha: number; readonly beta: readonly number[] } {
  const [size, bars] = [centred.length, residual.length];
  const ofBeta = centred.map(() => new Float64Array(bars));
  const ofAlpha = new Float64Array(bars);
  const row = new Float64Array(size);
  for (let t = 0; t < bars; t++) {
    for (let k = 0; k < size; k++) row[k] = centred[k]![t]!;
    solveInPlace(factor, size, row);
    ofAlpha[t] = residual[t]! / bars;
    for (let k = 0; k < size; k++) {
      const score = residual[t]! * row[k]!;
      ofBeta[k]![t] = score;
      ofAlpha[t]! -= means[k]! * score;
    }
  }
  return { alpha: Math.sqrt(longRunSum(ofAlpha, lags)), beta: ofBeta.map((scores) => Math.sqrt(longRunSum(scores, lags))) };
}
