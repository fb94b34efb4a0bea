/**
 * Called by EventBridge Scheduler on weekday evenings: says that the fund is alive, whether it may trade, what its last cycle did, what it
 * has, and which channels are set up. The line it logs is what the alarm on silence counts.
 * Refuses nothing: a fund that is stopped, or whose policy cannot be read, says so.
 * Idempotent: the message of a day has one id.
 */
import * as z from 'zod';
import { InstantText, instantOf } from '../../shared/contracts/cycle.ts';
import { deskNeeds, deskOf } from '../../shared/runtime/alerts/desk-needs.ts';
import { heartbeatOf } from '../../shared/runtime/alerts/heartbeat.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { audit, control, documents, ledger } from '../../shared/runtime/needs.ts';

const sendHeartbeat = defineHandler({
  name: 'alerts/send-heartbeat',
  needs: { ...deskNeeds, audit, control, documents, ledger },
  input: z.object({ scheduledAt: InstantText }),
  output: z.object({ alertId: z.string() }),

  async run({ scheduledAt }, needs) {
    const { status } = await needs.alertChannels();
    const alert = await heartbeatOf({ ...needs, channels: status }, instantOf(scheduledAt));
    const raised = await deskOf(needs).raise(alert);
    needs.log.info('heartbeat', { ...raised });
    return { alertId: alert.alertId };
  },
});

export const handler = onAws(sendHeartbeat);
