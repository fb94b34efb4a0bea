/**
 * The fund's returns in a few figures, each with the number of returns that it wants before it says anything.
 *
 * total          Π (1 + r) − 1
 * annualized     (1 + total)^(sessions per year / sessions) − 1
 * volatility     sample standard deviation of returns · √periods per year
 * Sharpe         mean excess return / its sample standard deviation · √periods per year; standard error √((1 + S²/2) / n), S per period
 * Sortino        mean excess return / √(mean of min(excess, 0)²) · √periods per year
 * Calmar         annualized / largest drawdown
 * hit rate       intervals that made money, of those that made or lost any
 * turnover       half of what was traded, over the mean equity, a year
 *
 * Periods per year are sessions per year times intervals over sessions: an interval that spans a missed cycle is one period of two sessions.
 *
 * Sources: W. F. Sharpe (1994), J. Portfolio Management 21(1); A. W. Lo (2002), Financial Analysts Journal 58(4), eq. 9 (standard error, which
 * takes returns to be independent); F. A. Sortino & R. van der Meer (1991); T. W. Young (1991).
 * Not covered: returns that depend on each other, for which Lo's correction of √12 and the like would be needed.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { firstNotFinite, meanOf } from '../statistics/moments.ts';
import type { Interval } from './interval.ts';

/** What a figure says, or why it says nothing. */
export type Figure = number | Refusal<'too-few-returns' | 'nothing-varies' | 'no-drawdown' | 'returns-not-finite' | 'nothing-lost'>;

export interface Performance {
  readonly intervals: number;
  readonly sessions: number;
  readonly totalReturnFrac: Figure;
  readonly annualizedReturnFrac: Figure;
  readonly annualizedVol: Figure;
  readonly sharpe: Figure;
  readonly sharpeStandardError: Figure;
  readonly sortino: Figure;
  readonly calmar: Figure;
  readonly maxDrawdownFrac: Figure;
  readonly hitRateFrac: Figure;
  readonly annualizedTurnoverFrac: Figure;
  readonly bestFrac: Figure;
  readonly worstFrac: Figure;
}

export interface PerformanceRules {
  readonly sessionsPerYear: number;
  /** Returns that a figure of spread wants. */
  readonly returnsMin: number;
}

export type PerformanceInterval = Pick<Interval, 'returnFrac' | 'riskFreeFrac' | 'sessions' | 'openingUsd'> & {
  readonly cost: Pick<Interval['cost'], 'tradedUsd'>;
};

export function performanceOf(intervals: readonly PerformanceInterval[], { sessionsPerYear, returnsMin }: PerformanceRules): Performance {
  const returns = Float64Array.from(intervals, ({ returnFrac }) => returnFrac);
  const excess = Float64Array.from(intervals, ({ returnFrac, riskFreeFrac }) => returnFrac - riskFreeFrac);
  const sessions = intervals.reduce((sum, one) => sum + one.sessions, 0);
  const isSound = firstNotFinite(returns) === -1 && firstNotFinite(excess) === -1;
  const rootPerYear = Math.sqrt((sessionsPerYear * returns.length) / sessions);
  const from = (countMin: number, figure: () => Figure): Figure => {
    if (!isSound) return refuse('returns-not-finite');
    return returns.length < countMin ? refuse('too-few-returns', { has: returns.length, wants: countMin }) : figure();
  };

  const growth = returns.reduce((product, one) => product * (1 + one), 1);
  const annualized = growth > 0 ? growth ** (sessionsPerYear / sessions) - 1 : -1;
  const deepest = maxDrawdown(returns);
  const perPeriod = meanOf(excess) / sampleDeviation(excess);
  const downside = Math.sqrt(excess.reduce((sum, one) => sum + Math.min(one, 0) ** 2, 0) / excess.length);
  const moved = returns.filter((one) => one !== 0);
  const halfTradedUsd = intervals.reduce((sum, { cost }) => sum + cost.tradedUsd, 0) / 2;
  const meanEquityUsd = intervals.reduce((sum, { openingUsd }) => sum + openingUsd, 0) / intervals.length;
  return {
    intervals: returns.length,
    sessions,
    totalReturnFrac: from(1, () => growth - 1),
    annualizedReturnFrac: from(returnsMin, () => annualized),
    annualizedVol: from(returnsMin, () => sampleDeviation(returns) * rootPerYear),
    sharpe: from(returnsMin, () => orRefusal(perPeriod * rootPerYear, 'nothing-varies')),
    sharpeStandardError: from(returnsMin, () =>
      orRefusal(Math.sqrt((1 + perPeriod ** 2 / 2) / returns.length) * rootPerYear, 'nothing-varies'),
    ),
    sortino: from(returnsMin, () => orRefusal((meanOf(excess) / downside) * rootPerYear, 'nothing-lost')),
    calmar: from(returnsMin, () => orRefusal(annualized / deepest, 'no-drawdown')),
    maxDrawdownFrac: from(1, () => deepest),
    hitRateFrac: from(1, () => orRefusal(moved.filter((one) => one > 0).length / moved.length, 'nothing-varies')),
    annualizedTurnoverFrac: from(1, () => (halfTradedUsd / meanEquityUsd / sessions) * sessionsPerYear),
    bestFrac: from(1, () => Math.max(...returns)),
    worstFrac: from(1, () => Math.min(...returns)),
  };
}

/** Positive; of the product of (1 + return), whose first value is 1. */
export function maxDrawdown(returns: Float64Array): number {
  let [growth, high, deepest] = [1, 1, 0];
  for (const one of returns) {
    growth *= 1 + one;
    high = Math.max(high, growth);
    deepest = Math.max(deepest, (high - growth) / high);
  }
  return deepest;
}

/** With 1/(n − 1). */
function sampleDeviation(values: Float64Array): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

const orRefusal = (value: number, reason: 'nothing-varies' | 'no-drawdown' | 'nothing-lost'): Figure =>
  Number.isFinite(value) ? value : refuse(reason);
