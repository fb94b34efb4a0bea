/**
 * `ballast backtest --strategy sma-cross --data FILE …`: runs a strategy over past bars. The trial is counted before anything is shown; a result whose
 * trial could not be counted is not shown at all. Reads files only: it needs no fund, and sends no order.
 */
import { knownStrategies } from '../../../shared/domain/research/known-strategies.ts';
import { fuzzLookAhead, type LookAheadVerdict } from '../../../shared/domain/research/look-ahead.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import type { CommandHost } from '../command-host.ts';
import { progress } from '../io.ts';
import { type ExitCode, exitCodes } from '../outcome.ts';
import { renderRun, runDocument, type ShownRun } from '../render/research/run.ts';
import { renderStrategies, strategiesDocument } from '../render/research/strategies.ts';
import { assess } from '../research/assessment.ts';
import { exportToMlflow, writeRun } from '../research/exports.ts';
import type { ResearchArguments } from '../research/options.ts';
import { openQuestion, type Question } from '../research/question.ts';
import { orBadInput } from '../research/refusals.ts';
import { countRun, runQuestion } from '../research/run-question.ts';

export interface BacktestArguments extends ResearchArguments {
  readonly list?: boolean;
  readonly out?: string;
  readonly mlflow?: string;
  readonly fuzz?: number;
}

export async function runBacktest(options: BacktestArguments, host: CommandHost): Promise<ExitCode> {
  const { io } = host;
  if (options.list) {
    io.out(options.json ? JSON.stringify({ strategies: strategiesDocument(knownStrategies) }) : renderStrategies(knownStrategies, io));
    return exitCodes.done;
  }
  const startedAtMs = Date.now();
  const question = await openQuestion(options, host);
  const result = runQuestion(question, io);
  const family = await countRun(question, result, 'backtest', options);
  const statistics = assess(result, question, family);
  const fuzz = options.fuzz === undefined ? null : fuzzed(question, options.fuzz, options.seed, host);
  const run: ShownRun = { result, statistics, family, fuzz, notes: question.notes };
  io.out(options.json ? JSON.stringify(runDocument(run)) : renderRun(run, io));
  if (options.out !== undefined) writeRun(run, question, { out: options.out, seed: options.seed, typed: process.argv.slice(2) }, host);
  if (options.mlflow !== undefined)
    await exportToMlflow(run, { address: options.mlflow, startedAtMs, out: options.out, seed: options.seed }, host);
  return fuzz?.kind === 'looks-ahead' ? exitCodes.failed : exitCodes.done;
}

/** The runs that it takes are comparisons of one trial with itself, and count as none. */
function fuzzed(
  { panel, strategy, parameters, rules, membership, rebalance }: Question,
  probes: number,
  seed: number,
  { io }: CommandHost,
): LookAheadVerdict {
  progress(io, `Changing the future ${probes} times …`);
  return orBadInput(
    fuzzLookAhead(
      { panel, strategy, parameters, rules, membership, ...(rebalance === undefined ? {} : { rebalance }) },
      { rng: seededRng(seed).fork('look-ahead'), probes },
    ),
  );
}
