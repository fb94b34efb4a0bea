/** What holds of every hidden Markov model and every sequence. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { baumWelch } from '../../../../shared/domain/regime/baum-welch.ts';
import { filterHmm, predictStates } from '../../../../shared/domain/regime/filter-hmm.ts';
import { fitHmm, type HmmFitOptions } from '../../../../shared/domain/regime/fit-hmm.ts';
import { type HmmParameters, type Observations, orderedByVolatility } from '../../../../shared/domain/regime/hmm-model.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { type Rng, seededRng } from '../../../../shared/kernel/rng.ts';

interface Drawn {
  readonly parameters: HmmParameters;
  readonly observations: Observations;
}

/** A model and a sequence that need not come from it, outliers included. */
const drawn = fc
  .record({
    seed: fc.integer(),
    states: fc.integer({ min: 2, max: 4 }),
    dimensions: fc.integer({ min: 1, max: 3 }),
    full: fc.boolean(),
    rows: fc.integer({ min: 2, max: 60 }),
  })
  .map(({ seed, states, dimensions, full, rows }): Drawn => {
    const rng = seededRng(seed);
    return { parameters: randomModel(states, dimensions, full, rng), observations: randomRows(rows, dimensions, rng) };
  });

function randomModel(states: number, dimensions: number, full: boolean, rng: Rng): HmmParameters {
  const distribution = (): number[] => {
    const weights = Array.from({ length: states }, () => rng.uniform() ** 4 + 1e-9);
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / sum);
  };
  const covariances = new Float64Array(states * dimensions * dimensions);
  for (let state = 0; state < states; state++) {
    // A product of a random matrix with itself, and something on the diagonal.
    const factor = Array.from({ length: dimensions * dimensions }, () => rng.normal());
    for (let d = 0; d < dimensions; d++) {
      for (let e = 0; e < dimensions; e++) {
        let sum = d === e ? 0.05 : 0;
        for (let k = 0; k < dimensions; k++) sum += factor[d * dimensions + k]! * factor[e * dimensions + k]!;
        covariances[(state * dimensions + d) * dimensions + e] = full || d === e ? sum : 0;
      }
    }
  }
  return {
    states,
    dimensions,
    covarianceType: full ? 'full' : 'diagonal',
    startProbabilities: Float64Array.from(distribution()),
    transitions: Float64Array.from(Array.from({ length: states }, distribution).flat()),
    means: Float64Array.from({ length: states * dimensions }, () => 2 * rng.normal()),
    covariances,
  };
}

const randomRows = (rows: number, dimensions: number, rng: Rng): Observations => ({
  rows,
  dimensions,
  values: Float64Array.from({ length: rows * dimensions }, () => rng.normal() * (rng.uniform() < 0.1 ? 12 : 1)),
});

const probabilitiesOf = (parameters: HmmParameters, observations: Observations): Float64Array => {
  const filtered = filterHmm(parameters, observations);
  if (isRefusal(filtered)) throw new Error(filtered.reason);
  return filtered.probabilities;
};

/** States in the order of `order`. */
function relabelled(model: HmmParameters, order: readonly number[]): HmmParameters {
  const { states, dimensions } = model;
  const blocks = (from: Float64Array, width: number): Float64Array =>
    Float64Array.from(order.flatMap((state) => [...from.subarray(state * width, (state + 1) * width)]));
  return {
    ...model,
    startProbabilities: blocks(model.startProbabilities, 1),
    transitions: Float64Array.from(order.flatMap((i) => order.map((j) => model.transitions[i * states + j]!))),
    means: blocks(model.means, dimensions),
    covariances: blocks(model.covariances, dimensions * dimensions),
  };
}

const options: HmmFitOptions = {
  statesMin: 2,
  statesMax: 3,
  covarianceType: 'full',
  restarts: 3,
  finalists: 2,
  shortIterations: 4,
  iterationsMax: 20,
  logLikelihoodTolerance: 0.01,
  covarianceFloorFrac: 0.001,
  observationsPerParameterMin: 2,
};

describe('expectation maximisation', () => {
  test('never lowers the likelihood, floor or no floor', () => {
    fc.assert(
      fc.property(drawn, fc.constantFrom(1e-6, 0.04), ({ parameters, observations }, covarianceFloor) => {
        const { logLikelihoods } = baumWelch(observations, parameters, { iterationsMax: 12, logLikelihoodTolerance: 0, covarianceFloor });
        for (const [at, value] of logLikelihoods.entries()) {
          if (at > 0) expect(value).toBeGreaterThanOrEqual(logLikelihoods[at - 1]! - 1e-9 * Math.max(1, Math.abs(value)));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('leaves distributions that sum to one', () => {
    fc.assert(
      fc.property(drawn, ({ parameters, observations }) => {
        const end = baumWelch(observations, parameters, { iterationsMax: 5, logLikelihoodTolerance: 0, covarianceFloor: 1e-3 }).parameters;
        for (const row of [
          end.startProbabilities,
          ...Array.from({ length: end.states }, (_, i) => end.transitions.subarray(i * end.states, (i + 1) * end.states)),
        ]) {
          expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
          expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe('filtered probabilities', () => {
  test('of each session sum to one, as do those of the session ahead', () => {
    fc.assert(
      fc.property(drawn, ({ parameters, observations }) => {
        const filtered = filterHmm(parameters, observations);
        if (isRefusal(filtered)) throw new Error(filtered.reason);
        for (let t = 0; t < observations.rows; t++) {
          const row = filtered.probabilities.subarray(t * parameters.states, (t + 1) * parameters.states);
          expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 14);
          expect(predictStates(parameters, filtered, t).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
        }
      }),
    );
  });

  test('do not know what comes later: cutting or changing it changes no bit', () => {
    fc.assert(
      fc.property(drawn, fc.double({ min: 0, max: 1, noNaN: true }), ({ parameters, observations }, cut) => {
        const rows = 1 + Math.floor(cut * (observations.rows - 1));
        const { dimensions, values } = observations;
        const changed = values.map((value, at) => (at < rows * dimensions ? value : 1000 - value));
        const whole = probabilitiesOf(parameters, observations).subarray(0, rows * parameters.states);
        const cutOff = probabilitiesOf(parameters, { rows, dimensions, values: values.subarray(0, rows * dimensions) });
        expect(cutOff).toEqual(whole.slice());
        expect(probabilitiesOf(parameters, { ...observations, values: changed }).slice(0, rows * parameters.states)).toEqual(cutOff);
      }),
    );
  });

  test('do not depend on how the states are numbered', () => {
    fc.assert(
      fc.property(drawn, ({ parameters, observations }) => {
        const { states } = parameters;
        const order = Array.from({ length: states }, (_, state) => (state + 1) % states);
        const ours = probabilitiesOf(parameters, observations);
        const theirs = probabilitiesOf(relabelled(parameters, order), observations);
        for (let at = 0; at < theirs.length; at++) {
          expect(theirs[at]!).toBeCloseTo(ours[Math.floor(at / states) * states + order[at % states]!]!, 10);
        }
        expect(orderedByVolatility(relabelled(parameters, order))).toEqual(orderedByVolatility(parameters));
      }),
    );
  });
});

describe('fitting', () => {
  test('with one seed gives the same bytes, with states in order of volatility', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const observations = randomRows(120, 2, seededRng(seed));
        const model = fitHmm(observations, options, seededRng('fit'));
        expect(fitHmm(observations, options, seededRng('fit'))).toEqual(model);
        if (isRefusal(model)) throw new Error(model.reason);
        const variances = Array.from({ length: model.states }, (_, state) => model.covariances[state * 4]!);
        expect(variances).toEqual([...variances].sort((a, b) => a - b));
      }),
      { numRuns: 20 },
    );
  });

  test('does not depend on the unit of a dimension', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const observations = randomRows(120, 2, seededRng(seed));
        // Powers of two scale without rounding.
        const scaled = { ...observations, values: observations.values.map((value, at) => value * (at % 2 === 0 ? 1 / 64 : 8)) };
        const model = fitHmm(observations, options, seededRng('fit'));
        const other = fitHmm(scaled, options, seededRng('fit'));
        if (isRefusal(model) || isRefusal(other)) throw new Error('refused');
        expect(other.transitions).toEqual(model.transitions);
        expect(other.means).toEqual(model.means.map((mean, at) => mean * (at % 2 === 0 ? 1 / 64 : 8)));
      }),
      { numRuns: 20 },
    );
  });
});
