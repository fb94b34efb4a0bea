/** One backtest of a question, and the trial that it is. */
import { backtest } from '../../../shared/domain/research/engine/backtest.ts';
import { type BacktestResult, returnsOf } from '../../../shared/domain/research/result.ts';
import type { TrialBatch } from '../../../shared/domain/research/trials.ts';
import { sharpeOf } from '../../../shared/domain/research/validation/sharpe.ts';
import type { FamilyTotal } from '../../../shared/stores/trial-ledger.ts';
import type { Io } from '../io.ts';
import type { Question } from './question.ts';
import { orBadInput } from './refusals.ts';
import { oneTrial, trialBatchOf } from './trial-batch.ts';
import { countTrials, type LedgerArguments } from './trial-book.ts';
import { watched } from './watched.ts';

/** With `io`, a person sees how far a slow one is. @throws BadInput for what the engine refuses. */
export function runQuestion(question: Question, io: Pick<Io, 'redraw'> = {}): BacktestResult {
  const { panel, parameters, rules, membership, rebalance, range } = question;
  const [strategy, end] = watched(question.strategy, range, io);
  const answer = backtest({ panel, strategy, parameters, rules, membership, ...(rebalance === undefined ? {} : { rebalance }), ...range });
  end();
  return orBadInput(answer);
}

/** Counts it, and says what was tried of its family until now. @throws CommandFailed where it cannot be counted. */
export async function countRun(
  question: Question,
  result: BacktestResult,
  command: TrialBatch['command'],
  options: LedgerArguments,
): Promise<FamilyTotal> {
  const tried = oneTrial(command, result, sharpeOf(returnsOf(result)));
  return countTrials(await trialBatchOf(question, tried, options), options);
}
