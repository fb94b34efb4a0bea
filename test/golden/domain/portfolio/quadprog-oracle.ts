/** Asks quadprog, a dual active-set method that shares nothing with ADMM, for the solution of a program. */
import { solveQP } from 'quadprog';
import type { QuadraticProgram } from '../../../../shared/domain/portfolio/quadratic-program.ts';

/** @throws when quadprog finds no solution: its Hessian must be positive definite. */
export function solveByQuadprog(program: QuadraticProgram): number[] {
  const { solution, message } = solveQP(...quadprogArguments(program));
  if (message !== '') throw new Error(`quadprog found no solution: ${message}`);
  return solution.slice(1);
}

/** The program in quadprog's terms; it writes into them, so they serve once. */
export function quadprogArguments({ size, hessian, gradient, lower, upper, rows }: QuadraticProgram): Parameters<typeof solveQP> {
  const normals: number[][] = [];
  const bounds: number[] = [];
  const atLeast = (normal: number[], bound: number): void => {
    if (!Number.isFinite(bound)) return;
    normals.push(normal);
    bounds.push(bound);
  };
  const unit = (i: number, value: number): number[] => Array.from({ length: size }, (_, j) => (i === j ? value : 0));
  for (let i = 0; i < size; i++) {
    atLeast(unit(i, 1), lower[i]!);
    atLeast(unit(i, -1), -upper[i]!);
  }
  for (const { coefficients, limit } of rows) {
    atLeast(
      Array.from(coefficients, (value) => -value),
      -limit,
    );
  }
  const oneBased = (values: readonly number[]): number[] => [0, ...values];
  const matrix = [[], ...Array.from({ length: size }, (_, i) => oneBased([...hessian.subarray(i * size, (i + 1) * size)]))];
  const columns = [[], ...Array.from({ length: size }, (_, i) => oneBased(normals.map((normal) => normal[i]!)))];
  return [matrix, oneBased(Array.from(gradient, (value) => -value)), columns, oneBased(bounds)];
}
