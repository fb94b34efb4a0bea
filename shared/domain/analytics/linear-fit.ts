/**
 * A straight line through returns by least squares, with standard errors that stand when errors differ in size and follow each other.
 *
 * 1. y = a + b·x: b = Σ dx·dy / Σ dx², a = ȳ − b·x̄.
 * 2. Scores u_t = e_t·(1, x_t); S = Γ₀ + Σ_{l=1..L} (1 − l/(L+1))·(Γ_l + Γ_l′), Γ_l = Σ u_t·u_{t−l}′ (Bartlett's weights keep S positive).
 * 3. Covariance (X′X)⁻¹ · S · (X′X)⁻¹; no small-sample factor, as statsmodels' HAC without `use_correction`.
 * L = ⌊4·(n/100)^(2/9)⌋.
 *
 * Source: W. K. Newey & K. D. West (1987), Econometrica 55(3); the lag: (1994), Review of Economic Studies 61(4).
 * Not covered: more than one regressor.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { firstNotFinite, meanOf } from '../statistics/moments.ts';

export interface LinearFit {
  readonly kind: 'fit';
  readonly count: number;
  readonly lags: number;
  readonly intercept: number;
  readonly slope: number;
  readonly interceptStandardError: number;
  readonly slopeStandardError: number;
  /** Share of the variance of y that the line explains; 0 when y does not vary. */
  readonly rSquared: number;
}

export type FitRefusal = Refusal<'too-few-returns' | 'market-does-not-vary' | 'returns-not-finite'>;

export const neweyWestLags = (count: number): number => Math.floor(4 * (count / 100) ** (2 / 9));

export function linearFit(x: Float64Array, y: Float64Array, countMin: number): LinearFit | FitRefusal {
  const count = Math.min(x.length, y.length);
  if (count < Math.max(3, countMin)) return refuse('too-few-returns', { has: count, wants: countMin });
  if (firstNotFinite(x) !== -1 || firstNotFinite(y) !== -1) return refuse('returns-not-finite');
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let t = 0; t < count; t++) {
    const [dx, dy] = [x[t]! - meanX, y[t]! - meanY];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  if (!(xx > Number.EPSILON ** 2 * count)) return refuse('market-does-not-vary');
  const slope = xy / xx;
  const intercept = meanY - slope * meanX;
  const residual = y.map((value, t) => value - intercept - slope * x[t]!);
  const lags = Math.min(neweyWestLags(count), count - 1);
  const { a, b } = standardErrors(x, residual, meanX, xx, lags);
  const unexplained = residual.reduce((sum, one) => sum + one * one, 0);
  return {
    kind: 'fit',
    ...{ count, lags, intercept, slope },
    interceptStandardError: a,
    slopeStandardError: b,
    rSquared: yy > 0 ? Math.max(0, 1 - unexplained / yy) : 0,
  };
}

/** Intercept and slope as weighted sums of the errors: a's weights are 1/n − x̄·dx/Σdx², b's are dx/Σdx². */
function standardErrors(x: Float64Array, residual: Float64Array, meanX: number, xx: number, lags: number) {
  const count = residual.length;
  const ofSlope = residual.map((error, t) => (error * (x[t]! - meanX)) / xx);
  const ofIntercept = residual.map((error, t) => error / count - meanX * ofSlope[t]!);
  return { a: Math.sqrt(longRunVariance(ofIntercept, lags)), b: Math.sqrt(longRunVariance(ofSlope, lags)) };
}

function longRunVariance(scores: Float64Array, lags: number): number {
  let total = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let sum = 0;
    for (let t = lag; t < scores.length; t++) sum += scores[t]! * scores[t - lag]!;
    total += lag === 0 ? sum : 2 * (1 - lag / (lags + 1)) * sum;
  }
  return Math.max(0, total);
}
