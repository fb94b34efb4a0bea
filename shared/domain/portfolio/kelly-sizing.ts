/**
 * Multivariate fractional Kelly: how much each seat of the auction grows, all of them together.
 *
 * The growth rate of a book w is, to second order, wᵀ(μ − rf) − ½·wᵀΣw; betting the fraction γ of the growth-optimal book maximises
 *   wᵀ(μ − rf) − wᵀΣw/(2γ) − cost·Σ|growth|,     unconstrained w = γ·Σ⁻¹(μ − rf).
 * Multiplying μ − rf, Σ and cost by one factor leaves w unchanged; without limits and costs w is proportional to γ.
 *
 * 1. Unknown is the growth g ≥ 0 of every seat on its side: w = w₀ + D·g with D = ±1, and w₀ the book after repairs and reductions.
 *    P = D·Σ·D/γ,  q = −D·(μ − rf) + cost + D·Σ·w₀/γ,  0 ≤ g ≤ cap,  one row per limit that seats share.          programOf
 *    As every seat's side is known, each limit on Σ|w| is one row of ones on g.
 * 2. Solve it by ADMM.                                                                                           solve-program.ts
 * 3. Names that are alike in everything get the mean of their growth: equal treatment to the last bit.           evened
 * 4. w₀ is feasible and the limits are convex: walk from w₀ toward the solution as far as all limits hold.       withinRooms
 *    An inaccurate solution is used only when it beats standing still; by convexity every point on the way does, too.
 * Limits hold exactly in floating point: rows aim HEADROOM below the limit, the walk stops at half of that.
 *
 * Source: Thorp (2006), "The Kelly criterion in blackjack, sports betting, and the stock market", section 7; MacLean, Thorp and Ziemba
 * (2010), "Good and bad properties of the Kelly criterion". Not covered: costs that grow with size, uncertainty of μ beyond γ.
 */
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import type { AllocationCandidate, AllocationParameters, AllocationRefusal } from './allocation.ts';
import { type AuctionResult, costPerSession, type Seat } from './auction.ts';
import { type Book, HEADROOM_FRAC, type SharedRoom, SMALLEST_LOT_FRAC } from './book.ts';
import type { BookRisk } from './book-risk.ts';
import { gradientAt, objectiveAt, type QuadraticProgram } from './quadratic-program.ts';
import { type QuadraticSolution, solveQuadraticProgram } from './solve-program.ts';

export interface KellySizing {
  readonly kind: 'sizing';
  /** Per seat; never negative. */
  readonly growth: Float64Array;
  /** Per seat, what stops it short of its recommended weight; null when nothing does. */
  readonly stoppedBy: readonly (AllocationRefusal['reason'] | null)[];
  readonly solution: Omit<QuadraticSolution, 'kind' | 'values' | 'rowPrices'>;
}

export interface SizingQuestion {
  readonly candidates: readonly AllocationCandidate[];
  readonly book: Book;
  readonly won: AuctionResult;
  readonly risk: BookRisk;
  readonly parameters: AllocationParameters;
}

/** Refuses what the solver refuses: numbers that are not finite. */
export function sizeByKelly(question: SizingQuestion): KellySizing | Refusal {
  const { won, parameters } = question;
  const program = programOf(question);
  const solution = solveQuadraticProgram(program, parameters.optimizer);
  if (isRefusal(solution)) return solution;
  const even = evened(program, solution.values);
  const walked = withinRooms(even, won);
  const growth = objectiveAt(program, walked) <= 0 ? walked : new Float64Array(walked.length);
  for (let k = 0; k < growth.length; k++) if (growth[k]! < SMALLEST_LOT_FRAC) growth[k] = 0;
  const { status, iterations, primalResidual, dualResidual } = solution;
  return {
    kind: 'sizing',
    growth,
    stoppedBy: stopsOf(program, growth, solution.rowPrices, won),
    solution: { status, iterations, primalResidual, dualResidual },
  };
}

/** The largest share of `growth` that every shared limit has room for, half its headroom included. */
function withinRooms(growth: Float64Array, { seats, rooms }: Pick<AuctionResult, 'seats' | 'rooms'>): Float64Array {
  let share = 1;
  for (const room of rooms) {
    const used = usedOf(growth, seats, room);
    if (used > 0) share = Math.min(share, allowedIn(room) / used);
  }
  return share < 1 ? growth.map((value) => value * share) : growth;
}

/** Whether every shared limit has room for `growth`. */
export const fitsRooms = (growth: Float64Array, { seats, rooms }: Pick<AuctionResult, 'seats' | 'rooms'>): boolean =>
  rooms.every((room) => usedOf(growth, seats, room) <= allowedIn(room));

const allowedIn = ({ frac }: SharedRoom): number => (frac > 0 ? frac + HEADROOM_FRAC / 2 : 0);

function usedOf(growth: Float64Array, seats: readonly Seat[], { holds }: SharedRoom): number {
  return seats.reduce((sum, { index, side }, k) => (holds(index, side) ? sum + growth[k]! : sum), 0);
}

function programOf({ candidates, book, won: { seats, rooms }, risk, parameters }: SizingQuestion): QuadraticProgram {
  const size = seats.length;
  const indices = seats.map(({ index }) => index);
  const covariance = risk.matrix(indices);
  const withBook = risk.covariancesWith(book.weights(), indices);
  const cost = costPerSession(parameters);
  const hessian = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      hessian[i * size + j] = (seats[i]!.side * seats[j]!.side * covariance[i * size + j]!) / parameters.kellyGamma;
    }
  }
  return {
    size,
    hessian,
    gradient: Float64Array.from(seats, ({ index, side }, k) => {
      return cost - side * candidates[index]!.excessMu! + (side * withBook[k]!) / parameters.kellyGamma;
    }),
    lower: new Float64Array(size),
    upper: Float64Array.from(seats, ({ capFrac }) => capFrac),
    rows: rooms.map(({ frac, holds }) => ({
      coefficients: Float64Array.from(seats, ({ index, side }) => (holds(index, side) ? 1 : 0)),
      limit: frac,
    })),
  };
}

/** Averages over classes of variables that the program cannot tell apart. */
function evened(program: QuadraticProgram, values: Float64Array): Float64Array {
  const { size, hessian, gradient, upper, rows } = program;
  const out = values.slice();
  const looks = Array.from({ length: size }, (_, i) =>
    [gradient[i], upper[i], hessian[i * size + i], ...rows.map(({ coefficients }) => coefficients[i])].join(' '),
  );
  const alike = (i: number, j: number): boolean => {
    for (let k = 0; k < size; k++) if (k !== i && k !== j && hessian[i * size + k] !== hessian[j * size + k]) return false;
    return true;
  };
  for (const members of Map.groupBy(looks.keys(), (i) => looks[i]!).values()) {
    let rest = members;
    while (rest.length > 1) {
      const [first] = rest;
      const same = rest.filter((i) => i === first || alike(first!, i));
      const mean = same.reduce((sum, i) => sum + values[i]!, 0) / same.length;
      for (const i of same) out[i] = Math.min(upper[i]!, mean);
      rest = rest.filter((i) => !same.includes(i));
    }
  }
  return out;
}

/** A cap first; then, where the seat would still gain by growing, the shared limit with the highest price; else its costs and risk. */
function stopsOf(
  program: QuadraticProgram,
  growth: Float64Array,
  rowPrices: Float64Array,
  { seats, rooms }: AuctionResult,
): KellySizing['stoppedBy'] {
  const slope = gradientAt(program, growth);
  return seats.map(({ index, side, capFrac, capBoundBy }, k) => {
    if (growth[k]! >= capFrac - SMALLEST_LOT_FRAC) return capBoundBy;
    let [price, stop]: [number, AllocationRefusal['reason']] = [0, 'cost-exceeds-conviction'];
    if (slope[k]! >= 0) return stop;
    rooms.forEach(({ boundBy, holds }, r) => {
      if (holds(index, side) && rowPrices[r]! > price) [price, stop] = [rowPrices[r]!, boundBy];
    });
    return stop;
  });
}
