/**
 * Called by EventBridge Scheduler after the close: starts the machine `reconcile` under the name of the evening.
 * Refuses a day without a session. A half day is reconciled at the same time as any other: nothing trades in between.
 * Idempotent: AWS refuses a second execution of the same name.
 */
import * as z from 'zod';
import { InstantText, instantOf } from '../../shared/contracts/cycle.ts';
import { isSession, newYorkDay } from '../../shared/domain/market/calendar.ts';
import { isRefusal, refuse } from '../../shared/kernel/refusal.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { machine } from '../../shared/runtime/needs.ts';

const startReconciliation = defineHandler({
  name: 'orders/start-reconciliation',
  needs: { machine },
  input: z.object({ scheduledAt: InstantText }),
  output: z.object({ kind: z.literal('started'), executionArn: z.string() }),

  async run({ scheduledAt }, needs) {
    if (!isSession(newYorkDay(instantOf(scheduledAt)))) return refuse('market-closed', { scheduledAt, why: 'no-session' });
    const name = `reconcile-${new Date(instantOf(scheduledAt)).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
    const started = await needs.machine.start(name, { scheduledAt });
    return isRefusal(started) ? started : { kind: 'started' as const, ...started };
  },
});

export const handler = onAws(startReconciliation);
