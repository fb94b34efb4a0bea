/**
 * The way back after a FREEZE: a cooldown of whole sessions, then a ramp of sizing steps, then normal again.
 *
 * The session of the freeze is not part of the cooldown. With a cooldown of 10, the eleventh session after the freeze takes the first step.
 * A freeze during the cooldown does not lengthen it (nothing was traded meanwhile); one during the ramp starts all over.
 */
import type { EpochDay } from '../../kernel/units.ts';
import { countSessions } from '../market/calendar.ts';
import type { RecoveryRules } from '../policy/policy.ts';

export type RecoveryState =
  | { readonly kind: 'normal' }
  | { readonly kind: 'cooldown'; readonly frozenOn: EpochDay }
  | { readonly kind: 'ramp'; readonly frozenOn: EpochDay; readonly step: number };

export type RecoveryEvent = { readonly kind: 'frozen'; readonly day: EpochDay } | { readonly kind: 'session'; readonly day: EpochDay };

/** A session earlier than the freeze changes nothing. */
export function applyRecovery(state: RecoveryState, event: RecoveryEvent, rules: RecoveryRules): RecoveryState {
  if (event.kind === 'frozen') return state.kind === 'cooldown' ? state : { kind: 'cooldown', frozenOn: event.day };
  if (state.kind === 'normal') return state;
  const served = countSessions((state.frozenOn + 1) as EpochDay, event.day);
  if (served <= rules.cooldownSessions) return state;
  const step = Math.floor((served - rules.cooldownSessions - 1) / rules.sessionsPerRampStep);
  if (step >= rules.rampFracs.length) return { kind: 'normal' };
  return { kind: 'ramp', frozenOn: state.frozenOn, step: state.kind === 'ramp' ? Math.max(state.step, step) : step };
}

/** What the state leaves of every size: 0 in the cooldown, 1 when normal. */
export function recoverySizing(state: RecoveryState, rules: RecoveryRules): number {
  if (state.kind === 'normal') return 1;
  return state.kind === 'cooldown' ? 0 : (rules.rampFracs[state.step] ?? 0);
}
