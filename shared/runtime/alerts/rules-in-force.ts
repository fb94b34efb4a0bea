/**
 * The rules of alerts, from the policy in force. A fund whose policy is missing, outdated or changed by hand must be able to say so; then the
 * rules that a new fund begins with hold.
 */
import type { Logger } from '@aws-lambda-powertools/logger';
import { type AlertRules, defaultAlertRules } from '../../domain/policy/alert-rules.ts';
import { InvariantViolation } from '../../kernel/errors.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import type { PolicyStore } from '../../stores/policies.ts';

export async function rulesInForce(policies: Pick<PolicyStore, 'inForce'>, log: Pick<Logger, 'warn' | 'error'>): Promise<AlertRules> {
  try {
    const inForce = await policies.inForce();
    if (!isRefusal(inForce)) return inForce.policy.alerts;
    log.warn('alert-rules-by-default', { reason: inForce.reason });
  } catch (error) {
    if (!(error instanceof InvariantViolation)) throw error;
    log.error('alert-rules-by-default', { reason: error.message });
  }
  return defaultAlertRules;
}
