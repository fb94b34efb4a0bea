/**
 * State "Ingest Chunk", once per chunk of symbols: reads their bars, judges them, writes Parquet by year and the quality profiles.
 * A bad symbol is named and stored like the others; what blocks it is decided again at every preflight, under the policy then in force.
 * Idempotent: the same chunk writes the same bytes under the same keys.
 */
import * as z from 'zod';
import { defaultPolicy } from '../../shared/domain/policy/default-policy.ts';
import { IngestChunk } from '../../shared/providers/ingest/chunk.ts';
import { ingestChunk as ingest } from '../../shared/providers/ingest/ingest-chunk.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { lake } from '../../shared/runtime/needs.ts';

const ingestChunk = defineHandler({
  name: 'market-data/ingest-chunk',
  needs: { lake },
  input: IngestChunk,
  output: z.object({ part: z.number().int(), symbolCount: z.number().int(), rows: z.number().int(), blockedCount: z.number().int() }),

  async run(chunk, needs) {
    // Only the report for people is made under these rules; no trade depends on them.
    const { part, symbolCount, rows, blocked } = await ingest(chunk, { lake: needs.lake, rules: defaultPolicy });
    return { part, symbolCount, rows, blockedCount: blocked.length };
  },
});

export const handler = onAws(ingestChunk);
