/**
 * `ballast walk-forward --grid … --train 504 --test 126 --embargo 5`: what choosing parameters on the past would have earned on what followed. Every fit
 * in training is counted as a trial, and so is the walk itself.
 */
import { combinationsIn } from '../../../shared/domain/research/fast/grid.ts';
import { addSharpe } from '../../../shared/domain/research/trials.ts';
import { deflatedSharpe } from '../../../shared/domain/research/validation/deflated-sharpe.ts';
import { sharpeErrors, sharpeOf } from '../../../shared/domain/research/validation/sharpe.ts';
import { walkForwardSplits } from '../../../shared/domain/research/validation/walk-forward-splits.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { CommandHost } from '../command-host.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { renderWalkForward, walkForwardDocument, windowLines } from '../render/research/walk-forward.ts';
import { assess } from '../research/assessment.ts';
import { writeRun } from '../research/exports.ts';
import type { ResearchArguments } from '../research/options.ts';
import { overfittingOf } from '../research/overfitting.ts';
import { progressBar } from '../research/progress-bar.ts';
import { openQuestion, type Range, strategyAsked } from '../research/question.ts';
import { stitched } from '../research/stitch.ts';
import { gridOf } from '../research/sweep-run.ts';
import { trialBatchOf } from '../research/trial-batch.ts';
import { countTrials } from '../research/trial-book.ts';
import { type WalkForward, walkForward } from '../research/walk-forward-run.ts';

export interface WalkForwardArguments extends ResearchArguments {
  readonly grid: string;
  readonly train: number;
  readonly test: number;
  readonly embargo: number;
  readonly folds?: number;
  readonly anchored?: boolean;
  readonly overfit?: number;
  readonly out?: string;
}

export async function runWalkForward(options: WalkForwardArguments, host: CommandHost): Promise<ExitCode> {
  const { io } = host;
  const { params, ...rest } = options;
  const grid = gridOf(options.grid, strategyAsked(options), params);
  const question = await openQuestion(rest, host);
  const { fromMoment, toMoment } = question.range;
  const plan = {
    ...({ bars: toMoment - fromMoment + 1, window: options.anchored ? 'anchored' : 'rolling' } as const),
    ...{ trainBars: options.train, testBars: options.test, purgeBars: 0, embargoBars: options.embargo },
  };
  const all = walkForwardSplits(plan);
  if (isRefusal(all))
    throw new BadInput(
      `--train, --embargo and --test need ${String(all.details.wants)} bars at least, and the data have ${plan.bars} of them.`,
    );
  const splits = all.slice(-(options.folds ?? all.length));
  if (options.folds !== undefined && splits.length < options.folds)
    throw new BadInput(`--folds: ${all.length} windows of ${options.test} bars fit into ${plan.bars}, and not ${options.folds}.`);
  const bar = progressBar(io, { title: 'Walking forward', unit: `windows of ${combinationsIn(grid)} combinations`, total: splits.length });
  const walk = await walkForward(question, grid, splits, bar).finally(() => bar.end());

  const sharpe = sharpeOf(walk.returns);
  const sharpes = addSharpe(walk.sharpe, isRefusal(sharpe) ? Number.NaN : sharpe.perBar);
  const what = { grid, plan, folds: splits.length };
  const tried = {
    command: 'walk-forward',
    what,
    tried: `${splits.length} windows, ${options.grid}`,
    trials: walk.trials + 1,
    sharpe: sharpes,
  } as const;
  const family = await countTrials(await trialBatchOf(question, tried, options), options);
  const whole = walk.windows.some(({ result }) => result !== null)
    ? stitched(question.panel, walk.windows, windowLines(question, walk))
    : null;
  const shown = {
    ...{ question, walk, family, sharpe, plan },
    statistics: whole === null ? null : assess(whole, question, family),
    overfitting: await overfittingOf(question, grid, { best: null, seed: options.seed, compared: options.overfit }, host),
    errors: sharpeErrors(walk.returns),
    deflated: isRefusal(sharpe) ? sharpe : deflatedSharpe(sharpe, family),
  };
  if (options.out !== undefined) {
    if (whole === null || shown.statistics === null)
      throw new BadInput('--out: nothing was traded in any window, so there is nothing to write.');
    const run = { result: whole, statistics: shown.statistics, family, fuzz: null, notes: question.notes };
    writeRun(
      run,
      { panel: question.panel, range: testedRange(walk) },
      { out: options.out, seed: options.seed, typed: process.argv.slice(2) },
      host,
    );
  }
  io.out(options.json ? JSON.stringify(walkForwardDocument(shown)) : renderWalkForward(shown, io));
  return exitCodes.done;
}

/** Of all windows. */
const testedRange = ({ windows }: WalkForward): Range => ({
  fromMoment: windows[0]!.test.fromMoment,
  toMoment: windows.at(-1)!.test.toMoment,
});
