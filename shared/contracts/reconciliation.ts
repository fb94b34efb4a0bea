/** What one reconciliation found and did: kept in the ledger's table, printed by `ballast reconcile`, and what its handler is asked and answers. */
import * as z from 'zod';
import { InstantText } from './cycle.ts';

export const ReconcileInput = z.object({
  /** The id of the cycle that begins with it, or the name of the execution; the same at every attempt. */
  reconciliationId: z.string().min(1),
  scheduledAt: InstantText,
  /** Activities from then on are looked through again; without it, those of a week before the last reconciliation. */
  since: InstantText.nullable().optional(),
});
export type ReconcileInput = z.infer<typeof ReconcileInput>;

const explanation = z.object({ kind: z.string(), activityId: z.string(), amount: z.number() });

export const DifferenceShape = z.object({
  /** Null for cash. */
  symbol: z.string().nullable(),
  ledger: z.number(),
  broker: z.number(),
  explainedBy: z.array(explanation),
  unexplained: z.number(),
});

export const AdjustmentShape = z.object({
  kind: z.enum(['dividend', 'split', 'transfer', 'fee', 'interest', 'manual-trade']),
  symbol: z.string().optional(),
  shares: z.number(),
  cashUsd: z.number(),
  activityId: z.string(),
  at: z.number(),
});

/** Why trading in a symbol was stopped. */
export const StopCause = z.enum([
  'unexplained-shares',
  'manual-trade',
  'activity-not-understood',
  'stray-order',
  'vanished-order',
  'late-fill',
]);
export type StopCause = z.infer<typeof StopCause>;

export const ReconciliationReport = z.object({
  schema: z.literal('ballast.reconciliation/1'),
  reconciliationId: z.string(),
  at: z.string(),
  /** Activities from then on were looked through. */
  since: z.string(),
  /** `refused`: cash is unexplained, and no symbol can be stopped for it. */
  outcome: z.enum(['agrees', 'explained', 'stopped', 'refused']),
  orders: z.object({
    /** Found open in the ledger, and what became of them. */
    settled: z.array(z.object({ orderId: z.string(), symbol: z.string(), state: z.string(), filled: z.number() })),
    stillOpen: z.number().int(),
    /** Final in the ledger when the broker told of more that was executed: booked, and its symbol stopped. */
    lateFills: z.array(z.object({ orderId: z.string(), symbol: z.string(), filledBefore: z.number() })),
    /** The broker had them, and says now that it has not. */
    vanished: z.array(z.object({ orderId: z.string(), symbol: z.string() })),
    /** Work at the broker, and the ledger does not have them as open. */
    strays: z.array(z.object({ clientOrderId: z.string(), symbol: z.string(), ours: z.boolean() })),
  }),
  agreeing: z.number().int(),
  differences: z.array(DifferenceShape),
  booked: z.array(AdjustmentShape),
  unexplained: z.object({
    shares: z.array(z.object({ symbol: z.string(), shares: z.number() })),
    cashUsd: z.number(),
    /** It is about the price of those shares; otherwise nobody's, and no cycle may begin. */
    cashIsOfThoseSymbols: z.boolean(),
  }),
  notUnderstood: z.array(z.object({ activityId: z.string(), brokerKind: z.string(), symbol: z.string().optional() })),
  stopped: z.array(z.object({ symbol: z.string(), causes: z.array(StopCause) })),
});
export type ReconciliationReport = z.infer<typeof ReconciliationReport>;

/** What a state machine is handed back: counts, and whose trading was stopped. */
export const ReconcileOutput = z.object({
  kind: z.literal('reconciled'),
  outcome: ReconciliationReport.shape.outcome,
  settled: z.number().int(),
  stillOpen: z.number().int(),
  booked: z.number().int(),
  stopped: z.array(z.string()),
});

/** What a run of the machine `reconcile` that cannot go on is closed with. */
export const CloseReconciliationInput = z.object({
  reconciliationId: z.string().min(1),
  scheduledAt: InstantText,
  outcome: z.enum(['failed', 'halted']),
  failure: z.object({ Error: z.string(), Cause: z.string() }),
});
