/**
 * State "Run Sweep Chunk", once per chunk of the grid: backtests its combinations over all symbols and writes what came out as Parquet.
 * Refuses nothing: what cannot be swept was refused by the plan.
 * Idempotent: the same chunk gives the same bytes, and one that is there is not computed again.
 */
import * as z from 'zod';
import { SweepChunk } from '../../shared/contracts/research.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { research } from '../../shared/runtime/needs.ts';
import { runSweepChunk } from '../../shared/runtime/research/run-sweep-chunk.ts';

const runChunk = defineHandler({
  name: 'research/run-sweep-chunk',
  needs: { research },
  input: SweepChunk,
  output: z.object({ kind: z.enum(['computed', 'was-there']), chunk: z.number().int() }),
  run: (chunk, needs) => runSweepChunk(chunk, needs.research),
});

export const handler = onAws(runChunk);
