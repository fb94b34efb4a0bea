/**
 * Fits the generalised Pareto distribution to exceedances y > 0 by maximum likelihood: P(Y > y) = (1 + ξ·y/β)^(−1/ξ).
 *
 * 1. Scale the sample to mean one, so that one set of tolerances fits all.
 * 2. With τ = ξ/β, the best β for a given τ is B(τ) = mean of log(1 + τy)/τ, and ξ = τ·B(τ). What is left is one function of one
 *    variable, the profile l(τ) = −log B − τB − 1 per observation. It is smooth through τ = 0, the exponential law, when log(1 + x)/x is
 *    taken by its series near 0; that case needs no branch of its own.                                          profileAt
 * 3. Look for a change of sign of l′ from + to − on a grid in log(1 + τ·max y), from the support's edge upwards.  risingBrackets
 * 4. Polish each with Newton's method, kept inside its bracket by bisection; the highest maximum is the answer.   maximumWithin
 * 5. Standard errors from the observed information in (τ, β), carried over to (ξ, β).                             standardErrors
 *
 * The likelihood is unbounded where ξ < −1, and below ξ = −½ the standard errors do not hold (Smith 1985): such a maximum is not taken.
 * Sources: S. D. Grimshaw (1993), Technometrics 35(2), for the profile; R. L. Smith (1985), Biometrika 72, for the regularity.
 * Not covered: censored or weighted exceedances, and the choice of threshold (evt-tail.ts).
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { meanOf } from '../statistics/moments.ts';

export interface GpdFit {
  readonly kind: 'gpd-fit';
  readonly count: number;
  /** ξ: positive is a heavy tail, 0 exponential, negative a tail that ends. */
  readonly shape: number;
  /** β, in the unit of the sample. */
  readonly scale: number;
  readonly shapeStandardError: number;
  readonly scaleStandardError: number;
  readonly logLikelihood: number;
}

/** Refuses an empty sample, exceedances that are not positive and finite, all equal, or without a regular maximum of the likelihood. */
export function fitGeneralizedPareto(exceedances: Float64Array): GpdFit | Refusal {
  const count = exceedances.length;
  if (count === 0) return refuse('too-few-exceedances', { exceedances: 0 });
  let largest = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < count; k++) {
    const value = exceedances[k]!;
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) return refuse('exceedance-not-positive', { position: k });
    largest = Math.max(largest, value);
    smallest = Math.min(smallest, value);
  }
  if (smallest === largest) return refuse('exceedances-all-equal', { exceedances: count });
  const unit = meanOf(exceedances);
  const sample = exceedances.map((value) => value / unit);

  let best: Profile | undefined;
  for (const [below, above] of risingBrackets(sample, largest / unit)) {
    const maximum = maximumWithin(sample, below, above);
    const regular = maximum.tau * maximum.scale > SHAPE_MIN;
    if (regular && (best === undefined || maximum.logLikelihood > best.logLikelihood)) best = maximum;
  }
  if (best === undefined) return refuse('no-likelihood-maximum', { exceedances: count });
  const errors = standardErrors(sample, best);
  if (errors === undefined) return refuse('information-not-positive', { exceedances: count });
  return {
    kind: 'gpd-fit',
    count,
    shape: best.tau * best.scale,
    scale: best.scale * unit,
    shapeStandardError: errors.shape,
    scaleStandardError: errors.scale * unit,
    logLikelihood: count * (best.logLikelihood - Math.log(unit)),
  };
}

const SHAPE_MIN = -0.5;

/** The profile likelihood at τ, per observation, with its first two derivatives. */
interface Profile {
  readonly tau: number;
  /** B(τ), the best scale, and its derivatives. */
  readonly scale: number;
  readonly scaleSlope: number;
  readonly scaleBend: number;
  readonly logLikelihood: number;
  readonly slope: number;
  readonly bend: number;
}

function profileAt(sample: Float64Array, tau: number): Profile {
  let scale = 0;
  let scaleSlope = 0;
  let scaleBend = 0;
  for (let k = 0; k < sample.length; k++) {
    const y = sample[k]!;
    const x = tau * y;
    // r(x) = log(1 + x)/x and its derivatives; the quotients lose digits near 0, the series gains them.
    let ratio = 0;
    let ratioSlope = 0;
    let ratioBend = 0;
    if (Math.abs(x) < SERIES_BELOW) {
      for (let term = SERIES_TERMS; term >= 0; term--) {
        ratioBend = ratioBend * x + 2 * ratioSlope;
        ratioSlope = ratioSlope * x + ratio;
        ratio = ratio * x + (term % 2 === 0 ? 1 : -1) / (term + 1);
      }
    } else {
      ratio = Math.log1p(x) / x;
      ratioSlope = (1 / (1 + x) - ratio) / x;
      ratioBend = -(1 / ((1 + x) * (1 + x)) + 2 * ratioSlope) / x;
    }
    scale += y * ratio;
    scaleSlope += y * y * ratioSlope;
    scaleBend += y * y * y * ratioBend;
  }
  scale /= sample.length;
  scaleSlope /= sample.length;
  scaleBend /= sample.length;
  const relative = scaleSlope / scale;
  return {
    tau,
    scale,
    scaleSlope,
    scaleBend,
    logLikelihood: -Math.log(scale) - tau * scale - 1,
    slope: -relative - scale - tau * scaleSlope,
    bend: -scaleBend / scale + relative * relative - 2 * scaleSlope - tau * scaleBend,
  };
}

/** With |x| below this, 14 terms reach the last digit. */
const SERIES_BELOW = 0.05;
const SERIES_TERMS = 14;

/** Neighbouring points of the grid between which l′ falls through 0: each holds a local maximum. */
function* risingBrackets(sample: Float64Array, largest: number): Generator<readonly [Profile, Profile]> {
  let previous: Profile | undefined;
  // log(1 + τ·max y): near the edge of the support finely, towards heavy tails in whole steps; e^40 is far beyond any finite mean.
  for (let position = -5; position <= 40; position += position < 1 ? 0.25 : 1) {
    const current = profileAt(sample, Math.expm1(position) / largest);
    if (previous !== undefined && previous.slope > 0 && current.slope <= 0) yield [previous, current];
    previous = current;
  }
}

/** The point where l′ is 0, to the last digits. */
function maximumWithin(sample: Float64Array, below: Profile, above: Profile): Profile {
  let [low, high] = [below.tau, above.tau];
  let current = profileAt(sample, (low + high) / 2);
  for (let round = 0; round < 100; round++) {
    if (current.slope > 0) low = current.tau;
    else high = current.tau;
    const newton = current.tau - current.slope / current.bend;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const step = Math.abs(next - current.tau);
    current = profileAt(sample, next);
    if (step <= 1e-15 * Math.max(1, Math.abs(next))) break;
  }
  return current;
}

/**
 * In (τ, β) the log likelihood is −n·log β − Σ log(1 + τy) − n·B(τ)/β. At its maximum, where β = B, the information per observation is
 * [ B″/β − mean(y²/(1 + τy)²) , −B′/β² ; −B′/β² , 1/β² ]. Shape and scale are (τβ, β), so their covariance follows by the chain rule.
 */
function standardErrors(
  sample: Float64Array,
  { tau, scale, scaleSlope, scaleBend }: Profile,
): { shape: number; scale: number } | undefined {
  let curvature = 0;
  for (let k = 0; k < sample.length; k++) {
    const part = sample[k]! / (1 + tau * sample[k]!);
    curvature += part * part;
  }
  const tauTau = scaleBend / scale - curvature / sample.length;
  const tauScale = -scaleSlope / (scale * scale);
  const scaleScale = 1 / (scale * scale);
  const determinant = tauTau * scaleScale - tauScale * tauScale;
  if (!(determinant > 0)) return undefined;
  const weight = 1 / (determinant * sample.length);
  const [varianceTau, covariance, varianceScale] = [scaleScale * weight, -tauScale * weight, tauTau * weight];
  const varianceShape = scale * scale * varianceTau + 2 * tau * scale * covariance + tau * tau * varianceScale;
  return { shape: Math.sqrt(varianceShape), scale: Math.sqrt(varianceScale) };
}
