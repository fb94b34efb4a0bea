/**
 * Three references outside the solver: numpy's solution of γ·Σ⁻¹(μ − rf) where nothing binds (make-golden.py); quadprog, a dual active-set
 * method (Goldfarb and Idnani 1983), on small programs; and on large ones the KKT conditions, written out here term by term.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type QuadraticProgram, type QuadraticRow, residualsOf } from '../../../../shared/domain/portfolio/quadratic-program.ts';
import { covarianceMatrix, shrunkCovariance } from '../../../../shared/domain/portfolio/shrunk-covariance.ts';
import { type QuadraticSolution, solveQuadraticProgram } from '../../../../shared/domain/portfolio/solve-program.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { seededPanel } from '../../../unit/domain/portfolio/make-covariance.ts';
import { solveByQuadprog } from './quadprog-oracle.ts';

interface Golden {
  name: string;
  gamma: number;
  excessMu: number[];
  covariance: number[][];
  weights: number[];
}
const golden = JSON.parse(readFileSync(new URL('kelly.golden.json', import.meta.url), 'utf8')) as Golden[];
const settings = { iterationsMax: 4000, residualFracMax: 1e-9 };

function solved(program: QuadraticProgram): QuadraticSolution {
  const solution = solveQuadraticProgram(program, settings);
  if (isRefusal(solution)) throw new Error(`expected a solution, was refused: ${solution.reason}`);
  expect(solution.status).toBe('solved');
  return solution;
}

/** Long-only or both ways, with sectors, a gross limit and slanted rows; sizes and limits such that many bind. */
function seededProgram(size: number, seed: string, shorts: boolean): QuadraticProgram {
  const rng = seededRng(seed);
  const covariance = shrunkCovariance(seededPanel(size, 60, seed));
  if (isRefusal(covariance)) throw new Error(covariance.reason);
  const row = (coefficient: (i: number) => number, limit: number): QuadraticRow => ({
    coefficients: Float64Array.from({ length: size }, (_, i) => coefficient(i)),
    limit,
  });
  return {
    size,
    hessian: covarianceMatrix(covariance).map((entry) => entry / 0.3),
    gradient: Float64Array.from({ length: size }, () => -0.0004 * rng.normal() - 0.0003),
    lower: new Float64Array(size).fill(shorts ? -0.05 : 0),
    upper: Float64Array.from({ length: size }, () => 0.02 + 0.08 * rng.uniform()),
    rows: [
      row((i) => (i % 3 === 0 ? 1 : 0), 0.15),
      row((i) => (i % 3 === 1 ? 1 : 0), 0.15),
      row(() => 1, 0.25 + 0.3 * rng.uniform()),
      row(() => rng.normal(), 0.02),
    ],
  };
}

describe('the solver finds what numpy finds where nothing binds', () => {
  test.each(golden)('$name, γ = $gamma', ({ gamma, excessMu, covariance, weights }) => {
    const size = excessMu.length;
    const { values } = solved({
      size,
      hessian: Float64Array.from(covariance.flat(), (entry) => entry / gamma),
      gradient: Float64Array.from(excessMu, (mu) => -mu),
      lower: new Float64Array(size).fill(Number.NEGATIVE_INFINITY),
      upper: new Float64Array(size).fill(Number.POSITIVE_INFINITY),
      rows: [],
    });
    const largest = Math.max(...weights.map(Math.abs));
    weights.forEach((weight, i) => {
      expect(Math.abs(values[i]! - weight)).toBeLessThanOrEqual(1e-10 * largest);
    });
  });
});

describe('the solver finds what quadprog finds', () => {
  const sizes = [1, 2, 3, 5, 8, 13, 21, 34];
  test.each(sizes.flatMap((size) => [false, true].map((shorts) => ({ size, shorts }))))(
    '$size names, shorts $shorts',
    ({ size, shorts }) => {
      for (let round = 0; round < 10; round++) {
        const program = seededProgram(size, `oracle/${size}/${shorts}/${round}`, shorts);
        const { values } = solved(program);
        solveByQuadprog(program).forEach((expected, i) => {
          expect(Math.abs(values[i]! - expected)).toBeLessThanOrEqual(1e-10);
        });
      }
    },
  );
});

describe('the KKT conditions hold', () => {
  test.each([80, 200, 400])('with %i names and shorts', (size) => {
    const program = seededProgram(size, `kkt/${size}`, true);
    const { values, rowPrices } = solved(program);
    const { hessian, gradient, lower, upper, rows } = program;
    const unitOfSlope = Math.max(...Array.from(gradient, Math.abs));
    for (let i = 0; i < size; i++) {
      let slope = gradient[i]!;
      for (let j = 0; j < size; j++) slope += hessian[i * size + j]! * values[j]!;
      for (let r = 0; r < rows.length; r++) slope += rowPrices[r]! * rows[r]!.coefficients[i]!;
      expect(values[i]!).toBeGreaterThanOrEqual(lower[i]!);
      expect(values[i]!).toBeLessThanOrEqual(upper[i]!);
      if (values[i]! > lower[i]!) expect(slope).toBeLessThanOrEqual(1e-9 * unitOfSlope);
      if (values[i]! < upper[i]!) expect(slope).toBeGreaterThanOrEqual(-1e-9 * unitOfSlope);
    }
    rows.forEach(({ coefficients, limit }, r) => {
      const slack = limit - coefficients.reduce((sum, coefficient, i) => sum + coefficient * values[i]!, 0);
      expect(slack).toBeGreaterThanOrEqual(-1e-12);
      expect(rowPrices[r]).toBeGreaterThanOrEqual(0);
      expect(slack * rowPrices[r]!).toBeLessThanOrEqual(1e-12 * unitOfSlope);
    });
  });

  test('and a point moved off the solution is seen as off by as much', () => {
    const program = seededProgram(13, 'moved', false);
    const { values, rowPrices } = solved(program);
    const free = values.findIndex((value, i) => value > 0.002 && value < program.upper[i]! - 0.002);
    const moved = values.map((value, i) => (i === free ? value + 0.001 : value));
    expect(residualsOf(program, moved, rowPrices).dualResidual).toBeGreaterThan(0.0009);
    const outside = values.map((value, i) => (i === free ? program.upper[i]! + 0.01 : value));
    expect(residualsOf(program, outside, rowPrices).primalResidual).toBeGreaterThan(0.0099);
  });
});
