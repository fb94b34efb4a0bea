/**
 * The life of a CRITICAL alert: apply(state, event) → {state, effects}. Told once, it is open until a person acknowledges it, or the
 * matter it is about is put right. As long as it is open it is told again, to every channel, each time `escalateAfterMinutes` have passed,
 * `escalationsMax` times; then it is left, and stays on the list of open alerts.
 *
 * A round is over when its messages went out, not when they are due: a round cut short is due again.
 * What arrives after the end (an acknowledgement of one acknowledged, a round that was under way) changes nothing.
 */
import type { AlertRules } from '../policy/alert-rules.ts';

export type Escalation =
  | { readonly kind: 'open'; readonly roundsTold: number; readonly lastToldAtMs: number }
  /** Told as often as the rules allow. Nobody acknowledged it. */
  | { readonly kind: 'given-up'; readonly roundsTold: number; readonly lastToldAtMs: number }
  | { readonly kind: 'acknowledged'; readonly by: string; readonly atMs: number };

export type EscalationEvent =
  | { readonly kind: 'looked'; readonly atMs: number }
  | { readonly kind: 'told'; readonly round: number; readonly atMs: number }
  | { readonly kind: 'acknowledged'; readonly by: string; readonly atMs: number };

export type EscalationEffect = { readonly kind: 'tell-again'; readonly round: number } | { readonly kind: 'give-up' };

export interface EscalationStep {
  readonly state: Escalation;
  readonly effects: readonly EscalationEffect[];
}

export type EscalationRules = Pick<AlertRules, 'escalateAfterMinutes' | 'escalationsMax'>;

/** Of an alert whose first message is about to go out. */
export const opened = (atMs: number): Escalation => ({ kind: 'open', roundsTold: 0, lastToldAtMs: atMs });

export function applyEscalation(state: Escalation, event: EscalationEvent, rules: EscalationRules): EscalationStep {
  if (state.kind === 'acknowledged') return { state, effects: [] };
  if (event.kind === 'acknowledged') return { state: { kind: 'acknowledged', by: event.by, atMs: event.atMs }, effects: [] };
  if (state.kind === 'given-up') return { state, effects: [] };
  if (event.kind === 'told') {
    if (event.round !== state.roundsTold + 1) return { state, effects: [] };
    return { state: { kind: 'open', roundsTold: event.round, lastToldAtMs: event.atMs }, effects: [] };
  }
  // Told further ahead than that: the clock was set back since, and waiting for it would be silence.
  if (Math.abs(event.atMs - state.lastToldAtMs) < rules.escalateAfterMinutes * 60_000) return { state, effects: [] };
  if (state.roundsTold < rules.escalationsMax) return { state, effects: [{ kind: 'tell-again', round: state.roundsTold + 1 }] };
  return { state: { ...state, kind: 'given-up' }, effects: [{ kind: 'give-up' }] };
}
