/**
 * State "Finish Ingest": writes the manifest, whereby the data set becomes visible, and names it the current one.
 * Idempotent: the chunk reports decide the manifest; the event carries the data set's id.
 */
import * as z from 'zod';
import { formatDay } from '../../shared/kernel/days.ts';
import { finishIngest } from '../../shared/providers/ingest/finish-ingest.ts';
import { IngestSource } from '../../shared/providers/ingest/source.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { events, lake } from '../../shared/runtime/needs.ts';

const finish = defineHandler({
  name: 'market-data/finish-ingest',
  needs: { lake, events },
  input: z.object({ source: IngestSource, chunkCount: z.number().int().positive() }),
  output: z.object({ datasetId: z.string(), symbolCount: z.number().int(), rows: z.number().int(), blockedCount: z.number().int() }),

  async run(input, needs) {
    const { datasetId, symbolCount, rows, blockedCount, lastDay } = await finishIngest(input, needs);
    await needs.lake.publishAsCurrent(datasetId);
    await needs.events.publish([
      {
        type: 'DataIngested',
        detail: {
          eventId: `ingest/${datasetId}/${formatDay(lastDay)}`,
          at: new Date(needs.clock.now()).toISOString(),
          summary: `${symbolCount} symbols up to ${formatDay(lastDay)} are ingested as ${datasetId}; ${blockedCount} are blocked.`,
          datasetId,
          symbols: symbolCount,
          quarantined: blockedCount,
        },
      },
    ]);
    return { datasetId, symbolCount, rows, blockedCount };
  },
});

export const handler = onAws(finish);
