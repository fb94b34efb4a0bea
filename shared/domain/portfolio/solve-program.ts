/**
 * Solves a convex quadratic program to the precision of its numbers.
 *
 * 1. Scale every variable by 1/√Pᵢᵢ, every row to length 1, the objective to a largest slope of 1.      scaledProgram
 * 2. Iterate ADMM.                                                                                      admm.ts
 * 3. Now and then guess from its iterate which limits bind, and solve for the rest exactly.             active-set.ts
 * 4. Stop when both residuals, measured on the unscaled program, are within the tolerance.              quadratic-program.ts
 *
 * The answer is called solved only then; otherwise it is the best iterate seen, called inaccurate. It lies in the box in any case; a row may
 * be exceeded by the primal residual.
 *
 * Source: Boyd, Parikh, Chu, Peleato, Eckstein (2011), "Distributed optimization and statistical learning via the alternating direction
 * method of multipliers", section 5.2; Stellato, Banjac, Goulart, Bemporad, Boyd (2020), "OSQP: an operator splitting solver for quadratic
 * programs", Mathematical Programming Computation 12, sections 3 to 5 (relaxation, step size, scaling, polish).
 * Not covered: certificates of infeasibility. The caller brings a program that has a feasible point.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { solveActiveSet } from './active-set.ts';
import { Admm } from './admm.ts';
import { clip, flatnessOf, type QuadraticProgram, residualsOf } from './quadratic-program.ts';

export interface QuadraticSolution {
  readonly kind: 'solution';
  readonly status: 'solved' | 'inaccurate';
  readonly values: Float64Array;
  /** What one more unit of each row's limit would lower the objective by; never negative. */
  readonly rowPrices: Float64Array;
  readonly iterations: number;
  readonly primalResidual: number;
  readonly dualResidual: number;
}

export interface SolverSettings {
  readonly iterationsMax: number;
  readonly residualFracMax: number;
}

/** Refuses numbers that are not finite (bounds may be infinite), a negative diagonal, and a box that is empty. */
export function solveQuadraticProgram(program: QuadraticProgram, settings: SolverSettings): QuadraticSolution | Refusal {
  const unfit = unfitProgram(program);
  if (unfit !== undefined) return unfit;
  const { scaled, unscale } = scaledProgram(program);
  const admm = new Admm(scaled);
  let best: QuadraticSolution | undefined;
  let nextPolish = FIRST_POLISH;

  const consider = (values: Float64Array, rowPrices: Float64Array): boolean => {
    const unscaled = unscale(values, rowPrices);
    const residuals = residualsOf(program, unscaled.values, unscaled.rowPrices);
    const worst = Math.max(residuals.primalResidual, residuals.dualResidual);
    const status = worst <= settings.residualFracMax ? 'solved' : 'inaccurate';
    if (best === undefined || worst < Math.max(best.primalResidual, best.dualResidual)) {
      best = { kind: 'solution', status, ...unscaled, iterations: admm.iterations, ...residuals };
    }
    return status === 'solved';
  };

  for (;;) {
    const last = admm.iterations >= settings.iterationsMax;
    if (!last) admm.iterate(Math.min(ITERATIONS_PER_CHECK, settings.iterationsMax - admm.iterations));
    const near = consider(admm.values(), admm.rowPrices());
    if (near || last || admm.iterations >= nextPolish) {
      nextPolish = 2 * admm.iterations;
      const polished = solveActiveSet(scaled, admm.values(), admm.rowPrices(), admm.boundPrices());
      const exact = polished !== undefined && consider(polished.values, polished.rowPrices);
      if (near || exact || last) return best!;
    }
    admm.adaptStep();
  }
}

const ITERATIONS_PER_CHECK = 25;
const FIRST_POLISH = 50;

function scaledProgram(program: QuadraticProgram): {
  readonly scaled: QuadraticProgram;
  readonly unscale: (values: Float64Array, rowPrices: Float64Array) => Pick<QuadraticSolution, 'values' | 'rowPrices'>;
} {
  const { size, hessian, gradient, lower, upper, rows } = program;
  const floor = flatnessOf(program);
  const unit = Float64Array.from({ length: size }, (_, i) => 1 / Math.sqrt(Math.max(hessian[i * size + i]!, floor)));
  const lengths = rows.map(({ coefficients }) => Math.sqrt(coefficients.reduce((sum, value, i) => sum + (value * unit[i]!) ** 2, 0)) || 1);
  const steepest = gradient.reduce((most, value, i) => Math.max(most, Math.abs(value * unit[i]!)), 0) || 1;

  const scaledHessian = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) scaledHessian[i * size + j] = hessian[i * size + j]! * unit[i]! * unit[j]!;
  }
  // The variables are divided by the steepest slope too, so that curvature and slope both stay 1.
  const scaled: QuadraticProgram = {
    size,
    hessian: scaledHessian,
    gradient: gradient.map((value, i) => (value * unit[i]!) / steepest),
    lower: lower.map((value, i) => value / (unit[i]! * steepest)),
    upper: upper.map((value, i) => value / (unit[i]! * steepest)),
    rows: rows.map(({ coefficients, limit }, r) => ({
      coefficients: coefficients.map((value, i) => (value * unit[i]!) / lengths[r]!),
      limit: limit / (lengths[r]! * steepest),
    })),
  };
  return {
    scaled,
    unscale: (values, rowPrices) => ({
      // On a bound in one unit is on the bound in the other, to the last bit.
      values: values.map((value, i) => {
        if (value === scaled.lower[i]) return lower[i]!;
        return value === scaled.upper[i] ? upper[i]! : clip(value * unit[i]! * steepest, lower[i]!, upper[i]!);
      }),
      rowPrices: rowPrices.map((price, r) => Math.max(0, (price * steepest) / lengths[r]!)),
    }),
  };
}

function unfitProgram({ size, hessian, gradient, lower, upper, rows }: QuadraticProgram): Refusal | undefined {
  const shaped =
    hessian.length === size * size &&
    [gradient, lower, upper, ...rows.map(({ coefficients }) => coefficients)].every(({ length }) => length === size);
  if (!shaped) return refuse('program-misshapen', { size });
  const finite = hessian.every(Number.isFinite) && gradient.every(Number.isFinite);
  if (!finite || !rows.every(({ coefficients, limit }) => coefficients.every(Number.isFinite) && Number.isFinite(limit))) {
    return refuse('program-not-finite', { size });
  }
  for (let i = 0; i < size; i++) {
    if (!(hessian[i * size + i]! >= 0)) return refuse('curvature-negative', { variable: i });
    if (!(lower[i]! <= upper[i]!)) return refuse('box-empty', { variable: i });
  }
  return undefined;
}
