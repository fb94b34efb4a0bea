/**
 * How long the blocks of a block bootstrap should be, so that what it says of the mean's variance is off by the least.
 *
 * 1. Autocorrelations ρ_k. m̂ is the first lag from which K_N = max(5, ⌊log₁₀ n⌋) of them in a row are within ±2·√(log₁₀ n / n); M = 2·m̂, at
 *    most ⌈√n⌉ + K_N, which is also taken where no such lag is found. The paper's text has the lag before it for m̂; the authors' code, and
 *    all others since, this one.
 * 2. Flat-top window λ(x) = 1 to one half, then 2·(1 − |x|). G = Σ λ(k/M)·|k|·γ_k, g(0) = Σ λ(k/M)·γ_k, over −M to M.
 * 3. Mean block of the stationary bootstrap (2·G² / (2·g(0)²))^(1/3)·n^(1/3); of the circular one (2·G² / (4/3·g(0)²))^(1/3)·n^(1/3).
 *    Both between 1 and ⌈min(3·√n, n/3)⌉.
 *
 * Sources: D. N. Politis & H. White (2004), "Automatic Block-Length Selection for the Dependent Bootstrap", Econometric Reviews 23(1); the
 * constant of the stationary bootstrap by A. Patton, D. N. Politis & H. White (2009), the correction, Econometric Reviews 28(4).
 * Not covered: several series at once; take the longest of their lengths.
 */
import { refuse } from '../../../kernel/refusal.ts';
import { autocovariances } from '../../statistics/autocovariance.ts';
import { type FigureGap, gapIn } from './figure.ts';

export interface BlockLength {
  readonly kind: 'block-length';
  /** Mean block of the stationary bootstrap, in bars; need not be whole. */
  readonly stationaryBars: number;
  readonly circularBars: number;
}

const COUNT_MIN = 10;
/** A variance below this part of the largest square is what rounding left. */
const ROUNDING_FRAC = 1e-24;

export function optimalBlockLength(values: Float64Array): BlockLength | FigureGap {
  const gap = gapIn(values, COUNT_MIN);
  if (gap) return gap;
  const count = values.length;
  const run = Math.max(5, Math.floor(Math.log10(count)));
  const lagsMax = Math.min(Math.ceil(Math.sqrt(count)) + run, count - 1);
  const covariances = autocovariances(values, lagsMax);
  if (!(covariances[0]! > ROUNDING_FRAC * largestSquare(values))) return refuse('nothing-varies', { has: count });
  const lags = Math.min(2 * lagsThatCount(covariances, run, count), lagsMax);

  let [level, slope] = [0, 0];
  for (let lag = 0; lag <= lags; lag++) {
    const place = lag / lags;
    const weight = (place <= 0.5 ? 1 : 2 * (1 - place)) * (lag === 0 ? 1 : 2);
    level += weight * covariances[lag]!;
    slope += weight * lag * covariances[lag]!;
  }
  const longest = Math.ceil(Math.min(3 * Math.sqrt(count), count / 3));
  const within = (divisor: number): number => {
    const length = ((2 * slope ** 2) / (divisor * level ** 2)) ** (1 / 3) * count ** (1 / 3);
    return Math.min(Math.max(Number.isNaN(length) ? longest : length, 1), longest);
  };
  return { kind: 'block-length', stationaryBars: within(2), circularBars: within(4 / 3) };
}

/** m̂. */
function lagsThatCount(covariances: Float64Array, run: number, count: number): number {
  const band = 2 * Math.sqrt(Math.log10(count) / count) * covariances[0]!;
  let quiet = 0;
  for (let lag = 1; lag < covariances.length; lag++) {
    quiet = Math.abs(covariances[lag]!) < band ? quiet + 1 : 0;
    if (quiet === run) return lag - run + 1;
  }
  return covariances.length;
}

const largestSquare = (values: Float64Array): number => values.reduce((largest, value) => Math.max(largest, value * value), 0);
