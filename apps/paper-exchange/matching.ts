/**
 * Where an order first meets the path of a session, from an instant on. Pure: the same order and path always meet the same, and
 * asking more often changes nothing.
 *
 * 1. A stop waits until the path reaches its price; from there it is a market or a limit order.                       meetingOnLeg
 * 2. A market order takes the price of the moment. A limit order takes it too where it is good enough, else it waits until the
 *    path reaches its limit, and is filled there, also where the price jumps over it. What is left of it then, for want of
 *    volume, takes like any other. An order from before the opening gets the opening price if that is better, as in an auction.
 * 3. Taking costs half the spread, and an impact that grows with the square root of the share of the session's volume that the
 *    order has taken (Almgren et al. 2005, "Direct estimation of equity market impact", find an exponent near one half).
 *    Waiting costs nothing and earns nothing.                                                                    takingPrice
 * 4. No more is filled than the leg's pool still holds; the rest waits for the next leg.
 * 5. Immediate orders (IOC, FOK) take what is there at their first instant, for the opening (OPG) and for the close (CLS) at
 *    that price only; what is left then ends.                                                               immediateMeeting
 *
 * Not covered: a queue, depth, and the impact of our other orders.
 */
import {
  greater,
  lesser,
  type MicroUsd,
  magnitude,
  microUsdFromFloat,
  microUsdToFloat,
  type NanoShares,
  nanoSharesToFloat,
  noShares,
  sharesFor,
} from '../../shared/kernel/money.ts';
import type { Bps, EpochMs } from '../../shared/kernel/units.ts';
import { type Leg, priceAt, reachedAt, type SessionPath } from './session-path.ts';

export type Side = 'buy' | 'sell';
export type OrderType = 'market' | 'limit' | 'stop' | 'stop_limit';
export type TimeInForce = 'day' | 'gtc' | 'ioc' | 'fok' | 'opg' | 'cls';

export interface FillCosts {
  readonly spreadBps: Bps;
  /** Impact of taking a whole session's volume; a quarter of the volume costs half of it. */
  readonly impactBpsAtWholeVolume: Bps;
}

export interface MatchableOrder {
  readonly side: Side;
  readonly timeInForce: TimeInForce;
  /** Since when it may trade in this session without a break. */
  readonly activeFrom: EpochMs;
  /** What is left to fill: shares, or dollars for an order given in dollars. */
  readonly leaves: { readonly shares: NanoShares } | { readonly usd: MicroUsd };
  /** Filled before: it counts towards the impact. */
  readonly filled: NanoShares;
  readonly limitPrice?: MicroUsd | undefined;
  /** Absent too once the stop was reached. */
  readonly stopPrice?: MicroUsd | undefined;
}

export type Meeting =
  | {
      readonly kind: 'fill';
      readonly at: EpochMs;
      readonly quantity: NanoShares;
      readonly price: MicroUsd;
      readonly complete: boolean;
      readonly pool: string;
    }
  | { readonly kind: 'stop-reached'; readonly at: EpochMs }
  /** An order that may not wait has nothing more to wait for. */
  | { readonly kind: 'over'; readonly at: EpochMs };

/** What is on offer where: the path, what our orders took of each pool, and what taking costs. */
export interface Venue {
  readonly path: SessionPath;
  readonly costs: FillCosts;
  taken(pool: string): NanoShares;
}

/** The first thing that happens to the order in [from, until]; undefined when nothing does. */
export function firstMeeting(order: MatchableOrder, venue: Venue, from: EpochMs, until: EpochMs): Meeting | undefined {
  if (order.stopPrice === undefined && order.timeInForce !== 'day' && order.timeInForce !== 'gtc') {
    return immediateMeeting(order, venue, from, until);
  }
  const { legs } = venue.path;
  for (let index = firstLegEndingAfter(legs, from); index < legs.length && legs[index]!.from <= until; index++) {
    const meeting = meetingOnLeg(order, venue, index, from);
    if (meeting) return meeting.at <= until ? meeting : undefined;
  }
  return undefined;
}

function meetingOnLeg(order: MatchableOrder, venue: Venue, index: number, from: EpochMs): Meeting | undefined {
  const leg = venue.path.legs[index]!;
  const at = Math.max(from, leg.from) as EpochMs;
  if (order.stopPrice !== undefined) {
    const reached = reachedAt(leg, at, order.stopPrice, order.side === 'buy' ? 'rising' : 'falling');
    return reached === undefined ? undefined : { kind: 'stop-reached', at: reached };
  }
  const price = priceAt(leg, at);
  const { limitPrice } = order;
  if (limitPrice === undefined) return take(order, venue, leg, at, price);
  if (isGood(order.side, price, limitPrice)) {
    const met = isJumpedOver(order, leg, venue.path.legs[index - 1])
      ? fillAt(order, venue, leg, at, limitPrice)
      : take(order, venue, leg, at, price);
    if (met) return met;
  }
  const reached = reachedAt(leg, at, limitPrice, order.side === 'buy' ? 'falling' : 'rising');
  return reached === undefined ? undefined : fillAt(order, venue, leg, reached, limitPrice);
}

/** It lay in the book when the leg before ended short of its limit, and this one begins beyond it. */
function isJumpedOver({ side, limitPrice, activeFrom }: MatchableOrder, leg: Leg, before: Leg | undefined): boolean {
  if (limitPrice === undefined || before === undefined || activeFrom >= leg.from) return false;
  return !isGood(side, before.end, limitPrice);
}

function immediateMeeting(order: MatchableOrder, venue: Venue, from: EpochMs, until: EpochMs): Meeting | undefined {
  const { legs } = venue.path;
  const [first, last] = [legs[0]!, legs.at(-1)!];
  const onlyAt = order.timeInForce === 'opg' ? first.from : order.timeInForce === 'cls' ? last.to : from;
  if (onlyAt > until) return undefined;
  const at = Math.max(onlyAt, from) as EpochMs;
  const leg = order.timeInForce === 'cls' ? last : legs[firstLegEndingAfter(legs, at)];
  const over = { kind: 'over', at } as const;
  if (!leg || at > onlyAt || leg.from > at) return over;
  const price = priceAt(leg, at);
  if (order.limitPrice !== undefined && !isGood(order.side, price, order.limitPrice)) return over;
  return take(order, venue, leg, at, price) ?? over;
}

/** At the price of the moment and the cost of taking it, never beyond the limit. */
function take(order: MatchableOrder, venue: Venue, leg: Leg, at: EpochMs, price: MicroUsd): Meeting | undefined {
  const taking = takingPrice(order, venue, remainingIn(venue, leg), price);
  return fillAt(order, venue, leg, at, order.limitPrice === undefined ? taking : better(order.side, taking, order.limitPrice));
}

function fillAt(order: MatchableOrder, venue: Venue, leg: Leg, at: EpochMs, price: MicroUsd): Meeting | undefined {
  const wanted = sharesWanted(order, price);
  const quantity = lesser(wanted, remainingIn(venue, leg));
  if (quantity <= 0n || (order.timeInForce === 'fok' && quantity < wanted)) return undefined;
  return { kind: 'fill', at, quantity, price, complete: quantity === wanted, pool: leg.pool };
}

function takingPrice(order: MatchableOrder, { path, costs }: Venue, remaining: NanoShares, reference: MicroUsd): MicroUsd {
  const takenByOrder = order.filled + lesser(sharesWanted(order, reference), remaining);
  const volumeFrac = Math.min(1, nanoSharesToFloat(takenByOrder) / Math.max(1, path.volume));
  const costFrac = (costs.spreadBps / 2 + costs.impactBpsAtWholeVolume * Math.sqrt(volumeFrac)) / 10_000;
  return onTick(microUsdToFloat(reference) * (order.side === 'buy' ? 1 + costFrac : 1 - costFrac));
}

const remainingIn = (venue: Venue, leg: Leg): NanoShares => greater(noShares, (leg.offered - venue.taken(leg.pool)) as NanoShares);

/** Binary search: legs lie in order of time. The leg that ends at `at` is passed over unless it is the last. */
function firstLegEndingAfter(legs: readonly Leg[], at: EpochMs): number {
  let [low, high] = [0, legs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (legs[middle]!.to <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

const sharesWanted = (order: MatchableOrder, price: MicroUsd): NanoShares =>
  'shares' in order.leaves ? order.leaves.shares : sharesFor(order.leaves.usd, price);

const isGood = (side: Side, price: MicroUsd, limit: MicroUsd): boolean => (side === 'buy' ? price <= limit : price >= limit);

const better = (side: Side, a: MicroUsd, b: MicroUsd): MicroUsd => (side === 'buy' ? lesser(a, b) : greater(a, b));

/** The nearest price the exchange prints: cents from one dollar up, hundredths of cents below, never nothing. */
export function onTick(priceUsd: number): MicroUsd {
  const ticksPerUsd = priceUsd >= 1 ? 100 : 10_000;
  return microUsdFromFloat(Math.max(1, Math.round(priceUsd * ticksPerUsd)) / ticksPerUsd);
}

/** Whether a limit or stop price lies on the exchange's tick. */
export const isOnTick = (price: MicroUsd): boolean => price % (magnitude(price) >= 1_000_000n ? 10_000n : 100n) === 0n;
