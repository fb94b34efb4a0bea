/**
 * What risk remembers between cycles, and how an assessment changes it: apply(state, event) → {state, effects}. Plain JSON.
 * Nothing here resets with the date: tiers and runs end when the measures say so, the freeze by its recovery, the halt by an operator.
 *
 * Drawdown is measured from `peakEquityUsd` here, which starts anew when the ramp begins: a fund that froze 20 % down could otherwise
 * never trade again. The total loss that halts is measured from the fund's all-time high and never starts anew.
 */
import type { EpochDay } from '../../kernel/units.ts';
import type { Policy } from '../policy/policy.ts';
import { type BreakerTier, breakerTier } from './circuit-breakers.ts';
import { countCvar } from './cvar-persistence.ts';
import { drawdownFrac } from './drawdown.ts';
import { applyRecovery, type RecoveryState, recoverySizing } from './recovery.ts';

export interface RiskState {
  readonly tier: BreakerTier;
  readonly cvarBreachesInARow: number;
  readonly recovery: RecoveryState;
  /** Null until the first cycle. */
  readonly peakEquityUsd: number | null;
  readonly halted: { readonly reason: HaltReason; readonly day: EpochDay } | null;
}

export type HaltReason = 'cvar-persistence' | 'loss-limit';

export type RiskEvent =
  | {
      readonly kind: 'assessed';
      readonly day: EpochDay;
      readonly varFrac: number;
      readonly cvarFrac: number;
      readonly annualizedVol: number;
      readonly equityUsd: number;
      /** All-time high of equity. */
      readonly allTimeHighUsd: number;
    }
  | { readonly kind: 'operator-resumed'; readonly day: EpochDay };

export type RiskEffect =
  | { readonly kind: 'halt'; readonly reason: HaltReason; readonly details: Readonly<Record<string, number>> }
  | { readonly kind: 'freeze'; readonly day: EpochDay }
  | { readonly kind: 'tier-changed'; readonly from: BreakerTier; readonly to: BreakerTier }
  | { readonly kind: 'recovery-step'; readonly sizingFrac: number };

export type RiskRules = Pick<Policy, 'risk' | 'breakers' | 'recovery'>;

export const initialRiskState: RiskState = {
  tier: 0,
  cvarBreachesInARow: 0,
  recovery: { kind: 'normal' },
  peakEquityUsd: null,
  halted: null,
};

/** Assessing the same day twice counts a CVaR breach twice: one event per cycle. */
export function applyRisk(state: RiskState, event: RiskEvent, rules: RiskRules): { state: RiskState; effects: readonly RiskEffect[] } {
  if (event.kind === 'operator-resumed') {
    return { state: { ...state, halted: null, cvarBreachesInARow: 0 }, effects: [] };
  }
  const effects: RiskEffect[] = [];
  const returned = applyRecovery(state.recovery, { kind: 'session', day: event.day }, rules.recovery);
  const rampBegins = state.recovery.kind === 'cooldown' && returned.kind !== 'cooldown';
  const peakEquityUsd = rampBegins ? event.equityUsd : Math.max(state.peakEquityUsd ?? event.equityUsd, event.equityUsd);
  const drawdown = drawdownFrac(event.equityUsd, peakEquityUsd);

  const tier = breakerTier({ ...event, drawdownFrac: drawdown }, rules.risk, rules.breakers);
  const recovery = tier === 3 ? applyRecovery(returned, { kind: 'frozen', day: event.day }, rules.recovery) : returned;
  if (recovery.kind === 'cooldown' && returned.kind !== 'cooldown') effects.push({ kind: 'freeze', day: event.day });
  if (tier !== state.tier) effects.push({ kind: 'tier-changed', from: state.tier, to: tier });
  const [sizingBefore, sizingFrac] = [recoverySizing(state.recovery, rules.recovery), recoverySizing(recovery, rules.recovery)];
  if (sizingFrac > sizingBefore) effects.push({ kind: 'recovery-step', sizingFrac });

  const { breachesInARow } = countCvar({ breachesInARow: state.cvarBreachesInARow }, event.cvarFrac > rules.risk.cvarFracMax);
  const halted = state.halted ?? haltOf(event, breachesInARow, rules);
  if (halted !== null && state.halted === null) {
    const lossFrac = drawdownFrac(event.equityUsd, event.allTimeHighUsd);
    effects.push({ kind: 'halt', reason: halted.reason, details: { breachesInARow, cvarFrac: event.cvarFrac, lossFrac } });
  }
  return { state: { tier, cvarBreachesInARow: breachesInARow, recovery, peakEquityUsd, halted }, effects };
}

function haltOf(event: Extract<RiskEvent, { kind: 'assessed' }>, breachesInARow: number, { breakers }: RiskRules): RiskState['halted'] {
  if (drawdownFrac(event.equityUsd, event.allTimeHighUsd) >= breakers.lossFracToHalt) return { reason: 'loss-limit', day: event.day };
  if (breachesInARow >= breakers.cvarBreachesToHalt) return { reason: 'cvar-persistence', day: event.day };
  return null;
}
