/**
 * State "Plan Ingest": opens the source, lists its symbols in chunks, and puts the list where the Distributed Map reads it.
 * A file that is missing or malformed is a ContractViolation whose message names line and column.
 * Idempotent: the same content has the same data set id and list; a data set that is there already needs no work.
 */
import * as z from 'zod';
import { env } from '../../shared/contracts/names/index.ts';
import { planIngest } from '../../shared/providers/ingest/plan-ingest.ts';
import { IngestSource } from '../../shared/providers/ingest/source.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { lake, value } from '../../shared/runtime/needs.ts';

const identity = { datasetId: z.string(), symbolCount: z.number().int() };

const plan = defineHandler({
  name: 'market-data/plan-ingest',
  needs: { lake, bucket: value(env.bucket('lake')) },
  input: z.object({ source: IngestSource }),
  output: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('unchanged'), ...identity }),
    z.object({ kind: z.literal('planned'), ...identity, chunkCount: z.number().int(), bucket: z.string(), chunksKey: z.string() }),
  ]),

  async run({ source }, needs) {
    const planned = await planIngest({ source }, needs);
    return planned.kind === 'unchanged' ? planned : { ...planned, bucket: needs.bucket };
  },
});

export const handler = onAws(plan);
