/** Why a regime was named, in words, strongest first: which line is crossed, or which one has not yet been crossed back. */
import type { RegimeRules } from '../policy/regime-rules.ts';
import { type RegimeObservation, type RegimeWalk, shownRegime } from './apply-regime.ts';

/** Kebab-case reasons for the state a walk ended in, on its last observation. `turbulent` is what the model says, null without one. */
export function reasonsOf(walk: RegimeWalk, last: RegimeObservation, turbulent: number | null, rules: RegimeRules): string[] {
  const { state } = walk;
  const reasons: string[] = [];
  const say = (reason: string, holds: boolean): void => void (holds && reasons.push(reason));
  const isBear = state.name === 'BEAR_QUIET' || state.name === 'BEAR_CRISIS';
  const inCrisis = last.realizedAnnualizedVol >= rules.crisisAnnualizedVol.enter;
  const isVolatile = last.annualizedVol >= rules.volatileAnnualizedVol.enter;
  const isFarDown = last.drawdownFrac >= rules.drawdownFrac.enter;
  const isBelowMean = last.belowMeanFrac >= rules.belowMeanFrac.enter;

  if (state.name === 'BEAR_CRISIS') say(inCrisis ? 'volatility-of-a-crisis' : 'crisis-not-yet-over', true);
  if (state.name === 'BULL_VOLATILE') say(isVolatile ? 'volatility-high' : 'volatility-not-yet-low', true);
  if (isBear) {
    say('drawdown-of-a-bear-market', isFarDown);
    say('level-below-its-mean', isBelowMean);
    say('bear-market-not-yet-over', !isFarDown && !isBelowMean);
  } else {
    say('level-above-its-mean', last.belowMeanFrac <= 0);
    say('level-near-its-mean', last.belowMeanFrac > 0);
  }
  if (state.name === 'BULL_QUIET') reasons.push('volatility-low');
  say('minimum-stay-not-over', shownRegime(state.name, last, rules) !== state.name);
  say('model-in-a-turbulent-state', turbulent !== null && turbulent >= 0.5);
  say('start-of-history-still-matters', walk.settledSessions === 0);
  return reasons;
}
