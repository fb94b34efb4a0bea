/**
 * Where the commands reach the lives of strategies: the book is opened for as long as it takes to read or to tell, and no longer, since a backtest
 * beside it takes its time. What a person may not do is one sentence here.
 */
import type { StrategyWork } from '../../../shared/contracts/strategy-life.ts';
import { defaultStrategyRules, type StrategyState } from '../../../shared/domain/research/lifecycle.ts';
import {
  type Approval,
  approverGate,
  backtestGates,
  type GateOutcome,
  shadowGates,
} from '../../../shared/domain/research/promotion-gates.ts';
import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import { StrategyBook, type StrategyRecord, type StrategyTold, type ToldEvent } from '../../../shared/stores/strategy-book.ts';
import { nearest } from '../nearest.ts';
import { BadInput, CommandFailed, exitCodes } from '../outcome.ts';
import { type LedgerArguments, withTrialsTable } from './trial-book.ts';

export const strategyRules = defaultStrategyRules;

export const withStrategyBook = <T>(where: LedgerArguments, work: (book: StrategyBook) => Promise<T>): Promise<T> =>
  withTrialsTable(where, (table) => work(new StrategyBook(table)));

/** @throws BadInput where there is no such strategy. */
export async function knownStrategy(book: StrategyBook, strategyId: string): Promise<StrategyRecord> {
  const known = await book.get(strategyId);
  if (known !== undefined) return known;
  const near = nearest(
    strategyId,
    (await book.list()).map(({ state }) => state.strategyId),
    3,
  );
  throw new BadInput(
    `There is no strategy "${strategyId}". ${near.length > 0 ? `Near it: ${near.join(', ')}.` : '"ballast strategies" lists them.'}`,
  );
}

/** @throws CommandFailed, as refused, for what the life of a strategy does not allow. */
export async function tellStrategy(
  where: LedgerArguments,
  strategyId: string,
  events: readonly ToldEvent[],
  work?: StrategyWork,
): Promise<StrategyTold> {
  const told = await withStrategyBook(where, (book) =>
    book.tell(strategyId, events, { rules: strategyRules, ...(work === undefined ? {} : { work }) }),
  );
  if (isRefusal(told)) throw refused(told);
  return told;
}

/** What stands between a strategy and its next stage, with the figures that it has now; empty where the next step is not by gates. */
export function gatesBefore({ stage, evidence, record, author }: StrategyState, approval: Approval | null = null): readonly GateOutcome[] {
  if (evidence === null || stage === 'LIVE' || stage === 'RETIRED') return [];
  const backtested = backtestGates(evidence, strategyRules);
  if (stage === 'BACKTEST') return backtested;
  return [...backtested, ...shadowGates(evidence, record, strategyRules), approverGate(author, evidence.evidenceId, approval)];
}

function refused({ reason, details }: Refusal): CommandFailed {
  const sentences: Readonly<Record<string, string>> = {
    'stage-has-no-use-for-it': `it is in ${String(details.stage)}, where nothing can be ${String(details.event)}.`,
    'strategy-moved': 'somebody else changed it meanwhile. Look at it, then try again.',
    'return-invalid': `its return of ${String(details.day)} is not a number above −1.`,
    'gates-closed': 'not all its gates are open.',
  };
  return new CommandFailed(exitCodes.refused, `${reason}: ${sentences[reason] ?? JSON.stringify(details)}`);
}
