/** What a new fund needs before its first cycle: a policy under its golden hash, a cash account, a control item. */
import { type ControlState, wholeFund } from '../../shared/contracts/control.ts';
import { defaultPolicy } from '../../shared/domain/policy/default-policy.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { EpochMs, Usd } from '../../shared/kernel/units.ts';
import type { OperatorStores } from './operator-stores.ts';

export interface FirstState {
  readonly capitalUsd: number;
  readonly control: Extract<ControlState, 'RUNNING' | 'PAUSED'>;
  readonly actor: string;
  readonly at: EpochMs;
  /** Its capital is replaced; the default policy when left out. */
  readonly policy?: Policy;
}

/** Writes what is missing and leaves what is there: a fund that is set up is not set up again. Says what it wrote. */
export async function setUpFund(
  stores: OperatorStores,
  { capitalUsd, control, actor, at, policy: standard = defaultPolicy }: FirstState,
): Promise<readonly string[]> {
  const written: string[] = [];
  const inForce = await stores.policies.inForce();
  // An outdated policy is not replaced: what its owner chose is for them to carry over.
  if (isRefusal(inForce) && inForce.reason === 'policy-missing') {
    const policy = { ...standard, capital: { ...standard.capital, initialEquityUsd: capitalUsd } };
    const { version, sha256 } = await stores.policies.publishFirst(policy, { actor, reason: 'The policy a new fund starts with', at });
    written.push(`policy version ${version}, SHA-256 ${sha256}`);
  }
  if (isRefusal(await stores.ledger.account())) {
    await stores.ledger.openAccount(capitalUsd as Usd, at);
    written.push(`cash account with ${capitalUsd} USD`);
  }
  const present = await stores.control.read();
  if (isRefusal(present) && present.reason === 'control-missing') {
    await stores.control.change(wholeFund, { state: control, reason: 'A new fund', actor, at });
    written.push(`control item, state ${control}`);
  }
  return written;
}
