/**
 * What makes two batches of backtests the same batch: the hash of everything that was run, and not of when, by whom, on how many machines or by which
 * command. Whoever counts a trial names it by this, so that the same question asked on a laptop and on AWS is counted once in a ledger that hears of both.
 */
import { contentHash } from '../../kernel/canonical-json.ts';
import type { EvaluationRules } from './evolution/evaluation.ts';
import type { EvolutionPlan } from './evolution/evolution.ts';
import type { SplitRanges } from './evolution/judge-search.ts';
import { type Panel, symbolsOf } from './panel.ts';

export interface TriedQuestion {
  readonly strategy: string;
  readonly panel: Panel;
  /** Moments that are traded, both included. */
  readonly range: { readonly fromMoment: number; readonly toMoment: number };
  /** Name of the list that says who belonged to the market; null for everybody. */
  readonly membership: string | null;
  /** Rules and whatever else decides how the strategy is run. */
  readonly how: object;
  /** What distinguishes it from other runs of the same strategy, data and rules: parameters, a grid, folds, a search. */
  readonly what: object;
}

export const trialBatchId = ({ strategy, panel, range, membership, how, what }: TriedQuestion): string =>
  contentHash({ strategy, dataset: panel.source.sha256, symbols: symbolsOf(panel), range, membership, basis: panel.basis, ...how, what });

/** All that is bred, whatever it is, is tried of one family. */
export const evolvedFamily = 'evolved';

/** What distinguishes one search from another: the same islands with more epochs, or other neighbours between them, breed other rules. */
export interface TriedSearch {
  readonly plan: EvolutionPlan;
  readonly rules: EvaluationRules;
  readonly ranges: SplitRanges;
  readonly islands: number;
  readonly generations: number;
  readonly generationsPerEpoch: number;
  readonly migrants: number;
}

/** Of a search over a panel up to its last moment. */
export function searchBatchId(panel: Panel, membership: string | null, search: TriedSearch): string {
  const { plan, rules, ranges, islands, generations, generationsPerEpoch, migrants } = search;
  const range = { fromMoment: ranges.training.fromMoment, toMoment: ranges.holdOut.untilMoment - 1 };
  const what = { plan, rules, ranges, islands, generations, generationsPerEpoch, migrants };
  return trialBatchId({ strategy: evolvedFamily, panel, range, membership, how: {}, what });
}

/** How a signal strategy is run: nothing else decides, since it rebalances by no calendar. */
export const howOfSweep = (rules: object, rebalance: string | undefined): object => ({ rules, rebalance: rebalance ?? null });
