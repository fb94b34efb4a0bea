/** Why a regime was named, in words, strongest first. */
import type { RegimeRules } from '../policy/regime-rules.ts';
import type { RegimeObservation, RegimeWalk } from './apply-regime.ts';
export function reasonsOf(_walk: RegimeWalk, _last: RegimeObservation, _rules: RegimeRules): string[] {
  return [];
}
