import { describe, expect, test } from 'vitest';
import { factorInPlace, solveInPlace } from '../../../../shared/domain/portfolio/cholesky.ts';
import type { QuadraticProgram } from '../../../../shared/domain/portfolio/quadratic-program.ts';
import { solveQuadraticProgram } from '../../../../shared/domain/portfolio/solve-program.ts';

const settings = { iterationsMax: 4000, residualFracMax: 1e-9 };
/** Two names of equal risk, one of which pays twice as much. */
const program: QuadraticProgram = {
  size: 2,
  hessian: Float64Array.of(1, 0, 0, 1),
  gradient: Float64Array.of(-1, -2),
  lower: new Float64Array(2),
  upper: Float64Array.of(10, 10),
  rows: [],
};

describe('quadratic program', () => {
  test('goes to the vertex of its parabola when nothing binds', () => {
    expect(solveQuadraticProgram(program, settings)).toMatchObject({ status: 'solved', values: Float64Array.of(1, 2) });
  });

  test('shares what a row leaves, and prices it', () => {
    const answer = solveQuadraticProgram({ ...program, rows: [{ coefficients: Float64Array.of(1, 1), limit: 1 }] }, settings);
    if (answer.kind === 'refused') throw new Error(answer.reason);
    expect(answer.values[0]).toBeCloseTo(0, 12);
    expect(answer.values[1]).toBeCloseTo(1, 12);
    expect(answer.rowPrices[0]).toBeCloseTo(1, 12);
  });

  test('is solved by a variable whose box is one point', () => {
    const answer = solveQuadraticProgram({ ...program, upper: Float64Array.of(0, 10) }, settings);
    expect(answer).toMatchObject({ status: 'solved', values: Float64Array.of(0, 2) });
  });

  test('does without any curvature: then it is a linear program', () => {
    const answer = solveQuadraticProgram(
      { ...program, hessian: new Float64Array(4), rows: [{ coefficients: Float64Array.of(1, 1), limit: 12 }] },
      settings,
    );
    if (answer.kind === 'refused') throw new Error(answer.reason);
    expect(answer.status).toBe('solved');
    expect(answer.values[0]).toBeCloseTo(2, 8);
    expect(answer.values[1]).toBeCloseTo(10, 8);
  });

  test('says that it is inaccurate when its iterations do not suffice', () => {
    const hard: QuadraticProgram = {
      ...program,
      hessian: Float64Array.of(1, 0.999999, 0.999999, 1),
      rows: [
        { coefficients: Float64Array.of(1, -1), limit: -0.5 },
        { coefficients: Float64Array.of(-1, 1), limit: 0.4 },
      ],
    };
    const answer = solveQuadraticProgram(hard, { ...settings, iterationsMax: 100 });
    if (answer.kind === 'refused') throw new Error(answer.reason);
    expect(answer.status).toBe('inaccurate');
    expect(answer.primalResidual).toBeGreaterThan(0.04);
  });

  test.each([
    ['program-not-finite', { gradient: Float64Array.of(Number.NaN, 0) }],
    ['program-not-finite', { rows: [{ coefficients: Float64Array.of(1, 1), limit: Number.POSITIVE_INFINITY }] }],
    ['curvature-negative', { hessian: Float64Array.of(1, 0, 0, -1) }],
    ['box-empty', { lower: Float64Array.of(11, 0) }],
    ['box-empty', { upper: Float64Array.of(Number.NaN, 1) }],
    ['program-misshapen', { gradient: Float64Array.of(1) }],
  ])('refuses: %s', (reason, change) => {
    expect(solveQuadraticProgram({ ...program, ...change }, settings)).toMatchObject({ kind: 'refused', reason });
  });
});

describe('Cholesky', () => {
  test('factors the textbook matrix, and solves with it', () => {
    // Wikipedia, "Cholesky decomposition", example: L = [[2, 0, 0], [6, 1, 0], [−8, 5, 3]].
    const matrix = Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98);
    expect(factorInPlace(matrix, 3)).toBe(true);
    expect([0, 3, 4, 6, 7, 8].map((k) => matrix[k])).toEqual([2, 6, 1, -8, 5, 3]);
    const vector = Float64Array.of(4 + 24 - 48, 12 + 74 - 129, -16 - 86 + 294);
    solveInPlace(matrix, 3, vector);
    expect([...vector]).toEqual([1, 2, 3]);
  });

  test('says no to a matrix that is not positive definite', () => {
    expect(factorInPlace(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
    expect(factorInPlace(Float64Array.of(Number.NaN), 1)).toBe(false);
  });
});
