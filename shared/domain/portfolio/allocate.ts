/**
 * From proposals to target weights, within every limit.
 *
 * 1. Repair: where the book held breaks a limit, scale what breaks it, name first, then sector, side and gross.      repairBook
 *    A repair is not subject to turnover: a hard limit outranks it. What it uses is gone from the cycle's turnover.
 * 2. Reduce: SELL proposals move toward their recommended weight, weakest conviction first, as far as turnover allows.
 * 3. Auction: capital goes out in lots; each goes to the highest bid                                                 auction
 *      bid(w) = (expected excess return − cost per session) / sigma − |w| · sigma / γ,
 *    the slope of fractional-Kelly growth in units of conviction. It falls as the position grows, so the money spreads.
 *    A bid at or below zero takes nothing. Ties go to the smaller symbol in code-unit order.
 *
 * Limits hold exactly in floating point: sums are kept 1e-9 below them. A position that may not trade (governance) keeps its weight, and
 * the others live in the room it leaves. Turnover is Σ|change of weight|, buys and sells both counted.
 * Not covered: correlation between names (the allocator of a later issue replaces the auction behind the same function).
 */
import type { AllocatedWeight, AllocationCandidate, AllocationParameters, AllocationRefusal, AllocationTotals } from './allocation.ts';
import { Book } from './book.ts';

/** One target per candidate, in the same order. Weights must be finite. */
export function allocate(
  candidates: readonly AllocationCandidate[],
  parameters: AllocationParameters,
): { readonly weights: readonly AllocatedWeight[]; readonly totals: AllocationTotals } {
  const book = new Book(candidates, parameters);
  book.repair();
  const forced = candidates.map((candidate, i) => book.weightAt(i) !== candidate.currentWeight);
  const forcedTurnoverFrac = book.turnoverFrac();
  const postponed = reduce(candidates, book);
  const auctionRefusals = auction(candidates, book, parameters);

  return {
    weights: candidates.map(({ symbol }, i) => ({
      symbol,
      targetWeight: book.weightAt(i),
      forced: forced[i]!,
      refusals: [...(postponed.has(i) ? [{ reason: 'reduction-postponed' as const }] : []), ...(auctionRefusals.get(i) ?? [])],
    })),
    totals: { ...book.totals(), turnoverFrac: book.turnoverFrac(), forcedTurnoverFrac },
  };
}

/** SELLs of longs and covers of shorts, up to zero; returns those that turnover cut short. */
function reduce(candidates: readonly AllocationCandidate[], book: Book): Set<number> {
  const postponed = new Set<number>();
  const weakestFirst = indicesBySymbol(candidates)
    .filter((i) => acts(candidates[i]!) && reductionTarget(candidates[i]!, book.weightAt(i)) !== book.weightAt(i))
    .sort((a, b) => strength(candidates[a]!) - strength(candidates[b]!));
  for (const i of weakestFirst) {
    const weight = book.weightAt(i);
    const wanted = Math.abs(weight - reductionTarget(candidates[i]!, weight));
    const granted = Math.min(wanted, book.turnoverLeft());
    if (granted < wanted) postponed.add(i);
    if (granted > 0) book.setWeight(i, granted === wanted ? reductionTarget(candidates[i]!, weight) : weight - Math.sign(weight) * granted);
  }
  return postponed;
}

/** Toward the recommended weight, never through zero and never larger. */
function reductionTarget({ recommendedWeight }: AllocationCandidate, weight: number): number {
  if (weight === 0) return 0;
  const sameSide = Math.sign(recommendedWeight!) === Math.sign(weight);
  const target = sameSide ? recommendedWeight! : 0;
  return Math.abs(target) < Math.abs(weight) ? target : weight;
}

function auction(
  candidates: readonly AllocationCandidate[],
  book: Book,
  { rules, kellyGamma }: AllocationParameters,
): Map<number, AllocationRefusal[]> {
  const refusals = new Map<number, AllocationRefusal[]>();
  const costPerSession = (2 * rules.tradeCostFrac) / rules.holdingSessions;
  let bidders = indicesBySymbol(candidates).filter((i) => {
    const { recommendedWeight } = candidates[i]!;
    return acts(candidates[i]!) && recommendedWeight !== 0 && Math.abs(recommendedWeight!) > Math.abs(book.weightAt(i));
  });
  const leave = (i: number, reason: AllocationRefusal['reason']): void => {
    refusals.set(i, [{ reason }]);
    bidders = bidders.filter((bidder) => bidder !== i);
  };
  const bidOf = (i: number): number => {
    const { recommendedWeight, excessMu, sigma } = candidates[i]!;
    const excess = Math.sign(recommendedWeight!) * excessMu! - costPerSession;
    return excess / sigma! - (Math.abs(book.weightAt(i)) * sigma!) / kellyGamma;
  };

  while (bidders.length > 0) {
    let winner = bidders[0]!;
    let best = bidOf(winner);
    for (const bidder of bidders) {
      const bid = bidOf(bidder);
      if (bid > best) [winner, best] = [bidder, bid];
    }
    if (!(best > 0)) {
      leave(winner, 'cost-exceeds-conviction');
      continue;
    }
    const side = Math.sign(candidates[winner]!.recommendedWeight!);
    const wanted = Math.abs(candidates[winner]!.recommendedWeight!) - Math.abs(book.weightAt(winner));
    const room = book.roomToGrow(winner, side);
    const lot = Math.min(rules.auctionLotFrac, wanted, room.frac);
    if (lot > SMALLEST_LOT_FRAC) book.setWeight(winner, book.weightAt(winner) + side * lot);
    if (wanted - lot <= SMALLEST_LOT_FRAC) bidders = bidders.filter((bidder) => bidder !== winner);
    else if (lot <= SMALLEST_LOT_FRAC || lot === room.frac) leave(winner, room.boundBy);
  }
  return refusals;
}

const SMALLEST_LOT_FRAC = 1e-6;

const acts = ({ tradable, proposal, recommendedWeight, excessMu, sigma }: AllocationCandidate): boolean =>
  tradable && (proposal === 'BUY' || proposal === 'SELL') && recommendedWeight !== null && excessMu !== null && sigma !== null;

const strength = ({ excessMu, sigma, currentWeight }: AllocationCandidate): number => (Math.sign(currentWeight) * excessMu!) / sigma!;

const indicesBySymbol = (candidates: readonly AllocationCandidate[]): number[] =>
  candidates.map((_, i) => i).sort((a, b) => (candidates[a]!.symbol < candidates[b]!.symbol ? -1 : 1));
