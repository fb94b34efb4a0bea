/**
 * Momentum that leaves out the last month, whose returns tend to reverse: Jegadeesh (1990); Jegadeesh & Titman (1993), J. Finance 48(1).
 * And the realised volatility that scales it.
 */

/** Simple return from `lookbackBars` ago to `skipBars` ago; NaN when the history is shorter. */
export function momentum(closes: Float64Array, lookbackBars: number, skipBars: number): number {
  const last = closes.length - 1;
  if (last < lookbackBars) return Number.NaN;
  return closes[last - skipBars]! / closes[last - lookbackBars]! - 1;
}

/** Sample standard deviation of the last `bars` daily returns; NaN when there are fewer, or fewer than two. */
export function realizedDailyVol(returns: Float64Array, bars: number): number {
  if (returns.length < bars || bars < 2) return Number.NaN;
  const window = returns.subarray(returns.length - bars);
  let mean = 0;
  for (const value of window) mean += value / bars;
  let squares = 0;
  for (const value of window) squares += (value - mean) ** 2;
  return Math.sqrt(squares / (bars - 1));
}

/** A daily volatility over a year of `sessionsPerYear`, returns taken as independent. */
export const annualized = (dailyVol: number, sessionsPerYear: number): number => dailyVol * Math.sqrt(sessionsPerYear);
