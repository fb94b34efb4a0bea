/**
 * What an evolution found: its one candidate, judged where it was bred and where it was held out with every genome as a trial (judge-search.ts), and the
 * rules that no other dominates, as genomes and as sentences. Those have figures of their breeding only: the hold-out is looked at
 * once. All genomes that were ever evaluated are counted in the trial ledger. Nothing is promoted here: the gates are in the lifecycle, and a person
 * approves.
 */
import { EpochState } from '../../contracts/research.ts';
import { describe } from '../../domain/research/evolution/describe-genome.ts';
import type { Evaluation } from '../../domain/research/evolution/evaluation.ts';
import { type EvolutionState, frontOf, type Individual, trialsOf } from '../../domain/research/evolution/evolution.ts';
import { judgeSearch } from '../../domain/research/evolution/judge-search.ts';
import { evolvedFamily, searchBatchId } from '../../domain/research/trial-identity.ts';
import { invariant } from '../../kernel/errors.ts';
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import { type ResearchResults, researchKeys } from '../../stores/research-results.ts';
import type { TrialLedger } from '../../stores/trial-ledger.ts';
import { evaluationRules, groundFor, planOf, rangesOf } from './evolve-island.ts';

const frontMax = 50;

export interface FinishedEvolution {
  readonly kind: 'finished';
  readonly evolutionId: string;
  /** Whether the candidate beat luck in both ranges. */
  readonly isFound: boolean;
  readonly front: number;
  readonly trials: number;
  readonly resultKey: string;
}

export async function finishEvolution(
  { evolutionId, actor, at }: { readonly evolutionId: string; readonly actor: string; readonly at: string },
  { research, trials }: { readonly research: ResearchResults; readonly trials: TrialLedger },
): Promise<FinishedEvolution | Refusal> {
  const plan = await planOf(evolutionId, research);
  const states = await research.json(researchKeys.epoch(evolutionId, plan.epochs - 1), EpochState);
  invariant(!isRefusal(states), 'an evolution is finished after its last epoch was merged', { evolutionId });
  const panel = await research.panel(plan.panelId);
  invariant(!isRefusal(panel), 'a plan names a panel that is stored', { panelId: plan.panelId });
  const ground = await groundFor(plan.panelId, research);
  if (isRefusal(ground)) return ground;

  const rules = evaluationRules(plan);
  const ranges = rangesOf(plan);
  const verdict = judgeSearch({ states, ground, ranges, rules, confidenceLevel: plan.confidenceLevel });
  const front = bestOf(states).map(({ id, genome, evaluation }) => ({
    id,
    genome,
    reads: describe(genome),
    training: figures(evaluation),
  }));
  const counted = trialsOf(states);
  const { islands, epochs, generationsPerEpoch, migrants, search } = plan;
  const generations = epochs * generationsPerEpoch;
  const batchId = searchBatchId(panel, null, { plan: search, rules, ranges, islands, generations, generationsPerEpoch, migrants });
  const { datasetName, datasetSha256, fromDay, toDay } = plan.panel;
  await trials.record({
    ...{ strategy: evolvedFamily, datasetSha256, datasetName, fromDay, toDay, batchId, command: 'evolve', at, actor },
    ...counted,
    tried: `${islands} islands of ${search.populationSize}, ${generations} generations, seed ${search.seed}`,
  });
  const resultKey = researchKeys.evolutionResult(evolutionId);
  await research.putJson(resultKey, { evolutionId, costUsd: plan.costUsd, verdict, front });
  return { kind: 'finished', evolutionId, isFound: verdict.isFound, front: front.length, trials: counted.trials, resultKey };
}

/** Of all islands together; a rule that was found twice is there once. */
function bestOf(states: readonly EvolutionState[]): readonly Individual[] {
  const population = [...new Map(states.flatMap((state) => state.population).map((one) => [one.id, one])).values()];
  return frontOf({ ...states[0]!, population }).slice(0, frontMax);
}

/** Without the sampled behaviour, which is for the search alone. */
const figures = ({ behaviour: _sampled, ...rest }: Evaluation) => rest;
