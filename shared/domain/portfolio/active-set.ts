/**
 * Makes a nearly right answer to a quadratic program exact: guess which limits bind, solve the equations that remain, look which guess was
 * wrong, and repeat.
 *
 * 1. Guess from the iterate: a variable lies on a bound, and a row binds, where its price exceeds its slack.
 * 2. With the bound variables fixed (set B) and the binding rows (set R) as equations, the free ones (F) and the prices λ of R solve
 *      P_FF·x_F + G_RFᵀ·λ = −q_F − P_FB·x_B,    G_RF·x_F = limit_R − G_RB·x_B,
 *    by a Cholesky factor of P_FF, the small Schur complement G_RF·P_FF⁻¹·G_RFᵀ, and one round of iterative refinement.
 * 3. A free variable outside the box goes to that bound; a bound one whose slope leads inward is freed; a binding row with a negative price
 *    is let go; another that is exceeded binds. Nothing changes: the KKT conditions hold. Rounds are capped, since the rule may cycle.
 *
 * Source: the polish of OSQP (2020), section 4, repeated as a primal-dual active set method: Hintermüller, Ito and Kunisch (2003), "The
 * primal-dual active set strategy as a semismooth Newton method", SIAM J. Optimization 13.
 * Not covered: starts far from the solution. The caller measures what comes back and falls back on ADMM.
 */
import { dot, factorInPlace, solveInPlace } from './cholesky.ts';
import type { QuadraticProgram } from './quadratic-program.ts';

const ROUNDS_MAX = 12;
/** Added to diagonals so that a singular block has a factor; refinement takes its effect out again. */
const REGULARISATION = 1e-11;
const ROUNDING = 1e-12;

type Place = -1 | 0 | 1;

interface Guess {
  readonly places: Int8Array;
  readonly binding: boolean[];
}

interface Solved {
  readonly values: Float64Array;
  readonly rowPrices: Float64Array;
}

/** Undefined when a block has no factor or a number is not finite. */
export function solveActiveSet(
  program: QuadraticProgram,
  start: Float64Array,
  startRowPrices: Float64Array,
  startBoundPrices: Float64Array,
): Solved | undefined {
  const guess: Guess = {
    places: Int8Array.from(start, (value, i) => placeOf(program, i, value, startBoundPrices[i]!)),
    binding: program.rows.map(({ coefficients, limit }, r) => startRowPrices[r]! > limit - dot(coefficients, start)),
  };
  let solved: Solved | undefined;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const next = solveGuess(program, guess);
    if (next === undefined) return solved;
    solved = next;
    if (!revise(program, guess, next)) break;
  }
  return solved;
}

function placeOf({ lower, upper }: QuadraticProgram, i: number, value: number, price: number): Place {
  if (lower[i] === upper[i]) return -1;
  if (value - lower[i]! < -price) return -1;
  return upper[i]! - value < price ? 1 : 0;
}

/** The point that the guess implies. */
function solveGuess(program: QuadraticProgram, { places, binding }: Guess): Solved | undefined {
  const { size, hessian, gradient, lower, upper, rows } = program;
  const free = indicesWhere(size, (i) => places[i] === 0);
  const values = Float64Array.from({ length: size }, (_, i) => (places[i]! < 0 ? lower[i]! : places[i]! > 0 ? upper[i]! : 0));
  const active = indicesWhere(rows.length, (r) => binding[r]! && free.some((i) => rows[r]!.coefficients[i] !== 0));
  const block = blockOf(hessian, size, free);
  const factor = regularised(block, free.length);
  if (factor === undefined) return undefined;

  const normals = active.map((r) => Float64Array.from(free, (i) => rows[r]!.coefficients[i]!));
  const reached = normals.map((normal) => {
    const image = normal.slice();
    solveInPlace(factor, free.length, image);
    return image;
  });
  const schur = Float64Array.from({ length: active.length ** 2 }, (_, k) =>
    dot(normals[Math.floor(k / active.length)]!, reached[k % active.length]!),
  );
  const schurFactor = regularised(schur, active.length);
  if (schurFactor === undefined) return undefined;

  const slopeRight = Float64Array.from(free, (i) => -gradient[i]! - dot(hessian.subarray(i * size, (i + 1) * size), values));
  const limitRight = Float64Array.from(active, (r) => rows[r]!.limit - dot(rows[r]!.coefficients, values));
  const x = new Float64Array(free.length);
  const prices = new Float64Array(active.length);
  for (let pass = 0; pass < 3; pass++) {
    const step = Float64Array.from(free, (_, k) => slopeRight[k]! - dot(block.subarray(k * free.length, (k + 1) * free.length), x));
    for (let r = 0; r < normals.length; r++) addScaled(step, normals[r]!, -prices[r]!);
    solveInPlace(factor, free.length, step);
    const change = Float64Array.from(active, (_, r) => dot(normals[r]!, step) + dot(normals[r]!, x) - limitRight[r]!);
    solveInPlace(schurFactor, active.length, change);
    for (let k = 0; k < free.length; k++) x[k]! += step[k]!;
    for (let r = 0; r < reached.length; r++) addScaled(x, reached[r]!, -change[r]!);
    for (let r = 0; r < prices.length; r++) prices[r]! += change[r]!;
  }
  if (!x.every(Number.isFinite) || !prices.every(Number.isFinite)) return undefined;
  free.forEach((i, k) => {
    values[i] = x[k]!;
  });
  const rowPrices = new Float64Array(rows.length);
  active.forEach((r, k) => {
    rowPrices[r] = prices[k]!;
  });
  return { values, rowPrices };
}

/** Corrects the guess by what its point shows; false when nothing was wrong. */
function revise(program: QuadraticProgram, { places, binding }: Guess, { values, rowPrices }: Solved): boolean {
  const { size, hessian, gradient, lower, upper, rows } = program;
  let changed = false;
  const place = (i: number, where: Place): void => {
    places[i] = where;
    changed = true;
  };
  for (let i = 0; i < size; i++) {
    if (lower[i] === upper[i]) continue;
    if (places[i] === 0) {
      const slack = ROUNDING * Math.max(1, Math.abs(values[i]!));
      if (values[i]! < lower[i]! - slack) place(i, -1);
      else if (values[i]! > upper[i]! + slack) place(i, 1);
      continue;
    }
    let slope = gradient[i]! + dot(hessian.subarray(i * size, (i + 1) * size), values);
    for (let r = 0; r < rows.length; r++) slope += rowPrices[r]! * rows[r]!.coefficients[i]!;
    if (places[i]! * slope > ROUNDING) place(i, 0);
  }
  rows.forEach(({ coefficients, limit }, r) => {
    const exceeds = dot(coefficients, values) > limit + ROUNDING * Math.max(1, Math.abs(limit));
    const wanted = rowPrices[r]! < -ROUNDING ? false : binding[r]! || exceeds;
    if (wanted !== binding[r]) changed = true;
    binding[r] = wanted;
  });
  return changed;
}

function blockOf(hessian: Float64Array, size: number, indices: readonly number[]): Float64Array {
  const block = new Float64Array(indices.length ** 2);
  indices.forEach((i, row) => {
    for (let column = 0; column < indices.length; column++) block[row * indices.length + column] = hessian[i * size + indices[column]!]!;
  });
  return block;
}

function regularised(matrix: Float64Array, size: number): Float64Array | undefined {
  const factor = matrix.slice();
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, Math.abs(matrix[i * size + i]!));
  for (let i = 0; i < size; i++) factor[i * size + i]! += REGULARISATION * (largest || 1);
  return factorInPlace(factor, size) ? factor : undefined;
}

function addScaled(target: Float64Array, source: Float64Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * source[i]!;
}

const indicesWhere = (count: number, holds: (i: number) => boolean): number[] => {
  const found: number[] = [];
  for (let i = 0; i < count; i++) if (holds(i)) found.push(i);
  return found;
};
