/**
 * One chunk of a sweep: its combinations over all symbols, by the fast path. The panel is read once per warm environment, since all chunks of a sweep
 * are of the same. A chunk whose result is there is not computed again.
 */
import { type SweepChunk, SweepPlanFile } from '../../contracts/research.ts';
import { parseGrid } from '../../domain/research/fast/grid.ts';
import { sweepSignals } from '../../domain/research/fast/sweep-signals.ts';
import { strategyNamed } from '../../domain/research/registry.ts';
import { invariant } from '../../kernel/errors.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import { type ResearchResults, researchKeys } from '../../stores/research-results.ts';
import { encodeSweepTable, sweepTableOf } from './sweep-table.ts';

export interface ChunkEnd {
  readonly kind: 'computed' | 'was-there';
  readonly chunk: number;
}

/** @throws InvariantViolation when plan or panel is missing, or the plan has let through what cannot be swept. */
export async function runSweepChunk({ sweepId, chunk, first, count }: SweepChunk, research: ResearchResults): Promise<ChunkEnd> {
  const key = researchKeys.chunk(sweepId, chunk);
  if (await research.has(key)) return { kind: 'was-there', chunk };
  const plan = await research.json(researchKeys.sweepPlan(sweepId), SweepPlanFile);
  invariant(!isRefusal(plan), 'a sweep is planned before it runs', { sweepId });
  const panel = await research.panel(plan.panelId);
  const strategy = strategyNamed(plan.strategy);
  const grid = parseGrid(plan.grid);
  invariant(
    !isRefusal(panel) && strategy !== undefined && !isRefusal(grid),
    'a plan names a panel that is stored, a strategy there is, and a grid that reads',
    { sweepId },
  );
  const { rules, fromMoment = 0 } = plan;
  const result = sweepSignals({ panel, strategy, grid, rules, chunk: { first, count }, fromMoment });
  invariant(!isRefusal(result), 'a plan has only what the fast path covers', { sweepId, refusal: result });
  await research.putParquet(key, encodeSweepTable(sweepTableOf(result)));
  return { kind: 'computed', chunk };
}
