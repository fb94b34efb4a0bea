/**
 * The default policy with the gate of opportunities off: whole-fund tests of everything else decide on all symbols, and no ranker runs before
 * their cycles. Tests of the ranker ask for the gate.
 */
import { defaultPolicy } from '../../shared/domain/policy/default-policy.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';

export const ungatedPolicy: Policy = { ...defaultPolicy, ranking: { ...defaultPolicy.ranking, gate: 'off' } };
