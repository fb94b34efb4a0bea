/**
 * Tail losses that follow from the first moments of the returns: the normal, and its Cornish–Fisher correction.
 *
 * Every loss here is −mean + σ·A(S, K), where S is skewness and K excess kurtosis, and A comes with its two derivatives: the components of
 * component-risk.ts are made of them. With z the normal quantile of 1 − c (negative) and α = 1 − c:
 * - normal:          VaR A = −z;  ES A = φ(z)/α.                                                                    normalTail
 * - Cornish–Fisher:  VaR A = −g,  g = z + (z² − 1)S/6 + (z³ − 3z)K/24 − (2z³ − 5z)S²/36   (modified VaR);           cornishFisherTail
 *                    ES A = φ(g)/α·[1 + g³S/6 + (g⁴ − 2g² − 1)K/24 + (g⁶ − 9g⁴ + 9g² + 3)S²/72], never below −g     (modified ES).
 *   The bracket is −∫ z·f(z) dz up to g over the Edgeworth density f; by z·He_n = He_{n+1} + n·He_{n−1} the sums of powers in the paper
 *   collapse to these three polynomials.
 *
 * The correction is a quantile function only while g rises with z for all z. Outside that region of (S, K) it is refused: a number that
 * falls as confidence rises must not guard anything. Markets leave it in a crash, when K > 8, and samples with tails thinner than their
 * skewness needs, K < 4S²/3, lie outside too; the other methods stand then.
 * Sources: Favre & Galeano (2002), J. Alternative Investments 5(2); Boudt, Peterson & Croux (2008), J. of Risk 11(2), equations 14 to 19 and
 * their operational rule ES ≥ VaR; D. Maillard (2012), SSRN 1997178, for the region. Moments with 1/n, as PerformanceAnalytics has them.
 * Not covered: Maillard's reparametrisation, in which S and K stand for parameters rather than for the moments obtained.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Frac } from '../../kernel/units.ts';
import type { SampleMoments } from '../statistics/moments.ts';
import { normalPdf, normalQuantile } from '../statistics/normal.ts';
import type { TailLoss } from './tail-loss.ts';

/** A loss in units of standard deviation, and what it gains per unit of skewness and of excess kurtosis. */
export interface StandardLoss {
  readonly value: number;
  readonly bySkewness: number;
  readonly byExcessKurtosis: number;
}

export interface StandardTail {
  readonly kind: 'standard-tail';
  readonly valueAtRisk: StandardLoss;
  readonly expectedShortfall: StandardLoss;
}

/** Refuses a level outside (0, 1), moments that are not finite, and returns that do not vary. */
export const normalTail = (moments: SampleMoments, confidenceLevel: number): TailLoss | Refusal =>
  inReturns(moments, standardNormalTail(moments, confidenceLevel));

/** As `normalTail`, and refuses skewness and kurtosis for which the expansion is no quantile function. */
export const cornishFisherTail = (moments: SampleMoments, confidenceLevel: number): TailLoss | Refusal =>
  inReturns(moments, standardCornishFisherTail(moments, confidenceLevel));

export function standardNormalTail(moments: SampleMoments, confidenceLevel: number): StandardTail | Refusal {
  const unfit = unfitMoments(moments, confidenceLevel);
  if (unfit !== undefined) return unfit;
  const z = -normalQuantile(confidenceLevel);
  return {
    kind: 'standard-tail',
    valueAtRisk: { value: -z, bySkewness: 0, byExcessKurtosis: 0 },
    expectedShortfall: { value: normalPdf(z) / (1 - confidenceLevel), bySkewness: 0, byExcessKurtosis: 0 },
  };
}

export function standardCornishFisherTail(moments: SampleMoments, confidenceLevel: number): StandardTail | Refusal {
  const unfit = unfitMoments(moments, confidenceLevel);
  if (unfit !== undefined) return unfit;
  const { skewness, excessKurtosis } = moments;
  if (!expansionRises(skewness, excessKurtosis)) return refuse('outside-expansion-domain', { skewness, excessKurtosis });
  const z = -normalQuantile(confidenceLevel);
  const valueAtRisk = modifiedValueAtRisk(z, skewness, excessKurtosis);
  const shortfall = modifiedShortfall(valueAtRisk, 1 - confidenceLevel, skewness, excessKurtosis);
  return { kind: 'standard-tail', valueAtRisk, expectedShortfall: shortfall.value >= valueAtRisk.value ? shortfall : valueAtRisk };
}

/** dg/dz is a parabola in z; it is nowhere negative when it opens upwards, or is flat, and its discriminant is not positive. */
export function expansionRises(skewness: number, excessKurtosis: number): boolean {
  const opening = excessKurtosis / 8 - (skewness * skewness) / 6;
  const atZero = 1 - excessKurtosis / 8 + (5 * skewness * skewness) / 36;
  return opening >= 0 && (skewness * skewness) / 9 <= 4 * opening * atZero;
}

function modifiedValueAtRisk(z: number, skewness: number, excessKurtosis: number): StandardLoss {
  const [first, second, third] = [(z * z - 1) / 6, (z ** 3 - 3 * z) / 24, (2 * z ** 3 - 5 * z) / 36];
  return {
    value: -(z + first * skewness + second * excessKurtosis - third * skewness * skewness),
    bySkewness: -(first - 2 * third * skewness),
    byExcessKurtosis: -second,
  };
}

function modifiedShortfall(valueAtRisk: StandardLoss, tailFrac: number, skewness: number, excessKurtosis: number): StandardLoss {
  const g = -valueAtRisk.value;
  const g2 = g * g;
  const weight = normalPdf(g) / tailFrac;
  const [bySkew, byKurtosis, bySkewSquared] = [(g2 * g) / 6, (g2 * g2 - 2 * g2 - 1) / 24, (g2 ** 3 - 9 * g2 * g2 + 9 * g2 + 3) / 72];
  const hermite3 = g2 * g - 3 * g;
  const hermite4 = g2 * g2 - 6 * g2 + 3;
  const hermite6 = g2 ** 3 - 15 * g2 * g2 + 45 * g2 - 15;
  const density = 1 + (skewness * hermite3) / 6 + (excessKurtosis * hermite4) / 24 + (skewness * skewness * hermite6) / 72;
  // Moving the edge g by a hair moves the integral −∫ z·f(z) dz by −g·f(g); g moves against the value at risk.
  const byValueAtRisk = weight * g * density;
  return {
    value: weight * (1 + skewness * bySkew + excessKurtosis * byKurtosis + skewness * skewness * bySkewSquared),
    bySkewness: weight * (bySkew + 2 * skewness * bySkewSquared) + byValueAtRisk * valueAtRisk.bySkewness,
    byExcessKurtosis: weight * byKurtosis + byValueAtRisk * valueAtRisk.byExcessKurtosis,
  };
}

function unfitMoments({ count, mean, variance, skewness, excessKurtosis }: SampleMoments, confidenceLevel: number): Refusal | undefined {
  if (!(confidenceLevel > 0 && confidenceLevel < 1)) return refuse('confidence-level-outside-0-1', { confidenceLevel });
  if (count < 2) return refuse('history-too-short', { observations: count });
  if (!Number.isFinite(mean) || !Number.isFinite(variance)) return refuse('return-not-finite', { observations: count });
  // What rounding leaves of the deviations of a constant is no volatility.
  if (!(variance > 1e-28 * mean * mean)) return refuse('returns-do-not-vary', { observations: count });
  if (!Number.isFinite(skewness) || !Number.isFinite(excessKurtosis)) return refuse('moments-not-finite', { skewness, excessKurtosis });
  return undefined;
}

function inReturns({ mean, variance }: SampleMoments, tail: StandardTail | Refusal): TailLoss | Refusal {
  if (tail.kind === 'refused') return tail;
  const deviation = Math.sqrt(variance);
  return {
    varFrac: (deviation * tail.valueAtRisk.value - mean) as Frac,
    cvarFrac: (deviation * tail.expectedShortfall.value - mean) as Frac,
  };
}
