/**
 * State "Place Orders": the only way money moves. Each planned order is reserved in one transaction that holds it against the
 * control item's epoch, the lease and the open-order limit; control is read once more; then it is sent, once.
 * A lost reply is UNKNOWN and is asked for by client id, never sent blindly again.
 * Idempotent: the plan is written once, the client order id is derived from it, and an order that an earlier delivery reserved
 * is first looked up at the broker.
 */
import * as z from 'zod';
import type { Broker } from '../../shared/brokers/broker.ts';
import { PhaseInput } from '../../shared/contracts/cycle.ts';
import { env } from '../../shared/contracts/names/index.ts';
import { runOrderPlan } from '../../shared/domain/cycle/run-order-plan.ts';
import type { CycleContext } from '../../shared/domain/cycle/step-types.ts';
import type { OrderPlan } from '../../shared/domain/execution/plan-orders.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { TransientFailure } from '../../shared/kernel/errors.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { broker, control, documents, ledger, value } from '../../shared/runtime/needs.ts';
import { OrderDesk, type PlacedIntent } from '../../shared/runtime/order-desk.ts';
import type { Ledger } from '../../shared/stores/ledger/index.ts';

const placeOrders = defineHandler({
  name: 'trading/place-orders',
  needs: { broker, control, documents, ledger, policyTable: value(env.table('policy')), leaseTable: value(env.table('leases')) },
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
    const [context, portfolio, connected] = await Promise.all([ofCycle.context(cycle), ofCycle.read('portfolio'), needs.broker()]);
    const plan = (await ofCycle.find('plan')) ?? (await makePlan(context, ofCycle, connected, needs.ledger, needs.clock));

    const desk = new OrderDesk({
      broker: connected,
      ledger: needs.ledger,
      control: needs.control,
      clock: needs.clock,
      guard: {
        control: { table: needs.policyTable, epoch: cycle.controlEpoch },
        lease: { table: needs.leaseTable, token: cycle.leaseToken },
        openOrdersPerSymbolMax: context.policy.execution.openOrdersPerSymbolMax,
      },
      limits: context.policy.execution,
      held: new Map(portfolio.positions.map(({ symbol, quantity }) => [symbol, quantity])),
    });
    const placed = await desk.place(plan.orders.map(({ intent }) => intent));
    const count = (kind: PlacedIntent['fate']['kind']): number => placed.filter(({ fate }) => fate.kind === kind).length;
    return {
      ...{ planned: plan.orders.length, refused: plan.refused.length },
      ...{ sent: count('sent'), withdrawn: count('withdrawn'), unknown: count('unknown') },
      withdrawnFor: withdrawnFor(placed),
    };
  },
});

export const handler = onAws(placeOrders);

function withdrawnFor(placed: readonly PlacedIntent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { fate } of placed) if (fate.kind === 'withdrawn') counts[fate.reason] = (counts[fate.reason] ?? 0) + 1;
  return counts;
}

/** Approved weights become orders at the broker's latest prices; written once, so that a second delivery places the same ones. */
async function makePlan(
  context: CycleContext,
  documents: CycleDocuments,
  connected: Broker,
  book: Ledger,
  clock: Clock,
): Promise<OrderPlan> {
  const [signals, risk, portfolio, working] = await Promise.all([
    documents.read('signals'),
    documents.read('risk'),
    documents.read('portfolio'),
    book.openOrders(),
  ]);
  const symbols = risk.approved.filter(({ weight }) => weight !== 0).map(({ symbol }) => symbol);
  const references = await connected.latestPrices([...new Set([...symbols, ...portfolio.positions.map(({ symbol }) => symbol)])]);
  if (isRefusal(references)) throw new TransientFailure(`The broker gives no prices: ${references.reason}`);
  // Read after the prices came: a trade that printed while we asked is not from the future.
  const now = clock.now();
  const openOrders = working.map(({ symbol, orderId }) => ({ symbol, clientOrderId: orderId }));

  const plan = runOrderPlan({ context, signals, risk, portfolio, references, openOrders, now });
  await documents.write('plan', plan);
  return plan;
}
