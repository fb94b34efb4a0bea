/**
 * The end of a sweep: its chunks in the order of the grid, as one table, and its trials in the ledger.
 *
 * Which chunks are missing is read from the bucket, since what is there is there whatever became of its function; why, from what Step Functions wrote of
 * its children. A sweep that misses chunks has no result table, out of which somebody would pick a best that may not be it; its finished
 * trials are counted all the same.
 */
import * as z from 'zod';
import { type SweepOutcome, SweepPlanFile } from '../../contracts/research.ts';
import { invariant } from '../../kernel/errors.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import { type ResearchResults, researchKeys } from '../../stores/research-results.ts';
import type { TrialLedger } from '../../stores/trial-ledger.ts';
import { decodeSweepTable, encodeSweepTable, joinSweepTables, type SweepTable, sharpeOf } from './sweep-table.ts';

export async function finishSweep(
  task: { readonly sweepId: string; readonly actor: string; readonly at: string; readonly manifestKey: string },
  { research, trials }: { readonly research: ResearchResults; readonly trials: TrialLedger },
): Promise<SweepOutcome> {
  const { sweepId, actor, at } = task;
  const plan = await research.json(researchKeys.sweepPlan(sweepId), SweepPlanFile);
  invariant(!isRefusal(plan), 'a sweep is planned before it is finished', { sweepId });
  const tables: SweepTable[] = [];
  const missing: number[] = [];
  for (const { chunk } of plan.chunks) {
    const bytes = await research.parquet(researchKeys.chunk(sweepId, chunk));
    if (isRefusal(bytes)) missing.push(chunk);
    else tables.push(await decodeSweepTable(bytes));
  }
  const all = joinSweepTables(tables);
  const { datasetName, datasetSha256, fromDay, toDay } = plan.panel;
  await trials.record({
    ...{ strategy: plan.strategy, datasetSha256, datasetName, fromDay, toDay, batchId: plan.batchId, command: 'sweep', at, actor },
    ...{ trials: all.rows, sharpe: sharpeOf(all), tried: plan.grid },
  });
  const resultKey = missing.length === 0 ? researchKeys.sweepResult(sweepId) : null;
  if (resultKey !== null) await research.putParquet(resultKey, encodeSweepTable(all));
  const because = missing.length === 0 ? new Map<number, string>() : await failuresOf(task.manifestKey, research);
  return {
    kind: missing.length === 0 ? 'complete' : 'partial',
    sweepId,
    chunks: plan.chunks.length,
    failed: missing.map((chunk) => ({ chunk, error: because.get(chunk) ?? 'no result was written' })),
    backtests: all.rows,
    skipped: all.skipped,
    resultKey,
    costUsd: plan.costUsd,
  };
}

/** Source: Step Functions developer guide, "ResultWriter (Map)". */
const Manifest = z.object({ ResultFiles: z.object({ FAILED: z.array(z.object({ Key: z.string() })) }) });
const FailedChildren = z.array(z.object({ Input: z.string(), Error: z.string().optional(), Cause: z.string().optional() }));
const ChunkNumber = z.object({ chunk: z.number().int() });

async function failuresOf(manifestKey: string, research: ResearchResults): Promise<ReadonlyMap<number, string>> {
  const manifest = await research.json(manifestKey, Manifest);
  const found = new Map<number, string>();
  for (const { Key } of isRefusal(manifest) ? [] : manifest.ResultFiles.FAILED) {
    const children = await research.json(Key, FailedChildren);
    for (const { Input, Error: error = 'unknown', Cause: cause } of isRefusal(children) ? [] : children)
      found.set(ChunkNumber.parse(JSON.parse(Input)).chunk, cause === undefined ? error : `${error}: ${causeText(cause)}`);
  }
  return found;
}

/** A function's cause is JSON text with the message in it. */
export function causeText(cause: string): string {
  try {
    return z.object({ errorMessage: z.string() }).parse(JSON.parse(cause)).errorMessage;
  } catch {
    return cause.slice(0, 200);
  }
}
