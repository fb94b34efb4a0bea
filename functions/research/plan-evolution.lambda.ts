/**
 * State "Plan Evolution": names the evolution by the hash of all that it computes, and lists its islands where the Distributed Map reads them.
 * Refuses a panel that is not stored or too short, and epochs that would take longer than a function may.
 * Idempotent: the same request is the same plan, and says which epochs are complete.
 */
import * as z from 'zod';
import { env } from '../../shared/contracts/names/index.ts';
import { EvolutionRequest } from '../../shared/contracts/research.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { research, value } from '../../shared/runtime/needs.ts';
import { planEvolution } from '../../shared/runtime/research/plan-evolution.ts';

const plan = defineHandler({
  name: 'research/plan-evolution',
  needs: { research, bucket: value(env.bucket('research')), codeSha256: value(env.researchCode) },
  input: EvolutionRequest,
  output: z.object({
    kind: z.literal('planned'),
    evolutionId: z.string(),
    bucket: z.string(),
    islandsKey: z.string(),
    epoch: z.number().int(),
    epochs: z.number().int(),
  }),

  async run(request, needs) {
    const planned = await planEvolution(request, needs);
    return isRefusal(planned) ? planned : { ...planned, bucket: needs.bucket };
  },
});

export const handler = onAws(plan);
