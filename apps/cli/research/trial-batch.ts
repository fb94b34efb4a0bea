/**
 * What a command tried, as the ledger counts it. The id is the hash of everything that was run, and not of when or by which command: the same
 * backtest again, or the one that a Monte Carlo draws from, is the same trial.
 */
import type { BacktestResult } from '../../../shared/domain/research/result.ts';
import { evolvedFamily, howOfSweep, searchBatchId, trialBatchId } from '../../../shared/domain/research/trial-identity.ts';
import { addSharpe, noSharpe, type SharpeMoments, type TrialBatch } from '../../../shared/domain/research/trials.ts';
import type { Sharpe } from '../../../shared/domain/research/validation/sharpe.ts';
import { canonicalJson } from '../../../shared/kernel/canonical-json.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import type { Refusal } from '../../../shared/kernel/refusal.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { policyActor } from '../policy-actor.ts';
import { epochSettings, type Search } from './evolve-run.ts';
import type { Market, Question } from './question.ts';
import type { LedgerArguments } from './trial-book.ts';

interface Tried {
  readonly command: TrialBatch['command'];
  /** What distinguishes it from other runs of the same strategy, data and rules: parameters, a grid, folds, a search. */
  readonly what: object;
  /** The same for people. */
  readonly tried: string;
  readonly trials: number;
  readonly sharpe: SharpeMoments;
}

export function trialBatchOf(question: Question, { what, ...tried }: Tried, options: LedgerArguments): Promise<TrialBatch> {
  const { strategy, panel, range, membership, rules, rebalance } = question;
  const how = howOfSweep(rules, rebalance);
  const batchId = trialBatchId({ strategy: strategy.name, panel, range, membership: membership?.name ?? null, how, what });
  return batchOf(question, { strategy: strategy.name, batchId, ...tried }, options);
}

export function evolutionBatchOf(
  market: Market,
  search: Search,
  tried: Omit<Tried, 'what'>,
  options: LedgerArguments,
): Promise<TrialBatch> {
  const batchId = searchBatchId(market.panel, market.membership?.name ?? null, { ...search, ...epochSettings(search) });
  return batchOf(market, { strategy: evolvedFamily, batchId, ...tried }, options);
}

async function batchOf(
  { panel, range }: Market,
  tried: Omit<Tried, 'what'> & Pick<TrialBatch, 'strategy' | 'batchId'>,
  options: LedgerArguments,
): Promise<TrialBatch> {
  return {
    ...{ datasetSha256: panel.source.sha256, datasetName: panel.source.name },
    ...tried,
    at: new Date().toISOString(),
    actor: await policyActor(options, undefined),
    fromDay: formatDay(panel.day[range.fromMoment]! as EpochDay),
    toDay: formatDay(panel.day[range.toMoment]! as EpochDay),
  };
}

/** One backtest. */
export const oneTrial = (
  command: TrialBatch['command'],
  { parameters }: Pick<BacktestResult, 'parameters'>,
  sharpe: Sharpe | Refusal,
): Tried => ({
  command,
  what: { parameters },
  tried: canonicalJson(parameters),
  trials: 1,
  sharpe: addSharpe(noSharpe, 'perBar' in sharpe ? sharpe.perBar : Number.NaN),
});
