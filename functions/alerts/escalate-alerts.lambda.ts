/**
 * Called by EventBridge Scheduler every five minutes, day and night: tells again, on every channel, of a CRITICAL alert that nobody
 * acknowledged, and tells in one message what waited through the quiet hours.
 * Refuses nothing.
 * Idempotent: a reminder is marked by its number and channel, a digest has the id that its members give it.
 */
import * as z from 'zod';
import { InstantText } from '../../shared/contracts/cycle.ts';
import { TransientFailure } from '../../shared/kernel/errors.ts';
import { deskNeeds, deskOf } from '../../shared/runtime/alerts/desk-needs.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';

const escalateAlerts = defineHandler({
  name: 'alerts/escalate-alerts',
  needs: deskNeeds,
  input: z.object({ scheduledAt: InstantText }),
  output: z.object({ reminded: z.array(z.string()), digest: z.string().nullable() }),

  async run(_input, needs) {
    const desk = deskOf(needs);
    const held = await desk.tellHeld();
    const { told, untold } = await desk.remind();
    if (held !== null) needs.log.info('quiet-hours-over', { ...held });
    if (told.length > 0) needs.log.warn('alerts-escalated', { alerts: told });
    if (untold.length > 0) throw new TransientFailure('No channel took the reminder of an alert', { alerts: untold });
    return { reminded: [...told], digest: held?.digest ?? null };
  },
});

export const handler = onAws(escalateAlerts);
