/** The generalised Pareto fit: 1. a maximum that no neighbour beats; 2. the same shape in any unit; 3. no dependence on the order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitGeneralizedPareto, type GpdFit } from '../../../../shared/domain/risk/gpd-fit.ts';
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';

/** Inverse of the distribution function at uniform numbers. */
function sampleOf(seed: number, shape: number, size: number): Float64Array {
  const rng = seededRng(seed);
  return Float64Array.from({ length: size }, () => {
    const survival = 1 - rng.uniform();
    return Math.abs(shape) < 1e-9 ? -Math.log(survival) : (survival ** -shape - 1) / shape;
  }).filter((value) => value > 0);
}

const aSample = fc
  .record({ seed: fc.nat(), shape: fc.double({ min: -0.3, max: 0.9, noNaN: true }), size: fc.integer({ min: 50, max: 600 }) })
  .map(({ seed, shape, size }) => sampleOf(seed, shape, size));

function logLikelihood(sample: Float64Array, shape: number, scale: number): number {
  let sum = -sample.length * Math.log(scale);
  for (const value of sample) sum -= shape === 0 ? value / scale : (1 + 1 / shape) * Math.log(1 + (shape * value) / scale);
  return Number.isNaN(sum) ? Number.NEGATIVE_INFINITY : sum;
}

/** A shape of −½ to the last digits is taken or refused by a hair: rounding may decide. */
const refusedOrAtTheEdge = (fit: GpdFit | Refusal): boolean => isRefusal(fit) || fit.shape < -0.5 + 1e-9;

describe('generalised Pareto fit', () => {
  test('1. no neighbour is more likely', () => {
    fc.assert(
      fc.property(aSample, (sample) => {
        const fit = fitGeneralizedPareto(sample);
        if (isRefusal(fit)) return;
        expect(logLikelihood(sample, fit.shape, fit.scale)).toBeCloseTo(fit.logLikelihood, 6);
        for (const [dShape, dScale] of [
          [1e-3, 0],
          [-1e-3, 0],
          [0, 1e-3],
          [0, -1e-3],
          [1e-3, -1e-3],
          [-1e-3, 1e-3],
        ] as const) {
          expect(logLikelihood(sample, fit.shape + dShape, fit.scale * (1 + dScale))).toBeLessThan(fit.logLikelihood);
        }
      }),
    );
  });

  test('2. the unit changes the scale and nothing else', () => {
    fc.assert(
      fc.property(aSample, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (sample, unit) => {
        const [one, other] = [fitGeneralizedPareto(sample), fitGeneralizedPareto(sample.map((value) => value * unit))];
        if (isRefusal(one) || isRefusal(other)) {
          expect([one, other].every(refusedOrAtTheEdge)).toBe(true);
          return;
        }
        expect(other.shape).toBeCloseTo(one.shape, 9);
        expect(other.scale / unit / one.scale).toBeCloseTo(1, 9);
        expect(other.shapeStandardError).toBeCloseTo(one.shapeStandardError, 9);
      }),
    );
  });

  test('3. the order of the exceedances does not matter', () => {
    fc.assert(
      fc.property(aSample, (sample) => {
        const [one, other] = [fitGeneralizedPareto(sample), fitGeneralizedPareto(sample.toReversed())];
        if (isRefusal(one) || isRefusal(other)) {
          expect([one, other].every(refusedOrAtTheEdge)).toBe(true);
          return;
        }
        expect(other.shape).toBeCloseTo(one.shape, 10);
      }),
    );
  });
});
