/**
 * One session of one symbol, minute by minute: 390 minutes, or 210 where the exchange closes at 13:00.
 *
 * 1. Minutes count from the opening; what traded before it, or from the close on, is cut by the exchange's calendar.   sessionMinutes
 * 2. A minute without a bar has volume 0 and no price (NaN): a gap is never filled with an older price.
 * 3. A session that begins or ends in the middle (a file that was cut) is partial, and says nothing of a whole day.    isPartial
 *
 * Not covered: the closing auction, which prints after the last minute, and trading halts, which look like gaps.
 */
import type { EpochDay, EpochMs, Ticker } from '../../../kernel/units.ts';
import { sessionClose, sessionOpen } from '../../market/calendar.ts';

export interface MinuteSession {
  readonly symbol: Ticker;
  readonly day: EpochDay;
  /** One element for each minute from the opening on; USD a share, NaN where the source has no bar. */
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Shares; 0 where nothing traded. */
  readonly volume: Float64Array;
}

export const MS_PER_MINUTE = 60_000;

/** How many minutes the exchange trades that day. @throws ContractViolation when `day` is no session. */
export const sessionMinutes = (day: EpochDay): number => (sessionClose(day) - sessionOpen(day)) / MS_PER_MINUTE;

/** The instant at which that minute of the session begins. */
export const minuteStartsAt = (day: EpochDay, minute: number): EpochMs => (sessionOpen(day) + minute * MS_PER_MINUTE) as EpochMs;

/** Nothing has traded yet. @throws ContractViolation when `day` is no session. */
export function emptySession(symbol: Ticker, day: EpochDay): MinuteSession {
  const minutes = sessionMinutes(day);
  const prices = (): Float64Array => new Float64Array(minutes).fill(Number.NaN);
  return { symbol, day, open: prices(), high: prices(), low: prices(), close: prices(), volume: new Float64Array(minutes) };
}

/** Shares traded in the session. */
export const sessionVolume = ({ volume }: MinuteSession): number => volume.reduce((sum, shares) => sum + shares, 0);

/** The first trade came more than half an hour after the opening, or the last one more than half an hour before the close. */
export function isPartial({ volume }: MinuteSession): boolean {
  const first = volume.findIndex((shares) => shares > 0);
  const last = volume.findLastIndex((shares) => shares > 0);
  return first === -1 || first >= EDGE_MINUTES || last < volume.length - EDGE_MINUTES;
}

/**
 * Volume-weighted mean price of the minutes from `from` up to `to` (exclusive); NaN where nothing traded. A minute's trades are taken at its
 * typical price, (high + low + close) / 3, because a bar does not say more.
 */
export function volumeWeightedPrice({ high, low, close, volume }: MinuteSession, from: number, to: number): number {
  let value = 0;
  let shares = 0;
  for (let minute = from; minute < to; minute++) {
    const traded = volume[minute]!;
    if (!(traded > 0)) continue;
    value += (traded * (high[minute]! + low[minute]! + close[minute]!)) / 3;
    shares += traded;
  }
  return value / shares;
}

const EDGE_MINUTES = 30;
