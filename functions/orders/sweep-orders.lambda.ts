/**
 * State "Sweep Orders" of the machine "stop": one pass over the open orders of a scope that was halted, or of a cycle that died. What was
 * never sent is withdrawn, what works is cancelled by client id, what is unknown is asked for until it is known. Sends nothing.
 * A halt that was lifted is swept once, for what it caught, and then no more: what works after that is the next cycle's.
 * Idempotent: an order that is over is not in scope any more.
 */
import * as z from 'zod';
import { type StopScope, StopScopeShape, scopeText } from '../../shared/contracts/control.ts';
import { CycleIdText } from '../../shared/contracts/cycle.ts';
import { fundName } from '../../shared/contracts/names/index.ts';
import { contentHash } from '../../shared/kernel/canonical-json.ts';
import { HaltSweep, type SweepReport } from '../../shared/runtime/halt-sweep.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { broker, control, events, ledger } from '../../shared/runtime/needs.ts';

const Scope = z.union([StopScopeShape, z.object({ kind: z.literal('cycle'), cycleId: CycleIdText })]);
const count = z.number().int();

const sweepOrders = defineHandler({
  name: 'orders/sweep-orders',
  needs: { broker, control, events, ledger },
  input: z.object({ scope: Scope, pass: count.positive() }),
  output: z.object({
    ...{ withdrawn: count, cancelled: count, filled: count, neverArrived: count, stillOpen: count },
    strays: z.array(z.string()),
    /** Somebody resumed meanwhile. */
    lifted: z.boolean(),
  }),

  async run({ scope, pass }, needs) {
    if (pass > 1 && scope.kind !== 'cycle' && !(await needs.control.isHalted(scope))) return { ...nothing, lifted: true };
    const { ledger: book, clock } = needs;
    const sweep = new HaltSweep({ broker: await needs.broker(), ledger: book, clock, fund: fundName });
    const report = await sweep.sweep(scope);
    if (report.strays.length > 0 && scope.kind !== 'cycle') await needs.events.publish([strayed(scope, report, clock.now())]);
    return { ...report, strays: [...report.strays], lifted: false };
  },
});

export const handler = onAws(sweepOrders);

const nothing = { withdrawn: 0, cancelled: 0, filled: 0, neverArrived: 0, stillOpen: 0, strays: [] };

/** The same strays have the same event, however many passes it takes to be rid of them. */
function strayed(scope: StopScope, { strays }: SweepReport, at: number) {
  const orderIds = [...strays].sort();
  const summary = `The broker worked ${orderIds.length} orders of ours that the ledger held for over; stopping ${scopeText(scope)} cancels them.`;
  const eventId = `stray-orders/${contentHash(orderIds).slice(0, 16)}`;
  return { type: 'StrayOrdersFound' as const, detail: { eventId, at: new Date(at).toISOString(), summary, orderIds } };
}
