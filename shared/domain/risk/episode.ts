/**
 * A crisis as it happened to an index: its daily returns between two dates, both closes included, and what they amount to.
 * Not covered: the days before and after; the caller says where an episode begins and ends.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { lowerBound } from '../market/bars.ts';

export interface Episode {
  readonly kind: 'episode';
  /** Days of the returns: those after `from`, up to `to`. */
  readonly days: Int32Array;
  /** Simple close-to-close returns. */
  readonly returns: Float64Array;
  /** Return from the first close to the last. */
  readonly endReturnFrac: number;
  /** The deepest fall from a high within the episode, as a return: zero or negative. */
  readonly peakToTroughFrac: number;
  readonly peakDay: EpochDay;
  readonly troughDay: EpochDay;
  readonly worstDay: EpochDay;
  readonly worstDayReturnFrac: number;
}

/** `indexDays` strictly ascending. Refuses dates without a close, an episode without a return, and closes that are not positive. */
export function replayEpisode(indexDays: Int32Array, indexCloses: Float64Array, from: EpochDay, to: EpochDay): Episode | Refusal {
  if (indexDays.length !== indexCloses.length) return refuse('lengths-differ', { days: indexDays.length, closes: indexCloses.length });
  const [first, last] = [lowerBound(indexDays, from), lowerBound(indexDays, to)];
  if (indexDays[first] !== from || indexDays[last] !== to) return refuse('episode-outside-index', { from, to });
  if (last <= first) return refuse('episode-without-return', { from, to });
  let [peak, peakAt, deepest, deepestFrom, deepestAt, worstAt] = [0, first, 0, first, first, first + 1];
  const returns = new Float64Array(last - first);
  for (let row = first; row <= last; row++) {
    const close = indexCloses[row]!;
    if (!(close > 0 && close < Number.POSITIVE_INFINITY)) return refuse('close-not-positive', { day: indexDays[row]! });
    if (row > first && !(indexDays[row]! > indexDays[row - 1]!)) return refuse('days-not-ascending', { day: indexDays[row]! });
    if (close > peak) [peak, peakAt] = [close, row];
    if (close / peak - 1 < deepest) [deepest, deepestFrom, deepestAt] = [close / peak - 1, peakAt, row];
    if (row === first) continue;
    returns[row - first - 1] = close / indexCloses[row - 1]! - 1;
    if (returns[row - first - 1]! < returns[worstAt - first - 1]!) worstAt = row;
  }
  return {
    kind: 'episode',
    days: indexDays.slice(first + 1, last + 1),
    returns,
    endReturnFrac: indexCloses[last]! / indexCloses[first]! - 1,
    peakToTroughFrac: deepest,
    peakDay: indexDays[deepestFrom]! as EpochDay,
    troughDay: indexDays[deepestAt]! as EpochDay,
    worstDay: indexDays[worstAt]! as EpochDay,
    worstDayReturnFrac: returns[worstAt - first - 1]!,
  };
}
