/**
 * The plan of an evolution: how many islands and epochs, on which panel, by which rules, under an id that is the hash of all of it and of the code that
 * computes. The same request finds its own plan and the epochs that were completed before.
 */
import type { EvolutionPlanFile, EvolutionRequest } from '../../contracts/research.ts';
import { splitRanges } from '../../domain/research/evolution/judge-search.ts';
import { costOfEvolution, sweepWorker } from '../../domain/research/price-model.ts';
import { contentHash } from '../../kernel/canonical-json.ts';
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import { type ResearchResults, researchKeys } from '../../stores/research-results.ts';

export interface PlannedEvolution {
  readonly kind: 'planned';
  readonly evolutionId: string;
  readonly islandsKey: string;
  /** The first that is not complete. */
  readonly epoch: number;
  readonly epochs: number;
}

export async function planEvolution(
  { actor: _whoAsks, ...asked }: EvolutionRequest,
  { research, codeSha256 }: { readonly research: ResearchResults; readonly codeSha256: string },
): Promise<PlannedEvolution | Refusal<'panel-not-found' | 'panel-too-short' | 'epoch-too-long'>> {
  const panel = await research.panelHeader(asked.panelId);
  if (isRefusal(panel)) return refuse('panel-not-found', { panelId: asked.panelId });
  const { training, holdOut } = splitRanges(panel.moments, asked.holdOutFrac, asked.purgeMoments, asked.fromMoment);
  if ([training, holdOut].some(({ fromMoment, untilMoment }) => untilMoment - fromMoment < 2))
    return refuse('panel-too-short', { moments: panel.moments, training, holdOut });
  const { islands, epochs, generationsPerEpoch, search } = asked;
  const { populationSize } = search;
  const cost = costOfEvolution({ islands, epochs, generationsPerEpoch, populationSize, bars: panel.bars });
  if (cost.islandMs > sweepWorker.chunkMsMax)
    return refuse('epoch-too-long', { generationsPerEpoch, estimatedMs: Math.round(cost.islandMs), msMax: sweepWorker.chunkMsMax });

  const evolutionId = contentHash({ ...asked, codeSha256 });
  const islandTasks = Array.from({ length: islands }, (_, island) => ({ evolutionId, island }));
  const plan: EvolutionPlanFile = { ...asked, evolutionId, codeSha256, panel, costUsd: cost.usd, islandTasks };
  await research.putJson(researchKeys.evolutionPlan(evolutionId), plan);
  await research.putJson(researchKeys.islands(evolutionId), islandTasks);
  const epoch = await firstMissing(epochs, (done) => research.has(researchKeys.epoch(evolutionId, done)));
  return { kind: 'planned', evolutionId, islandsKey: researchKeys.islands(evolutionId), epoch, epochs };
}

/** Epochs are completed one after another, so halving finds the first that is not. */
async function firstMissing(count: number, isThere: (index: number) => Promise<boolean>): Promise<number> {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await isThere(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
