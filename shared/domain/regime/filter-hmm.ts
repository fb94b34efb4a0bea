/**
 * Filtered probabilities: of each state on each session, given the observations up to and including that session and none after it.
 * This is all that decisions read of a model; what EM knows with hindsight stays in baum-welch.ts.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { fillLogEmissions } from './hmm-emission.ts';
import { newForwardPass, runForward } from './hmm-forward.ts';
import type { HmmModel, HmmParameters, Observations } from './hmm-model.ts';

export interface FilteredStates {
  readonly kind: 'filtered';
  readonly rows: number;
  readonly states: number;
  /** Row by row; each row sums to 1. */
  readonly probabilities: Float64Array;
  readonly logLikelihood: number;
}

/** Refuses observations that are empty, of other dimensions than the model's, or not finite. */
export function filterHmm(model: HmmModel | HmmParameters, observations: Observations): FilteredStates | Refusal {
  const { rows, dimensions, values } = observations;
  if (rows < 1) return refuse('observations-too-few', { rows });
  if (dimensions !== model.dimensions) return refuse('dimensions-differ', { dimensions, ofModel: model.dimensions });
  if (!values.every(Number.isFinite)) return refuse('observation-not-finite', { rows });

  const { states } = model;
  const pass = newForwardPass(rows, states);
  fillLogEmissions(observations, model, pass.logEmissions);
  const logLikelihood = runForward(model, rows, pass);
  const probabilities = pass.relativeAlpha;
  for (let t = 0; t < rows; t++) {
    let sum = 0;
    for (let j = 0; j < states; j++) sum += probabilities[t * states + j]!;
    for (let j = 0; j < states; j++) probabilities[t * states + j]! /= sum;
  }
  return { kind: 'filtered', rows, states, probabilities, logLikelihood };
}

/** Probabilities of each state one session after row `t`, given the observations up to `t`. */
export function predictStates({ states, transitions }: HmmParameters, { probabilities }: FilteredStates, t: number): Float64Array {
  const next = new Float64Array(states);
  for (let i = 0; i < states; i++) {
    for (let j = 0; j < states; j++) next[j]! += probabilities[t * states + i]! * transitions[i * states + j]!;
  }
  return next;
}
