/** A sweep as a person reads it, and as a script does: the best first, with what is left of them after so many tries. */
import type { SweepPlan } from '../../../../shared/domain/research/price-model.ts';
import type { BacktestResult } from '../../../../shared/domain/research/result.ts';
import type { FamilyTotal } from '../../../../shared/stores/trial-ledger.ts';
import type { Io } from '../../io.ts';
import { type Assessment, flatStatistics } from '../../research/assessment.ts';
import type { Question } from '../../research/question.ts';
import type { RankedRun } from '../../research/sweep-ranking.ts';
import type { SweepRun } from '../../research/sweep-run.ts';
import { count, fixed, pct, signedPct } from '../explain/layout.ts';
import { type Column, renderTable } from '../table.ts';
import { backtestDocument, rangeOf } from './backtest-document.ts';
import { assumptionLines, noteLines, parameterText } from './headline.ts';
import { equityPicture } from './pictures.ts';
import { trialsLine } from './run.ts';

interface ShownSweep {
  readonly question: Question;
  readonly run: SweepRun;
  readonly ranking: readonly RankedRun[];
  readonly family: FamilyTotal;
  /** Of the best, run again by the event engine; null where no run has a Sharpe ratio. */
  readonly best: BacktestResult | null;
  readonly statistics: Assessment | null;
  readonly top: number;
  /** What the machine research-sweep would cost. */
  readonly onAws: SweepPlan;
}

const sessionsPerYear = 252;

export function sweepDocument({ question, run, ranking, family, best, statistics, top, onAws }: ShownSweep): object {
  const { panel, rules, strategy, notes } = question;
  const { combinations, chunks, chunksFound, notFastBecause, table } = run;
  return {
    ...{ strategy: strategy.name, dataset: { ...panel.source, symbols: panel.series.length }, rules },
    ...{ combinations, skipped: table.skipped, backtests: table.rows, chunks, chunksFound, notFastBecause },
    trialsCounted: family.trials,
    ...(best === null ? {} : { range: rangeOf(best), survivorship: best.survivorship }),
    stats: statistics === null ? null : flatStatistics(statistics),
    best: best === null ? null : withoutTrades(best),
    top: ranking.slice(0, top).map(({ parameters, sharpePerBar, ...rest }) => ({ params: parameters, sharpePerBar, ...rest })),
    aws: { usd: onAws.usd, usdPer10kBacktests: onAws.usdPer10kBacktests },
    notes,
  };
}

function withoutTrades(result: BacktestResult): object {
  const { trades: _many, ...document } = backtestDocument(result);
  return document;
}

export function renderSweep({ question, run, ranking, family, best, statistics, top, onAws }: ShownSweep, io: Pick<Io, 'colors'>): string {
  const { colors } = io;
  const { strategy, panel, notes } = question;
  const { table, combinations, chunksFound, chunks, notFastBecause } = run;
  const skipped = table.skipped === 0 ? '' : `, ${count(table.skipped)} skipped since their values do not fit each other`;
  const head = [
    `${colors.bold(strategy.name)}  ${count(combinations)} combinations${skipped}, ${count(table.rows)} backtests`,
    `${panel.source.name}: ${count(panel.series.length)} ${panel.series.length === 1 ? 'symbol' : 'symbols'}${accountsText(ranking)}`,
    ...(best === null ? [] : assumptionLines(best, io)),
    ...(chunksFound === 0 ? [] : [`${chunksFound} of ${chunks} chunks were there from an earlier run`]),
    ...noteLines([...notes, ...(notFastBecause === null ? [] : [`Run by the event engine: ${notFastBecause}.`])], io),
  ].join('\n');
  if (best === null || statistics === null) return `${head}\n\nNo run has a Sharpe ratio: none of them traded.`;
  const shown = ranking.slice(0, top);
  return [
    head,
    renderTable(columnsOf(shown, question), shown, colors.dim),
    `The best: ${parameterText(best.parameters)}${best.symbols.length === 1 ? ` on ${best.symbols[0]}` : ''}\n${trialsLine(statistics, family)}`,
    equityPicture(best, io),
    colors.dim(
      `On AWS: about ${onAws.usd.toFixed(4)} USD, ${onAws.usdPer10kBacktests.toFixed(4)} USD per 10,000 backtests (list prices, ${onAws.chunks} chunks)`,
    ),
  ].join('\n\n');
}

const accountsText = ([first]: readonly RankedRun[]): string =>
  first === undefined || first.accounts === 1 ? '' : ', each with an account of its own; ranked by the mean over them';

function columnsOf(shown: readonly RankedRun[], { rules, panel }: Question): Column<RankedRun>[] {
  const names = Object.keys(shown[0]?.parameters ?? {});
  const root = panel.frequency === 'daily' ? Math.sqrt(sessionsPerYear) : 1;
  return [
    ...names.map((name) => ({ title: name, align: 'right' as const, text: ({ parameters }: RankedRun) => String(parameters[name]) })),
    {
      title: panel.frequency === 'daily' ? 'Sharpe a year' : 'Sharpe a bar',
      align: 'right',
      text: ({ sharpePerBar }) => fixed(sharpePerBar * root, root === 1 ? 4 : 2),
    },
    { title: 'return', align: 'right', text: ({ finalEquityUsd }) => signedPct(finalEquityUsd / rules.cashUsd - 1, 1) },
    { title: 'drawdown', align: 'right', text: ({ maxDrawdownFrac }) => pct(maxDrawdownFrac, 1) },
    { title: 'orders', align: 'right', text: ({ orders }) => count(orders) },
  ];
}
