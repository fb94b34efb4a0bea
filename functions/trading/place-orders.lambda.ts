/**
 * State "Place Orders": the only way money moves. Each planned order is reserved in one transaction that holds it against the control
 * item's epoch, the stops, the lease and every limit; a second transaction over the same conditions begins its sending; then it is sent,
 * once, under the permit that risk signed. A lost reply is UNKNOWN and is asked for by client id, never sent blindly again.
 * Halts when the permit is not risk's own, or is another cycle's.
 * Idempotent: plan and placement are written once, the client order id is derived, and an order that an earlier delivery may have sent
 * is first looked up at the broker.
 */
import * as z from 'zod';
import { PhaseInput } from '../../shared/contracts/cycle.ts';
import { env } from '../../shared/contracts/names/index.ts';
import { exposureBudgetUsd } from '../../shared/domain/execution/exposure-budget.ts';
import type { OrderPlan } from '../../shared/domain/execution/plan-orders.ts';
import { CycleDocuments, type Placement } from '../../shared/runtime/cycle-documents.ts';
import { genuineTicket } from '../../shared/runtime/genuine-ticket.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { broker, documents, ledger, machine, parents, permitVerifier, value } from '../../shared/runtime/needs.ts';
import { OrderDesk } from '../../shared/runtime/order-desk.ts';
import { ledgerIntents } from '../../shared/runtime/order-intents.ts';
import { orderPlanOf } from '../../shared/runtime/order-plan.ts';
import { beginWork, planParents } from '../../shared/runtime/plan-parents.ts';

const placeOrders = defineHandler({
  name: 'trading/place-orders',
  needs: {
    broker,
    documents,
    ledger,
    machine,
    parents,
    permitVerifier,
    policyTable: value(env.table('policy')),
    leaseTable: value(env.table('leases')),
  },
  input: PhaseInput,
  output: z.object({
    planned: z.number().int(),
    refused: z.number().int(),
    sent: z.number().int(),
    withdrawn: z.number().int(),
    unknown: z.number().int(),
    /** Parents, each with a machine of its own that works it through the session. */
    worked: z.number().int(),
    /** How many were withdrawn, by reason. */
    withdrawnFor: z.record(z.string(), z.number().int()),
  }),

  async run({ cycle }, needs) {
    const ofCycle = new CycleDocuments(needs.documents, cycle.cycleId);
    const earlier = await ofCycle.find('placement');
    if (earlier) return countsOf(await ofCycle.read('plan'), earlier);
    const [context, portfolio, signed, open, connected] = await Promise.all([
      ofCycle.context(cycle),
      ofCycle.read('portfolio'),
      ofCycle.read('permit'),
      needs.ledger.openOrders(),
      needs.broker(),
    ]);
    const { cycleId: issuedFor, controlEpoch, leaseToken, policySha256 } = cycle;
    const ticket = await genuineTicket(signed, { issuedFor, controlEpoch, policySha256 }, needs);
    const ofEarlierCycles = open.filter(({ cycleId }) => cycleId !== cycle.cycleId);
    const plan = await orderPlanOf({ context, documents: ofCycle, broker: connected, openOrders: ofEarlierCycles, clock: needs.clock });

    const { execution, risk } = context.policy;
    const { equityUsd, positions } = portfolio;
    const { algo: rules, wholeSharesOnly } = execution;
    const desk = new OrderDesk({
      ...{ broker: connected, ledger: needs.ledger, clock: needs.clock, ticket },
      guard: {
        control: { table: needs.policyTable, epoch: controlEpoch, purpose: 'trade' },
        lease: { table: needs.leaseTable, token: leaseToken },
        openOrdersPerSymbolMax: execution.openOrdersPerSymbolMax,
        messagesPerMinuteMax: execution.messagesPerMinuteMax,
        exposureUsdMax: exposureBudgetUsd({ equityUsd, grossFracMax: risk.grossFracMax, positions, openOrders: ofEarlierCycles }),
      },
    });
    const held = new Map(positions.map(({ symbol, quantity }) => [symbol, quantity]));
    const named = { strategy: context.strategy, broker: connected.name };
    const intents = ledgerIntents({ plan, held, openOrders: ofEarlierCycles, ...named });
    const orders = plan.orders.map(({ intent: { leg }, averageDailyVolume }, i) => ({ intent: intents[i]!, leg, averageDailyVolume }));
    const split = planParents({ rules, orders, wholeSharesOnly, now: needs.clock.now(), controlEpoch, leaseToken });

    const placed = await desk.place(split.direct);
    for (const parent of split.parents) await beginWork(parent, needs);
    const placement: Placement = [
      ...placed.map(({ intent: { orderId }, fate }) => ({ clientOrderId: orderId, ...fate })),
      ...split.parents.map(({ orderId }) => ({ clientOrderId: orderId, kind: 'worked' as const })),
      ...split.refused.map(({ intent: { orderId }, reason }) => ({ clientOrderId: orderId, kind: 'withdrawn' as const, reason })),
    ];
    await ofCycle.write('placement', placement);
    return countsOf(plan, placement);
  },
});

export const handler = onAws(placeOrders);

function countsOf({ orders, refused }: OrderPlan, placement: Placement) {
  const count = (kind: Placement[number]['kind']): number => placement.filter((one) => one.kind === kind).length;
  const withdrawnFor: Record<string, number> = {};
  for (const one of placement) if (one.kind === 'withdrawn') withdrawnFor[one.reason] = (withdrawnFor[one.reason] ?? 0) + 1;
  return {
    ...{ planned: orders.length, refused: refused.length, withdrawnFor },
    ...{ sent: count('sent'), withdrawn: count('withdrawn'), unknown: count('unknown'), worked: count('worked') },
  };
}
