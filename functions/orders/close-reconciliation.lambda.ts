/**
 * States "Halt Trading" and "Fail Reconciliation" of the machine `reconcile`: it could not go on. When one of our own rules was found
 * broken, control goes to HALTED first, because that is what stops orders; the event comes after. It carries no cycle's record into the audit trail, for it decided nothing.
 * Idempotent: a fund that is halted already is left alone, and the event keeps its id.
 */
import * as z from 'zod';
import { wholeFund } from '../../shared/contracts/control.ts';
import { instantOf } from '../../shared/contracts/cycle.ts';
import { CloseReconciliationInput } from '../../shared/contracts/reconciliation.ts';
import { tryParseJson } from '../../shared/kernel/json.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { control, events } from '../../shared/runtime/needs.ts';

const closeReconciliation = defineHandler({
  name: 'orders/close-reconciliation',
  needs: { control, events },
  input: CloseReconciliationInput,
  output: z.object({ outcome: z.enum(['failed', 'halted']) }),

  async run({ reconciliationId, scheduledAt, outcome, failure }, needs) {
    const actor = `reconciliation/${reconciliationId}`;
    const reason = `${failure.Error}: ${messageOf(failure.Cause)}`;
    if (outcome === 'halted') await needs.control.tighten(wholeFund, { state: 'HALTED', reason, actor, at: instantOf(scheduledAt) });
    const summary =
      outcome === 'halted' ? `Trading is HALTED by ${actor}: ${reason}` : `Reconciliation ${reconciliationId} failed: ${reason}`;
    const detail = { eventId: `${reconciliationId}/${outcome}`, at: scheduledAt, reconciliationId, adjustments: 0, symbols: [] };
    await needs.events.publish([{ type: 'ReconciliationFailed', detail: { ...detail, outcome, unexplainedCashUsd: 0, summary } }]);
    return { outcome };
  },
});

export const handler = onAws(closeReconciliation);

/** A cause is a whole error report; its message is what a person needs first. */
function messageOf(cause: string): string {
  const report = tryParseJson(cause) as { errorMessage?: string } | null | undefined;
  return String(report?.errorMessage ?? cause).slice(0, 300);
}
