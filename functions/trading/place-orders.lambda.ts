/**
 * State "Place Orders": the only way money moves. Each planned order is reserved in one transaction that holds it against the control
 * item's epoch, the stops, the lease and every limit; a second transaction over the same conditions begins its sending; then it is sent,
 * once, under the permit that risk signed. A lost reply is UNKNOWN and is asked for by client id, never sent blindly again.
 * Halts when the permit is not risk's own, or is another cycle's.
 * Idempotent: plan and placement are written once, the client order id is derived, and an order that an earlier delivery may have sent
 * is first looked up at the broker.
 */
import * as z from 'zod';
import { type PermitVerifier, RiskTicket } from '../../shared/brokers/risk-ticket.ts';
import { type CycleState, PhaseInput } from '../../shared/contracts/cycle.ts';
import { env } from '../../shared/contracts/names/index.ts';
import { exposureBudgetUsd } from '../../shared/domain/execution/exposure-budget.ts';
import type { SignedPermit } from '../../shared/domain/execution/permit.ts';
import type { OrderPlan } from '../../shared/domain/execution/plan-orders.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { invariant } from '../../shared/kernel/errors.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { CycleDocuments, type Placement } from '../../shared/runtime/cycle-documents.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { broker, documents, ledger, permitVerifier, value } from '../../shared/runtime/needs.ts';
import { OrderDesk } from '../../shared/runtime/order-desk.ts';
import { ledgerIntents } from '../../shared/runtime/order-intents.ts';
import { orderPlanOf } from '../../shared/runtime/order-plan.ts';

const placeOrders = defineHandler({
  name: 'trading/place-orders',
  needs: { broker, documents, ledger, permitVerifier, policyTable: value(env.table('policy')), leaseTable: value(env.table('leases')) },
  input: PhaseInput,
  output: z.object({
    planned: z.number().int(),
    refused: z.number().int(),
    sent: z.number().int(),
    withdrawn: z.number().int(),
    unknown: z.number().int(),
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
    const ticket = await ticketFor(cycle, signed, needs.permitVerifier, needs.clock);
    const ofEarlierCycles = open.filter(({ cycleId }) => cycleId !== cycle.cycleId);
    const plan = await orderPlanOf({ context, documents: ofCycle, broker: connected, openOrders: ofEarlierCycles, clock: needs.clock });

    const { execution, risk } = context.policy;
    const { equityUsd, positions } = portfolio;
    const desk = new OrderDesk({
      ...{ broker: connected, ledger: needs.ledger, clock: needs.clock, ticket },
      guard: {
        control: { table: needs.policyTable, epoch: cycle.controlEpoch, purpose: 'trade' },
        lease: { table: needs.leaseTable, token: cycle.leaseToken },
        openOrdersPerSymbolMax: execution.openOrdersPerSymbolMax,
        messagesPerMinuteMax: execution.messagesPerMinuteMax,
        exposureUsdMax: exposureBudgetUsd({ equityUsd, grossFracMax: risk.grossFracMax, positions, openOrders: ofEarlierCycles }),
      },
    });
    const held = new Map(positions.map(({ symbol, quantity }) => [symbol, quantity]));
    const { strategy } = context;
    const { priceCollarFrac } = execution;
    const intents = ledgerIntents({ plan, held, openOrders: ofEarlierCycles, strategy, broker: connected.name, priceCollarFrac });
    const placed = await desk.place(intents);
    const placement = placed.map(({ intent: { orderId }, fate }) => ({ clientOrderId: orderId, ...fate }));
    await ofCycle.write('placement', placement);
    return countsOf(plan, placement);
  },
});

export const handler = onAws(placeOrders);

/** @throws InvariantViolation for a permit that risk did not sign, or signed for another cycle: somebody wrote into the lake. */
async function ticketFor(cycle: CycleState, signed: SignedPermit, verifier: PermitVerifier, clock: Clock): Promise<RiskTicket> {
  const { issuedFor, controlEpoch, policySha256 } = signed.permit;
  const ours = issuedFor === cycle.cycleId && controlEpoch === cycle.controlEpoch && policySha256 === cycle.policySha256;
  const ticket = await RiskTicket.verified(signed, verifier, clock);
  invariant(ours && !isRefusal(ticket), 'orders go out under the permit that risk signed for this cycle', { issuedFor, controlEpoch });
  return ticket;
}

function countsOf({ orders, refused }: OrderPlan, placement: Placement) {
  const count = (kind: Placement[number]['kind']): number => placement.filter((one) => one.kind === kind).length;
  const withdrawnFor: Record<string, number> = {};
  for (const one of placement) if (one.kind === 'withdrawn') withdrawnFor[one.reason] = (withdrawnFor[one.reason] ?? 0) + 1;
  return {
    ...{ planned: orders.length, refused: refused.length, withdrawnFor },
    ...{ sent: count('sent'), withdrawn: count('withdrawn'), unknown: count('unknown') },
  };
}
