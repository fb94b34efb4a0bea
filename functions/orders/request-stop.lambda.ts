/**
 * Called by the bus for each StopRequested event: writes the control item of its scope, which is all that stopping takes; the policy
 * table's stream does the rest. Nobody looks before such an event is sent, so it only ever makes a scope stricter, and cannot resume one.
 * Idempotent: delivered again it finds the scope as strict as it asks for.
 */
import * as z from 'zod';
import { eventSchemas } from '../../shared/contracts/events.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { control } from '../../shared/runtime/needs.ts';

const requestStop = defineHandler({
  name: 'orders/request-stop',
  needs: { control },
  input: z.object({ detail: eventSchemas.StopRequested }),
  output: z.object({ changed: z.boolean() }),

  async run({ detail: { scope, state, reason, actor } }, needs) {
    const changed = await needs.control.tighten(scope, { state, reason, actor: `event/${actor}`, at: needs.clock.now() });
    return { changed: changed !== null };
  },
});

export const handler = onAws(requestStop);
