/** The hidden Markov model against enumeration of all paths and a textbook Baum–Welch; see make-hmm-golden.py. */
import { describe, expect, test } from 'vitest';
import { type BaumWelchRun, baumWelch } from '../../../../shared/domain/regime/baum-welch.ts';
import { filterHmm } from '../../../../shared/domain/regime/filter-hmm.ts';
import { type CovarianceType, type HmmParameters, type Observations, parameterCount } from '../../../../shared/domain/regime/hmm-model.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import golden from './hmm.golden.json' with { type: 'json' };

interface Flat {
  readonly startProbabilities: readonly number[];
  readonly transitions: readonly number[];
  readonly means: readonly number[];
  readonly covariances: readonly number[];
}

interface Case {
  readonly states: number;
  readonly dimensions: number;
  readonly covarianceType: string;
  readonly observations: readonly number[];
  readonly start: Flat;
}

const observationsOf = ({ dimensions, observations }: Case): Observations => ({
  rows: observations.length / dimensions,
  dimensions,
  values: Float64Array.from(observations),
});

const startOf = ({ states, dimensions, covarianceType, start }: Case): HmmParameters => ({
  states,
  dimensions,
  covarianceType: covarianceType as CovarianceType,
  startProbabilities: Float64Array.from(start.startProbabilities),
  transitions: Float64Array.from(start.transitions),
  means: Float64Array.from(start.means),
  covariances: Float64Array.from(start.covariances),
});

const run = (the: Case, iterationsMax: number): BaumWelchRun =>
  baumWelch(observationsOf(the), startOf(the), { iterationsMax, logLikelihoodTolerance: 0, covarianceFloor: 1e-9 });

/** Largest difference, relative where numbers are above 1. */
const gap = (ours: ArrayLike<number>, theirs: readonly number[]): number => {
  expect(ours).toHaveLength(theirs.length);
  return Math.max(...theirs.map((value, at) => Math.abs(ours[at]! - value) / Math.max(1, Math.abs(value))));
};

const gapOf = (ours: HmmParameters, theirs: Flat): number =>
  Math.max(
    gap(ours.startProbabilities, theirs.startProbabilities),
    gap(ours.transitions, theirs.transitions),
    gap(ours.means, theirs.means),
    gap(ours.covariances, theirs.covariances),
  );

const filteredGap = (the: Case & { readonly filtered: readonly number[] }, parameters: HmmParameters): number => {
  const filtered = filterHmm(parameters, observationsOf(the));
  if (isRefusal(filtered)) throw new Error(filtered.reason);
  return gap(filtered.probabilities, the.filtered);
};

const titled = <T extends Case>(cases: readonly T[]): [string, T][] =>
  cases.map((the) => [`${the.states} states, ${the.dimensions}-dimensional, ${the.covarianceType}`, the]);

describe('against the sum over every path', () => {
  test.each(titled(golden.enumeration))('%s: likelihood, filtered probabilities and one step of EM', (_, the) => {
    const { parameters, logLikelihoods } = run(the, 1);
    expect(Math.abs(logLikelihoods[0]! - the.logLikelihood)).toBeLessThan(1e-11);
    expect(filteredGap(the, startOf(the))).toBeLessThan(1e-12);
    expect(gapOf(parameters, the.step)).toBeLessThan(1e-11);
  });
});

describe('against Baum–Welch in logarithms from end to end', () => {
  test.each(titled(golden.trajectories))('%s: every iteration, and where it ends', (_, the) => {
    const { parameters, logLikelihoods, floored } = run(the, 40);
    expect(floored).toBe(false);
    expect(gap(logLikelihoods, the.logLikelihoods)).toBeLessThan(1e-12);
    expect(gapOf(parameters, the.end)).toBeLessThan(1e-9);
    expect(filteredGap(the, parameters)).toBeLessThan(1e-9);
  });

  test.each(golden.underflow.map((the) => [the.start.transitions[1], the] as const))(
    'where products leave the range of doubles, with a transition of %d',
    (_, the) => {
      expect(filteredGap(the, startOf(the))).toBeLessThan(1e-12);
      const { parameters, logLikelihoods } = run(the, 1);
      expect(gap(logLikelihoods.slice(0, 1), [the.logLikelihood])).toBeLessThan(1e-14);
      if (the.step) expect(gapOf(parameters, the.step)).toBeLessThan(1e-9);
    },
  );
});

test('counts free parameters as hmmlearn’s GaussianHMM does (its documentation of bic: start, transitions, means, covariances)', () => {
  expect(parameterCount(2, 1, 'diagonal')).toBe(1 + 2 + 2 + 2);
  expect(parameterCount(3, 2, 'full')).toBe(2 + 6 + 6 + 9);
  expect(parameterCount(4, 2, 'diagonal')).toBe(3 + 12 + 8 + 8);
});
