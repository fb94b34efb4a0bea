/** Between epochs: all islands are read, their best move on by one around the ring, and all populations are put down together: the checkpoint. */
import { EpochState, IslandState } from '../../contracts/research.ts';
import { type EvolutionState, migrate, trialsOf } from '../../domain/research/evolution/evolution.ts';
import { invariant } from '../../kernel/errors.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import { type ResearchResults, researchKeys } from '../../stores/research-results.ts';
import { planOf } from './evolve-island.ts';

/** @throws InvariantViolation when an island of the epoch is missing: the map before has put them all there. */
export async function migrateIslands(
  { evolutionId, epoch }: { readonly evolutionId: string; readonly epoch: number },
  research: ResearchResults,
): Promise<{ readonly trials: number }> {
  const plan = await planOf(evolutionId, research);
  const states: EvolutionState[] = [];
  for (const { island } of plan.islandTasks) {
    const state = await research.json(researchKeys.island(evolutionId, island, epoch), IslandState);
    invariant(!isRefusal(state), 'every island is there when an epoch is merged', { evolutionId, island, epoch });
    states.push(state);
  }
  const merged = EpochState.parse(migrate(states, plan.migrants));
  await research.putJson(researchKeys.epoch(evolutionId, epoch), merged);
  return { trials: trialsOf(merged).trials };
}
