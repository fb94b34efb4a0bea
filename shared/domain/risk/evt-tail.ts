/**
 * The tail beyond the sample: a generalised Pareto law fitted to the losses over a threshold (peaks over threshold).
 *
 * 1. The worst part of the days lies beyond the threshold u, which is the largest loss that is not among them.    paretoTail
 * 2. The excess of each over u is fitted by maximum likelihood.                                                   gpd-fit.ts
 * 3. With N of n losses beyond u:  VaR = u + β/ξ·[(n/N·(1 − c))^(−ξ) − 1],  ES = (VaR + β − ξu)/(1 − ξ).           paretoTailLoss
 *
 * The threshold is a quantile from the policy, not chosen by looking: a threshold that moved with the data would move the limit.
 * Source: A. J. McNeil & R. Frey (2000), J. Empirical Finance 7, equations 11 to 13 and section 2.3, there on GARCH residuals.
 * Not covered: filtering by a volatility model first; clusters of losses are treated as if they were independent.
 */
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Frac } from '../../kernel/units.ts';
import type { TailRules } from '../policy/tail-rules.ts';
import { firstNotFinite } from '../statistics/moments.ts';
import { selectInPlace } from '../statistics/select.ts';
import { fitGeneralizedPareto, type GpdFit } from './gpd-fit.ts';
import type { TailLoss } from './tail-loss.ts';

export interface ParetoTail {
  readonly kind: 'pareto-tail';
  /** u: losses beyond it follow the fit. */
  readonly thresholdLossFrac: number;
  readonly observations: number;
  readonly fit: GpdFit;
}

type ThresholdRules = Pick<TailRules, 'thresholdQuantile' | 'exceedancesMin' | 'distinctExceedanceFracMin'>;

/** Refuses returns that are not finite, too few or too many equal losses beyond the threshold, a fit that fails, and ξ ≥ 1: an infinite mean. */
export function paretoTail(returns: Float64Array, rules: ThresholdRules): ParetoTail | Refusal {
  if (firstNotFinite(returns) >= 0) return refuse('return-not-finite', { observations: returns.length });
  const beyond = Math.floor(returns.length * (1 - rules.thresholdQuantile) + 1e-9);
  if (!(beyond >= 1 && beyond < returns.length)) {
    return refuse('too-few-exceedances', { exceedances: beyond, exceedancesMin: rules.exceedancesMin });
  }
  const losses = returns.map((value) => -value);
  const thresholdLossFrac = selectInPlace(losses, losses.length - 1 - beyond) || 0;
  const exceedances = losses.filter((loss) => loss > thresholdLossFrac).map((loss) => loss - thresholdLossFrac);
  // Losses equal to the threshold are not beyond it.
  if (exceedances.length < rules.exceedancesMin) {
    return refuse('too-few-exceedances', { exceedances: exceedances.length, exceedancesMin: rules.exceedancesMin });
  }
  const distinct = new Set(exceedances).size;
  if (distinct < rules.distinctExceedanceFracMin * exceedances.length) {
    return refuse('exceedances-tied', { exceedances: exceedances.length, distinct });
  }
  const fit = fitGeneralizedPareto(exceedances);
  if (isRefusal(fit)) return fit;
  if (fit.shape >= 1) return refuse('tail-mean-infinite', { shape: fit.shape, shapeStandardError: fit.shapeStandardError });
  return { kind: 'pareto-tail', thresholdLossFrac, observations: returns.length, fit };
}

/** VaR and ES of the fitted tail. Refuses a level at which the loss is not beyond the threshold. */
export function paretoTailLoss({ thresholdLossFrac, observations, fit }: ParetoTail, confidenceLevel: number): TailLoss | Refusal {
  if (!(confidenceLevel > 0 && confidenceLevel < 1)) return refuse('confidence-level-outside-0-1', { confidenceLevel });
  const odds = (observations / fit.count) * (1 - confidenceLevel);
  if (odds > 1 + 1e-12) return refuse('level-within-threshold', { confidenceLevel, levelMin: 1 - fit.count / observations });
  const { shape, scale } = fit;
  // (odds^(−ξ) − 1)/ξ, and its limit for the exponential law.
  const stretch = shape === 0 ? -Math.log(odds) : Math.expm1(-shape * Math.log(odds)) / shape;
  const beyond = Math.max(0, scale * stretch);
  return {
    varFrac: (thresholdLossFrac + beyond) as Frac,
    cvarFrac: (thresholdLossFrac + beyond + (scale + shape * beyond) / (1 - shape)) as Frac,
  };
}
