/**
 * State "Plan Sweep": names the sweep by the hash of all that it computes, cuts the grid into few big chunks by what they cost, and lists them
 * where the Distributed Map reads them. Refuses a strategy, a grid or rules that cannot be swept, and a panel that is not stored.
 * Idempotent: the same request is the same plan.
 */
import * as z from 'zod';
import { env } from '../../shared/contracts/names/index.ts';
import { SweepRequest } from '../../shared/contracts/research.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { research, value } from '../../shared/runtime/needs.ts';
import { planSweep } from '../../shared/runtime/research/plan-sweep.ts';

const plan = defineHandler({
  name: 'research/plan-sweep',
  needs: { research, bucket: value(env.bucket('research')), codeSha256: value(env.researchCode) },
  input: SweepRequest,
  output: z.object({
    kind: z.literal('planned'),
    sweepId: z.string(),
    bucket: z.string(),
    chunksKey: z.string(),
    chunks: z.number().int(),
    costUsd: z.number(),
  }),

  async run(request, needs) {
    const planned = await planSweep(request, needs);
    return isRefusal(planned) ? planned : { ...planned, bucket: needs.bucket };
  },
});

export const handler = onAws(plan);
