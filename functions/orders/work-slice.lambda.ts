/**
 * State "Work Slice" of the machine "work-order": one slice of a parent order. Ends the children of the slices before it, then sends what is
 * missing of its target, through the desk that every order goes through, under the permit that risk signed for the cycle.
 * Refuses nothing: a slice that cannot go out is held, and a stop, a changed control epoch, a lost lease or the session's close ends the parent.
 * Idempotent: a child's id derives from the parent and the slice, and its shares are claimed on the parent before it is reserved.
 */
import * as z from 'zod';
import { env, fundName } from '../../shared/contracts/names/index.ts';
import { exposureBudgetUsd } from '../../shared/domain/execution/exposure-budget.ts';
import { implementationShortfall } from '../../shared/domain/execution/implementation-shortfall.ts';
import { invariant } from '../../shared/kernel/errors.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { CycleId, EpochMs, OrderId } from '../../shared/kernel/units.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import { workedTrade } from '../../shared/runtime/cycle-events.ts';
import { genuineTicket } from '../../shared/runtime/genuine-ticket.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { broker, documents, events, ledger, parents, permitVerifier, value } from '../../shared/runtime/needs.ts';
import { OrderDesk } from '../../shared/runtime/order-desk.ts';
import { type SliceOutcome, WorkOrder } from '../../shared/runtime/work-order.ts';
import type { ParentOrder, ParentResult } from '../../shared/stores/ledger/parents.ts';

const workSlice = defineHandler({
  name: 'orders/work-slice',
  needs: {
    broker,
    documents,
    events,
    ledger,
    parents,
    permitVerifier,
    policyTable: value(env.table('policy')),
    leaseTable: value(env.table('leases')),
  },
  input: z.object({
    cycleId: z.string().min(1),
    parentId: z.string().min(1),
    /** From 0; the one after the last ends the parent. */
    slice: z.number().int().nonnegative(),
    /** Why nothing more may be sent; null while all is well. */
    stop: z.string().min(1).nullable(),
  }),
  output: z.object({
    outcome: z.enum(['working', 'ending', 'ended']),
    why: z.string().nullable(),
    nextSlice: z.number().int(),
    nextAt: z.iso.datetime(),
    /** Of an ended parent: what it filled, and its implementation shortfall in basis points where all prices are known. */
    filled: z.number().nullable(),
    shortfallBps: z.number().nullable(),
  }),

  async run({ cycleId, parentId, slice, stop }, needs) {
    const key = { cycleId: cycleId as CycleId, orderId: parentId as OrderId };
    const parent = await needs.parents.read(key);
    invariant(!isRefusal(parent), 'a parent order is opened before it is worked', key);
    const ofCycle = new CycleDocuments(needs.documents, key.cycleId);
    const [policy, portfolio, signed, open, connected] = await Promise.all([
      ofCycle.read('policy'),
      ofCycle.read('portfolio'),
      ofCycle.read('permit'),
      needs.ledger.openOrders(),
      needs.broker(),
    ]);
    const { controlEpoch, validUntil } = signed.permit;
    const ticket = await genuineTicket(signed, { issuedFor: cycleId, controlEpoch: parent.controlEpoch }, needs);

    const { execution, risk } = policy;
    const { equityUsd, positions } = portfolio;
    const openOrders = open.filter((order) => order.cycleId !== cycleId);
    const budgetUsd = exposureBudgetUsd({ equityUsd, grossFracMax: risk.grossFracMax, positions, openOrders });
    const { openOrdersPerSymbolMax, messagesPerMinuteMax, priceCollarFrac, referenceAgeMsMax } = execution;
    const guard = {
      control: { table: needs.policyTable, epoch: controlEpoch, purpose: 'trade' as const },
      lease: { table: needs.leaseTable, token: parent.leaseToken },
      ...{ openOrdersPerSymbolMax, messagesPerMinuteMax },
    };
    const work = new WorkOrder({
      ...{ fund: fundName, broker: connected, ledger: needs.ledger, parents: needs.parents, clock: needs.clock },
      limits: { priceCollarFrac, referenceAgeMsMax },
      desk: (releasedUsd) =>
        new OrderDesk({
          ...{ broker: connected, ledger: needs.ledger, clock: needs.clock, ticket },
          guard: { ...guard, exposureUsdMax: budgetUsd + releasedUsd },
        }),
    });
    const ends = stop ?? (needs.clock.now() > validUntil ? 'permit-expired' : null);
    const outcome = ends === null ? await work.work(key, slice) : await work.stop(key, ends);
    if (outcome.kind === 'ended' && outcome.result.filledQuantity > 0)
      await needs.events.publish([workedTrade(parent, outcome.result, new Date(needs.clock.now()).toISOString())]);
    return answerOf(outcome, parent, slice, needs.clock.now());
  },
});

export const handler = onAws(workSlice);

function answerOf(outcome: SliceOutcome, parent: ParentOrder, slice: number, now: EpochMs) {
  const [nextSlice, nextAt] = outcome.kind === 'working' ? [outcome.nextSlice, outcome.nextAt] : [slice, now];
  const result = outcome.kind === 'ended' ? outcome.result : null;
  return {
    ...{ outcome: outcome.kind, why: outcome.why, nextSlice, nextAt: new Date(nextAt).toISOString() },
    ...{ filled: result?.filledQuantity ?? null, shortfallBps: result && shortfallBps(parent, result) },
  };
}

function shortfallBps(parent: ParentOrder, { endPriceUsd: closePriceUsd, ...fills }: ParentResult): number | null {
  const { side, quantity, decisionPriceUsd, arrivalPriceUsd } = parent;
  const shortfall = implementationShortfall({ side, quantity, decisionPriceUsd, arrivalPriceUsd, closePriceUsd, feesUsd: 0, ...fills });
  return isRefusal(shortfall) ? null : shortfall.totalBps;
}
