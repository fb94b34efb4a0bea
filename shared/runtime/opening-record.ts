/** The first record of a cycle in the audit trail: what it stands on. The same at every delivery. */
import type { CycleId } from '../kernel/units.ts';
import type { PolicyInForce } from '../stores/policies.ts';
import type { Opportunities } from './cycle-documents.ts';

export interface Opening {
  readonly cycleId: CycleId;
  readonly scheduledAt: string;
  /** YYYY-MM-DD. */
  readonly session: string;
  readonly policy: Pick<PolicyInForce, 'version' | 'sha256'>;
  readonly datasetId: string;
  /** Null where the policy asks for no list. */
  readonly opportunities: Opportunities | null;
}

export const openingRecord = ({ cycleId, scheduledAt, session, policy, datasetId, opportunities }: Opening) => ({
  cycle_id: cycleId,
  scheduled_at: scheduledAt,
  session,
  policy_version: policy.version,
  policy_sha256: policy.sha256,
  dataset: datasetId,
  opportunities: opportunities && { list_id: opportunities.listId, refusal: opportunities.refusal ?? null },
});
