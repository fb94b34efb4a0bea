/**
 * What crosses a boundary on its way into the audit trail and out of it: what a caller asks the one writer to append, a line of the archive,
 * a checkpoint.
 */
import * as z from 'zod';
import { checkpointFormat } from '../domain/audit/checkpoint.ts';
import type { Sha256 } from '../kernel/units.ts';

const HexSha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as Sha256);

/** Ids and names stand in the hashed text one to a line. */
const oneLine = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^\n\r]+$/);

/**
 * `opened`: what a cycle begins with, written before it looks at anything, so that a fund whose trail cannot be written sends no order.
 * `decisions`: one record per symbol, one per order, and one for the cycle. The others say how a cycle ended that did not get there, or
 * stopped after; each is a part of its own, since a cycle may be halted, or refused, and then fail at what comes with that.
 * `flatten`: what a liquidation sold, under an id of its own. `change`: of the policy or of control. `hold`: a legal hold.
 */
export const AuditPart = z.enum(['opened', 'decisions', 'refused', 'halted', 'failed', 'flatten', 'change', 'books', 'hold']);
export type AuditPart = z.output<typeof AuditPart>;

const AuditType = z.enum(['opening', 'decision', 'order', 'cycle', 'flatten', 'policy', 'control', 'reconciliation', 'hold']);

const amount = z.number().nullable();

/** The fifteen fields; an auditor's SQL goes by these names. */
const DecisionFields = z.object({
  cycle_id: z.string().min(1),
  symbol: z.string().min(1),
  timestamp: z.iso.datetime(),
  final_decision: z.enum(['EXECUTE_BUY', 'EXECUTE_SELL', 'HOLD', 'REJECT']),
  position_size: z.number(),
  stop_loss: amount,
  reason_codes: z.array(z.string()),
  mu_hat: amount,
  sigma_hat: amount,
  conviction: amount,
  data_quality_score: z.number(),
  provider_confidence: z.number(),
  agent_results: z.array(z.unknown()),
  risk_checks: z.record(z.string(), z.unknown()),
  metadata: z.record(z.string(), z.unknown()),
});

const OrderFields = z.object({
  cycle_id: z.string().min(1),
  order_id: z.string().min(1),
  symbol: z.string().min(1),
  side: z.enum(['BUY', 'SELL']),
  strategy: z.string(),
  broker: z.string(),
  quantity: z.number().positive(),
  state: z.string(),
  filled: z.number(),
  average_price: amount,
  closed_by: z.string().nullable(),
  incidents: z.array(z.string()),
  note: z.string().nullable(),
});

const fieldsOf: Partial<Record<z.output<typeof AuditType>, z.ZodType>> = { decision: DecisionFields.strict(), order: OrderFields.strict() };

export const AuditEntry = z
  .object({ type: AuditType, record: z.record(z.string(), z.unknown()) })
  .superRefine(({ type, record }, context) => {
    const issues = fieldsOf[type]?.safeParse(record).error?.issues ?? [];
    for (const { message, path } of issues.slice(0, 3)) context.addIssue({ code: 'custom', message: `${type}: ${message}`, path });
  });
export interface AuditEntry {
  readonly type: z.output<typeof AuditType>;
  readonly record: Readonly<Record<string, unknown>>;
}

/** One request to the writer: a part, or a stretch of one that is too large for a single call. */
export const AppendRequest = z.object({
  trailId: oneLine,
  part: AuditPart,
  /** Which of the part's entries the first one here is. */
  from: z.number().int().nonnegative(),
  /** How many the whole part has. */
  total: z.number().int().positive(),
  entries: z.array(AuditEntry).min(1),
});
export interface AppendRequest {
  readonly trailId: string;
  readonly part: AuditPart;
  readonly from: number;
  readonly total: number;
  readonly entries: readonly AuditEntry[];
}

export const AppendReply = z.object({ sequence: z.number().int().nonnegative(), hash: HexSha256 });

/** A line of the archive: names and order are those of the columns that auditors query. */
export const ArchiveLine = z.strictObject({
  sequence: z.number().int(),
  previous_hash: z.string(),
  hash: z.string(),
  at: z.string(),
  trail_id: z.string(),
  part: z.string(),
  type: z.string(),
  record: z.string(),
});

export const CheckpointShape = z.strictObject({
  format: z.literal(checkpointFormat),
  sequence: z.number().int().nonnegative(),
  hash: HexSha256,
  records: z.number().int().positive(),
  at: z.iso.datetime(),
  previousCheckpointSha256: HexSha256.nullable(),
  keyId: z.string().min(1),
  publicKeySha256: HexSha256,
  signature: z.base64().min(1),
  publicKey: z.base64().min(1),
});
