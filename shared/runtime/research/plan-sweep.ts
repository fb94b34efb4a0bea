/**
 * The plan of a sweep: its chunks, by the price model, under an id that is the hash of panel, strategy, grid, rules and of the code that computes.
 * The same request finds its own plan, and so whatever of it was finished before.
 *
 * Whether the fast path covers the question, it is asked itself, with the panel and with no combination.
 */
import type { SweepPlanFile, SweepRequest } from '../../contracts/research.ts';
import { chunksOf, combinationsIn, parseGrid } from '../../domain/research/fast/grid.ts';
import { sweepSignals } from '../../domain/research/fast/sweep-signals.ts';
import { dayAt } from '../../domain/research/panel.ts';
import { planSweep as priced } from '../../domain/research/price-model.ts';
import { strategyNamed } from '../../domain/research/registry.ts';
import { howOfSweep, trialBatchId } from '../../domain/research/trial-identity.ts';
import { contentHash } from '../../kernel/canonical-json.ts';
import { formatDay } from '../../kernel/days.ts';
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import { type ResearchResults, researchKeys } from '../../stores/research-results.ts';

export interface PlannedSweep {
  readonly kind: 'planned';
  readonly sweepId: string;
  readonly chunksKey: string;
  readonly chunks: number;
  readonly costUsd: number;
}

export async function planSweep(
  { actor: _whoAsks, ...asked }: SweepRequest,
  { research, codeSha256 }: { readonly research: ResearchResults; readonly codeSha256: string },
): Promise<PlannedSweep | Refusal> {
  const strategy = strategyNamed(asked.strategy);
  if (strategy === undefined) return refuse('strategy-unknown', { strategy: asked.strategy });
  const grid = parseGrid(asked.grid);
  if (isRefusal(grid)) return grid;
  const panel = await research.panel(asked.panelId);
  if (isRefusal(panel)) return refuse('panel-not-found', { panelId: asked.panelId });
  const [fromMoment, toMoment] = [asked.fromMoment ?? 0, panel.day.length - 1];
  const nothing = sweepSignals({ panel, strategy, grid, rules: asked.rules, chunk: { first: 0, count: 0 }, fromMoment });
  if (isRefusal(nothing)) return nothing;

  const combinations = combinationsIn(grid);
  const symbols = panel.series.length;
  const bars = panel.series.reduce((sum, { day }) => sum + day.length, 0);
  const { chunks: count, usd: costUsd } = priced({ combinations, symbols, bars }, undefined, asked.chunksMin);
  const sweepId = contentHash({ ...asked, codeSha256 });
  const chunks = chunksOf(grid, Math.ceil(combinations / count)).map((part, chunk) => ({ sweepId, chunk, ...part }));
  const { name: datasetName, sha256: datasetSha256 } = panel.source;
  const [fromDay, toDay] = [formatDay(dayAt(panel, fromMoment)), formatDay(dayAt(panel, toMoment))];
  const how = howOfSweep(asked.rules, undefined);
  const batchId = trialBatchId({ strategy: strategy.name, panel, range: { fromMoment, toMoment }, membership: null, how, what: { grid } });
  const plan: SweepPlanFile = {
    ...{ ...asked, sweepId, codeSha256, combinations, chunks, costUsd, batchId },
    panel: { bars, symbols, moments: panel.day.length, datasetName, datasetSha256, fromDay, toDay },
  };
  await research.putJson(researchKeys.sweepPlan(sweepId), plan);
  await research.putJson(researchKeys.sweepChunks(sweepId), chunks);
  return { kind: 'planned', sweepId, chunksKey: researchKeys.sweepChunks(sweepId), chunks: chunks.length, costUsd };
}
