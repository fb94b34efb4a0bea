import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultRegimeRules } from '../../../../shared/domain/policy/regime-rules.ts';
import { baumWelch } from '../../../../shared/domain/regime/baum-welch.ts';
import { holdUpEigenvalues } from '../../../../shared/domain/regime/covariance.ts';
import { filterHmm } from '../../../../shared/domain/regime/filter-hmm.ts';
import { fitCandidates, fitHmm } from '../../../../shared/domain/regime/fit-hmm.ts';
import type { HmmModel, Observations } from '../../../../shared/domain/regime/hmm-model.ts';
import { kMeans } from '../../../../shared/domain/regime/k-means.ts';
import { refitFault, structuralFault } from '../../../../shared/domain/regime/model-stability.ts';
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';

const options = defaultRegimeRules.model;
const of = (values: readonly number[], dimensions = 1): Observations => ({
  rows: values.length / dimensions,
  dimensions,
  values: Float64Array.from(values),
});

/** Calm and storm of 60 sessions each in turn, of which the storm has the standard deviation `ratio`. */
const calmAndStorm = (rows: number, ratio: number, seed = 'calm-and-storm'): Observations => {
  const rng = seededRng(seed);
  return of(Array.from({ length: rows }, (_, t) => rng.normal() * (Math.floor(t / 60) % 2 === 0 ? 1 : ratio)));
};

const accepted = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.reason);
  return value;
};
const fitted = (observations: Observations, states = { statesMin: 2, statesMax: 4 }): HmmModel =>
  accepted(fitHmm(observations, { ...options, ...states, covarianceType: 'diagonal' }, seededRng('fit')));

describe('fitting', () => {
  test('finds the two volatilities that the sequence was made of, their stay, and that they are two', () => {
    const model = fitted(calmAndStorm(1200, 4));
    expect(model.states).toBe(2);
    expect(Math.sqrt(model.covariances[0]!)).toBeCloseTo(1, 1);
    expect(Math.sqrt(model.covariances[1]!)).toBeGreaterThan(3.7);
    expect(Math.sqrt(model.covariances[1]!)).toBeLessThan(4.3);
    expect(1 / (1 - model.transitions[0]!)).toBeGreaterThan(40);
    expect(1 / (1 - model.transitions[0]!)).toBeLessThan(80);
  });

  test('offers a model for each number of states, the least BIC first', () => {
    const models = accepted(fitCandidates(calmAndStorm(1200, 4), options, seededRng('fit')));
    expect(models.map(({ states }) => states).sort()).toEqual([2, 3, 4]);
    expect(models.map(({ bic }) => bic)).toEqual(models.map(({ bic }) => bic).sort((a, b) => a - b));
  });

  test('leaves out numbers of states for which there are too few observations', () => {
    const models = accepted(fitCandidates(calmAndStorm(100, 4), { ...options, observationsPerParameterMin: 10 }, seededRng('fit')));
    expect(models.map(({ states }) => states)).toEqual([2]);
  });

  test.each<[string, Observations, string]>([
    ['nothing', of([]), 'observations-too-few'],
    ['one observation', of([1]), 'observations-too-few'],
    ['fewer observations than the smallest model needs', calmAndStorm(60, 4), 'observations-too-few'],
    ['a value that is not a number', of([...calmAndStorm(300, 4).values, Number.NaN]), 'observation-not-finite'],
    ['an infinite value', of([...calmAndStorm(300, 4).values, Number.NEGATIVE_INFINITY]), 'observation-not-finite'],
    ['a dimension that does not vary', of(new Array(400).fill(0.1)), 'observations-constant'],
    [
      'dimensions on one line',
      of(
        [...calmAndStorm(300, 4).values].flatMap((value) => [value, 3 * value + 1]),
        2,
      ),
      'observations-collinear',
    ],
  ])('refuses %s', (_, observations, reason) => {
    expect(fitHmm(observations, options, seededRng('fit'))).toMatchObject({ kind: 'refused', reason });
  });

  test('holds a state on repeated values at the floor, and says so', () => {
    const rng = seededRng('repeated');
    const repeated = of(Array.from({ length: 600 }, (_, t) => (Math.floor(t / 50) % 2 === 0 ? 0.25 : rng.normal())));
    const model = fitted(repeated, { statesMin: 2, statesMax: 2 });
    expect(model.floored).toBe(true);
    expect(model.covariances[0]!).toBeGreaterThan(0);
    expect(Number.isFinite(model.logLikelihood)).toBe(true);
  });

  test('keeps what a state had when no observation is left to it', () => {
    const start = {
      ...fitted(calmAndStorm(600, 4), { statesMin: 2, statesMax: 2 }),
      startProbabilities: Float64Array.of(1, 0),
      transitions: Float64Array.of(1, 0, 0.5, 0.5),
    };
    const { parameters } = baumWelch(calmAndStorm(600, 4), start, { iterationsMax: 3, logLikelihoodTolerance: 0, covarianceFloor: 1e-3 });
    expect(parameters.means[1]).toBe(start.means[1]);
    expect(parameters.covariances[1]).toBe(start.covariances[1]);
    expect([...parameters.transitions]).toEqual([1, 0, 0.5, 0.5]);
  });
});

describe('filtering refuses', () => {
  const model = fitted(calmAndStorm(600, 4), { statesMin: 2, statesMax: 2 });
  test.each<[string, Observations, string]>([
    ['nothing', of([]), 'observations-too-few'],
    ['a value that is not a number', of([1, Number.NaN]), 'observation-not-finite'],
    ['observations of other dimensions', of([1, 2], 2), 'dimensions-differ'],
  ])('%s', (_, observations, reason) => expect(filterHmm(model, observations)).toMatchObject({ kind: 'refused', reason }));
});

describe('a model is believed', () => {
  const observations = calmAndStorm(1200, 4);
  const model = fitted(observations, { statesMin: 2, statesMax: 2 });
  const filtered = accepted(filterHmm(model, observations));
  const { stability } = options;

  test('when nothing speaks against it', () => {
    expect(structuralFault(model, filtered, stability)).toBeNull();
    const twoStates = { ...options, statesMin: 2, statesMax: 2, covarianceType: 'diagonal' as const };
    expect(refitFault(model, filtered, observations, twoStates, stability, seededRng('refit'))).toBeNull();
  });

  test.each<[string, Partial<HmmModel>, string]>([
    ['EM did not come to rest', { converged: false }, 'fit-not-converged'],
    ['a covariance lies on its floor', { floored: true }, 'covariance-at-its-floor'],
    ['the second start ended elsewhere', { finalistLogLikelihoods: [-100, -101.5] }, 'restarts-disagree'],
    ['there was no second start', { finalistLogLikelihoods: [-100] }, 'restarts-disagree'],
    ['a state lasts two sessions', { transitions: Float64Array.of(0.98, 0.02, 0.5, 0.5) }, 'state-does-not-last'],
  ])('not when %s', (_, change, reason) => expect(structuralFault({ ...model, ...change }, filtered, stability)).toBe(reason));

  test('not when a state is hardly ever lived in', () => {
    expect(structuralFault(model, filtered, { ...stability, occupancyFracMin: 0.7 })).toBe('state-hardly-occupied');
  });

  test('not when a fit without the last sessions tells another story', () => {
    // 300 quiet sessions in which there is little to tell apart, then a storm that redefines what the second state is.
    const rng = seededRng('late-storm');
    const late = of(Array.from({ length: 360 }, (_, t) => rng.normal() * (t < 300 ? 1 + 0.1 * Math.sin(t / 20) : 8)));
    const own = fitted(late, { statesMin: 2, statesMax: 2 });
    const twoStates = { ...options, statesMin: 2, statesMax: 2, covarianceType: 'diagonal' as const };
    const fault = refitFault(own, accepted(filterHmm(own, late)), late, twoStates, stability, seededRng('refit'));
    expect(fault).toBe('refit-disagrees');
    const shorter = { ...late, rows: 80, values: late.values.subarray(0, 80) };
    expect(refitFault(own, accepted(filterHmm(own, shorter)), shorter, twoStates, stability, seededRng('refit'))).toBe('refit-refused');
  });
});

describe('the covariance floor', () => {
  test('lifts an eigenvalue below it and leaves the directions as they are', () => {
    // Eigenvalues 2 and 0.0001 along (1, 1) and (1, −1).
    const matrix = Float64Array.of(1.00005, 0.99995, 0.99995, 1.00005);
    expect(holdUpEigenvalues(matrix, 0, 2, 0.5)).toBe(true);
    for (const [at, value] of [1.25, 0.75, 0.75, 1.25].entries()) expect(matrix[at]).toBeCloseTo(value, 12);
  });

  test('leaves a matrix above it untouched', () => {
    const matrix = Float64Array.of(1, 0.5, 0.5, 1);
    expect(holdUpEigenvalues(matrix, 0, 2, 0.4)).toBe(false);
    expect([...matrix]).toEqual([1, 0.5, 0.5, 1]);
  });
});

describe('k-means', () => {
  test('finds clusters that lie apart', () => {
    const labels = kMeans(of([0, 0, 0.1, 0, 10, 10, 10.1, 10, 0, 0.1, 10, 10.1], 2), 2, 10, seededRng('clusters'));
    expect(labels[0]).toBe(labels[1]);
    expect(labels[0]).toBe(labels[4]);
    expect(labels[2]).toBe(labels[3]);
    expect(labels[2]).toBe(labels[5]);
    expect(labels[0]).not.toBe(labels[2]);
  });

  test('puts equal observations into one cluster', () => {
    expect(new Set(kMeans(of([3, 3, 3, 3]), 3, 10, seededRng('equal')))).toEqual(new Set([0]));
  });
});

test('what EM knows with hindsight has no name outside its file', async () => {
  const folder = join(import.meta.dirname, '../../../../shared/domain/regime');
  const names: string[] = [];
  for (const file of readdirSync(folder)) names.push(...Object.keys((await import(join(folder, file))) as object));
  expect(names).toContain('filterHmm');
  expect(names.filter((name) => /smooth|posterior|gamma|beta|backward/i.test(name))).toEqual([]);
});
