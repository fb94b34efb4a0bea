/**
 * State "Record Decisions": one 15-field record per symbol of the universe, one per order, and one for the cycle, chained into the audit
 * trail; then the events, then the lease goes back.
 * Idempotent: the records are pure in the cycle's documents and its ledger, and are written once.
 */
import * as z from 'zod';
import { type CycleState, PhaseInput } from '../../shared/contracts/cycle.ts';
import { assembleDecisions } from '../../shared/domain/cycle/assemble-decisions.ts';
import type { CycleId } from '../../shared/kernel/units.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import { cycleEvents } from '../../shared/runtime/cycle-events.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { auditTrail, documents, events, leases, ledger } from '../../shared/runtime/needs.ts';
import type { LedgerOrder } from '../../shared/stores/ledger/index.ts';

const recordDecisions = defineHandler({
  name: 'trading/record-decisions',
  needs: { documents, ledger, auditTrail, events, leases },
  input: PhaseInput.extend({
    /** Why the cycle stopped short of an assessment; null when it did not. */
    endedBy: z.string().nullable(),
  }),
  output: z.object({ outcome: z.enum(['traded', 'no-trade']), decisions: z.number().int(), auditHead: z.string() }),

  async run({ cycle, snapshotKey, endedBy }, needs) {
    const ofCycle = new CycleDocuments(needs.documents, cycle.cycleId);
    const [context, signals, allocation, risk, plan, placement, orders] = await Promise.all([
      ofCycle.context(cycle),
      ofCycle.read('signals'),
      ofCycle.find('allocation'),
      ofCycle.find('risk'),
      ofCycle.find('plan'),
      ofCycle.find('placement'),
      needs.ledger.ordersOfCycle(cycle.cycleId),
    ]);
    const decisions = assembleDecisions({
      context,
      signals,
      allocation: allocation ?? null,
      risk: risk ?? null,
      plan: plan ?? null,
      withdrawn: (placement ?? []).flatMap((one) => (one.kind === 'withdrawn' ? [one] : [])),
      endedBy,
    });
    const riskDecision = risk?.assessment.decision ?? 'REJECT';
    const outcome = orders.some(({ cumulativeQuantity }) => cumulativeQuantity > 0) ? ('traded' as const) : ('no-trade' as const);

    const book = { regime: signals.regime, optimizer: allocation?.optimizer ?? null, overlays: allocation?.overlays ?? null };
    const head = await needs.auditTrail.append(cycle.cycleId, 'decisions', [
      ...decisions.map((record) => ({ type: 'decision' as const, record: { ...record } })),
      ...orders.map((order) => ({ type: 'order' as const, record: orderRecord(cycle.cycleId, order) })),
      { type: 'cycle' as const, record: { ...cycleRecord(cycle, snapshotKey, outcome, riskDecision), ended_by: endedBy, ...book } },
    ]);
    const auditHead = head.hash;
    await needs.events.publish(cycleEvents({ cycle, outcome, decisions: decisions.length, orders, riskDecision, auditHead }));
    await needs.leases.release({ holder: cycle.cycleId, token: cycle.leaseToken });
    return { outcome, decisions: decisions.length, auditHead };
  },
});

export const handler = onAws(recordDecisions);

/** What became of an order, by the time the cycle ended. */
const orderRecord = (cycleId: CycleId, order: LedgerOrder) => ({
  cycle_id: cycleId,
  order_id: order.orderId,
  symbol: order.symbol,
  side: order.side,
  strategy: order.strategy,
  broker: order.broker,
  quantity: order.quantity,
  state: order.state,
  filled: order.cumulativeQuantity,
  average_price: order.averagePrice ?? null,
  closed_by: order.closedBy ?? null,
  incidents: order.incidents ?? [],
  note: order.note ?? null,
});

/** The cycle as a whole: what it decided on, under which policy, and how it ended. */
const cycleRecord = (cycle: CycleState, snapshotKey: string, outcome: string, riskDecision: string) => ({
  cycle_id: cycle.cycleId,
  scheduled_at: cycle.scheduledAt,
  outcome,
  risk_decision: riskDecision,
  dataset: cycle.datasetId,
  snapshot: snapshotKey,
  policy_version: cycle.policyVersion,
  policy_sha256: cycle.policySha256,
});
