/**
 * The fund's equity as a chain of returns, beside the market's, and how deep and how long it was below its high.
 *
 * 1. Growth of 1: the product of (1 + return) over the intervals. Time-weighted: deposits are in no return, dividends are.
 * 2. Drawdown on a day: how far the growth is below its highest so far; positive is a loss.
 * 3. An episode: from the day of a high to the day it is passed again, with the trough between them. The last may be open.
 * An interval whose market return is unknown breaks the market's chain from there on: a gap is shown, not bridged.
 *
 * Source: M. Magdon-Ismail & A. Atiya (2004), "Maximum drawdown", Risk 17(10).
 */
import type { Interval } from './interval.ts';

export interface CurvePoint {
  /** YYYY-MM-DD: the closes it is valued at. */
  readonly day: string;
  readonly equityUsd: number;
  /** Of 1 at the first close. */
  readonly growth: number;
  /** Null from the first unknown return on. */
  readonly marketGrowth: number | null;
  /** Positive is a loss. */
  readonly drawdownFrac: number;
}

export interface DrawdownEpisode {
  readonly peakDay: string;
  readonly troughDay: string;
  /** Null while it lasts. */
  readonly recoveredDay: string | null;
  readonly depthFrac: number;
  /** Sessions below the high, so far. */
  readonly sessions: number;
}

/** The curve as it is where nothing has happened yet has one point: the first close. Intervals are in order and join up. */
export function equityCurve(first: { readonly day: string; readonly equityUsd: number }, intervals: readonly Interval[]): CurvePoint[] {
  const curve: CurvePoint[] = [{ ...first, growth: 1, marketGrowth: 1, drawdownFrac: 0 }];
  let [growth, high] = [1, 1];
  let marketGrowth: number | null = 1;
  for (const { endsAt, closingUsd, returnFrac, marketReturnFrac } of intervals) {
    growth *= 1 + returnFrac;
    high = Math.max(high, growth);
    marketGrowth = marketGrowth === null || typeof marketReturnFrac !== 'number' ? null : marketGrowth * (1 + marketReturnFrac);
    curve.push({ day: endsAt, equityUsd: closingUsd, growth, marketGrowth, drawdownFrac: (high - growth) / high });
  }
  return curve;
}

/** Deepest first. A day on which the old high is exactly reached ends the episode. */
export function drawdownEpisodes(curve: readonly CurvePoint[], intervals: readonly Interval[]): DrawdownEpisode[] {
  const episodes: DrawdownEpisode[] = [];
  let open = null as DrawdownEpisode | null;
  let peakDay = curve[0]?.day ?? '';
  for (const [index, { day, drawdownFrac }] of curve.entries()) {
    if (drawdownFrac === 0) {
      if (open !== null) episodes.push({ ...open, recoveredDay: day });
      open = null;
      peakDay = day;
      continue;
    }
    const sessions: number = (open?.sessions ?? 0) + (intervals[index - 1]?.sessions ?? 1);
    open =
      open !== null && open.depthFrac >= drawdownFrac
        ? { ...open, sessions }
        : { peakDay, troughDay: day, recoveredDay: null, depthFrac: drawdownFrac, sessions };
  }
  if (open !== null) episodes.push(open);
  return episodes.sort((a, b) => b.depthFrac - a.depthFrac || (a.peakDay < b.peakDay ? -1 : 1));
}
