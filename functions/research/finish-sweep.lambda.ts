/**
 * State "Finish Sweep": puts all chunks into one file and counts their backtests in the trial ledger; says which chunks have no result, and why.
 * Refuses nothing: a sweep of which parts are missing is an outcome.
 * Idempotent: the sweep's id decides the result, and a batch of trials is counted once, with the most trials it was told of.
 */
import * as z from 'zod';
import { SweepChunk, SweepOutcome } from '../../shared/contracts/research.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { research, trials } from '../../shared/runtime/needs.ts';
import { finishSweep } from '../../shared/runtime/research/finish-sweep.ts';

const finish = defineHandler({
  name: 'research/finish-sweep',
  needs: { research, trials },
  input: SweepChunk.pick({ sweepId: true }).extend({ actor: z.string().min(1), manifestKey: z.string().min(1) }),
  output: SweepOutcome,
  run: (task, needs) => finishSweep({ ...task, at: new Date(needs.clock.now()).toISOString() }, needs),
});

export const handler = onAws(finish);
