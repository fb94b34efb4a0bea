/** The figures of a backtest with what they are measured against, each refusal in words, and what known factors explain of it. */
import type { BacktestStatistics } from '../../domain/research/validation/statistics.ts';
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import { count, decimal, orDash, percent, signedPercent, usd, whyNot } from '../page/format.ts';
import { type Block, type Section, type ShownFigure, table, text } from '../page/section.ts';

export type Statistics = BacktestStatistics | Refusal;
type Figure = number | Refusal;

export function headlineFigures(statistics: Statistics, equityUsd: number): ShownFigure[] {
  if (isRefusal(statistics)) return [{ name: 'Equity', value: usd(equityUsd), note: whyNot(statistics) }];
  const { returns, sharpe, drawdown, exposure, years } = statistics;
  const error = isRefusal(sharpe.standardErrors) ? null : sharpe.standardErrors.autocorrelated;
  const deflated = isRefusal(sharpe.deflated) ? sharpe.deflated : sharpe.deflated.probability;
  return [
    { name: 'Equity at the end', value: usd(equityUsd), note: `${signedPercent(returns.totalFrac, 1)} in ${decimal(years, 1)} years` },
    { name: 'Return a year', value: signedPercent(returns.annualizedFrac), note: 'compounded' },
    figure('Volatility a year', returns.annualizedVol, (value) => percent(value, 1), 'of returns per bar'),
    figure('Sharpe', sharpe.annualized, (value) => decimal(value, 2), error === null ? '' : `± ${decimal(error, 2)} standard error`),
    figure('Deflated Sharpe', deflated, (value) => percent(value, 1), `likely better than luck after ${trialWords(sharpe.trials)}`),
    {
      name: 'Max drawdown',
      value: percent(drawdown.deepest?.depthFrac ?? 0, 1),
      note: drawdown.deepest === null ? 'never below its high' : `on ${drawdown.deepest.troughDay}`,
    },
    figure('Calmar', returns.calmar, (value) => decimal(value, 2), 'return a year over max drawdown'),
    {
      name: 'Turnover a year',
      value: decimal(exposure.annualizedTurnoverFrac, 2),
      note: `costs ${percent(exposure.annualizedCostFrac)} of equity a year`,
    },
  ];
}

export function statisticsSection(statistics: Statistics): Section {
  const frame = { id: 'statistics', title: 'Statistics' };
  if (isRefusal(statistics)) return { ...frame, blocks: [text(`No statistics: ${whyNot(statistics)}.`)] };
  const overWhat =
    statistics.riskFree === 'none' ? 'Ratios are over zero: no risk-free rate was given.' : 'Ratios are over the risk-free rate given.';
  return {
    ...frame,
    blocks: [
      table('Return and risk', ['', '±value', 'why none'], returnRows(statistics)),
      table('Sharpe ratio, and how far it is to be believed', ['', '±value', 'why none'], sharpeRows(statistics)),
      table('Exposure, cost and capacity', ['', '±value', 'why none'], exposureRows(statistics)),
      table('Round trips', ['', '±value', 'why none'], tradeRows(statistics)),
      text(
        `${count(statistics.bars)} bars from ${statistics.fromDay} to ${statistics.toDay}, ${decimal(statistics.barsPerYear, 0)} a year. ${overWhat} The deflated Sharpe ratio is the probability that the true ratio is above what the best of all counted trials would show if none had any skill (Bailey and López de Prado 2014).`,
      ),
    ],
  };
}

export function attributionSection({ attribution }: BacktestStatistics): Section {
  const frame = { id: 'attribution', title: 'Factor attribution' };
  if (isRefusal(attribution)) return { ...frame, blocks: [text(`No attribution: ${whyNot(attribution)}.`)] };
  const { alphaAnnualFrac, alphaTValue, loadings, rSquared, residualAnnualVol, bars, lags } = attribution;
  const alphaError = Math.abs(alphaAnnualFrac / alphaTValue);
  const rows = [
    ['Alpha a year', signedPercent(alphaAnnualFrac), signedPercent(alphaError).replace('+', ''), decimal(alphaTValue, 2)],
    ...loadings.map(({ factor, beta, standardError, tValue }) => [factor, decimal(beta, 3), decimal(standardError, 3), decimal(tValue, 2)]),
  ];
  const verdict =
    Math.abs(alphaTValue) < 2
      ? 'Alpha lies within two of its standard errors of zero: it is not told from luck.'
      : `Alpha lies ${decimal(Math.abs(alphaTValue), 1)} of its standard errors from zero, before the trials are counted.`;
  return {
    ...frame,
    blocks: [
      table('Regression of excess returns on the factors', ['', '±estimate', '#standard error', '±t'], rows),
      text(
        `${verdict} The factors explain ${percent(rSquared, 1)} of the variance; what is left has a volatility of ${percent(residualAnnualVol, 1)} a year. ${count(bars)} bars, standard errors by Newey and West with ${count(lags)} lags.`,
      ),
    ],
  };
}

export const trialWords = (trials: number): string => (trials === 1 ? '1 counted trial' : `${count(trials)} counted trials`);

const figure = (name: string, value: Figure, format: (value: number) => string, note: string): ShownFigure => ({
  name,
  value: orDash(value, format),
  note: whyNot(value) || note,
});

const row = (name: string, value: Figure, format: (value: number) => string): string[] => [name, orDash(value, format), whyNot(value)];
const two = (value: number): string => decimal(value, 2);
const share = (value: number): string => percent(value, 1);

const returnRows = ({ returns, drawdown }: BacktestStatistics): string[][] => [
  row('Total return', returns.totalFrac, (value) => signedPercent(value)),
  row('Return a year', returns.annualizedFrac, (value) => signedPercent(value)),
  row('Volatility a year', returns.annualizedVol, (value) => percent(value)),
  row('Skewness', returns.skewness, two),
  row('Kurtosis (normal: 3)', returns.kurtosis, two),
  row('Sortino ratio', returns.sortino, two),
  row('Calmar ratio', returns.calmar, two),
  row('Best bar', returns.bestFrac, (value) => signedPercent(value)),
  row('Worst bar', returns.worstFrac, (value) => signedPercent(value)),
  row('Tail ratio, 95th over 5th percentile', returns.tailRatio, two),
  row('Bars below the high', drawdown.underWaterFrac, share),
  ['Longest below the high', drawdown.longest === null ? 'never' : `${count(drawdown.longest.calendarDays)} days`, ''],
];

function sharpeRows({ sharpe }: BacktestStatistics): string[][] {
  const errors = sharpe.standardErrors;
  const { deflated } = sharpe;
  const error = (of: 'iid' | 'moments' | 'autocorrelated'): Figure => (isRefusal(errors) ? errors : errors[of]);
  return [
    row('Sharpe ratio a year', sharpe.annualized, two),
    row('with autocorrelation (Lo 2002)', sharpe.annualizedAutocorrelated, two),
    row('Standard error: independent, normal', error('iid'), two),
    row('independent, any shape (Mertens)', error('moments'), two),
    row(`autocorrelated${isRefusal(errors) ? '' : `, ${count(errors.lags)} lags`}`, error('autocorrelated'), two),
    row('Probabilistic Sharpe ratio', sharpe.probabilistic, share),
    row('Deflated Sharpe ratio', isRefusal(deflated) ? deflated : deflated.probability, share),
    row('Best of the trials by luck, per bar', isRefusal(deflated) ? deflated : deflated.expectedMaximumPerBar, (value) =>
      decimal(value, 4),
    ),
    ['Trials counted', count(sharpe.trials), ''],
    row('Years of record that it takes', sharpe.minimumTrackRecordYears, two),
    row('Years below which luck shows as much', sharpe.minimumBacktestYears, two),
  ];
}

function exposureRows({ exposure, capacity }: BacktestStatistics): string[][] {
  return [
    row('Gross exposure, mean', exposure.meanGrossFrac, share),
    row('Gross exposure, most', exposure.maxGrossFrac, share),
    row('Net exposure, mean', exposure.meanNetFrac, share),
    row('Bars with a position', exposure.timeInMarketFrac, share),
    row('Turnover a year', exposure.annualizedTurnoverFrac, two),
    row('Costs a year, of equity', exposure.annualizedCostFrac, (value) => percent(value)),
    row('Capacity: impact eats half the edge at', isRefusal(capacity) ? capacity : capacity.equityUsd, usd),
  ];
}

const tradeRows = ({ trades }: BacktestStatistics): string[][] => [
  ['Closed', count(trades.closed), ''],
  ['Still open', count(trades.open), ''],
  ['Short', count(trades.short), ''],
  row('That made money', trades.hitRateFrac, share),
  row('Profit factor', trades.profitFactor, two),
  row('Mean profit over mean loss', trades.payoff, two),
  row('Mean profit of a trade', trades.expectancyUsd, usd),
  row('Held on average, bars', trades.meanHoldingBars, (value) => decimal(value, 1)),
  row('Held on average, days', trades.meanHoldingDays, (value) => decimal(value, 1)),
];

export const attributionOrNothing = (statistics: Statistics): Section[] => (isRefusal(statistics) ? [] : [attributionSection(statistics)]);

export const remarksSection = (remarks: readonly string[]): Section => ({
  id: 'remarks',
  title: 'Remarks',
  blocks: remarks.length === 0 ? [text('The engine has nothing to remark.')] : remarks.map((remark): Block => text(remark)),
});
