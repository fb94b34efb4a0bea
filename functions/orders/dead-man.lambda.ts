/**
 * Called by EventBridge Scheduler every five minutes while the exchange is open: looks for cycles that died. Each loses its lease, so that
 * what may still run of it sends nothing more; then the machine "stop" cancels what it left working; then people are told.
 * Refuses outside the session: nothing of a cycle works then.
 * Idempotent: a lease is revoked once, the execution is named by cycle and schedule time, the event by the cycle. A cycle that still has
 * open orders five minutes later is swept again.
 */
import * as z from 'zod';
import { InstantText, instantOf } from '../../shared/contracts/cycle.ts';
import { sessionState } from '../../shared/domain/market/calendar.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import { type DeadCycle, deadCycles } from '../../shared/runtime/dead-man.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { cycleExecutions, events, leases, ledger, machine } from '../../shared/runtime/needs.ts';
import { stopIdOf } from '../../shared/runtime/stop-announcement.ts';

const deadMan = defineHandler({
  name: 'orders/dead-man',
  needs: { cycleExecutions, events, leases, ledger, machine },
  input: z.object({ scheduledAt: InstantText }),
  output: z.object({ dead: z.array(z.string()) }),

  async run({ scheduledAt }, needs) {
    const market = sessionState(instantOf(scheduledAt));
    if (market.kind === 'closed') return refuse('market-closed', { scheduledAt, why: market.why });
    const { ledger: book, leases: held, cycleExecutions: executions, clock } = needs;
    const dead = await deadCycles({ ledger: book, leases: held, executions, clock });
    for (const cycle of dead) {
      const { cycleId, ended, openOrders, lease } = cycle;
      if (lease !== null) await held.revoke(lease);
      const scope = { kind: 'cycle', cycleId } as const;
      await needs.machine.start(stopIdOf(scope, scheduledAt), { scope, epoch: 0, flatten: false });
      needs.log.error('cycle-died', { cycleId, ended, openOrders });
      await needs.events.publish([died(cycle, scheduledAt)]);
    }
    return { dead: dead.map(({ cycleId }) => cycleId) };
  },
});

export const handler = onAws(deadMan);

function died({ cycleId, ended, openOrders }: DeadCycle, at: string) {
  const summary = `Cycle ${cycleId} died (${ended}) and left ${openOrders} orders open; they are being cancelled.`;
  return { type: 'CycleDied' as const, detail: { eventId: `${cycleId}/died`, at, summary, cycleId, ended, openOrders } };
}
