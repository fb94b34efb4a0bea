/**
 * Volatility targeting: steers the predicted volatility of the target book, √(wᵀΣw), toward its target.
 *
 * 1. What is held (after repairs and reductions) and predicted to be above the target by more than a band is trimmed in proportion, as far
 *    as turnover allows. A target is no hard limit, so it waits its turn behind repairs and reductions.             trimFrac
 * 2. Growth that would carry the book above the target is scaled back along the segment to where it meets it. The variance along the
 *    segment is a quadratic a + 2bk + ck², so k is a root. Growth that lowers the variance passes.                   scaledDown
 * 3. Growth below the target is stretched by one factor, each name stopping at its cap (its recommended weight at the latest), until the
 *    target, a shared limit or the largest factor is reached; found by bisection from a point that holds.            scaledUp
 *
 * Source: Moreira and Muir (2017), "Volatility-managed portfolios", J. Finance 72(4), with predicted for realised variance. Not covered: the
 * term structure of volatility; the prediction is that of the covariance, and lags a shock by design of its window.
 */

export interface GrowthQuestion {
  /** Variance per session of the book before growth, and with `growth` in it. */
  readonly varianceWith: (growth: Float64Array) => number;
  readonly growth: Float64Array;
  readonly caps: Float64Array;
  /** Whether the limits that names share have room. */
  readonly fits: (growth: Float64Array) => boolean;
  readonly dailyVolTarget: number;
  readonly scaleUpMax: number;
}

export interface ScaledGrowth {
  readonly growth: Float64Array;
  /** 1: untouched. */
  readonly scale: number;
}

/** The fraction of every tradable weight to give up, 0 to 1; 0 within the band. Volatilities are per session. */
export function trimFrac(dailyVol: number, dailyVolTarget: number, bandFrac: number): number {
  return dailyVol > dailyVolTarget * (1 + bandFrac) ? 1 - dailyVolTarget / dailyVol : 0;
}

export function scaleGrowth(question: GrowthQuestion): ScaledGrowth {
  const { growth, varianceWith, dailyVolTarget } = question;
  if (growth.every((value) => value === 0)) return { growth, scale: 1 };
  return varianceWith(growth) > dailyVolTarget ** 2 ? scaledDown(question) : scaledUp(question);
}

function scaledDown({ growth, varianceWith, dailyVolTarget }: GrowthQuestion): ScaledGrowth {
  const start = varianceWith(new Float64Array(growth.length));
  const full = varianceWith(growth);
  if (full <= start) return { growth, scale: 1 };
  const room = dailyVolTarget ** 2 - start;
  if (!(room > 0)) return { growth: new Float64Array(growth.length), scale: 0 };
  const half = varianceWith(growth.map((value) => value / 2));
  const curvature = 2 * (full + start - 2 * half);
  const slope = full - start - curvature;
  // The stable form of the root: nothing cancels whichever sign the slope has.
  const root = Math.sqrt(Math.max(0, slope ** 2 + 4 * curvature * room));
  const scale = Math.min(1, slope >= 0 ? (2 * room) / (slope + root) : (root - slope) / (2 * curvature));
  return { growth: growth.map((value) => value * scale), scale };
}

function scaledUp({ growth, caps, varianceWith, fits, dailyVolTarget, scaleUpMax }: GrowthQuestion): ScaledGrowth {
  const stretched = (scale: number): Float64Array => growth.map((value, i) => Math.min(caps[i]!, value * scale));
  const holds = (candidate: Float64Array): boolean => fits(candidate) && varianceWith(candidate) <= dailyVolTarget ** 2;
  if (!(scaleUpMax > 1)) return { growth, scale: 1 };
  if (holds(stretched(scaleUpMax))) return { growth: stretched(scaleUpMax), scale: scaleUpMax };
  let [low, high] = [1, scaleUpMax];
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (holds(stretched(middle))) low = middle;
    else high = middle;
  }
  return low > 1 ? { growth: stretched(low), scale: low } : { growth, scale: 1 };
}

const BISECTIONS = 30;
