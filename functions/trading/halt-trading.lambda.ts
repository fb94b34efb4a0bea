/**
 * State "Halt Trading": something that must not be is, or risk asks for a person. Control goes to HALTED first, because that
 * is what stops orders; the stream of the policy table tells people and has the orders swept. The audit record and the lease come after.
 * Idempotent: a control item that this cycle already halted is left alone, and the audit record is written once.
 */
import * as z from 'zod';
import { wholeFund } from '../../shared/contracts/control.ts';
import { FailureShape, InstantText, instantOf } from '../../shared/contracts/cycle.ts';
import { tryParseJson } from '../../shared/kernel/json.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { CycleId } from '../../shared/kernel/units.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { auditTrail, control, leases } from '../../shared/runtime/needs.ts';

const haltTrading = defineHandler({
  name: 'trading/halt-trading',
  needs: { control, auditTrail, leases },
  input: z.object({ cycleId: z.string().min(1), scheduledAt: InstantText, failure: FailureShape, leaseToken: z.number().int().nullable() }),
  output: z.object({ outcome: z.literal('halted'), controlEpoch: z.number().int(), auditHead: z.string() }),

  async run({ cycleId, scheduledAt, failure, leaseToken }, needs) {
    const actor = `cycle/${cycleId}`;
    const reason = `${failure.Error}: ${messageOf(failure.Cause)}`;
    const present = await needs.control.read();
    const halted =
      !isRefusal(present) && present.state === 'HALTED' && present.actor === actor
        ? present
        : await needs.control.change(wholeFund, { state: 'HALTED', reason, actor, at: instantOf(scheduledAt) });

    const record = {
      cycle_id: cycleId,
      scheduled_at: scheduledAt,
      outcome: 'halted',
      reason: failure.Error,
      details: { cause: failure.Cause },
    };
    const head = await needs.auditTrail.append(cycleId, 'halted', [{ type: 'cycle', record }]);
    if (leaseToken !== null) await needs.leases.release({ holder: cycleId as CycleId, token: leaseToken });
    return { outcome: 'halted' as const, controlEpoch: halted.epoch, auditHead: head.hash };
  },
});

export const handler = onAws(haltTrading);

/** A cause is a whole error report; its message is what a person needs first. */
function messageOf(cause: string): string {
  const report = tryParseJson(cause) as { errorMessage?: string } | null | undefined;
  return String(report?.errorMessage ?? cause).slice(0, 300);
}
