/** One backtest of a question, and the trial that it is. */
import { backtest } from '../../../shared/domain/research/engine/backtest.ts';
import { type BacktestResult, returnsOf } from '../../../shared/domain/research/result.ts';
import type { TrialBatch } from '../../../shared/domain/research/trials.ts';
import { sharpeOf } from '../../../shared/domain/research/validation/sharpe.ts';
import type { FamilyTotal } from '../../../shared/stores/trial-ledger.ts';
import type { Question } from './question.ts';
import { orBadInput } from './refusals.ts';
import { oneTrial, trialBatchOf } from './trial-batch.ts';
import { countTrials, type LedgerArguments } from './trial-book.ts';

/** @throws BadInput for what the engine refuses. */
export function runQuestion(question: Question): BacktestResult {
  const { panel, strategy, parameters, rules, membership, rebalance, range } = question;
  return orBadInput(
    backtest({ panel, strategy, parameters, rules, membership, ...(rebalance === undefined ? {} : { rebalance }), ...range }),
  );
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
