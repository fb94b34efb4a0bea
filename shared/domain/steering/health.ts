/**
 * The health of one part, from check to check: apply(state, check, rules) → {state, changed}. Plain JSON.
 *
 * A status changes when so many checks in a row agree that it is worse (`checksToWorsen`) or better (`checksToRecover`), and then as far
 * as they agree. The first check of a part is its status: there is nothing to hold it against. A check with the id of the last one, or
 * from before it, changes nothing; one from a day before or more is the first after the clock was set back, and counts.
 */

import type { EpochMs } from '../../kernel/units.ts';
import type { HealthRules } from '../policy/health-rules.ts';
import { type Agreement, hear, isStricter, loosestAgreed, noAgreement, strictestAgreed } from './agreement.ts';
import type { HealthEvidence } from './evidence.ts';
import type { HealthPart, HealthStatus } from './health-parts.ts';

/** From the worst to the best. */
export const healthScale = ['down', 'degraded', 'healthy'] as const satisfies readonly HealthStatus[];

export interface HealthCheck {
  readonly id: string;
  readonly at: EpochMs;
  readonly finding: HealthStatus;
  /** Kebab-case with their numbers; empty for `healthy`. */
  readonly reasons: readonly string[];
}

export interface HealthState {
  readonly part: HealthPart;
  readonly status: HealthStatus;
  readonly reasons: readonly string[];
  readonly since: EpochMs;
  readonly checkedAt: EpochMs;
  readonly checkId: string;
  readonly agreement: Agreement<HealthStatus>;
}

export interface Checked {
  readonly state: HealthState;
  /** What it was before; null for a first check, which only tells when it is bad. Absent where nothing changed. */
  readonly changed?: { readonly was: HealthStatus | null };
}

export type DebounceRules = Pick<HealthRules, 'checksToWorsen' | 'checksToRecover'>;

/** For findings that count their own repetitions. */
export const noDebounce: DebounceRules = { checksToWorsen: 1, checksToRecover: 1 };

/** No delivery is late by so much. */
const setBackMsMin = 24 * 3_600_000;

export function applyCheck(part: HealthPart, state: HealthState | null, check: HealthCheck, rules: DebounceRules): Checked {
  const { id: checkId, at: checkedAt, finding, reasons } = check;
  if (state === null) {
    const agreement = hear(noAgreement(healthScale), finding, healthScale);
    const first = { part, status: finding, reasons, since: checkedAt, checkedAt, checkId, agreement };
    return finding === 'healthy' ? { state: first } : { state: first, changed: { was: null } };
  }
  const earlierMs = state.checkedAt - checkedAt;
  if (checkId === state.checkId || (earlierMs > 0 && earlierMs < setBackMsMin)) return { state };
  const agreement = hear(state.agreement, finding, healthScale);
  const worst = strictestAgreed(agreement, rules.checksToWorsen, healthScale);
  const best = loosestAgreed(agreement, rules.checksToRecover, healthScale);
  const { status: was } = state;
  const status = isStricter(worst, was, healthScale) ? worst : isStricter(was, best, healthScale) ? best : was;
  const seen = { ...state, checkedAt, checkId, agreement };
  if (status === was) return { state: finding === status ? { ...seen, reasons } : seen };
  const why = status === 'healthy' ? [] : reasons;
  return { state: { ...seen, status, reasons: why, since: checkedAt }, changed: { was } };
}

/** As the controller hears it: a part that was never checked, or not within `ageMinutesMax`, is unknown. */
export function healthEvidence(
  state: HealthState | null,
  at: EpochMs,
  { ageMinutesMax }: Pick<HealthRules, 'ageMinutesMax'>,
): HealthEvidence {
  if (state === null) return { status: 'unknown', reasons: ['never-checked'] };
  const ageMinutes = Math.floor(Math.abs(at - state.checkedAt) / 60_000);
  if (ageMinutes > ageMinutesMax) return { status: 'unknown', reasons: [`last-checked-${ageMinutes}-minutes-ago`] };
  return { status: state.status, reasons: state.reasons };
}
