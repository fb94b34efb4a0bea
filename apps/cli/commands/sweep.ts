/**
 * `ballast sweep --grid fast=3..50,slow=10..200 …`: every combination of a grid, on every symbol. All of them are counted as trials before the best is
 * shown, and the best is deflated by that count: it was the best of so many. Stopped by Ctrl-C, the same sweep goes on where it was.
 */
import { planSweep } from '../../../shared/domain/research/price-model.ts';
import { encodeSweepTable, sharpeOf } from '../../../shared/runtime/research/sweep-table.ts';
import type { CommandHost } from '../command-host.ts';
import { type ExitCode, exitCodes } from '../outcome.ts';
import { renderSweep, sweepDocument } from '../render/research/sweep.ts';
import { assess } from '../research/assessment.ts';
import { writeFiles } from '../research/exports.ts';
import type { ResearchArguments } from '../research/options.ts';
import { openQuestion, type Question, strategyAsked } from '../research/question.ts';
import { allSymbols, onOwnAxis } from '../research/research-work.ts';
import { runQuestion } from '../research/run-question.ts';
import { type RankedRun, rankedRuns } from '../research/sweep-ranking.ts';
import { gridOf, runSweepOf } from '../research/sweep-run.ts';
import { trialBatchOf } from '../research/trial-batch.ts';
import { countTrials } from '../research/trial-book.ts';

export interface SweepArguments extends ResearchArguments {
  readonly grid: string;
  readonly top: number;
  readonly workers: number;
  readonly out?: string;
}

export async function runSweep(options: SweepArguments, host: CommandHost): Promise<ExitCode> {
  const { io } = host;
  const grid = gridOf(options.grid, strategyAsked(options), options.params);
  // What is swept and what is fixed may not fit the values that the rest has by itself: the grid says which combinations do.
  const question = await openQuestion(withoutParams(options), host);
  const run = await runSweepOf(question, grid, options, host);
  const tried = { command: 'sweep', what: { grid }, tried: options.grid, trials: run.table.rows, sharpe: sharpeOf(run.table) } as const;
  const family = await countTrials(await trialBatchOf(question, tried, options), options);
  const ranking = rankedRuns(run.table);
  const best = ranking[0] === undefined ? null : runQuestion(questionOf(question, ranking[0]));
  const { panel } = question;
  const bars = panel.series.reduce((sum, { day }) => sum + day.length, 0);
  const shown = {
    ...{ question, run, ranking, family, best, top: options.top },
    statistics: best === null ? null : assess(best, panel, family),
    onAws: planSweep({ combinations: run.combinations, symbols: panel.series.length, bars }),
  };
  if (options.out !== undefined) writeFiles(options.out, new Map([['sweep.parquet', encodeSweepTable(run.table)]]), host);
  io.out(options.json ? JSON.stringify(sweepDocument(shown)) : renderSweep(shown, io));
  return exitCodes.done;
}

function withoutParams({ params: _swept, ...rest }: SweepArguments): ResearchArguments {
  return rest;
}

/** The one run of a row, as a question of its own. */
function questionOf(question: Question, { parameters, symbol }: Pick<RankedRun, 'parameters' | 'symbol'>): Question {
  const { panel } = question;
  if (panel.series.length === 1 || symbol === allSymbols) return { ...question, parameters };
  return { ...question, parameters, panel: onOwnAxis(panel, symbol), membership: null };
}
