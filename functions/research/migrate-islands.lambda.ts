/**
 * State "Migrate Islands", once per epoch: lets the best of each island move to the next one, and keeps all populations together.
 * Refuses nothing: an island that is missing is an InvariantViolation, since the map before it has ended well.
 * Idempotent: the same islands give the same bytes under the same key.
 */
import * as z from 'zod';
import { IslandTask } from '../../shared/contracts/research.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { research } from '../../shared/runtime/needs.ts';
import { migrateIslands } from '../../shared/runtime/research/migrate-islands.ts';

const count = z.number().int().nonnegative();

const migrate = defineHandler({
  name: 'research/migrate-islands',
  needs: { research },
  input: IslandTask.pick({ evolutionId: true }).extend({ epoch: count }),
  output: z.object({ trials: count }),
  run: (task, needs) => migrateIslands(task, needs.research),
});

export const handler = onAws(migrate);
