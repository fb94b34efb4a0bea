/**
 * What a market's daily returns say of its trend and its volatility, one figure a session.
 *
 * 1. The level is the running product of (1 + return); only ratios of levels are used, so where it starts is of no matter.
 * 2. Below its mean:   1 − level / mean of the last `meanSessions` levels. Negative is above the mean.
 * 3. Drawdown:         1 − level / highest of the last `highSessions` levels (as many as there are, when fewer).
 * 4. Realised volatility: square root of the mean squared log return over a window, times √sessionsPerYear. The mean is taken as
 *    zero, as is usual for realised variance (Andersen, Bollerslev, Diebold and Labys 2003): over a month it cannot be estimated.
 *
 * Every figure of a session looks back a fixed number of sessions, so it is the same however far back the history reaches (but for the
 * high, until the history has `highSessions`). Sessions before a window is full are NaN, as a warm-up.
 */
import type { MarketHistory } from '../market/market-history.ts';
import type { RegimeRules } from '../policy/regime-rules.ts';

export interface MarketFeatures {
  readonly day: Int32Array;
  readonly logReturn: Float64Array;
  readonly belowMeanFrac: Float64Array;
  readonly drawdownFrac: Float64Array;
  readonly realizedAnnualizedVol: Float64Array;
}

/** Features of returns that are all finite and above −1. */
export function marketFeatures(
  { day, simpleReturn }: MarketHistory,
  rules: Pick<RegimeRules, 'meanSessions' | 'highSessions' | 'volatilitySessions' | 'sessionsPerYear'>,
): MarketFeatures {
  const logReturn = simpleReturn.map(Math.log1p);
  const level = levels(simpleReturn);
  return {
    day,
    logReturn,
    belowMeanFrac: belowMean(level, rules.meanSessions),
    drawdownFrac: drawdown(level, rules.highSessions),
    realizedAnnualizedVol: realizedVolatility(logReturn, rules.volatilitySessions, rules.sessionsPerYear),
  };
}

/** Annualised realised volatility over the last `sessions` log returns; NaN until there are so many. */
export function realizedVolatility(logReturn: Float64Array, sessions: number, sessionsPerYear: number): Float64Array {
  const out = new Float64Array(logReturn.length).fill(Number.NaN);
  // Each window is summed anew: a running sum would carry the rounding of a crash into the quiet years after it.
  for (let t = sessions - 1; t < logReturn.length; t++) {
    let squares = 0;
    for (let i = t - sessions + 1; i <= t; i++) squares += logReturn[i]! * logReturn[i]!;
    out[t] = Math.sqrt((squares / sessions) * sessionsPerYear);
  }
  return out;
}

function levels(simpleReturn: Float64Array): Float64Array {
  const level = new Float64Array(simpleReturn.length);
  let product = 1;
  for (let t = 0; t < level.length; t++) level[t] = product *= 1 + simpleReturn[t]!;
  return level;
}

function belowMean(level: Float64Array, sessions: number): Float64Array {
  const out = new Float64Array(level.length).fill(Number.NaN);
  for (let t = sessions - 1; t < level.length; t++) {
    let sum = 0;
    for (let i = t - sessions + 1; i <= t; i++) sum += level[i]!;
    out[t] = 1 - (level[t]! * sessions) / sum;
  }
  return out;
}

function drawdown(level: Float64Array, sessions: number): Float64Array {
  const out = new Float64Array(level.length);
  for (let t = 0; t < level.length; t++) {
    let high = level[t]!;
    for (let i = Math.max(0, t - sessions + 1); i < t; i++) if (level[i]! > high) high = level[i]!;
    out[t] = 1 - level[t]! / high;
  }
  return out;
}
