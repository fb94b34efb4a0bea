/**
 * The four named regimes, as a reducer over sessions with hysteresis.
 *
 *            calm                                agitated
 *   bull     BULL_QUIET                          BULL_VOLATILE  (volatility, measured and modelled)
 *   bear     BEAR_QUIET                          BEAR_CRISIS    (realised volatility, above a higher line)
 *
 * 1. Bull or bear: a bear begins when the level is far enough below its mean, or far enough below its high; it ends when the level is
 *    above its mean by a band and the drawdown has healed.
 * 2. Calm or agitated: each line is crossed upwards at `enter` and downwards at `leave`. Which of the two holds is told by the regime
 *    in force, so the name, and how long it has lasted, is all the state there is.
 * 3. A worse regime is entered at once; a better one only when the one in force has lasted its minimum. Survival first: late out of
 *    a storm costs return, late into one costs capital.
 *
 * BEAR_CRISIS takes all exposure away, so it rests on what was measured alone: a model that has lived through one crash takes each
 * single day of the next correction for it.
 *
 * Does the start matter? Each session maps the state held to the next one; a walk along the history begun in every possible state
 * meets in one after a few crossings, and from there on the past before the window cannot matter. `walkRegimes` runs all four walks
 * and says since when they agree: an exact answer, in the manner of coupling from the past (Propp and Wilson 1996), not a burn-in guess.
 */
import type { EpochDay } from '../../kernel/units.ts';
import type { HysteresisBand, RegimeName, RegimeRules } from '../policy/regime-rules.ts';

/** From the one that allows most to the one that allows least. */
export const regimeNames = ['BULL_QUIET', 'BULL_VOLATILE', 'BEAR_QUIET', 'BEAR_CRISIS'] as const satisfies readonly RegimeName[];

export interface RegimeObservation {
  readonly day: EpochDay;
  /** Level below its mean; negative is above. */
  readonly belowMeanFrac: number;
  /** Positive is below the high. */
  readonly drawdownFrac: number;
  readonly realizedAnnualizedVol: number;
  /** What tells a quiet bull market from a volatile one; where there is no model, the realised volatility again. */
  readonly annualizedVol: number;
}

export interface RegimeState {
  readonly name: RegimeName;
  /** First session of the regime, as far back as the walk goes. */
  readonly since: EpochDay;
  /** Sessions it has lasted, counted up to the minimum and no further. */
  readonly dwellSessions: number;
}

export type RegimeReducerRules = Pick<
  RegimeRules,
  'belowMeanFrac' | 'drawdownFrac' | 'volatileAnnualizedVol' | 'crisisAnnualizedVol' | 'dwellSessionsMin'
>;

/** The regime after a session. Pure; an observation with a figure that is not a number changes nothing but the time. */
export function applyRegime(state: RegimeState, observation: RegimeObservation, rules: RegimeReducerRules): RegimeState {
  const target = shownRegime(state.name, observation, rules);
  const aged = Math.min(state.dwellSessions + 1, rules.dwellSessionsMin);
  const isBetter = regimeNames.indexOf(target) < regimeNames.indexOf(state.name);
  if (target === state.name || (isBetter && aged < rules.dwellSessionsMin)) return { ...state, dwellSessions: aged };
  return { name: target, since: observation.day, dwellSessions: 1 };
}

export interface RegimeWalk {
  readonly state: RegimeState;
  /** Sessions at the end of the walk over which it did not matter in which regime the walk began; 0 when it still does. */
  readonly settledSessions: number;
  /** Times the name changed since then. */
  readonly switches: number;
}

/** Walks along at least one observation, from the state that the first one shows without memory. */
export function walkRegimes(observations: readonly RegimeObservation[], rules: RegimeReducerRules): RegimeWalk {
  const first = observations[0]!;
  const begun = (name: RegimeName): RegimeState => ({ name, since: first.day, dwellSessions: rules.dwellSessionsMin });
  let state = begun(shownRegime('BULL_QUIET', first, rules));
  let others = regimeNames.map(begun);
  let settledSessions = 0;
  let switches = 0;
  for (const observation of observations) {
    const next = applyRegime(state, observation, rules);
    if (next.name !== state.name) switches++;
    state = next;
    if (settledSessions > 0) {
      settledSessions++;
      continue;
    }
    others = others.map((other) => applyRegime(other, observation, rules));
    if (others.every(({ name, dwellSessions }) => name === next.name && dwellSessions === next.dwellSessions)) {
      settledSessions = 1;
      switches = 0;
    }
  }
  return { state, settledSessions, switches };
}

/** The regime that an observation shows to one that holds another: hysteresis is in, the minimum stay is not. */
export function shownRegime(held: RegimeName, observation: RegimeObservation, rules: RegimeReducerRules): RegimeName {
  const { belowMeanFrac, drawdownFrac, realizedAnnualizedVol, annualizedVol } = observation;
  const heldBear = held === 'BEAR_QUIET' || held === 'BEAR_CRISIS';
  const heldAgitated = held === 'BULL_VOLATILE' || held === 'BEAR_CRISIS';
  if (![belowMeanFrac, drawdownFrac, realizedAnnualizedVol, annualizedVol].every(Number.isFinite)) return held;

  const bear = holds(heldBear, belowMeanFrac, rules.belowMeanFrac) || holds(heldBear, drawdownFrac, rules.drawdownFrac);
  if (bear) return holds(held === 'BEAR_CRISIS', realizedAnnualizedVol, rules.crisisAnnualizedVol) ? 'BEAR_CRISIS' : 'BEAR_QUIET';
  return holds(heldAgitated, annualizedVol, rules.volatileAnnualizedVol) ? 'BULL_VOLATILE' : 'BULL_QUIET';
}

/** Whether a state that was or was not in force is so now. */
const holds = (held: boolean, value: number, { enter, leave }: HysteresisBand): boolean => value >= (held ? leave : enter);
