/** One backtest as a person reads it, and as a script does. */
import type { LookAheadVerdict } from '../../../../shared/domain/research/look-ahead.ts';
import type { BacktestResult } from '../../../../shared/domain/research/result.ts';
import type { BacktestStatistics } from '../../../../shared/domain/research/validation/statistics.ts';
import { formatDay } from '../../../../shared/kernel/days.ts';
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import type { FamilyTotal } from '../../../../shared/stores/trial-ledger.ts';
import type { Io } from '../../io.ts';
import { type Assessment, flatStatistics } from '../../research/assessment.ts';
import { count, fixed, pct, signedPct } from '../explain/layout.ts';
import { formatUsd, renderTable } from '../table.ts';
import { backtestDocument } from './backtest-document.ts';
import { headLines, noteLines } from './headline.ts';
import { equityPicture, tradesTable } from './pictures.ts';

export interface ShownRun {
  readonly result: BacktestResult;
  readonly statistics: Assessment;
  readonly family: FamilyTotal;
  /** Null where nobody asked for it. */
  readonly fuzz: LookAheadVerdict | null;
  readonly notes: readonly string[];
}

export function runDocument({ result, statistics, family, fuzz, notes }: ShownRun): object {
  const { trades, ...document } = backtestDocument(result);
  return {
    ...document,
    trialsCounted: family.trials,
    stats: flatStatistics(statistics),
    ...(fuzz === null ? {} : { lookAhead: fuzz }),
    notes,
    trades,
    statistics,
  };
}

export function renderRun({ result, statistics, family, fuzz, notes }: ShownRun, io: Pick<Io, 'colors'>): string {
  return [
    [...headLines(result, io), ...noteLines([...notes, ...shortHint(result), ...result.remarks], io)].join('\n'),
    figuresTable(result, statistics),
    [trialsLine(statistics, family), ...factorLines(statistics)].join('\n'),
    equityPicture(result, io),
    tradesTable(result, io),
    ...(fuzz === null ? [] : [fuzzLine(fuzz, io)]),
  ].join('\n\n');
}

interface FigureRow {
  readonly left: readonly [string, string];
  readonly right: readonly [string, string];
}

/** Two columns of labelled figures. */
function figuresTable(result: BacktestResult, statistics: Assessment): string {
  const last = result.equity.equityUsd.length - 1;
  const money: (readonly [string, string])[] = [
    ['final equity', formatUsd(result.equity.equityUsd[last]!)],
    ['cash', formatUsd(result.equity.cashUsd[last]!)],
    ['fees', formatUsd(0 - result.flows.feesUsd)],
    ['orders filled', `${count(result.orders.filled)} of ${count(result.orders.submitted)}${rejectedText(result.orders.rejected)}`],
    ...flowRows(result),
  ];
  const figures = isRefusal(statistics) ? [['statistics', why(statistics)] as const] : figureRows(statistics);
  const rows = Array.from(
    { length: Math.max(money.length, figures.length) },
    (_, at): FigureRow => ({ left: money[at] ?? ['', ''], right: figures[at] ?? ['', ''] }),
  );
  return renderTable<FigureRow>(
    [
      { title: '', text: ({ left: [label] }) => label },
      { title: '', align: 'right', text: ({ left: [, value] }) => value },
      { title: '', text: ({ right: [label] }) => `   ${label}` },
      { title: '', align: 'right', text: ({ right: [, value] }) => value },
    ],
    rows,
  ).replace(/^\s*\n/, '');
}

function flowRows({ flows, trades }: BacktestResult): (readonly [string, string])[] {
  const { dividendsUsd, interestUsd, borrowUsd } = flows;
  return [
    ...(dividendsUsd === 0 ? [] : [['dividends', formatUsd(dividendsUsd)] as const]),
    ...(interestUsd === 0 ? [] : [['interest', formatUsd(interestUsd)] as const]),
    ...(borrowUsd === 0 ? [] : [['borrowing', formatUsd(borrowUsd)] as const]),
    ['trades', count(trades.count)],
  ];
}

function figureRows({ returns, sharpe, drawdown, exposure, trades, capacity }: BacktestStatistics): (readonly [string, string])[] {
  const errors = sharpe.standardErrors;
  const within = isRefusal(errors) ? '' : ` ± ${fixed(errors.autocorrelated)}`;
  const { deepest } = drawdown;
  return [
    ['return', `${signedPct(returns.totalFrac)}, ${signedPct(returns.annualizedFrac)} a year`],
    ['volatility a year', shown(returns.annualizedVol, (value) => pct(value))],
    ['Sharpe a year', shown(sharpe.annualized, (value) => `${fixed(value)}${within}`)],
    ['Sortino, Calmar', `${shown(returns.sortino, fixed)}, ${shown(returns.calmar, fixed)}`],
    [
      'deepest drawdown',
      deepest === null ? 'none' : `${pct(deepest.depthFrac)}, ${deepest.peakDay ?? 'the start'} to ${deepest.troughDay}`,
    ],
    ['in the market', `${pct(exposure.timeInMarketFrac, 0)} of bars, gross ${pct(exposure.meanGrossFrac, 0)}`],
    ['turnover, cost a year', `${fixed(exposure.annualizedTurnoverFrac)} times, ${pct(exposure.annualizedCostFrac)}`],
    ['trades that win', `${shown(trades.hitRateFrac, (value) => pct(value, 0))}; profit factor ${shown(trades.profitFactor, fixed)}`],
    ['capacity', isRefusal(capacity) ? why(capacity) : formatUsd(capacity.equityUsd).replace(/\.\d+$/, '')],
  ];
}

const shown = (figure: number | Refusal, text: (value: number) => string): string =>
  typeof figure === 'number' ? (Number.isFinite(figure) ? text(figure) : 'none') : why(figure);

const why = ({ reason }: Refusal): string => `none: ${reason.replaceAll('-', ' ')}`;

function rejectedText(rejected: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(rejected).filter(([, times]) => times > 0);
  return reasons.length === 0
    ? ''
    : `; rejected ${reasons.map(([reason, times]) => `${count(times)} ${reason.replaceAll('-', ' ')}`).join(', ')}`;
}

/** How much of the Sharpe ratio is left after everything that was tried. */
export function trialsLine(statistics: Assessment, { trials, strategy }: FamilyTotal): string {
  const counted = `${count(trials)} ${trials === 1 ? 'trial' : 'trials'} of ${strategy} counted on these data, this one included`;
  if (isRefusal(statistics)) return `${counted}.`;
  const { deflated, probabilistic, minimumTrackRecordYears } = statistics.sharpe;
  const chance = isRefusal(deflated) ? why(deflated) : `${pct(deflated.probability, 1)} sure to be better than luck`;
  const alone = typeof probabilistic === 'number' ? ` (${pct(probabilistic, 1)} were it the only trial)` : '';
  const record =
    typeof minimumTrackRecordYears === 'number'
      ? ` To be 95 % sure that it is above zero it needs ${fixed(minimumTrackRecordYears, 1)} years; it has ${fixed(statistics.years, 1)}.`
      : '';
  return `Deflated Sharpe: ${chance}${trials > 1 ? alone : ''}; ${counted}.${record}`;
}

/** Whoever runs a strategy that goes short without allowing it should not have to guess. */
const shortHint = ({ orders: { rejected }, rules: { allowShort } }: BacktestResult): string[] => {
  const times = rejected['no-shares-to-sell'] ?? 0;
  return allowShort || times === 0
    ? []
    : [`${count(times)} ${times === 1 ? 'order' : 'orders'} to sell short were rejected: --margin 0.5,0.25 --allow-short lets them.`];
};

/** What known factors explain; nothing where nobody asked. */
export function factorLines(statistics: Assessment): string[] {
  if (isRefusal(statistics)) return [];
  const { attribution } = statistics;
  if (isRefusal(attribution)) return attribution.reason === 'no-factors' ? [] : [`Factors: ${why(attribution)}.`];
  const { alphaAnnualFrac, alphaTValue, loadings, rSquared, bars } = attribution;
  const betas = loadings.map(({ factor, beta, tValue }) => `${factor} ${fixed(beta)} (${fixed(tValue, 1)})`);
  return [
    `Factors: alpha ${signedPct(alphaAnnualFrac)} a year (t ${fixed(alphaTValue, 1)}), ${betas.join(', ')}; they explain ${pct(rSquared, 0)} of ${count(bars)} returns over the risk-free rate.${Math.abs(alphaTValue) < 2 ? ' Alpha is not told from luck.' : ''}`,
  ];
}

function fuzzLine(verdict: LookAheadVerdict, { colors }: Pick<Io, 'colors'>): string {
  if (verdict.kind === 'clean') {
    const kinds = Object.keys(verdict.changes).map((change) => change.replaceAll('-', ' '));
    return `${colors.green('No look-ahead found')}: ${count(verdict.probes)} futures changed (${kinds.join(', ')}), and nothing decided before them did.`;
  }
  const { day, symbol, field, seen, wouldBe, change } = verdict;
  return colors.red(
    `LOOKS AHEAD: what it decided on ${formatDay(day)} depends on what came after (changed: ${change.replaceAll('-', ' ')}): ${field}${symbol === null ? '' : ` of ${symbol}`} is ${String(seen)}, and would be ${String(wouldBe)} with another future.`,
  );
}
