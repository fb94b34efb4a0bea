/**
 * One island for one epoch: its population as the epoch before left it, bred for so many generations, and put where the merge finds it. The same
 * island and epoch give the same bytes, whoever computes them, so one that is there is not computed again.
 */
import { EpochState, EvolutionPlanFile, IslandState } from '../../contracts/research.ts';
import { evaluatorOf } from '../../domain/research/evolution/evaluate-genome.ts';
import type { EvaluationRules } from '../../domain/research/evolution/evaluation.ts';
import { type Evaluate, type EvolutionState, nextGeneration, startEvolution } from '../../domain/research/evolution/evolution.ts';
import { type Ground, groundOf } from '../../domain/research/evolution/ground.ts';
import { type SplitRanges, splitRanges } from '../../domain/research/evolution/judge-search.ts';
import type { Panel } from '../../domain/research/panel.ts';
import { invariant } from '../../kernel/errors.ts';
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import { type ResearchResults, researchKeys } from '../../stores/research-results.ts';

/** Of 1,769 MB: what the panel, the populations and the heap leave. */
const columnCacheBytesMax = 600 * 1024 * 1024;

export interface EvolvedIsland {
  readonly kind: 'evolved';
  readonly island: number;
  readonly epoch: number;
  readonly trials: number;
}

/** @throws InvariantViolation when the plan, its panel or the epoch before is missing: the machine has put them there. */
export async function evolveIsland(
  { evolutionId, island, epoch }: { readonly evolutionId: string; readonly island: number; readonly epoch: number },
  research: ResearchResults,
): Promise<EvolvedIsland | Refusal> {
  const key = researchKeys.island(evolutionId, island, epoch);
  const before = await research.json(key, IslandState);
  if (!isRefusal(before)) return { kind: 'evolved', island, epoch, trials: before.trials };

  const plan = await planOf(evolutionId, research);
  const ground = await groundFor(plan.panelId, research);
  if (isRefusal(ground)) return ground;
  const evaluate = evaluatorOf(ground, rangesOf(plan).training, evaluationRules(plan));
  const state = await evolved({ plan, island, epoch }, evaluate, research);
  await research.putJson(key, state);
  return { kind: 'evolved', island, epoch, trials: state.trials };
}

async function evolved(
  { plan, island, epoch }: { readonly plan: EvolutionPlanFile; readonly island: number; readonly epoch: number },
  evaluate: Evaluate,
  research: ResearchResults,
): Promise<EvolutionState> {
  let state =
    epoch === 0 ? startEvolution(plan.search, island, evaluate) : await islandAfter(plan.evolutionId, island, epoch - 1, research);
  for (let generation = 0; generation < plan.generationsPerEpoch; generation++) state = nextGeneration(state, evaluate);
  return state;
}

async function islandAfter(evolutionId: string, island: number, epoch: number, research: ResearchResults): Promise<EvolutionState> {
  const states = await research.json(researchKeys.epoch(evolutionId, epoch), EpochState);
  const own = isRefusal(states) ? undefined : states.find((state) => state.island === island);
  invariant(own !== undefined, 'an epoch begins where the one before was merged', { evolutionId, island, epoch });
  return own;
}

/** @throws InvariantViolation for an evolution that was not planned. */
export async function planOf(evolutionId: string, research: ResearchResults): Promise<EvolutionPlanFile> {
  const plan = await research.json(researchKeys.evolutionPlan(evolutionId), EvolutionPlanFile);
  invariant(!isRefusal(plan), 'an evolution is planned before it runs', { evolutionId });
  return plan;
}

export const evaluationRules = ({ rules, search }: EvolutionPlanFile): EvaluationRules => ({ ...rules, depthMax: search.space.depthMax });

export const rangesOf = ({ panel, holdOutFrac, purgeMoments, fromMoment }: EvolutionPlanFile): SplitRanges =>
  splitRanges(panel.moments, holdOutFrac, purgeMoments, fromMoment);

/** Columns of indicators stay warm as long as the panel that they are of. */
const grounds = /* @__PURE__ */ new WeakMap<Panel, Ground | Refusal>();

export async function groundFor(panelId: string, research: ResearchResults): Promise<Ground | Refusal> {
  const panel = await research.panel(panelId);
  invariant(!isRefusal(panel), 'a plan names a panel that is stored', { panelId });
  const ground = grounds.get(panel) ?? groundOf({ panel, cacheBytesMax: columnCacheBytesMax });
  grounds.set(panel, ground);
  return ground;
}
