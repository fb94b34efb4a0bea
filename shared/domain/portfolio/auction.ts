/**
 * The capital auction: who may receive capital this cycle. How much each receives is the optimizer's business (kelly-sizing.ts).
 *
 * 1. A proposal to grow bids with its conviction after costs,                                      bidOf
 *      bid = (expected excess return on its side − cost per session) / sigma − |weight held| · sigma / γ,
 *    the slope of its own fractional-Kelly growth in units of conviction. The cost is the round trip, spread over the sessions a position
 *    is expected to be held: the way out is paid at the way in, so that a reduction is never held back by its cost.
 * 2. The highest bid is asked first, ties by symbol. A bid at or below zero, a name without room, a name whose returns are not in the
 *    covariance, and whoever comes after the last seat leave with the reason.
 * Not covered: correlation between bidders, which the optimizer weighs; bids that depend on the equity (market impact).
 */
import type { AllocationCandidate, AllocationParameters, AllocationRefusal } from './allocation.ts';
import { type Book, type Room, type SharedRoom, SMALLEST_LOT_FRAC } from './book.ts';

/** A name that may grow on `side` (1 long, −1 short) by at most `room.frac`. */
export interface Seat {
  readonly index: number;
  readonly side: number;
  /** Null where the recommended weight itself is the bound. */
  readonly capFrac: number;
  readonly capBoundBy: AllocationRefusal['reason'] | null;
}

export interface AuctionResult {
  /** In symbol order. */
  readonly seats: readonly Seat[];
  /** The limits that the seats share. */
  readonly rooms: readonly SharedRoom[];
  readonly refusals: ReadonlyMap<number, AllocationRefusal['reason']>;
}

/** `isMeasured` says whether a candidate's returns are in the covariance. */
export function auction(
  candidates: readonly AllocationCandidate[],
  book: Book,
  parameters: AllocationParameters,
  isMeasured: (i: number) => boolean,
): AuctionResult {
  const refusals = new Map<number, AllocationRefusal['reason']>();
  const bidders = book.order.filter((i) => wantsToGrow(candidates[i]!, book.weightAt(i)));
  const rooms = book.sharedRooms(new Set(bidders.map((i) => book.sectorOf(i))));
  const bids = new Map(bidders.map((i) => [i, bidOf(candidates[i]!, book.weightAt(i), parameters)]));
  const seats: Seat[] = [];
  for (const i of [...bidders].sort((a, b) => bids.get(b)! - bids.get(a)!)) {
    const seat = seatOf(i, candidates[i]!, book);
    const reason = !(bids.get(i)! > 0) ? 'cost-exceeds-conviction' : (fullRoom(seat, book.ownRoom(i, seat.side), rooms) ?? null);
    if (reason !== null) refusals.set(i, reason);
    else if (!isMeasured(i)) refusals.set(i, 'covariance-missing');
    else if (seats.length >= parameters.optimizer.seatsMax) refusals.set(i, 'outbid');
    else seats.push(seat);
  }
  for (const i of book.order) if (reverses(candidates[i]!)) refusals.set(i, 'closes-before-reversing');
  const rank = new Map(book.order.map((i, position) => [i, position]));
  return { seats: seats.sort((a, b) => rank.get(a.index)! - rank.get(b.index)!), rooms, refusals };
}

/** Round-trip cost of a unit of weight, per session held. */
export const costPerSession = ({ rules }: AllocationParameters): number => (2 * rules.tradeCostFrac) / rules.holdingSessions;

function bidOf({ recommendedWeight, excessMu, sigma }: AllocationCandidate, weight: number, parameters: AllocationParameters): number {
  const excess = Math.sign(recommendedWeight!) * excessMu! - costPerSession(parameters);
  return excess / sigma! - (Math.abs(weight) * sigma!) / parameters.kellyGamma;
}

function seatOf(index: number, { recommendedWeight }: AllocationCandidate, book: Book): Seat {
  const side = Math.sign(recommendedWeight!);
  const wanted = Math.abs(recommendedWeight!) - Math.abs(book.weightAt(index));
  const own = book.ownRoom(index, side);
  return wanted <= own.frac
    ? { index, side, capFrac: wanted, capBoundBy: null }
    : { index, side, capFrac: own.frac, capBoundBy: own.boundBy };
}

/** The tightest limit, when it leaves no room worth a trade. */
function fullRoom({ index, side }: Seat, own: Room, rooms: readonly SharedRoom[]): AllocationRefusal['reason'] | undefined {
  const concerned: Room[] = [own, ...rooms.filter(({ holds }) => holds(index, side))];
  const tightest = concerned.reduce((least, room) => (room.frac < least.frac ? room : least));
  return tightest.frac <= SMALLEST_LOT_FRAC ? tightest.boundBy : undefined;
}

/** A proposal with the numbers behind it, in the direction that it names. */
export const acts = ({ tradable, proposal, recommendedWeight, excessMu, sigma }: AllocationCandidate): boolean =>
  tradable &&
  (proposal === 'BUY' || proposal === 'SELL') &&
  Number.isFinite(recommendedWeight) &&
  Number.isFinite(excessMu) &&
  Number.isFinite(sigma) &&
  sigma! > 0;

const directionOf = ({ proposal }: AllocationCandidate): number => (proposal === 'BUY' ? 1 : -1);

const wantsToGrow = (candidate: AllocationCandidate, weight: number): boolean =>
  acts(candidate) &&
  Math.sign(candidate.recommendedWeight!) === directionOf(candidate) &&
  candidate.currentWeight * candidate.recommendedWeight! >= 0 &&
  Math.abs(candidate.recommendedWeight!) > Math.abs(weight);

/** Brokers want the close and the opening apart: the opening is the next cycle's business. */
const reverses = (candidate: AllocationCandidate): boolean => acts(candidate) && candidate.currentWeight * candidate.recommendedWeight! < 0;
