/**
 * Brings the sessions of one symbol to the shares of the last one, so that volumes of days before a split can be held against days after it:
 * AAPL traded 12 million shares on 2014-06-06 and 75 million on 2014-06-09, because each share had become seven.
 *
 * 1. The minutes of each session become one daily bar.
 * 2. A move between two sessions that follow each other, and that looks like bookkeeping (quality/split-like.ts), is taken for the split it is
 *    nearest to. Over a gap in the file, years may have moved the price as much.
 * 3. Volumes before it are multiplied, prices divided, by its ratio.
 *
 * The split itself is public before the day it takes effect; that it is read off the day's prices here does not look ahead in substance.
 * Not covered: splits below 3:2, and splits in a gap.
 */
import type { EpochDay } from '../../../kernel/units.ts';
import type { DailyBars } from '../../market/bars.ts';
import { previousSession } from '../../market/calendar.ts';
import { splitLikeMove } from '../../quality/split-like.ts';
import { type MinuteSession, sessionVolume } from './minute-session.ts';

export interface AlignedSessions {
  /** Ascending by day, in shares of the last session. */
  readonly sessions: readonly MinuteSession[];
  /** New shares for old, as "7:1", and the first day of the new ones. */
  readonly splits: ReadonlyArray<{ readonly day: EpochDay; readonly looksLike: string }>;
}

/** `sessions` of one symbol, ascending by day; those without a trade are left as they are. */
export function alignSplits(sessions: readonly MinuteSession[]): AlignedSessions {
  const traded = sessions.filter((session) => sessionVolume(session) > 0);
  const bars = dailyBarsOf(traded);
  const rows = traded.map((_, row) => row);
  const splits = rows.slice(1).flatMap((row) => {
    const follows = previousSession(traded[row]!.day) === traded[row - 1]!.day;
    const move = follows ? splitLikeMove(bars, rows, row, 1) : undefined;
    return move ? [{ day: traded[row]!.day, looksLike: move.looksLike }] : [];
  });
  const ratioAfter = (day: EpochDay): number =>
    splits.reduce((ratio, split) => (split.day > day ? ratio * ratioOf(split.looksLike) : ratio), 1);
  return { sessions: sessions.map((session) => inNewShares(session, ratioAfter(session.day))), splits };
}

function ratioOf(looksLike: string): number {
  const [more, fewer] = looksLike.split(':').map(Number);
  return more! / fewer!;
}

function inNewShares(session: MinuteSession, ratio: number): MinuteSession {
  if (ratio === 1) return session;
  const divided = (prices: Float64Array): Float64Array => prices.map((price) => price / ratio);
  return {
    ...session,
    open: divided(session.open),
    high: divided(session.high),
    low: divided(session.low),
    close: divided(session.close),
    volume: session.volume.map((shares) => shares * ratio),
  };
}

/** `sessions` have at least one trade each. */
function dailyBarsOf(sessions: readonly MinuteSession[]): DailyBars {
  const column = (value: (session: MinuteSession) => number): Float64Array => Float64Array.from(sessions, value);
  const tradedOf = (prices: Float64Array): Float64Array => prices.filter((price) => !Number.isNaN(price));
  return {
    symbol: sessions[0]?.symbol ?? ('' as DailyBars['symbol']),
    day: Int32Array.from(sessions, ({ day }) => day),
    open: column(({ open }) => tradedOf(open)[0]!),
    high: column(({ high }) => tradedOf(high).reduce((most, price) => Math.max(most, price))),
    low: column(({ low }) => tradedOf(low).reduce((least, price) => Math.min(least, price))),
    close: column(({ close }) => tradedOf(close).at(-1)!),
    volume: column(sessionVolume),
    dividend: new Float64Array(sessions.length),
    splitRatio: new Float64Array(sessions.length).fill(1),
  };
}
