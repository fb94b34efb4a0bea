/**
 * Whether a fitted hidden Markov model may be believed, asked before it is used.
 *
 * 1. EM came to rest, and no state's covariance is held up by the floor alone.
 * 2. The two best starts end at the same height: the maximum was found more than once, not by luck.
 * 3. Every state is lived in: it has its share of the sample, and a stay in it lasts longer than a few sessions. BIC alone is no guard
 *    against states that only patch the tails of another one: where the emissions are not quite Gaussian, it takes too many
 *    (Pohle, Langrock, van Beest and Schmidt 2017), and such a state gives itself away by a stay of a session or two.
 * 4. Fitted again, from nothing, without its last sessions, the model calls most of the days that both know alike.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import type { Rng } from '../../kernel/rng.ts';
import type { RegimeStabilityRules } from '../policy/regime-rules.ts';
import { type FilteredStates, filterHmm } from './filter-hmm.ts';
import { fitHmm, type HmmFitOptions } from './fit-hmm.ts';
import type { HmmModel, Observations } from './hmm-model.ts';

/** Why the model cannot be believed for what it is, kebab-case, or null. `filtered` is of the observations it was fitted on. */
export function structuralFault(model: HmmModel, filtered: FilteredStates, rules: RegimeStabilityRules): string | null {
  const { states, transitions, finalistLogLikelihoods } = model;
  if (!model.converged) return 'fit-not-converged';
  if (model.floored) return 'covariance-at-its-floor';
  const gap = finalistLogLikelihoods[0]! - (finalistLogLikelihoods[1] ?? Number.NEGATIVE_INFINITY);
  if (gap > rules.restartGapMax) return 'restarts-disagree';
  for (let state = 0; state < states; state++) {
    if (1 - transitions[state * states + state]! > 1 / rules.dwellSessionsMin) return 'state-does-not-last';
    if (occupancyOf(filtered, state) < rules.occupancyFracMin) return 'state-hardly-occupied';
  }
  return null;
}

/** Why a refit on a shorter window says that the model cannot be believed, or null. */
export function refitFault(
  model: HmmModel,
  filtered: FilteredStates,
  observations: Observations,
  options: HmmFitOptions,
  rules: RegimeStabilityRules,
  rng: Rng,
): string | null {
  const rows = observations.rows - rules.shortenedSessions;
  const shortened = {
    ...observations,
    rows: Math.max(0, rows),
    values: observations.values.subarray(0, Math.max(0, rows) * observations.dimensions),
  };
  const refit = fitHmm(shortened, { ...options, statesMin: model.states, statesMax: model.states, finalists: 1 }, rng);
  if (isRefusal(refit)) return 'refit-refused';
  const refiltered = filterHmm(refit, shortened);
  if (isRefusal(refiltered)) return 'refit-refused';
  let alike = 0;
  for (let t = 0; t < rows; t++) if (likeliest(filtered, t) === likeliest(refiltered, t)) alike++;
  return alike < rules.agreementFracMin * rows ? 'refit-disagrees' : null;
}

function occupancyOf({ rows, states, probabilities }: FilteredStates, state: number): number {
  let sum = 0;
  for (let t = 0; t < rows; t++) sum += probabilities[t * states + state]!;
  return sum / rows;
}

function likeliest({ states, probabilities }: FilteredStates, t: number): number {
  let best = 0;
  for (let state = 1; state < states; state++) if (probabilities[t * states + state]! > probabilities[t * states + best]!) best = state;
  return best;
}
