/** Puts a policy in force as two people do, whatever it loosens; one that is in force already stays so. */
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { EpochMs } from '../../shared/kernel/units.ts';
import type { PolicyStore } from '../../shared/stores/policies.ts';

export async function publishApproved(policies: PolicyStore, policy: Policy, at: EpochMs): Promise<void> {
  const published = await policies.publish(policy, { actor: 'test', reason: 'as the test wants', at });
  if (!isRefusal(published) || published.reason === 'policy-unchanged') return;
  const approved = await policies.approve(String(published.details.proposalId), { actor: 'test/second', at });
  if (isRefusal(approved)) throw new Error(`${published.reason}, then ${approved.reason}`);
}
