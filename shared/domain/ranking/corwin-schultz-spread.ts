/**
 * The bid–ask spread that daily highs and lows give away: highs are mostly bought, lows mostly sold, so a day's range holds the spread once,
 * while the volatility in it grows with time and the spread does not.
 *
 * 1. Overnight moves are taken out: a second day that trades wholly above or below the first close is moved back to it.
 * 2. β = ln(H₁/L₁)² + ln(H₂/L₂)², and γ = ln(H/L)² over both days together.
 * 3. α = (√(2β) − √β) / (3 − 2√2) − √(γ / (3 − 2√2)), and S = 2(e^α − 1) / (1 + e^α).
 * 4. The mean of S over all pairs of neighbouring days, and its standard error.
 *
 * Source: Corwin & Schultz (2012), "A Simple Way to Estimate Bid-Ask Spreads from Daily High and Low Prices", Journal of Finance 67(2),
 * equations 14 and 18, section II.A for the overnight moves.
 *
 * Negative estimates of a pair stay in the mean. The paper sets them to zero, which suits small stocks; for large US stocks, whose spread is a
 * few basis points, that is a floor of 30 to 60 (docs/guides/ranking.md). What is left is noise of 5 to 15 basis points around the spread, so
 * a mean may be negative: the reader of it puts a tick below. Not covered: spreads within a day, and depth.
 */
const RANGE_CONSTANT = 3 - 2 * Math.SQRT2;
const BPS = 10_000;

export interface SpreadEstimate {
  /** Of the middle price, in basis points; around zero it may be negative. */
  readonly meanBps: number;
  /** Standard deviation of the pairs' estimates over the root of their number; pairs share a day, so it is a little too small. */
  readonly standardErrorBps: number;
}

/** NaN with fewer than three days, and while a price is missing or not above zero. */
export function corwinSchultzSpread(high: Float64Array, low: Float64Array, close: Float64Array): SpreadEstimate {
  const pairs = high.length - 1;
  if (pairs < 2) return { meanBps: Number.NaN, standardErrorBps: Number.NaN };
  let sum = 0;
  let squares = 0;
  for (let first = 0; first < pairs; first++) {
    const spread = pairSpread(high[first]!, low[first]!, close[first]!, high[first + 1]!, low[first + 1]!);
    sum += spread;
    squares += spread * spread;
  }
  const mean = sum / pairs;
  const variance = Math.max(0, squares - pairs * mean * mean) / (pairs - 1);
  return { meanBps: mean * BPS, standardErrorBps: Math.sqrt(variance / pairs) * BPS };
}

function pairSpread(firstHigh: number, firstLow: number, firstClose: number, nextHigh: number, nextLow: number): number {
  const gap = nextLow > firstClose ? nextLow - firstClose : nextHigh < firstClose ? nextHigh - firstClose : 0;
  const high = nextHigh - gap;
  const low = nextLow - gap;
  const beta = Math.log(firstHigh / firstLow) ** 2 + Math.log(high / low) ** 2;
  const gamma = Math.log(Math.max(firstHigh, high) / Math.min(firstLow, low)) ** 2;
  const alpha = (Math.sqrt(2 * beta) - Math.sqrt(beta)) / RANGE_CONSTANT - Math.sqrt(gamma / RANGE_CONSTANT);
  // 2(e^α − 1) / (1 + e^α), without the difference of two numbers near 1.
  return 2 * Math.tanh(alpha / 2);
}
