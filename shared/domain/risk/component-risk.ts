/**
 * What each symbol contributes to the book's VaR and CVaR, by each measure. All of these measures double when the book doubles, so by
 * Euler's theorem weight × (what one more unit of weight adds) sums to the whole.
 *
 * - Historical CVaR: the symbol's mean loss on the book's tail days. Exact.                                     historicalShares
 * - Historical VaR: one day alone sets it, and one day's returns are too noisy to share anything out. So the days around it count, with
 *   normal weights in their rank, as wide as the rank of the true quantile is uncertain: √(n·c·(1 − c)) places. These are the large-sample
 *   weights of Harrell & Davis's quantile. What they make is then scaled by one factor to sum to VaR.            historicalShares
 * - Normal and Cornish–Fisher: the derivative of −mean + σ·A(S, K) in closed form. It needs only the co-moments of each symbol with the
 *   book, E[(r_i − μ_i)·d^k] for the book's deviation d and k = 1, 2, 3: the co-kurtosis tensor's n⁴ entries are never formed.  momentShares
 * - The Pareto tail is left out: its parameters move with the weights through the fit.
 *
 * Sources: D. Tasche (2000), "Risk contributions and performance measurement"; E. Epperlein & A. Smillie (2006), Risk 19(8), for kernels on
 * ranks; F. Harrell & C. Davis (1982), Biometrika 69; Boudt, Peterson & Croux (2008), J. of Risk 11(2), equations 20 to 27.
 */
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import { meanOf, sampleMoments } from '../statistics/moments.ts';
import { normalPdf } from '../statistics/normal.ts';
import { selectInPlace } from '../statistics/select.ts';
import { type StandardLoss, type StandardTail, standardCornishFisherTail, standardNormalTail } from './moment-tail.ts';
import { bookReturns, type ReturnPanel } from './return-panel.ts';
import { meanTailLoss, tailOf } from './tail-loss.ts';

/** One measure of the book, shared out; arrays are in the panel's order. */
export interface RiskShares {
  readonly totalFrac: number;
  /** What one more unit of weight adds. */
  readonly marginalFrac: Float64Array;
  /** Weight × marginal; sums to `totalFrac`. */
  readonly componentFrac: Float64Array;
}

export interface TailShares {
  readonly kind: 'tail-shares';
  readonly valueAtRisk: RiskShares;
  readonly expectedShortfall: RiskShares;
}

export const parametricShares = (panel: ReturnPanel, weights: Float64Array, confidenceLevel: number): TailShares | Refusal =>
  momentShares(panel, weights, confidenceLevel, standardNormalTail);

export const cornishFisherShares = (panel: ReturnPanel, weights: Float64Array, confidenceLevel: number): TailShares | Refusal =>
  momentShares(panel, weights, confidenceLevel, standardCornishFisherTail);

/** Refuses what `tailOf` refuses, and a VaR that the days around it do not bear out (opposite in sign, or none). */
export function historicalShares(panel: ReturnPanel, weights: Float64Array, confidenceLevel: number): TailShares | Refusal {
  const book = bookReturns(panel, weights);
  const tail = tailOf(book, confidenceLevel);
  if (isRefusal(tail)) return tail;
  const around = { ...tail, ...daysAroundQuantile(book, tail.days.length - 1, confidenceLevel) };
  const smoothed = meanTailLoss(around, book);
  const factor = tail.varFrac / smoothed;
  if (!(factor >= 0 && Number.isFinite(factor))) return refuse('value-at-risk-not-shareable', { varFrac: tail.varFrac });
  const marginalVar = Float64Array.from(panel.returns, (series) => factor * meanTailLoss(around, series));
  const marginalCvar = Float64Array.from(panel.returns, (series) => meanTailLoss(tail, series));
  return {
    kind: 'tail-shares',
    valueAtRisk: sharesOf(tail.varFrac, marginalVar, weights),
    expectedShortfall: sharesOf(meanTailLoss(tail, book), marginalCvar, weights),
  };
}

/** The days whose rank is within four standard errors of the quantile's, with normal weights; their sum is free, the factor takes it out. */
function daysAroundQuantile(book: Float64Array, edge: number, confidenceLevel: number): { days: Int32Array; weights: Float64Array } {
  const count = book.length;
  const width = Math.sqrt(count * confidenceLevel * (1 - confidenceLevel));
  const reach = Math.ceil(4 * width);
  const [first, last] = [Math.max(0, edge - reach), Math.min(count - 1, edge + reach)];
  const worstFirst = worstDays(book, last + 1);
  const days = worstFirst.subarray(first, last + 1);
  return { days, weights: Float64Array.from(days, (_, k) => normalPdf((first + k - edge) / width)) };
}

/** The `count` days of greatest loss and those equal to the last of them, worst first, equal ones in order of time. */
function worstDays(book: Float64Array, count: number): Int32Array {
  const edge = selectInPlace(book.slice(), count - 1);
  const candidates: number[] = [];
  for (let day = 0; day < book.length; day++) if (book[day]! <= edge) candidates.push(day);
  return Int32Array.from(candidates.sort((a, b) => book[a]! - book[b]!));
}

function momentShares(
  panel: ReturnPanel,
  weights: Float64Array,
  confidenceLevel: number,
  tailFrom: (moments: ReturnType<typeof sampleMoments>, confidenceLevel: number) => StandardTail | Refusal,
): TailShares | Refusal {
  const book = bookReturns(panel, weights);
  const moments = sampleMoments(book);
  const tail = tailFrom(moments, confidenceLevel);
  if (isRefusal(tail)) return tail;
  const { mean, variance, skewness, excessKurtosis } = moments;
  const deviation = Math.sqrt(variance);
  // Powers of the book's standardised return, centred: their products with a symbol's returns are its co-moments.
  const first = book.map((value) => (value - mean) / deviation);
  const second = first.map((value) => value * value - 1);
  const third = first.map((value) => value ** 3 - skewness);
  const loadings = panel.returns.map((series) => {
    const covariance = meanProduct(series, first);
    return {
      mean: meanOf(series),
      deviation: covariance,
      skewness: 3 * (meanProduct(series, second) - skewness * covariance),
      excessKurtosis: 4 * (meanProduct(series, third) - (excessKurtosis + 3) * covariance),
    };
  });
  const share = ({ value, bySkewness, byExcessKurtosis }: StandardLoss): RiskShares => {
    const marginal = Float64Array.from(
      loadings,
      (loading) => value * loading.deviation + bySkewness * loading.skewness + byExcessKurtosis * loading.excessKurtosis - loading.mean,
    );
    return sharesOf(deviation * value - mean, marginal, weights);
  };
  return { kind: 'tail-shares', valueAtRisk: share(tail.valueAtRisk), expectedShortfall: share(tail.expectedShortfall) };
}

const sharesOf = (totalFrac: number, marginalFrac: Float64Array, weights: Float64Array): RiskShares => ({
  totalFrac,
  marginalFrac,
  componentFrac: marginalFrac.map((marginal, i) => marginal * weights[i]!),
});

function meanProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum / a.length;
}
