/** A sweep as a person reads it, and as a script does: the best first, with what is left of them after so many tries. */

import type { SweepPlan } from '../../../../shared/domain/research/price-model.ts';
import type { BacktestResult } from '../../../../shared/domain/research/result.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { Overfitting } from '../../../../shared/runtime/sweep-page/overfitting-section.ts';
import { planeOf, plateauOf } from '../../../../shared/runtime/sweep-page/parameter-plane.ts';
import { plateauText } from '../../../../shared/runtime/sweep-page/sweep-page.ts';
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
import { heatMapLines, heatMapSize } from './heat-map.ts';
import { overfittingDocument, overfittingLines } from './overfitting.ts';
import { equityPicture } from './pictures.ts';
import { factorLines, trialsLine } from './run.ts';

export interface ShownSweep {
  readonly question: Question;
  readonly run: SweepRun;
  readonly ranking: readonly RankedRun[];
  readonly family: FamilyTotal;
  /** Of the best, run again by the event engine; null where no run has a Sharpe ratio. */
  readonly best: BacktestResult | null;
  readonly statistics: Assessment | null;
  /** Null where there is nothing to compare, or nobody wanted it. */
  readonly overfitting: Overfitting | null;
  readonly axes: readonly [string, string] | null;
  readonly top: number;
  /** What the machine research-sweep would cost. */
  readonly onAws: SweepPlan;
}

const sessionsPerYear = 252;
/** Ten round trips. */
const ordersMin = 20;

export function sweepDocument({ question, run, ranking, family, best, statistics, overfitting, top, onAws }: ShownSweep): object {
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
    plateau: plateauOf(ranking),
    overfitting: overfittingDocument(overfitting),
    aws: { usd: onAws.usd, usdPer10kBacktests: onAws.usdPer10kBacktests },
    notes,
  };
}

function withoutTrades(result: BacktestResult): object {
  const { trades: _many, ...document } = backtestDocument(result);
  return document;
}

export function renderSweep(shownSweep: ShownSweep, io: Pick<Io, 'colors'>): string {
  const { question, run, ranking, family, best, statistics, overfitting, top, onAws } = shownSweep;
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
    `The best: ${parameterText(best.parameters)}${best.symbols.length === 1 ? ` on ${best.symbols[0]}` : ''}\n${[trialsLine(statistics, family), ...factorLines(statistics), ...fewOrders(best, io)].join('\n')}`,
    ...(overfitting === null ? [] : [overfittingLines(overfitting, io).join('\n')]),
    ...mapText(shownSweep, best, io),
    equityPicture(best, io),
    colors.dim(
      `On AWS: about ${onAws.usd.toFixed(4)} USD, ${onAws.usdPer10kBacktests.toFixed(4)} USD per 10,000 backtests (list prices, ${onAws.chunks} ${onAws.chunks === 1 ? 'chunk' : 'chunks'})`,
    ),
  ].join('\n\n');
}

/** A ratio over a handful of fills is an anecdote, whatever its probabilities say. */
const fewOrders = ({ orders: { filled } }: BacktestResult, { colors }: Pick<Io, 'colors'>): string[] =>
  filled >= ordersMin
    ? []
    : [colors.yellow(`The best filled ${filled} ${filled === 1 ? 'order' : 'orders'}: too few to tell skill from accident.`)];

function mapText({ ranking, axes }: ShownSweep, best: BacktestResult, io: Pick<Io, 'colors'>): string[] {
  const plane = planeOf(ranking, { axes, ...heatMapSize });
  if (isRefusal(plane)) return [];
  const isDaily = best.frequency === 'daily';
  const [root, digits] = isDaily ? [Math.sqrt(sessionsPerYear), 2] : [1, 4];
  const others = Object.keys(plane.fixed).length === 0 ? '' : `, at ${parameterText(plane.fixed)}`;
  return [
    [
      io.colors.bold(
        `Sharpe a ${isDaily ? 'year' : 'bar'} over ${plane.across.name}${plane.down === null ? '' : ` and ${plane.down.name}`}${others}`,
      ),
      ...heatMapLines(plane, (sharpe) => fixed(sharpe * root, digits), io),
      plateauText(plateauOf(ranking), ranking[0]!, root, digits),
    ].join('\n'),
  ];
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
