/**
 * How a company moves with the market: Frazzini and Pedersen's beta, and what of its volatility the market does not explain.
 *
 * 1. The market's sessions are the grid; a company's log price stands on it, NaN on a session without a usable price.   logPricesOn
 * 2. Correlation from overlapping three-day log returns, over up to five years: prices of some companies follow the
 *    market with a delay of a day, and correlations move slowly.                                                        momentsOf
 * 3. Volatilities, of both on the same days, from one-day log returns over up to one year: volatility moves quickly.
 * 4. beta = correlation × volatility / the market's volatility;  shrunk beta = 0.6 · beta + 0.4 · 1 (Vasicek 1973, with one weight for all).
 * 5. Residual variance = variance × (1 − squared one-day correlation), as an ordinary regression over the year leaves it.
 *
 * Source: Frazzini & Pedersen (2014), J. Financial Economics 111(1), section 3.1, "Estimating ex ante betas".
 *
 * With the 252 bars that a cycle loads, both windows are one year: 251 one-day and 249 overlapping three-day returns, of which 83 do not
 * overlap, so the standard error of the correlation is near (1 − correlation²) / 9. The paper's three years at least are asked for by
 * raising `correlationReturnsMin` together with the sessions loaded. Not covered: excess returns; a day's interest is far below its noise.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { type DailyBars, lowerBound } from '../market/bars.ts';
import { type MarketHistory, marketBefore } from '../market/market-history.ts';
import type { BetaRules } from '../policy/factor-rules.ts';

export interface MarketGrid {
  readonly kind: 'grid';
  readonly day: Int32Array;
  /** Sum of the market's log returns up to and with each session. */
  readonly logLevel: Float64Array;
}

export interface MarketFit {
  readonly kind: 'fit';
  readonly beta: number;
  readonly shrunkBeta: number;
  /** Of overlapping returns. */
  readonly correlation: number;
  readonly correlationReturns: number;
  readonly dailyVol: number;
  readonly marketDailyVol: number;
  /** Standard deviation of daily returns that the market does not explain. */
  readonly residualDailyVol: number;
}

/** A volatility of a billionth a day is what rounding leaves of a price that rises evenly; a correlation with it is noise. */
const VARIANCE_MIN = 1e-18;

/** The sessions that a beta looks at, strictly before `asOf`. Refuses a market that lost everything or has a hole. */
export function marketGrid(market: MarketHistory, asOf: EpochDay, rules: BetaRules): MarketGrid | Refusal {
  const { day, simpleReturn } = marketBefore(
    market,
    asOf,
    Math.max(rules.correlationReturns + rules.overlapSessions, rules.volatilityReturns + 1),
  );
  const logLevel = new Float64Array(day.length);
  let level = 0;
  for (let k = 0; k < day.length; k++) {
    level += Math.log1p(simpleReturn[k]!);
    logLevel[k] = level;
  }
  return Number.isFinite(level) ? { kind: 'grid', day, logLevel } : refuse('market-return-not-finite');
}

/** Refuses a history too short for either window, and a price or market that does not move. */
export function marketFit(bars: DailyBars, grid: MarketGrid, rules: BetaRules): MarketFit | Refusal {
  const first = bars.day.length === 0 ? grid.day.length : lowerBound(grid.day, bars.day[0]!);
  const logLevel = grid.logLevel.subarray(first);
  const logPrice = logPricesOn(bars, grid.day.subarray(first));
  const slow = momentsOf(logPrice, logLevel, rules.overlapSessions, rules.correlationReturns);
  const quick = momentsOf(logPrice, logLevel, 1, rules.volatilityReturns);
  if (slow.count < rules.correlationReturnsMin || quick.count < rules.volatilityReturnsMin) return refuse('history-too-short');
  if (!(Math.min(slow.variance, quick.variance) > VARIANCE_MIN)) return refuse('price-does-not-move');
  if (!(Math.min(slow.marketVariance, quick.marketVariance) > VARIANCE_MIN)) return refuse('market-does-not-move');

  const correlation = correlationOf(slow);
  const dailyVol = Math.sqrt(quick.variance);
  const marketDailyVol = Math.sqrt(quick.marketVariance);
  const beta = (correlation * dailyVol) / marketDailyVol;
  return {
    kind: 'fit',
    beta,
    shrunkBeta: shrunk(beta, rules),
    correlation,
    correlationReturns: slow.count,
    dailyVol,
    marketDailyVol,
    residualDailyVol: dailyVol * Math.sqrt(1 - correlationOf(quick) ** 2),
  };
}

/** Towards the cross-section's mean, which is the market's own beta. */
export const shrunk = (beta: number, { shrinkageWeightFrac, shrinkageTarget }: BetaRules): number =>
  shrinkageWeightFrac * beta + (1 - shrinkageWeightFrac) * shrinkageTarget;

/** Sample moments over the returns that both series have. */
interface Moments {
  readonly count: number;
  readonly variance: number;
  readonly marketVariance: number;
  readonly covariance: number;
}

/** Rounding may carry it beyond 1 in the last digit. */
const correlationOf = ({ covariance, variance, marketVariance }: Moments): number =>
  Math.min(1, Math.max(-1, covariance / Math.sqrt(variance * marketVariance)));

function logPricesOn({ day, close }: DailyBars, sessions: Int32Array): Float64Array {
  const out = new Float64Array(sessions.length).fill(Number.NaN);
  let row = 0;
  for (let k = 0; k < sessions.length; k++) {
    while (row < day.length && day[row]! < sessions[k]!) row++;
    if (row === day.length) break;
    const price = close[row]!;
    if (day[row] === sessions[k] && price > 0 && price < Number.POSITIVE_INFINITY) out[k] = Math.log(price);
  }
  return out;
}

/** Over the last `returns` returns of `span` sessions each; one whose first or last price is missing does not count. */
function momentsOf(logPrice: Float64Array, logLevel: Float64Array, span: number, returns: number): Moments {
  const first = Math.max(span, logPrice.length - returns);
  let count = 0;
  let sum = 0;
  let marketSum = 0;
  for (let k = first; k < logPrice.length; k++) {
    const change = logPrice[k]! - logPrice[k - span]!;
    if (Number.isNaN(change)) continue;
    count++;
    sum += change;
    marketSum += logLevel[k]! - logLevel[k - span]!;
  }
  if (count < 2) return { count, variance: 0, marketVariance: 0, covariance: 0 };

  const mean = sum / count;
  const marketMean = marketSum / count;
  let squares = 0;
  let marketSquares = 0;
  let products = 0;
  for (let k = first; k < logPrice.length; k++) {
    const away = logPrice[k]! - logPrice[k - span]! - mean;
    if (Number.isNaN(away)) continue;
    const marketAway = logLevel[k]! - logLevel[k - span]! - marketMean;
    squares += away * away;
    marketSquares += marketAway * marketAway;
    products += away * marketAway;
  }
  return { count, variance: squares / (count - 1), marketVariance: marketSquares / (count - 1), covariance: products / (count - 1) };
}
