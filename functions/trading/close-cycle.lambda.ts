/**
 * States "Record Refusal" and "Fail Cycle": a cycle that reached no decisions is on record all the same, people can hear of
 * it, and its lease is free. Sends nothing and changes no control state.
 * Idempotent: the audit record of a cycle's end is written once; an event carries the same id each time.
 */
import * as z from 'zod';
import { CloseInput } from '../../shared/contracts/cycle.ts';
import type { BallastEvent } from '../../shared/contracts/events.ts';
import type { CycleId } from '../../shared/kernel/units.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { auditTrail, events, leases } from '../../shared/runtime/needs.ts';

const closeCycle = defineHandler({
  name: 'trading/close-cycle',
  needs: { auditTrail, events, leases },
  input: CloseInput,
  output: z.object({ outcome: z.enum(['refused', 'failed']), auditHead: z.string() }),

  async run({ cycleId, scheduledAt, outcome, refusal, failure, leaseToken }, needs) {
    const reason = refusal?.reason ?? failure?.Error ?? 'unknown';
    const record = {
      cycle_id: cycleId,
      scheduled_at: scheduledAt,
      outcome,
      reason,
      details: refusal?.details ?? { cause: failure?.Cause ?? '' },
    };
    const head = await needs.auditTrail.append(cycleId, outcome, [{ type: 'cycle', record }]);
    await needs.events.publish([closingEvent(cycleId, scheduledAt, outcome, reason)]);
    if (leaseToken !== null) await needs.leases.release({ holder: cycleId as CycleId, token: leaseToken });
    return { outcome, auditHead: head.hash };
  },
});

export const handler = onAws(closeCycle);

function closingEvent(cycleId: string, at: string, outcome: 'refused' | 'failed', reason: string): BallastEvent {
  const common = { eventId: `${cycleId}/${outcome}`, at, cycleId };
  return outcome === 'refused'
    ? { type: 'CycleRefused', detail: { ...common, summary: `Cycle ${cycleId} was refused: ${reason}.`, reason } }
    : { type: 'CycleFailed', detail: { ...common, summary: `Cycle ${cycleId} failed: ${reason}.`, error: reason } };
}
