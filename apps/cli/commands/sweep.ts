/**
 * `ballast sweep --grid fast=3..50,slow=10..200 …`: every combination of a grid, on every symbol. All of them are counted as trials before the best is
 * shown, and the best is deflated by that count: it was the best of so many. Stopped by Ctrl-C, the same sweep goes on where it was.
 */
import { panelOfOne } from '../../../shared/domain/research/fast/fast-market.ts';
import type { Grid } from '../../../shared/domain/research/fast/grid.ts';
import { planSweep } from '../../../shared/domain/research/price-model.ts';
import { encodeSweepTable, sharpeOf } from '../../../shared/runtime/research/sweep-table.ts';
import { sweepPage } from '../../../shared/runtime/sweep-page/sweep-page.ts';
import type { CommandHost } from '../command-host.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { renderSweep, type ShownSweep, sweepDocument } from '../render/research/sweep.ts';
import { assess } from '../research/assessment.ts';
import { equalWeightGrowth } from '../research/benchmark.ts';
import { commandLineOf, writeFiles } from '../research/exports.ts';
import { type MachineArguments, sweepByMachine } from '../research/machine-run.ts';
import type { ResearchArguments } from '../research/options.ts';
import { overfittingOf } from '../research/overfitting.ts';
import { openQuestion, type Question, strategyAsked } from '../research/question.ts';
import { allSymbols } from '../research/research-work.ts';
import { runQuestion } from '../research/run-question.ts';
import { type RankedRun, rankedRuns } from '../research/sweep-ranking.ts';
import { gridOf, runSweepOf } from '../research/sweep-run.ts';
import { trialBatchOf } from '../research/trial-batch.ts';
import { countTrials } from '../research/trial-book.ts';

export interface SweepArguments extends ResearchArguments, MachineArguments {
  readonly grid: string;
  readonly top: number;
  readonly workers: number;
  readonly chunks?: number;
  readonly axes?: readonly [string, string];
  readonly overfit?: number;
  readonly out?: string;
}

export async function runSweep(options: SweepArguments, host: CommandHost): Promise<ExitCode> {
  const { io } = host;
  const grid = gridOf(options.grid, strategyAsked(options), options.params);
  refuseAxes(grid, options.axes);
  // What is swept and what is fixed may not fit the values that the rest has by itself: the grid says which combinations do.
  const question = await openQuestion(withoutParams(options), host);
  const run = await (options.machine ? sweepByMachine : runSweepOf)(question, grid, options, host);
  const tried = { command: 'sweep', what: { grid }, tried: options.grid, trials: run.table.rows, sharpe: sharpeOf(run.table) } as const;
  const family = await countTrials(await trialBatchOf(question, tried, options), options);
  const ranking = rankedRuns(run.table);
  const best = ranking[0] === undefined ? null : runQuestion(questionOf(question, ranking[0]), io);
  const { panel } = question;
  const bars = panel.series.reduce((sum, { day }) => sum + day.length, 0);
  const shown = {
    ...{ question, run, ranking, family, best, top: options.top, axes: options.axes ?? null },
    statistics: best === null ? null : assess(best, question, family),
    overfitting: await overfittingOf(
      question,
      grid,
      { best: ranking[0]?.combination ?? null, seed: options.seed, compared: options.overfit },
      host,
    ),
    onAws: planSweep({ combinations: run.combinations, symbols: panel.series.length, bars }, undefined, options.chunks),
  };
  if (options.out !== undefined) writeSweep(shown, options.out, host);
  io.out(options.json ? JSON.stringify(sweepDocument(shown)) : renderSweep(shown, io));
  return exitCodes.done;
}

function writeSweep(shown: ShownSweep, out: string, host: CommandHost): void {
  const { run, ranking, best, statistics, overfitting, axes, question } = shown;
  const files = new Map<string, string | Uint8Array>([['sweep.parquet', encodeSweepTable(run.table)]]);
  if (best !== null && statistics !== null) {
    const page = sweepPage({
      ...{ runs: ranking, accounts: ranking[0]!.accounts, sharpes: run.table.sharpePerBar, combinations: run.combinations },
      ...{ skipped: run.table.skipped, best, statistics, overfitting, axes, commandLine: commandLineOf(process.argv.slice(2)) },
      benchmark: equalWeightGrowth(questionOf(question, ranking[0]!).panel, question.range),
    });
    files.set('sweep.html', page);
  }
  writeFiles(out, files, host);
  host.io.err(`${[...files.keys()].join(' and ')} ${files.size === 1 ? 'is' : 'are'} in ${out}.`);
}

function refuseAxes({ names, values }: Grid, axes: SweepArguments['axes']): void {
  const varying = names.filter((_, place) => values[place]!.length > 1);
  const wrong = axes?.find((name) => !varying.includes(name));
  if (wrong !== undefined)
    throw new BadInput(`--axes: ${wrong} takes no two values in the grid. Those that do: ${varying.join(', ') || 'none'}.`);
}

function withoutParams({ params: _swept, ...rest }: SweepArguments): ResearchArguments {
  return rest;
}

/** The one run of a row, as a question of its own. */
function questionOf(question: Question, { parameters, symbol }: Pick<RankedRun, 'parameters' | 'symbol'>): Question {
  const { panel } = question;
  if (panel.series.length === 1 || symbol === allSymbols) return { ...question, parameters };
  return {
    ...question,
    parameters,
    panel: panelOfOne(
      panel,
      panel.series.findIndex((bars) => bars.symbol === symbol),
    ),
    membership: null,
  };
}
