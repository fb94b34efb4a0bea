/**
 * State "Evolve Island", once per island and epoch: breeds its population for the generations of one epoch.
 * Refuses a panel that rules cannot be evaluated on, e.g. one with splits in its prices.
 * Idempotent: the same island and epoch give the same bytes, and one that is there is not computed again.
 */
import * as z from 'zod';
import { IslandTask } from '../../shared/contracts/research.ts';
import { ContractViolation } from '../../shared/kernel/errors.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { research } from '../../shared/runtime/needs.ts';
import { evolveIsland } from '../../shared/runtime/research/evolve-island.ts';

const count = z.number().int().nonnegative();

const evolve = defineHandler({
  name: 'research/evolve-island',
  needs: { research },
  input: IslandTask.extend({ epoch: count }),
  output: z.object({ kind: z.literal('evolved'), island: count, epoch: count, trials: count }),

  async run(task, needs) {
    const evolved = await evolveIsland(task, needs.research);
    // No island of this panel can be bred: the search as a whole ends, rather than epoch after epoch of refusals.
    if (isRefusal(evolved)) throw new ContractViolation(`rules cannot be evaluated on this panel: ${evolved.reason}`, evolved.details);
    return evolved;
  },
});

export const handler = onAws(evolve);
