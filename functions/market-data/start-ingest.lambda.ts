/**
 * Called by EventBridge Scheduler every evening: starts the ingest machine on the stage's source, under the name of the evening.
 * Refuses outside dev when no source is named: what a fund trades on is never implied.
 * Idempotent: the same evening has one execution, and the same data is the same data set.
 */
import * as z from 'zod';
import { InstantText } from '../../shared/contracts/cycle.ts';
import { env } from '../../shared/contracts/names/index.ts';
import { isRefusal, refuse } from '../../shared/kernel/refusal.ts';
import { IngestSource } from '../../shared/providers/ingest/source.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { machine, value } from '../../shared/runtime/needs.ts';

/** Stage dev shows itself on the seeded simulator: visibly invented. No other stage has a source that nobody named. */
const devSource: IngestSource = { kind: 'simulator', seed: 1 };

const startIngest = defineHandler({
  name: 'market-data/start-ingest',
  needs: { machine, stage: value(env.stage) },
  input: z.object({ scheduledAt: InstantText, source: IngestSource.optional() }),
  output: z.object({ kind: z.literal('started'), executionArn: z.string() }),

  async run({ scheduledAt, source: named }, needs) {
    const source = named ?? (needs.stage === 'dev' ? devSource : undefined);
    if (!source) return refuse('no-source-configured', { stage: needs.stage });
    const started = await needs.machine.start(`ingest-${scheduledAt.slice(0, 19).replaceAll(':', '-')}Z`, { source });
    return isRefusal(started) ? started : { kind: 'started' as const, ...started };
  },
});

export const handler = onAws(startIngest);
