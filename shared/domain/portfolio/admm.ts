/**
 * The alternating direction method of multipliers for a quadratic program, in scaled form. With A = [I; G] stacking the box and the rows,
 *   x ← (P + ρ·AᵀA)⁻¹ (ρ·Aᵀ(z − u) − q)       one Cholesky factor, reused while ρ stays
 *   h ← α·A·x + (1 − α)·z                      over-relaxation, α = 1.6
 *   z ← Π(h + u)                               the exact projection: clip to the box, cap each row at its limit
 *   u ← u + h − z                              prices are ρ·u
 * Between blocks of iterations ρ is balanced so that primal and dual residual fall together; a change below 5× is not worth a factor.
 *
 * Every limit of a book is an L1 ball (Σ|w| ≤ limit). The proposals say on which side of zero and in which direction each name may move, so
 * the part of the ball that can be reached is a half-space, whose projection is a cap. That is why no simplex projection is needed here.
 *
 * Source: Boyd et al. (2011), sections 3.1.1, 3.4.1, 3.4.3 and 5.2; step rule of OSQP (2020), section 5.2.
 * Not covered: a step size per row. The program must be scaled (quadratic-program.ts).
 */
import { dot, factorInPlace, solveInPlace } from './cholesky.ts';
import type { QuadraticProgram } from './quadratic-program.ts';

const RELAXATION = 1.6;
const STEP_CHANGE_MIN = 5;
const STEP_MIN = 1e-9;
const STEP_MAX = 1e9;
/** Residuals below this are rounding; they say nothing about the step. */
const NEGLIGIBLE = 1e-14;

export class Admm {
  iterations = 0;
  readonly #program: QuadraticProgram;
  readonly #factor: Float64Array;
  readonly #x: Float64Array;
  /** z and u: first the box, then the rows. */
  readonly #z: Float64Array;
  readonly #u: Float64Array;
  #step: number;

  constructor(program: QuadraticProgram) {
    const { size, rows, lower, upper } = program;
    this.#program = program;
    this.#x = new Float64Array(size);
    this.#factor = new Float64Array(size * size);
    this.#z = new Float64Array(size + rows.length);
    for (let i = 0; i < size; i++) this.#z[i] = Math.min(upper[i]!, Math.max(lower[i]!, 0));
    rows.forEach(({ coefficients, limit }, r) => {
      this.#z[size + r] = Math.min(limit, dot(coefficients, this.#z.subarray(0, size)));
    });
    this.#u = new Float64Array(size + rows.length);
    this.#step = firstStep(program);
    this.#refactor();
  }

  /** In the box. */
  values = (): Float64Array => this.#z.slice(0, this.#program.size);

  rowPrices = (): Float64Array => this.#u.subarray(this.#program.size).map((value) => Math.max(0, value * this.#step));

  /** Positive where the upper bound pushes back, negative where the lower one does. */
  boundPrices = (): Float64Array => this.#u.subarray(0, this.#program.size).map((value) => value * this.#step);

  iterate(count: number): void {
    const { size, gradient, lower, upper, rows } = this.#program;
    const [x, z, u, step] = [this.#x, this.#z, this.#u, this.#step];
    for (let k = 0; k < count; k++) {
      for (let i = 0; i < size; i++) x[i] = step * (z[i]! - u[i]!) - gradient[i]!;
      for (let r = 0; r < rows.length; r++) addScaled(x, rows[r]!.coefficients, step * (z[size + r]! - u[size + r]!));
      solveInPlace(this.#factor, size, x);
      for (let i = 0; i < size; i++) {
        const relaxed = RELAXATION * x[i]! + (1 - RELAXATION) * z[i]! + u[i]!;
        z[i] = Math.min(upper[i]!, Math.max(lower[i]!, relaxed));
        u[i] = relaxed - z[i]!;
      }
      for (let r = 0; r < rows.length; r++) {
        const relaxed = RELAXATION * dot(rows[r]!.coefficients, x) + (1 - RELAXATION) * z[size + r]! + u[size + r]!;
        z[size + r] = Math.min(rows[r]!.limit, relaxed);
        u[size + r] = relaxed - z[size + r]!;
      }
    }
    this.iterations += count;
  }

  /** Balances the step by the ratio of the relative residuals, and factors again when that changes it much. */
  adaptStep(): void {
    const { size, hessian, gradient, rows } = this.#program;
    const [x, z, u, step] = [this.#x, this.#z, this.#u, this.#step];
    let [primal, primalSize, dual, dualSize] = [0, 0, 0, 0];
    const prices = new Float64Array(size);
    for (let i = 0; i < size; i++) prices[i] = step * u[i]!;
    rows.forEach(({ coefficients }, r) => {
      const image = dot(coefficients, x);
      primal = Math.max(primal, Math.abs(image - z[size + r]!));
      primalSize = Math.max(primalSize, Math.abs(image), Math.abs(z[size + r]!));
      addScaled(prices, coefficients, step * u[size + r]!);
    });
    for (let i = 0; i < size; i++) {
      const curved = dot(hessian.subarray(i * size, (i + 1) * size), x);
      primal = Math.max(primal, Math.abs(x[i]! - z[i]!));
      primalSize = Math.max(primalSize, Math.abs(x[i]!), Math.abs(z[i]!));
      dual = Math.max(dual, Math.abs(curved + gradient[i]! + prices[i]!));
      dualSize = Math.max(dualSize, Math.abs(curved), Math.abs(gradient[i]!), Math.abs(prices[i]!));
    }
    if (primal < NEGLIGIBLE * primalSize || dual < NEGLIGIBLE * dualSize) return;
    const ratio = primal / primalSize / (dual / dualSize);
    const wanted = Math.min(STEP_MAX, Math.max(STEP_MIN, step * Math.sqrt(ratio)));
    if (!(wanted > STEP_CHANGE_MIN * step || wanted * STEP_CHANGE_MIN < step)) return;
    for (let i = 0; i < u.length; i++) u[i]! *= step / wanted;
    this.#step = wanted;
    this.#refactor();
  }

  #refactor(): void {
    const { size, hessian, rows } = this.#program;
    const factor = this.#factor;
    factor.set(hessian);
    for (let i = 0; i < size; i++) factor[i * size + i]! += this.#step;
    for (const { coefficients } of rows) {
      for (let i = 0; i < size; i++) {
        const scale = this.#step * coefficients[i]!;
        if (scale === 0) continue;
        for (let j = 0; j <= i; j++) factor[i * size + j]! += scale * coefficients[j]!;
      }
    }
    factorInPlace(factor, size);
  }
}

/** Slopes are at most 1 here, so prices are of that size, and steps of the size of the box: their ratio balances the first iterations. */
function firstStep({ size, lower, upper }: QuadraticProgram): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < size; i++) {
    const width = upper[i]! - lower[i]!;
    if (width > 0 && width < Number.POSITIVE_INFINITY) [sum, count] = [sum + width, count + 1];
  }
  return count === 0 ? 1 : Math.min(STEP_MAX, Math.max(STEP_MIN, count / sum));
}

function addScaled(target: Float64Array, source: Float64Array, scale: number): void {
  if (scale === 0) return;
  for (let i = 0; i < target.length; i++) target[i]! += scale * source[i]!;
}
