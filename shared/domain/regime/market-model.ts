/**
 * The hidden Markov model of the market: of each session's log return and the logarithm of its short realised volatility.
 *
 * 1. Fitted on the sessions before a given day; tried from the least BIC upwards, the first that is stable is taken.
 * 2. Filtered over all sessions, those after that day included: there the probabilities are out of sample in every sense.
 * 3. Volatility ahead of session t+1: the root mean square return under the mixture of states, their probabilities carried one step on.
 *    It is a number in the same unit whatever the number of states, so that a month in which BIC prefers three to two states does
 *    not change what the thresholds mean.
 *
 * Not covered: the windows of the volatility overlap, so the second dimension is not independent from session to session given the
 * state, as the model has it. Probabilities come out surer than they should, and more states than there are (model-stability.ts).
 */
import { isRefusal } from '../../kernel/refusal.ts';
import type { Rng } from '../../kernel/rng.ts';
import type { RegimeModelRules } from '../policy/regime-rules.ts';
import { type FilteredStates, filterHmm, predictStates } from './filter-hmm.ts';
import { fitCandidates } from './fit-hmm.ts';
import type { HmmModel, Observations } from './hmm-model.ts';
import { realizedVolatility } from './market-features.ts';
import { refitFault, structuralFault } from './model-stability.ts';

export interface MarketModel {
  readonly kind: 'market-model';
  readonly model: HmmModel;
  readonly filtered: FilteredStates;
  /** For each session the volatility expected of the next one, annualised; NaN until the first observation. */
  readonly annualizedVolAhead: Float64Array;
}

export interface UnusableModel {
  readonly kind: 'unusable';
  readonly reason: string;
}

/** The model of `logReturn`, fitted on its first `fitSessions`, or why there is none. */
export function readMarketModel(
  logReturn: Float64Array,
  fitSessions: number,
  sessionsPerYear: number,
  rules: RegimeModelRules,
  rng: Rng,
): MarketModel | UnusableModel {
  const warmUp = rules.volatilityFeatureSessions - 1;
  const all = observationsOf(logReturn, rules.volatilityFeatureSessions, sessionsPerYear);
  const rows = Math.max(0, fitSessions - warmUp);
  const model = believableModel({ ...all, rows, values: all.values.subarray(0, rows * all.dimensions) }, rules, rng);
  if (model.kind === 'unusable') return model;
  const filtered = filterHmm(model, all);
  if (isRefusal(filtered)) return { kind: 'unusable', reason: filtered.reason };
  return { kind: 'market-model', model, filtered, annualizedVolAhead: volatilityAhead(model, filtered, warmUp, sessionsPerYear) };
}

interface Fit {
  readonly values: Float64Array;
  /** The rules, and what tells one stream of random numbers from another. */
  readonly terms: string;
  readonly model: HmmModel | UnusableModel;
}

/** A month's sessions all ask for the same fit, and a process that stays warm makes it once. The answer is the same either way. */
const kept: { last: Fit | undefined } = { last: undefined };

function believableModel(known: Observations, rules: RegimeModelRules, rng: Rng): HmmModel | UnusableModel {
  const terms = JSON.stringify([rules, rng.fork('terms').uniform(), rng.fork('terms-again').uniform()]);
  const { last } = kept;
  if (last?.terms === terms && areEqual(last.values, known.values)) return last.model;
  const model = fitBelievable(known, rules, rng);
  kept.last = { values: known.values.slice(), terms, model };
  return model;
}

const areEqual = (a: Float64Array, b: Float64Array): boolean => a.length === b.length && a.every((value, at) => Object.is(value, b[at]));

function fitBelievable(known: Observations, rules: RegimeModelRules, rng: Rng): HmmModel | UnusableModel {
  const candidates = fitCandidates(known, rules, rng.fork('fit'));
  if (isRefusal(candidates)) return { kind: 'unusable', reason: candidates.reason };
  let reason = '';
  for (const model of candidates) {
    const inSample = filterHmm(model, known);
    if (isRefusal(inSample)) return { kind: 'unusable', reason: inSample.reason };
    const fault =
      structuralFault(model, inSample, rules.stability) ??
      refitFault(model, inSample, known, rules, rules.stability, rng.fork(`refit-${model.states}`));
    if (fault === null) return model;
    // Told is the fault of the model that fits best.
    reason ||= fault;
  }
  return { kind: 'unusable', reason };
}

/** Probability, on the last session, of being in a state whose annualised volatility is at least this. */
export function turbulentProbability({ model, filtered }: MarketModel, annualizedVolMin: number, sessionsPerYear: number): number {
  const last = (filtered.rows - 1) * filtered.states;
  return dailyVolsOf(model).reduce(
    (sum, dailyVol, state) =>
      dailyVol * Math.sqrt(sessionsPerYear) >= annualizedVolMin ? sum + filtered.probabilities[last + state]! : sum,
    0,
  );
}

/** Standard deviation of a session's log return in each state. */
export const dailyVolsOf = ({ states, dimensions, covariances }: HmmModel): number[] =>
  Array.from({ length: states }, (_, state) => Math.sqrt(covariances[state * dimensions * dimensions]!));

export const dailyMeansOf = ({ states, dimensions, means }: HmmModel): number[] =>
  Array.from({ length: states }, (_, state) => means[state * dimensions]!);

function observationsOf(logReturn: Float64Array, sessions: number, sessionsPerYear: number): Observations {
  const volatility = realizedVolatility(logReturn, sessions, sessionsPerYear);
  const rows = Math.max(0, logReturn.length - sessions + 1);
  const values = new Float64Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    values[2 * row] = logReturn[row + sessions - 1]!;
    values[2 * row + 1] = Math.log(volatility[row + sessions - 1]!);
  }
  return { rows, dimensions: 2, values };
}

function volatilityAhead(model: HmmModel, filtered: FilteredStates, warmUp: number, sessionsPerYear: number): Float64Array {
  const dailyMeans = dailyMeansOf(model);
  const squares = dailyVolsOf(model).map((dailyVol, state) => dailyVol ** 2 + dailyMeans[state]! ** 2);
  const out = new Float64Array(filtered.rows + warmUp).fill(Number.NaN);
  for (let row = 0; row < filtered.rows; row++) {
    const ahead = predictStates(model, filtered, row);
    let square = 0;
    for (let state = 0; state < model.states; state++) square += ahead[state]! * squares[state]!;
    out[row + warmUp] = Math.sqrt(square * sessionsPerYear);
  }
  return out;
}
