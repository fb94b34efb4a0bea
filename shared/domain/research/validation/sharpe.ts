/**
 * The Sharpe ratio of a series of excess returns, and how far it can be off.
 *
 * ratio            S = mean / sample deviation (with 1/(n − 1)), per bar
 * iid              √((1 + S²/2) / n): returns independent and normal                                Lo (2002), eq. 9
 * moments          √((1 − γ₃·S + (γ₄ − 1)/4·S²) / (n − 1)): independent, any shape                   Mertens (2002); Bailey & López de Prado (2012)
 * autocorrelated   √(Σ̂ / n²), Σ̂ the long-run sum of the influence of each return,
 *                  ψ_t = z_t − S/2·(z_t² − 1): any shape, and returns may follow each other           Lo (2002), GMM; lags by Newey & West (1994)
 * annualised       S·√q for independent returns; S·η(q) for others, η(q) = q / √(q + 2·Σ_{k<q} (q − k)·ρ_k)   Lo (2002)
 *
 * With no lags the third error is the second but for n in place of n − 1: the influence function is where Mertens' formula comes from.
 * γ₃ is skewness, γ₄ kurtosis (3 for a normal), both plain sample moments.
 *
 * Sources: A. W. Lo (2002), "The Statistics of Sharpe Ratios", Financial Analysts Journal 58(4); E. Mertens (2002), "Comments on variance of
 * the IID estimator in Lo (2002)"; D. H. Bailey & M. López de Prado (2012), "The Sharpe Ratio Efficient Frontier", Journal of Risk 15(2).
 * Not covered: the small-sample bias of S, about S·3/(4n).
 */
import { refuse } from '../../../kernel/refusal.ts';
import { autocovariances, longRunSum, plugInLags } from '../../statistics/autocovariance.ts';
import { sampleMoments } from '../../statistics/moments.ts';
import { type Figure, type FigureGap, gapIn, settingGap } from './figure.ts';

export interface Sharpe {
  readonly kind: 'sharpe';
  readonly bars: number;
  /** Per bar, not annualised. */
  readonly perBar: number;
  readonly meanFrac: number;
  readonly deviationFrac: number;
  readonly skewness: number;
  /** 3 for a normal. */
  readonly kurtosis: number;
}

export interface SharpeErrors {
  readonly kind: 'sharpe-errors';
  /** Standard errors of the ratio per bar. */
  readonly iid: number;
  readonly moments: Figure;
  readonly autocorrelated: number;
  /** Of the last. */
  readonly lags: number;
}

/** Spread below this part of the largest return is rounding. */
const ROUNDING_FRAC = 1e-12;

/** Returns must be in excess of what the cash would have earned. Refuses fewer than 2, NaN, and returns that are all the same. */
export function sharpeOf(excessReturns: Float64Array): Sharpe | FigureGap {
  const gap = gapIn(excessReturns, 2);
  if (gap) return gap;
  const { count, mean, variance, skewness, excessKurtosis } = sampleMoments(excessReturns);
  let largest = 0;
  for (let t = 0; t < count; t++) largest = Math.max(largest, Math.abs(excessReturns[t]!));
  if (!(Math.sqrt(variance) > ROUNDING_FRAC * largest)) return refuse('nothing-varies', { has: count });
  const deviationFrac = Math.sqrt((variance * count) / (count - 1));
  return {
    kind: 'sharpe',
    ...{ bars: count, perBar: mean / deviationFrac, meanFrac: mean, deviationFrac, skewness },
    kurtosis: excessKurtosis + 3,
  };
}

/** `lags`: null lets Newey and West's plug-in rule choose, from the influence itself. */
export function sharpeErrors(excessReturns: Float64Array, lags: number | null = null): SharpeErrors | FigureGap {
  const sharpe = sharpeOf(excessReturns);
  if (sharpe.kind === 'refused') return sharpe;
  const gap = lags === null ? null : settingGap('lags', lags, 0, sharpe.bars - 1);
  if (gap) return gap;
  const influence = influenceOn(sharpe, excessReturns);
  const lagsTaken = lags ?? plugInLags(influence);
  return {
    kind: 'sharpe-errors',
    iid: Math.sqrt((1 + sharpe.perBar ** 2 / 2) / sharpe.bars),
    moments: momentsError(sharpe),
    autocorrelated: Math.sqrt(longRunSum(influence, lagsTaken)) / sharpe.bars,
    lags: lagsTaken,
  };
}

/** Mertens' standard error. Refuses moments that no sample of this ratio can have: the expression under the root is not positive. */
export function momentsError({ perBar, skewness, kurtosis, bars }: Omit<Sharpe, 'kind' | 'meanFrac' | 'deviationFrac'>): Figure {
  const variance = 1 - skewness * perBar + ((kurtosis - 1) / 4) * perBar ** 2;
  if (!(variance > 0) || bars < 2) return refuse('moments-inconsistent', { perBar, skewness, kurtosis, bars });
  return Math.sqrt(variance / (bars - 1));
}

/** η(q): what a ratio per bar is multiplied by for q bars. `autocorrelations[k − 1]` is ρ_k; those that are not given are taken for 0. */
export function sharpeScale(bars: number, autocorrelations: ArrayLike<number>): Figure {
  const gap = settingGap('bars', bars, 1, Number.MAX_SAFE_INTEGER);
  if (gap) return gap;
  let variance = bars;
  for (let k = 1; k < bars && k <= autocorrelations.length; k++) variance += 2 * (bars - k) * autocorrelations[k - 1]!;
  return variance > 0 ? bars / Math.sqrt(variance) : refuse('variance-not-positive', { bars, variance });
}

/** ρ_1 to ρ_lags. Refuses returns that do not vary and as many lags as returns. */
export function autocorrelationsOf(returns: Float64Array, lags: number): Float64Array | FigureGap {
  const gap = gapIn(returns, 2) ?? settingGap('lags', lags, 1, returns.length - 1);
  if (gap) return gap;
  const covariances = autocovariances(returns, lags);
  const variance = covariances[0]!;
  if (!(variance > 0)) return refuse('nothing-varies', { has: returns.length });
  return covariances.subarray(1).map((covariance) => covariance / variance);
}

function influenceOn({ perBar, meanFrac, deviationFrac, bars }: Sharpe, returns: Float64Array): Float64Array {
  const deviation = deviationFrac * Math.sqrt((bars - 1) / bars);
  return returns.map((one) => {
    const z = (one - meanFrac) / deviation;
    return z - (perBar / 2) * (z * z - 1);
  });
}
