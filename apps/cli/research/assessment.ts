/**
 * The statistics of a run, and of them the flat list that scripts read: numbers, or null with the reason beside them. Everything a year is by the bars
 * that the run has in one. The deflated Sharpe ratio uses the count of the ledger, this run included.
 */
import type { BacktestResult } from '../../../shared/domain/research/result.ts';
import { type BacktestStatistics, statisticsOf } from '../../../shared/domain/research/validation/statistics.ts';
import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import type { FamilyTotal } from '../../../shared/stores/trial-ledger.ts';
import { attributionOf } from './factors.ts';
import type { Question } from './question.ts';

/** What is taken off no return, and what a track record is held against: no skill at all. */
const benchmarkAnnualSharpe = 0;
const confidenceLevel = 0.95;
/** A month of sessions. */
const returnsMin = 21;
/** Y of the square-root law, for the capacity where the run itself charged no impact. */
const usualImpact = 1;

export type Assessment = BacktestStatistics | Refusal;

export function assess(
  result: BacktestResult,
  { panel, factors }: Pick<Question, 'panel' | 'factors'>,
  { trials, sharpe }: FamilyTotal,
): Assessment {
  const statistics = statisticsOf(result, {
    trials: { trials, sharpe },
    riskFree: null,
    ...{ benchmarkAnnualSharpe, confidenceLevel, returnsMin },
    liquidity: { panel, impactCoefficient: result.rules.costs.impactCoefficient || usualImpact },
    factors: null,
  });
  return isRefusal(statistics) || factors === null ? statistics : { ...statistics, attribution: attributionOf(result, factors) };
}

interface FlatStatistics {
  readonly [name: string]: number | null | Readonly<Record<string, string>>;
  /** Why a figure is null. */
  readonly unknown: Readonly<Record<string, string>>;
}

export function flatStatistics(assessment: Assessment): FlatStatistics {
  const figures: Record<string, unknown> = isRefusal(assessment) ? { all: assessment } : figuresOf(assessment);
  const unknown: Record<string, string> = {};
  const flat: Record<string, number | null> = {};
  for (const [name, figure] of Object.entries(figures)) {
    const isNumber = typeof figure === 'number' && Number.isFinite(figure);
    flat[name] = isNumber ? figure : null;
    if (!isNumber) unknown[name] = isRefusal(figure) ? figure.reason : 'none';
  }
  return { ...flat, unknown };
}

function figuresOf({
  returns,
  sharpe,
  drawdown,
  exposure,
  trades,
  capacity,
  attribution,
  bars,
  years,
  barsPerYear,
}: BacktestStatistics): Record<string, unknown> {
  const { standardErrors, deflated } = sharpe;
  return {
    ...{ totalReturnFrac: returns.totalFrac, annualizedReturnFrac: returns.annualizedFrac, annualizedVol: returns.annualizedVol },
    sharpe: sharpe.annualized,
    sharpePerBar: sharpe.perBar,
    sharpeStandardError: isRefusal(standardErrors) ? standardErrors : standardErrors.autocorrelated,
    sharpeStandardErrorIid: isRefusal(standardErrors) ? standardErrors : standardErrors.iid,
    probabilisticSharpe: sharpe.probabilistic,
    deflatedSharpe: isRefusal(deflated) ? deflated : deflated.probability,
    minimumTrackRecordYears: sharpe.minimumTrackRecordYears,
    minimumBacktestYears: sharpe.minimumBacktestYears,
    ...{ sortino: returns.sortino, calmar: returns.calmar, tailRatio: returns.tailRatio },
    ...{ skewness: returns.skewness, kurtosis: returns.kurtosis, bestFrac: returns.bestFrac, worstFrac: returns.worstFrac },
    maxDrawdownFrac: drawdown.deepest?.depthFrac ?? 0,
    longestDrawdownBars: drawdown.longest?.bars ?? 0,
    underWaterFrac: drawdown.underWaterFrac,
    ...exposure,
    ...{ closedTrades: trades.closed, openTrades: trades.open, shortTrades: trades.short, hitRateFrac: trades.hitRateFrac },
    ...{ profitFactor: trades.profitFactor, payoff: trades.payoff, expectancyUsd: trades.expectancyUsd },
    meanHoldingBars: trades.meanHoldingBars,
    capacityUsd: isRefusal(capacity) ? capacity : capacity.equityUsd,
    alphaAnnualFrac: isRefusal(attribution) ? attribution : attribution.alphaAnnualFrac,
    alphaTValue: isRefusal(attribution) ? attribution : attribution.alphaTValue,
    factorsRSquared: isRefusal(attribution) ? attribution : attribution.rSquared,
    ...{ bars, years, barsPerYear },
  };
}
