/**
 * A session as a path of prices over its time, in legs along which the price moves evenly. Pure.
 *
 * With minute bars, each minute is its own path: open, nearer extreme, other extreme, close, at 0, 20, 40 and 60 seconds. Between
 * minutes that traded nothing, there is no price.
 *
 * With a daily bar only, the same four prices are laid over the whole session: the open at the opening, the nearer extreme and the
 * other one at a third and two thirds of the time until thirty minutes before the close, the close from there on. So an
 * order of the last half hour meets the close, which is where a daily strategy assumes that it trades.
 *
 * Volume is on offer up to the participation fraction. That of a minute is gone with the minute. That of a day comes in
 * four equal parts, one a leg, and what was not taken of the earlier ones is still there.
 *
 * Not covered: auctions of their own, the true shape of a day's volume, prices between a minute's extremes.
 */
import { sessionClose, sessionOpen } from '../../shared/domain/market/calendar.ts';
import { divideRounded, type MicroUsd, microUsdFromFloat, type NanoShares, nanoSharesFromFloat } from '../../shared/kernel/money.ts';
import type { EpochDay, EpochMs, Frac } from '../../shared/kernel/units.ts';
import type { MinuteBar, SessionBar } from './market-view.ts';

export interface Leg {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly start: MicroUsd;
  readonly end: MicroUsd;
  /** Legs of one pool share its volume. */
  readonly pool: string;
  /** The most that all orders together may have taken from the pool by the end of this leg. */
  readonly offered: NanoShares;
}

export interface SessionPath {
  readonly legs: readonly Leg[];
  /** Shares traded in the whole session. */
  readonly volume: number;
}

export const DAY_POOL = 'day';
const CLOSING_MS = 30 * 60_000;
const MINUTE_MS = 60_000;

/** Undefined when nobody traded, or when the bar is not one: a price that is not positive and finite. */
export function pathOfDay(day: EpochDay, bar: SessionBar, participationFrac: Frac): SessionPath | undefined {
  if (!isTraded(bar)) return undefined;
  const [opensAt, closesAt] = [sessionOpen(day), sessionClose(day)];
  const closingFrom = closesAt - CLOSING_MS;
  const knot = (part: number): EpochMs => Math.round(opensAt + ((closingFrom - opensAt) * part) / 3) as EpochMs;
  const [open, nearer, other, close] = fourPrices(bar);
  const leg = (number: number, from: EpochMs, to: EpochMs, start: MicroUsd, end: MicroUsd): Leg => {
    const offered = wholeShares((bar.volume * participationFrac * number) / 4);
    return { from, to, start, end, pool: DAY_POOL, offered };
  };
  const legs = [
    leg(1, knot(0), knot(1), open, nearer),
    leg(2, knot(1), knot(2), nearer, other),
    leg(3, knot(2), knot(3), other, close),
    leg(4, knot(3), closesAt, close, close),
  ];
  return { legs, volume: bar.volume };
}

/** Undefined when no minute of regular hours traded. */
export function pathOfMinutes(day: EpochDay, minutes: readonly MinuteBar[], participationFrac: Frac): SessionPath | undefined {
  const [opensAt, closesAt] = [sessionOpen(day), sessionClose(day)];
  const traded = minutes.filter((minute) => minute.at >= opensAt && minute.at < closesAt && isTraded(minute));
  if (traded.length === 0) return undefined;
  const legs = traded.flatMap((minute) => legsOfMinute(minute, participationFrac));
  return { legs, volume: traded.reduce((sum, { volume }) => sum + volume, 0) };
}

export function priceAt(leg: Leg, at: EpochMs): MicroUsd {
  if (leg.to === leg.from) return leg.end;
  const moved = divideRounded((leg.end - leg.start) * BigInt(at - leg.from), BigInt(leg.to - leg.from));
  return (leg.start + moved) as MicroUsd;
}

/**
 * When the price is at or beyond `level` for the first time on this leg at or after `after`, to the millisecond before it; undefined
 * when it never is. The crossing is that of the whole leg, so that it does not depend on how often one asks.
 */
export function reachedAt(leg: Leg, after: EpochMs, level: MicroUsd, direction: 'rising' | 'falling'): EpochMs | undefined {
  const isBeyond = (price: MicroUsd): boolean => (direction === 'rising' ? price >= level : price <= level);
  if (isBeyond(priceAt(leg, after))) return after;
  if (!isBeyond(leg.end)) return undefined;
  const frac = Number(level - leg.start) / Number(leg.end - leg.start);
  return Math.max(after, Math.floor(leg.from + (leg.to - leg.from) * frac)) as EpochMs;
}

function legsOfMinute(minute: MinuteBar, participationFrac: Frac): readonly Leg[] {
  const prices = fourPrices(minute);
  const offered = wholeShares(minute.volume * participationFrac);
  const knot = (part: number): EpochMs => (minute.at + (MINUTE_MS * part) / 3) as EpochMs;
  return [0, 1, 2].map((part) => ({
    ...{ from: knot(part), to: knot(part + 1), start: prices[part]!, end: prices[part + 1]! },
    ...{ pool: String(minute.at), offered },
  }));
}

function fourPrices(bar: SessionBar): readonly [MicroUsd, MicroUsd, MicroUsd, MicroUsd] {
  const [open, high, low, close] = [bar.open, bar.high, bar.low, bar.close].map(microUsdFromFloat) as [
    MicroUsd,
    MicroUsd,
    MicroUsd,
    MicroUsd,
  ];
  return open - low < high - open ? [open, low, high, close] : [open, high, low, close];
}

const isTraded = ({ open, high, low, close, volume }: SessionBar): boolean =>
  [open, high, low, close, volume].every((value) => Number.isFinite(value) && value > 0);

const wholeShares = (shares: number): NanoShares => nanoSharesFromFloat(Math.floor(shares));
