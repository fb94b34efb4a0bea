/**
 * What becomes of one order against one session of daily data. Pure: the same order and session always match the same.
 *
 * 1. A session is a path of prices: open, then the nearer extreme, the other extreme, close. An order that came in after
 *    the opening has only the close ahead of it, for daily data says nothing else about the rest of the day.  sessionPath
 * 2. A stop waits until the path reaches its price; from there it is a market or a limit order.                   reach
 * 3. A market order takes the first price of the path; a limit order takes that too where it is good enough, else it
 *    waits until the path reaches its limit.
 * 4. Taking costs half the spread, and an impact that grows with the square root of the share of the day's volume taken
 *    (Almgren et al. 2005, "Direct estimation of equity market impact", find an exponent near one half). Waiting costs nothing
 *    and earns nothing.                                                                                       takingPrice
 * 5. No more is filled than the session's volume.
 *
 * Not covered: a queue, depth, and volume taken by our own other orders of that session.
 */
import {
  greater,
  lesser,
  type MicroUsd,
  magnitude,
  microUsdFromFloat,
  microUsdToFloat,
  type NanoShares,
  nanoSharesFromFloat,
  nanoSharesToFloat,
  sharesFor,
} from '../../shared/kernel/money.ts';
import type { Bps } from '../../shared/kernel/units.ts';
import type { SessionBar } from './market-view.ts';

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
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** What is left to fill: shares, or dollars for an order given in dollars. */
  readonly leaves: { readonly shares: NanoShares } | { readonly usd: MicroUsd };
  readonly limitPrice?: MicroUsd | undefined;
  readonly stopPrice?: MicroUsd | undefined;
  /** The stop was reached in an earlier session. */
  readonly stopReached: boolean;
  /** Came in after the opening of this session. */
  readonly isLate: boolean;
}

export type Match =
  | {
      readonly kind: 'filled';
      readonly quantity: NanoShares;
      readonly price: MicroUsd;
      readonly complete: boolean;
      readonly stopReached: boolean;
    }
  | { readonly kind: 'not-filled'; readonly stopReached: boolean };

export function matchAgainstSession(order: MatchableOrder, bar: SessionBar, costs: FillCosts): Match {
  let path = sessionPath(order, bar);
  let stopReached = order.stopReached;
  if (order.stopPrice !== undefined && !stopReached) {
    const beyondStop = reach(path, order.stopPrice, order.side === 'buy' ? 'rising' : 'falling');
    if (beyondStop.length === 0) return { kind: 'not-filled', stopReached: false };
    path = beyondStop;
    stopReached = true;
  }
  const taken = takingPrice(order, path[0]!, bar, costs);
  if (order.limitPrice === undefined) return fill(order, taken, bar, stopReached);

  const good = reach(path, order.limitPrice, order.side === 'buy' ? 'falling' : 'rising');
  if (good.length === 0) return { kind: 'not-filled', stopReached };
  return fill(order, good[0] === path[0] ? better(order.side, taken, order.limitPrice) : order.limitPrice, bar, stopReached);
}

/** Prices this order meets in the session, in order. */
export function sessionPath(order: Pick<MatchableOrder, 'isLate' | 'timeInForce'>, bar: SessionBar): readonly MicroUsd[] {
  const [open, high, low, close] = [bar.open, bar.high, bar.low, bar.close].map(microUsdFromFloat) as [
    MicroUsd,
    MicroUsd,
    MicroUsd,
    MicroUsd,
  ];
  if (order.timeInForce === 'opg') return [open];
  if (order.isLate || order.timeInForce === 'cls') return [close];
  if (order.timeInForce === 'ioc' || order.timeInForce === 'fok') return [open];
  return open - low < high - open ? [open, low, high, close] : [open, high, low, close];
}

/**
 * The path from where it first is at or beyond `level`; empty when it never is. Where the path crosses the level between
 * two prices, what is left begins at the level itself; where it starts beyond, it is left whole.
 */
function reach(path: readonly MicroUsd[], level: MicroUsd, direction: 'rising' | 'falling'): readonly MicroUsd[] {
  const index = path.findIndex((price) => (direction === 'rising' ? price >= level : price <= level));
  if (index === -1) return [];
  return index === 0 ? path : [level, ...path.slice(index)];
}

function fill(order: MatchableOrder, price: MicroUsd, bar: SessionBar, stopReached: boolean): Match {
  const wanted = sharesWanted(order, price);
  const available = nanoSharesFromFloat(Math.floor(bar.volume));
  const quantity = lesser(wanted, available);
  if (quantity === 0n || (order.timeInForce === 'fok' && quantity < wanted)) return { kind: 'not-filled', stopReached };
  return { kind: 'filled', quantity, price, complete: quantity === wanted, stopReached };
}

function takingPrice(order: MatchableOrder, reference: MicroUsd, bar: SessionBar, costs: FillCosts): MicroUsd {
  const volumeFrac = Math.min(1, nanoSharesToFloat(sharesWanted(order, reference)) / Math.max(1, bar.volume));
  const costFrac = (costs.spreadBps / 2 + costs.impactBpsAtWholeVolume * Math.sqrt(volumeFrac)) / 10_000;
  const price = microUsdToFloat(reference) * (order.side === 'buy' ? 1 + costFrac : 1 - costFrac);
  return onTick(price);
}

const sharesWanted = (order: MatchableOrder, price: MicroUsd): NanoShares =>
  'shares' in order.leaves ? order.leaves.shares : sharesFor(order.leaves.usd, price);

const better = (side: Side, a: MicroUsd, b: MicroUsd): MicroUsd => (side === 'buy' ? lesser(a, b) : greater(a, b));

/** The nearest price the exchange prints: cents from one dollar up, hundredths of cents below, never nothing. */
export function onTick(priceUsd: number): MicroUsd {
  const ticksPerUsd = priceUsd >= 1 ? 100 : 10_000;
  return microUsdFromFloat(Math.max(1, Math.round(priceUsd * ticksPerUsd)) / ticksPerUsd);
}

/** Whether a limit or stop price lies on the exchange's tick. */
export const isOnTick = (price: MicroUsd): boolean => price % (magnitude(price) >= 1_000_000n ? 10_000n : 100n) === 0n;
