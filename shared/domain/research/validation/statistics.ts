/**
 * Everything that is said of a backtest, in one document that goes into JSON as it is: figures, or the reason why there is none.
 *
 * Returns are per bar over the equity of the bar before, the first over the opening cash; years are bars over bars a year. Bars a year are the
 * sessions of the rules, times bars per session where the run is over minutes. Excess returns are over the risk-free column, or over nothing
 * where none is given, which the document says. Sharpe ratios and their errors are annualised by √(bars a year); `annualizedAutocorrelated` is
 * Lo's conversion with as many lags as the error has.
 *
 * Formulas and sources stand with the functions of this folder. Sortino: F. A. Sortino & R. van der Meer (1991); Calmar: T. W. Young (1991).
 * Not covered: PBO, reality check and SPA, which want the returns of all trials and not of one; the bootstrap fan, which wants a generator.
 */
import { formatDay } from '../../../kernel/days.ts';
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { EpochDay } from '../../../kernel/units.ts';
import { quantileOfSorted } from '../../statistics/quantile.ts';
import type { Panel } from '../panel.ts';
import { type BacktestResult, returnsOf } from '../result.ts';
import { type Capacity, capacityOf } from './capacity.ts';
import { type CountedTrials, type DeflatedSharpe, deflatedSharpe, minimumBacktestYears } from './deflated-sharpe.ts';
import { type Drawdown, drawdownsOf } from './drawdowns.ts';
import { attributeToFactors, type FactorAttribution, type FactorColumn } from './factor-attribution.ts';
import { type Figure, type FigureGap, type FigureRefusal, gapIn, settingGap } from './figure.ts';
import { minimumTrackRecord, probabilisticSharpe } from './probabilistic-sharpe.ts';
import { autocorrelationsOf, sharpeErrors, sharpeOf, sharpeScale } from './sharpe.ts';
import { type TradeStatistics, tradeStatisticsOf } from './trade-statistics.ts';

export interface StatisticsQuestion {
  /** By the trial ledger, this run included. */
  readonly trials: CountedTrials;
  /** Return of cash in each bar; null: none is taken off. */
  readonly riskFree: Float64Array | null;
  /** The ratio to beat, a year, for the probabilistic Sharpe and the track record. */
  readonly benchmarkAnnualSharpe: number;
  readonly confidenceLevel: number;
  /** Returns that a figure of spread wants. */
  readonly returnsMin: number;
  /** Where the volume is, for capacity; null: no capacity is said. */
  readonly liquidity: { readonly panel: Panel; readonly impactCoefficient: number } | null;
  /** One value per bar of the run; null: no attribution. */
  readonly factors: readonly FactorColumn[] | null;
}

export interface BacktestStatistics {
  readonly kind: 'backtest-statistics';
  readonly fromDay: string;
  readonly toDay: string;
  readonly bars: number;
  readonly barsPerYear: number;
  readonly years: number;
  readonly riskFree: 'given' | 'none';
  readonly returns: ReturnStatistics;
  readonly sharpe: SharpeStatistics;
  readonly drawdown: DrawdownStatistics;
  readonly exposure: ExposureStatistics;
  readonly trades: TradeStatistics;
  readonly capacity: Capacity | FigureGap;
  readonly attribution: FactorAttribution | FigureGap;
}

export interface ReturnStatistics {
  readonly totalFrac: number;
  /** Of a few bars with a large return it is the largest number there is: JSON has no infinity. */
  readonly annualizedFrac: number;
  readonly annualizedVol: Figure;
  readonly skewness: Figure;
  /** 3 for a normal. */
  readonly kurtosis: Figure;
  readonly sortino: Figure;
  readonly calmar: Figure;
  readonly bestFrac: number;
  readonly worstFrac: number;
  /** 95th percentile over the size of the 5th: above 1 the good days are the larger. */
  readonly tailRatio: Figure;
}

export interface SharpeStatistics {
  readonly perBar: Figure;
  readonly annualized: Figure;
  readonly annualizedAutocorrelated: Figure;
  readonly standardErrors:
    | { readonly iid: number; readonly moments: Figure; readonly autocorrelated: number; readonly lags: number }
    | FigureGap;
  readonly probabilistic: Figure;
  readonly deflated: DeflatedSharpe | FigureGap;
  readonly minimumTrackRecordYears: Figure;
  /** For this many trials and this annual ratio. */
  readonly minimumBacktestYears: Figure;
  readonly trials: number;
}

export interface DrawdownStatistics {
  /** Null where equity never fell below its high. */
  readonly deepest: Drawdown | null;
  readonly longest: Drawdown | null;
  /** The five deepest. */
  readonly episodes: readonly Drawdown[];
  readonly underWaterFrac: number;
}

export interface ExposureStatistics {
  readonly meanGrossFrac: number;
  readonly maxGrossFrac: number;
  readonly meanNetFrac: number;
  /** Bars that ended with a position, of all. */
  readonly timeInMarketFrac: number;
  /** Half of what was traded, over the mean equity, a year. */
  readonly annualizedTurnoverFrac: number;
  /** Fees and what prices were moved by, over the mean equity, a year. */
  readonly annualizedCostFrac: number;
}

/** Refuses a run without bars, with equity at or below zero, and a risk-free column of another length. */
export function statisticsOf(result: BacktestResult, question: StatisticsQuestion): BacktestStatistics | Refusal<FigureRefusal> {
  const { equity, day, rules } = result;
  const { riskFree, returnsMin, liquidity, factors } = question;
  const returns = returnsOf(result);
  const bars = returns.length;
  const gap = gapIn(returns, 1) ?? settingGap('returnsMin', returnsMin, 2, Number.MAX_SAFE_INTEGER);
  if (gap) return gap;
  const lost = equity.equityUsd.findIndex((one) => !(one > 0));
  if (lost !== -1) return refuse('equity-not-positive', { day: formatDay(day[lost]! as EpochDay), equityUsd: equity.equityUsd[lost] });
  if (riskFree && riskFree.length !== bars) return refuse('lengths-differ', { column: 'riskFree', has: riskFree.length, wants: bars });
  const excess = riskFree ? returns.map((one, t) => one - riskFree[t]!) : returns;
  const excessGap = gapIn(excess, 1);
  if (excessGap) return excessGap;

  const barsPerYear = barsPerYearOf(result);
  const years = bars / barsPerYear;
  const drawdowns = drawdownsOf(equity.equityUsd, day, rules.cashUsd);
  const deepest = drawdowns.episodes[0] ?? null;
  const meanExcessAnnualFrac = (excess.reduce((sum, one) => sum + one, 0) / bars) * barsPerYear;
  return {
    kind: 'backtest-statistics',
    ...{ fromDay: formatDay(day[0]! as EpochDay), toDay: formatDay(day[bars - 1]! as EpochDay), bars, barsPerYear, years },
    riskFree: riskFree ? 'given' : 'none',
    returns: returnStatistics(
      returns,
      excess,
      { barsPerYear, returnsMin, openingUsd: rules.cashUsd, deepestFrac: deepest?.depthFrac ?? 0 },
      result,
    ),
    sharpe: sharpeStatistics(excess, barsPerYear, question),
    drawdown: {
      ...{ deepest, underWaterFrac: drawdowns.underWaterFrac, episodes: drawdowns.episodes.slice(0, 5) },
      longest: drawdowns.episodes.reduce<Drawdown | null>((longest, one) => (longest && longest.bars >= one.bars ? longest : one), null),
    },
    exposure: exposureStatistics(result, years),
    trades: tradeStatisticsOf(result),
    capacity: liquidity
      ? capacityOf(result, liquidity.panel, { meanExcessAnnualFrac, years, impactCoefficient: liquidity.impactCoefficient })
      : refuse('no-panel'),
    attribution: factors ? attributeToFactors(excess, factors, { barsPerYear, lags: null }) : refuse('no-factors'),
  };
}

/** Sessions a year, times the mean number of bars that a session of the run has. */
export function barsPerYearOf({ day, frequency, rules }: Pick<BacktestResult, 'day' | 'frequency' | 'rules'>): number {
  if (frequency === 'daily') return rules.sessionsPerYear;
  let sessions = day.length > 0 ? 1 : 0;
  for (let t = 1; t < day.length; t++) if (day[t] !== day[t - 1]) sessions++;
  return sessions === 0 ? rules.sessionsPerYear : (rules.sessionsPerYear * day.length) / sessions;
}

function returnStatistics(
  returns: Float64Array,
  excess: Float64Array,
  { barsPerYear, returnsMin, openingUsd, deepestFrac }: Record<'barsPerYear' | 'returnsMin' | 'openingUsd' | 'deepestFrac', number>,
  { equity: { equityUsd } }: Pick<BacktestResult, 'equity'>,
): ReturnStatistics {
  const growth = equityUsd[equityUsd.length - 1]! / openingUsd;
  const annualizedFrac = finite(growth ** (barsPerYear / returns.length) - 1);
  const sharpe = sharpeOf(returns);
  const sorted = returns.slice().sort();
  const from = (figure: () => Figure): Figure => gapIn(returns, returnsMin) ?? figure();
  const spread = (read: (of: Exclude<typeof sharpe, FigureGap>) => number): Figure =>
    from(() => (sharpe.kind === 'refused' ? sharpe : read(sharpe)));
  const downside = Math.sqrt(excess.reduce((sum, one) => sum + Math.min(one, 0) ** 2, 0) / excess.length);
  const mean = excess.reduce((sum, one) => sum + one, 0) / excess.length;
  const [low, high] = [quantileOfSorted(sorted, 0.05), quantileOfSorted(sorted, 0.95)];
  return {
    totalFrac: growth - 1,
    annualizedFrac,
    annualizedVol: spread(({ deviationFrac }) => deviationFrac * Math.sqrt(barsPerYear)),
    skewness: spread(({ skewness }) => skewness),
    kurtosis: spread(({ kurtosis }) => kurtosis),
    sortino: from(() => (downside > 0 ? (mean / downside) * Math.sqrt(barsPerYear) : refuse('nothing-lost'))),
    calmar: from(() => (deepestFrac > 0 ? finite(annualizedFrac / deepestFrac) : refuse('no-drawdown'))),
    bestFrac: sorted[sorted.length - 1]!,
    worstFrac: sorted[0]!,
    tailRatio: from(() => (low < 0 ? Math.abs(high) / -low : refuse('nothing-lost'))),
  };
}

const finite = (value: number): number => Math.min(value, Number.MAX_VALUE);

function sharpeStatistics(excess: Float64Array, barsPerYear: number, question: StatisticsQuestion): SharpeStatistics {
  const { trials, benchmarkAnnualSharpe, confidenceLevel, returnsMin } = question;
  const root = Math.sqrt(barsPerYear);
  const sharpe = gapIn(excess, returnsMin) ?? sharpeOf(excess);
  const errors = sharpe.kind === 'refused' ? sharpe : sharpeErrors(excess);
  if (sharpe.kind === 'refused' || errors.kind === 'refused') {
    const gap = sharpe.kind === 'refused' ? sharpe : (errors as FigureGap);
    return {
      ...{ perBar: gap, annualized: gap, annualizedAutocorrelated: gap, standardErrors: gap, probabilistic: gap, deflated: gap },
      ...{ minimumTrackRecordYears: gap, minimumBacktestYears: gap, trials: trials.trials },
    };
  }
  const scaled = (figure: Figure, factor: number): Figure => (typeof figure === 'number' ? figure * factor : figure);
  const annualized = sharpe.perBar * root;
  const correlations = errors.lags === 0 ? new Float64Array(0) : autocorrelationsOf(excess, errors.lags);
  const scale = correlations instanceof Float64Array ? sharpeScale(Math.round(barsPerYear), correlations) : correlations;
  return {
    ...{ perBar: sharpe.perBar, annualized, annualizedAutocorrelated: scaled(scale, sharpe.perBar) },
    standardErrors: {
      iid: errors.iid * root,
      moments: scaled(errors.moments, root),
      autocorrelated: errors.autocorrelated * root,
      lags: errors.lags,
    },
    probabilistic: probabilisticSharpe(sharpe, benchmarkAnnualSharpe / root),
    deflated: deflatedSharpe(sharpe, trials),
    minimumTrackRecordYears: scaled(minimumTrackRecord(sharpe, benchmarkAnnualSharpe / root, confidenceLevel), 1 / barsPerYear),
    minimumBacktestYears: minimumBacktestYears(trials.trials, annualized),
    trials: trials.trials,
  };
}

function exposureStatistics({ equity, fills }: Pick<BacktestResult, 'equity' | 'fills'>, years: number): ExposureStatistics {
  const { equityUsd, longUsd, shortUsd, tradedUsd } = equity;
  const bars = equityUsd.length;
  let [gross, net, largest, held, traded, equitySum] = [0, 0, 0, 0, 0, 0];
  for (let t = 0; t < bars; t++) {
    const one = (longUsd[t]! + shortUsd[t]!) / equityUsd[t]!;
    gross += one;
    net += (longUsd[t]! - shortUsd[t]!) / equityUsd[t]!;
    largest = Math.max(largest, one);
    if (one > 0) held++;
    traded += tradedUsd[t]!;
    equitySum += equityUsd[t]!;
  }
  let cost = 0;
  for (let k = 0; k < fills.count; k++) cost += fills.feeUsd[k]! + fills.priceCostUsd[k]!;
  const perYear = bars / equitySum / years;
  return {
    ...{ meanGrossFrac: gross / bars, maxGrossFrac: largest, meanNetFrac: net / bars, timeInMarketFrac: held / bars },
    ...{ annualizedTurnoverFrac: (traded / 2) * perYear, annualizedCostFrac: cost * perYear },
  };
}
