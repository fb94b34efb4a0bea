/**
 * From proposals to target weights, within every limit.
 *
 * 1. Repair: where the book held breaks a limit, scale what breaks it, name first, then sector, side and gross.      book.ts
 *    A repair is not subject to turnover: a hard limit outranks it. What it uses is gone from the cycle's turnover.
 * 2. Reduce: SELL proposals of longs and BUY proposals of shorts move toward their recommended weight, weakest
 *    conviction first, as far as turnover allows. Survival first: what leaves outranks what enters.                  reduce
 * 3. Trim what is held when its predicted volatility is above the target.                                           volatility-target.ts
 * 4. Auction: who may grow, by conviction after costs.                                                               auction.ts
 * 5. Size: multivariate fractional Kelly over the seats, on a shrunk covariance, by ADMM.                            kelly-sizing.ts
 * 6. Steer the growth to the volatility target.                                                                      volatility-target.ts
 *
 * Without a covariance nothing grows: sizing blind would assume that names are unrelated just when their data is in doubt. Repairs and
 * reductions need none and go on. Limits hold exactly in floating point. A position that may not trade (governance) keeps its weight, and
 * the others live in the room it leaves. Turnover is Σ|change of weight|, buys and sells both counted. A trade never goes through zero.
 * Targets do not depend on the order of the candidates.
 */
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import type { Allocation, AllocationCandidate, AllocationParameters, AllocationRefusal, OptimizerReport } from './allocation.ts';
import { type AuctionResult, acts, auction } from './auction.ts';
import { Book } from './book.ts';
import { BookRisk } from './book-risk.ts';
import { fitsRooms, sizeByKelly } from './kelly-sizing.ts';
import type { Covariance } from './shrunk-covariance.ts';
import { scaleGrowth, trimFrac } from './volatility-target.ts';

type Reason = AllocationRefusal['reason'];

/** Current weights must be finite and symbols distinct; a refused covariance lets nothing grow. */
export function allocate(
  candidates: readonly AllocationCandidate[],
  parameters: AllocationParameters,
  covariance: Covariance | Refusal,
): Allocation {
  const book = new Book(candidates, parameters);
  book.repair();
  const forced = candidates.map((candidate, i) => book.weightAt(i) !== candidate.currentWeight);
  const forcedTurnoverFrac = book.turnoverFrac();
  const refusals = new Map<number, Reason[]>();
  const note = (i: number, reason: Reason): void => {
    refusals.set(i, [...(refusals.get(i) ?? []), reason]);
  };
  for (const i of reduce(candidates, book)) note(i, 'reduction-postponed');

  const risk = isRefusal(covariance) ? undefined : new BookRisk(covariance, candidates, book.order);
  if (risk !== undefined) for (const i of trim(candidates, book, risk, parameters)) note(i, 'volatility-target');
  const won = auction(candidates, book, parameters, (i) => risk?.isMeasured(i) ?? false);
  for (const [i, reason] of won.refusals) note(i, reason);
  const { report, stopped } = grow(candidates, book, won, risk, parameters);
  for (const [i, reason] of stopped) note(i, reason);

  return {
    weights: candidates.map(({ symbol }, i) => ({
      symbol,
      targetWeight: book.weightAt(i),
      forced: forced[i]!,
      refusals: (refusals.get(i) ?? []).map((reason) => ({ reason })),
    })),
    totals: { ...book.totals(), turnoverFrac: book.turnoverFrac(), forcedTurnoverFrac },
    optimizer: {
      ...report,
      ...(isRefusal(covariance) ? { status: 'refused' as const, reason: covariance.reason } : { shrinkage: covariance.shrinkage }),
      predictedAnnualizedVol: risk === undefined ? null : Math.sqrt(risk.variance(book.weights()) * parameters.sessionsPerYear),
    },
  };
}

/** Up to zero; returns those that turnover cut short. */
function reduce(candidates: readonly AllocationCandidate[], book: Book): number[] {
  const postponed: number[] = [];
  const weakestFirst = book.order
    .filter((i) => acts(candidates[i]!) && reductionTarget(candidates[i]!, book.weightAt(i)) !== book.weightAt(i))
    .sort((a, b) => strength(candidates[a]!) - strength(candidates[b]!));
  for (const i of weakestFirst) {
    const weight = book.weightAt(i);
    const target = reductionTarget(candidates[i]!, weight);
    const wanted = Math.abs(weight - target);
    const granted = Math.min(wanted, book.turnoverLeft());
    if (granted < wanted) postponed.push(i);
    if (granted > 0) book.setWeight(i, granted === wanted ? target : weight - Math.sign(weight) * granted);
  }
  return postponed;
}

/** Toward the recommended weight in the proposal's direction, never through zero and never larger. */
function reductionTarget({ recommendedWeight, proposal }: AllocationCandidate, weight: number): number {
  if (weight === 0 || Math.sign(weight) !== (proposal === 'SELL' ? 1 : -1)) return weight;
  const sameSide = Math.sign(recommendedWeight!) === Math.sign(weight);
  const target = sameSide ? recommendedWeight! : 0;
  return Math.abs(target) < Math.abs(weight) ? target : weight;
}

/** Scales the tradable weights down in proportion when the book is predicted to be too volatile; returns those it took from. */
function trim(candidates: readonly AllocationCandidate[], book: Book, risk: BookRisk, parameters: AllocationParameters): number[] {
  const { annualizedVolTarget, sessionsPerYear, optimizer } = parameters;
  const annualizedVol = Math.sqrt(risk.variance(book.weights()) * sessionsPerYear);
  const wanted = trimFrac(annualizedVol, annualizedVolTarget, optimizer.volatilityBandFrac);
  const tradable = book.order.filter((i) => candidates[i]!.tradable && book.weightAt(i) !== 0);
  const gross = tradable.reduce((sum, i) => sum + Math.abs(book.weightAt(i)), 0);
  const frac = gross > 0 ? Math.min(wanted, book.turnoverLeft() / gross) : 0;
  if (!(frac > 0)) return [];
  for (const i of tradable) book.setWeight(i, book.weightAt(i) * (1 - frac));
  return tradable;
}

const idle: OptimizerReport = {
  status: 'not-needed',
  reason: null,
  seats: 0,
  iterations: 0,
  primalResidual: 0,
  dualResidual: 0,
  shrinkage: null,
  predictedAnnualizedVol: null,
  volatilityScale: null,
};

/** Sizes the seats and puts them into the book; says what stopped each short of its recommended weight. */
function grow(
  candidates: readonly AllocationCandidate[],
  book: Book,
  won: AuctionResult,
  risk: BookRisk | undefined,
  parameters: AllocationParameters,
): { readonly report: OptimizerReport; readonly stopped: ReadonlyMap<number, Reason> } {
  const stopped = new Map<number, Reason>();
  const { seats } = won;
  if (risk === undefined) return { report: idle, stopped };
  if (seats.length === 0) return { report: { ...idle, volatilityScale: 1 }, stopped };
  const sizing = sizeByKelly({ candidates, book, won, risk, parameters });
  if (isRefusal(sizing)) {
    for (const { index } of seats) stopped.set(index, 'covariance-missing');
    return { report: { ...idle, status: 'refused', reason: sizing.reason, seats: seats.length }, stopped };
  }

  const weightsWith = (growth: Float64Array): Float64Array => {
    const weights = book.weights();
    seats.forEach(({ index, side }, k) => {
      weights[index]! += side * growth[k]!;
    });
    return weights;
  };
  const { growth, scale } = scaleGrowth({
    growth: sizing.growth,
    varianceWith: (candidate) => risk.variance(weightsWith(candidate)),
    caps: Float64Array.from(seats, ({ capFrac }) => capFrac),
    fits: (candidate) => fitsRooms(candidate, won),
    dailyVolTarget: parameters.annualizedVolTarget / Math.sqrt(parameters.sessionsPerYear),
    scaleUpMax: parameters.optimizer.volatilityScaleUpMax,
  });
  const grown = weightsWith(growth);
  seats.forEach(({ index, capFrac, capBoundBy }, k) => {
    const { recommendedWeight } = candidates[index]!;
    const arrived = capBoundBy === null && growth[k] === capFrac;
    book.setWeight(index, arrived ? recommendedWeight! : grown[index]!);
    const reason = growth[k] === capFrac ? capBoundBy : scale < 1 ? 'volatility-target' : sizing.stoppedBy[k]!;
    if (reason !== null) stopped.set(index, reason);
  });
  return { report: { ...idle, ...sizing.solution, seats: seats.length, volatilityScale: scale }, stopped };
}

const strength = ({ excessMu, sigma, currentWeight }: AllocationCandidate): number => (Math.sign(currentWeight) * excessMu!) / sigma!;
