/**
 * How a series hangs together with its own past, and what that does to the variance of its mean.
 *
 * 1. Autocovariance   γ_l = Σ_{t>l} (x_t − x̄)(x_{t−l} − x̄) / n, with 1/n for every lag, so the sequence is positive semidefinite.
 * 2. Long-run sum     Σ_t u_t² + 2·Σ_{l=1..L} (1 − l/(L + 1))·Σ_t u_t·u_{t−l}: Bartlett's weights keep it from being negative.
 * 3. The lag L        where nobody says it: Newey and West's plug-in. With m = ⌊4·(n/100)^(2/9)⌋, s₀ = γ₀ + 2Σ_{1..m} γ_l and
 *                     s₁ = 2Σ_{1..m} l·γ_l: L = ⌊1.1447·((s₁/s₀)²)^(1/3)·n^(1/3)⌋.
 *
 * Sources: W. K. Newey & K. D. West (1987), Econometrica 55(3); the lag: (1994), Review of Economic Studies 61(4), with Bartlett's constants
 * of their table II. Not covered: prewhitening, other kernels.
 */
import { meanOf } from './moments.ts';

const PLUG_IN_CONSTANT = 1.1447;

/** γ_0 to γ_lagsMax. The caller answers for finite values and lagsMax < n. */
export function autocovariances(values: Float64Array, lagsMax: number): Float64Array {
  const mean = meanOf(values);
  const centred = values.map((value) => value - mean);
  return Float64Array.from({ length: lagsMax + 1 }, (_, lag) => laggedProduct(centred, lag) / values.length);
}

/** The variance of Σ u_t where u has mean zero; divide by n² for that of the mean. Never negative. */
export function longRunSum(scores: Float64Array, lags: number): number {
  let total = laggedProduct(scores, 0);
  for (let lag = 1; lag <= lags; lag++) total += 2 * (1 - lag / (lags + 1)) * laggedProduct(scores, lag);
  return Math.max(0, total);
}

/** L by the plug-in rule, at most n − 1; 0 for a series that does not vary. */
export function plugInLags(values: Float64Array): number {
  const count = values.length;
  const pilot = Math.min(Math.floor(4 * (count / 100) ** (2 / 9)), count - 1);
  if (pilot < 1) return 0;
  const covariances = autocovariances(values, pilot);
  let [level, slope] = [covariances[0]!, 0];
  for (let lag = 1; lag <= pilot; lag++) {
    level += 2 * covariances[lag]!;
    slope += 2 * lag * covariances[lag]!;
  }
  if (!(Math.abs(level) > Number.EPSILON * covariances[0]!)) return pilot;
  const lags = Math.floor(PLUG_IN_CONSTANT * ((slope / level) ** 2) ** (1 / 3) * count ** (1 / 3));
  return Math.min(lags, count - 1);
}

function laggedProduct(values: Float64Array, lag: number): number {
  let sum = 0;
  for (let t = lag; t < values.length; t++) sum += values[t]! * values[t - lag]!;
  return sum;
}
