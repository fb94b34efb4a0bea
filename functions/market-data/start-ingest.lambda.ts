/**
 * Called by EventBridge Scheduler every evening: starts the ingest machine on the stage's source, under the name of the evening.
 * Idempotent: the same evening has one execution, and the same data is the same data set.
 */
import * as z from 'zod';
import { InstantText } from '../../shared/contracts/cycle.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { IngestSource } from '../../shared/providers/ingest/source.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { machine } from '../../shared/runtime/needs.ts';

/** Until a live provider is configured, a stage trades the seeded market simulator: visibly invented, never mistaken for real. */
const defaultSource: IngestSource = { kind: 'simulator', seed: 1 };

const startIngest = defineHandler({
  name: 'market-data/start-ingest',
  needs: { machine },
  input: z.object({ scheduledAt: InstantText, source: IngestSource.optional() }),
  output: z.object({ kind: z.literal('started'), executionArn: z.string() }),

  async run({ scheduledAt, source = defaultSource }, needs) {
    const started = await needs.machine.start(`ingest-${scheduledAt.slice(0, 19).replaceAll(':', '-')}Z`, { source });
    return isRefusal(started) ? started : { kind: 'started' as const, ...started };
  },
});

export const handler = onAws(startIngest);
