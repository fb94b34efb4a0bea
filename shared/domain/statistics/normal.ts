/**
 * The standard normal distribution to the last digits, deep into both tails: risk lives in the tails.
 *
 * 1. Density: from its formula, with x² split so that the exponential keeps its digits.                        normalPdf
 * 2. Distribution: three rational approximations, by distance from the centre; small values are computed as
 *    such and never as one minus something large.                                                              normalCdf
 * 3. Quantile: three rational approximations in p(1 − p) and in √(−log p).                                     normalQuantile
 *
 * Sources: W. J. Cody (1969), Math. Comp. 23, 631–637, in the form of his ANORM (1993, ACM TOMS 19, algorithm 715);
 * M. J. Wichura (1988), Applied Statistics 37, 477–484, algorithm AS 241, routine PPND16.
 * Not covered: upper-tail probabilities below 1e-16 as 1 − p; ask for the lower tail of the negated value.
 */

/** φ(x); NaN for NaN. */
export const normalPdf = (x: number): number => ONE_OVER_ROOT_TWO_PI * gaussian(Math.abs(x));

/** Φ(x), relative error near 1e-15 down to the smallest normal number (x ≥ −37.5); NaN for NaN. */
export function normalCdf(x: number): number {
  const distance = Math.abs(x);
  if (Number.isNaN(x)) return Number.NaN;
  if (distance <= CENTRE) return 0.5 + x * centralRatio(distance > 1e-16 ? distance * distance : 0);
  const tail = gaussian(distance) * (distance <= ROOT_32 ? middleRatio(distance) : farRatio(distance));
  return x < 0 ? tail : 1 - tail;
}

/** Φ⁻¹(p), relative error near 1e-16. −∞ at 0, +∞ at 1; NaN outside [0, 1]. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(QUANTILE_CENTRE_ABOVE, r)) / polynomial(QUANTILE_CENTRE_BELOW, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const size =
    r <= 5
      ? polynomial(QUANTILE_MIDDLE_ABOVE, r - 1.6) / polynomial(QUANTILE_MIDDLE_BELOW, r - 1.6)
      : polynomial(QUANTILE_FAR_ABOVE, r - 5) / polynomial(QUANTILE_FAR_BELOW, r - 5);
  return q < 0 ? -size : size;
}

const ONE_OVER_ROOT_TWO_PI = 0.3989422804014327;
const CENTRE = 0.67448975;
const ROOT_32 = 5.656854249492381;

/** exp(−x²/2) for x ≥ 0: the square of x rounded to sixteenths is exact, the rest is small. */
function gaussian(x: number): number {
  // Beyond 39 the value is 0, and Infinity would give Infinity − Infinity.
  if (x > 39) return 0;
  const rounded = Math.trunc(x * 16) / 16;
  return Math.exp(-0.5 * rounded * rounded) * Math.exp(-0.5 * (x - rounded) * (x + rounded));
}

/** (Φ(x) − ½)/x as a function of x². */
const centralRatio = (square: number): number => polynomial(CENTRE_ABOVE, square) / polynomial(CENTRE_BELOW, square);

/** (1 − Φ(x))·exp(x²/2), the Mills ratio over √(2π). */
const middleRatio = (x: number): number => polynomial(MIDDLE_ABOVE, x) / polynomial(MIDDLE_BELOW, x);

function farRatio(x: number): number {
  const inverse = 1 / (x * x);
  return (ONE_OVER_ROOT_TWO_PI - (inverse * polynomial(FAR_ABOVE, inverse)) / polynomial(FAR_BELOW, inverse)) / x;
}

/** Horner's rule; coefficients from the constant upwards. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * x + coefficients[k]!;
  return sum;
}

const CENTRE_ABOVE = [18154.98125334356, 1067.6894854603709, 161.02823106855587, 2.2352520354606837, 0.06568233791820745];
const CENTRE_BELOW = [45507.78933502673, 10260.932208618979, 976.0985517377767, 47.202581904688245, 1];
const MIDDLE_ABOVE = [
  9842.714838383978, 11602.65143764735, 6848.190450536283, 2494.5375852903726, 597.2702763948002, 93.50665613217785, 8.883149794388377,
  0.39894151208813466, 1.0765576773720192e-8,
];
const MIDDLE_BELOW = [
  19685.429676859992, 38912.00328609327, 34900.95272114598, 18615.571640885097, 6485.558298266761, 1519.3775994075547, 235.387901782625,
  22.266688044328117, 1,
];
const FAR_ABOVE = [
  2.9112874951168793e-5, 0.0014216191932278934, 0.022235277870649807, 0.12740116116024736, 0.215898534057957, 0.023073441764940174,
];
const FAR_BELOW = [7.297515550839662e-5, 0.0037823963320275824, 0.06598813786892856, 0.4682382124808651, 1.284260096144911, 1];

const QUANTILE_CENTRE_ABOVE = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813,
  2509.0809287301227,
];
const QUANTILE_CENTRE_BELOW = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852854,
];
const QUANTILE_MIDDLE_ABOVE = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
  0.022723844989269184, 0.0007745450142783414,
];
const QUANTILE_MIDDLE_BELOW = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345,
  1.0507500716444169e-9,
];
const QUANTILE_FAR_ABOVE = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
  2.7115555687434876e-5, 2.0103343992922881e-7,
];
const QUANTILE_FAR_BELOW = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5, 1.421511758316446e-7,
  2.0442631033899397e-15,
];
