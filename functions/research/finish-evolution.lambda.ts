/**
 * State "Finish Evolution": judges the one candidate on what was held out, writes the rules that nothing else dominates, and counts every genome.
 * Refuses a panel that rules cannot be evaluated on. Promotes nothing.
 * Idempotent: the evolution's id decides the result, and a batch of trials is counted once.
 */
import * as z from 'zod';
import { IslandTask } from '../../shared/contracts/research.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { research, trials } from '../../shared/runtime/needs.ts';
import { finishEvolution } from '../../shared/runtime/research/finish-evolution.ts';

const finish = defineHandler({
  name: 'research/finish-evolution',
  needs: { research, trials },
  input: IslandTask.pick({ evolutionId: true }).extend({ actor: z.string().min(1) }),
  output: z.object({
    kind: z.literal('finished'),
    evolutionId: z.string(),
    isFound: z.boolean(),
    front: z.number().int(),
    trials: z.number().int(),
    resultKey: z.string(),
  }),
  run: (task, needs) => finishEvolution({ ...task, at: new Date(needs.clock.now()).toISOString() }, needs),
});

export const handler = onAws(finish);
