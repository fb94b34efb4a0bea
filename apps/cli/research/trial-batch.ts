/**
 * What a command tried, as the ledger counts it. The id is the hash of everything that was run, and not of when or by which command: the same
 * backtest again, or the one that a Monte Carlo draws from, is the same trial.
 */
import type { BacktestResult } from '../../../shared/domain/research/result.ts';
import { addSharpe, noSharpe, type SharpeMoments, type TrialBatch } from '../../../shared/domain/research/trials.ts';
import type { Sharpe } from '../../../shared/domain/research/validation/sharpe.ts';
import { canonicalJson, contentHash } from '../../../shared/kernel/canonical-json.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import type { Refusal } from '../../../shared/kernel/refusal.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { policyActor } from '../policy-actor.ts';
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

/** Of all searches, whatever they bred. */
const evolvedFamily = 'evolved';

export const trialBatchOf = (question: Question, tried: Tried, options: LedgerArguments): Promise<TrialBatch> =>
  batchOf(question, question.strategy.name, { rules: question.rules, rebalance: question.rebalance ?? null }, tried, options);

export const evolutionBatchOf = (market: Market, tried: Tried, options: LedgerArguments): Promise<TrialBatch> =>
  batchOf(market, evolvedFamily, {}, tried, options);

async function batchOf(
  { panel, membership, range }: Market,
  strategy: string,
  how: object,
  { what, ...tried }: Tried,
  options: LedgerArguments,
): Promise<TrialBatch> {
  const dataset = panel.source.sha256;
  const symbols = panel.series.map(({ symbol }) => symbol);
  return {
    ...{ strategy, datasetSha256: dataset, datasetName: panel.source.name },
    batchId: contentHash({ strategy, dataset, symbols, range, membership: membership?.name ?? null, basis: panel.basis, ...how, what }),
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
