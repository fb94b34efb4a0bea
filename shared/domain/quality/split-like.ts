/**
 * Does a one-day move look like bookkeeping rather than trading?
 *
 * A split that was not applied moves the price and leaves the dollars traded alone; a crash comes with heavy trading. So:
 * 1. A move by a factor of about two or more on ordinary volume looks like the nearest split.
 * 2. A move near 3:2 or 5:3 does so only if, besides, the price was there at the open and the day's range was ordinary:
 *    moves of a third happen in a crisis, but not overnight and quietly.
 * "Ordinary" is less than twice the median of the 20 rows before, counted in dollars for a fall (a split leaves them alone) and in shares
 * for a rise (a reverse split cannot raise them). Unknown volume counts as ordinary. A dividend on file is added back first.
 * Measured on 356 large US stocks, 1996 to 2023: the flagged days are spin-offs missing from the file, and bars without volume; AAPL 2000-09-29, AIG 2008-09-15, PCG 2019-01-14 and every other crash pass.
 * Not covered: ratios below 3:2 (a 5:4 split is no larger than a bad day), and a split on a day of heavy trading.
 */
import type { DailyBars } from '../market/bars.ts';

export interface SplitLikeMove {
  /** Close and dividend over the close before, times the split on file where prices are as traded. */
  readonly ratio: number;
  /** New shares for old, as "2:1", or "1:2" for a reverse split. */
  readonly looksLike: string;
}

const LARGE_SPLITS: ReadonlyArray<readonly [number, number]> = [
  [2, 1],
  [5, 2],
  [3, 1],
  [4, 1],
  [5, 1],
  [6, 1],
  [7, 1],
  [8, 1],
  [10, 1],
  [15, 1],
  [20, 1],
  [25, 1],
  [50, 1],
  [100, 1],
];
const SMALL_SPLITS: ReadonlyArray<readonly [number, number]> = [
  [3, 2],
  [5, 3],
];
const TOLERANCE_LOG = 0.06;
const SMALL_TOLERANCE_LOG = 0.045;
const OPEN_TOLERANCE_LOG = 0.05;
const ORDINARY_RANGE_LOG = 0.1;
const ORDINARY_VOLUME_MULTIPLE = 2;
const VOLUME_ROWS = 20;

/** Judges the move into `rows[k]` from `rows[k - 1]` (row indices in date order); `splitOnFile` is 1 where none explains anything. */
export function splitLikeMove(bars: DailyBars, rows: readonly number[], k: number, splitOnFile: number): SplitLikeMove | undefined {
  const row = rows[k]!;
  const previousClose = bars.close[rows[k - 1]!]!;
  const ratio = ((bars.close[row]! + bars.dividend[row]!) / previousClose) * splitOnFile;
  const size = Math.abs(Math.log(ratio));
  if (size < Math.log(1.5) - SMALL_TOLERANCE_LOG) return undefined;

  const large = size >= Math.log(2) - TOLERANCE_LOG;
  const nearest = nearestSplit(size, large ? LARGE_SPLITS : SMALL_SPLITS);
  if (!large) {
    const openRatio = (bars.open[row]! / previousClose) * splitOnFile;
    const gapped = Math.abs(Math.log(openRatio / ratio)) <= OPEN_TOLERANCE_LOG;
    const quiet = Math.log(bars.high[row]! / bars.low[row]!) <= ORDINARY_RANGE_LOG;
    if (nearest.distance > SMALL_TOLERANCE_LOG || !gapped || !quiet) return undefined;
  }
  if (!ordinaryVolume(bars, rows, k, ratio < 1 ? 'dollars' : 'shares')) return undefined;
  const [more, fewer] = nearest.split;
  return { ratio, looksLike: ratio < 1 ? `${more}:${fewer}` : `${fewer}:${more}` };
}

function nearestSplit(
  size: number,
  splits: ReadonlyArray<readonly [number, number]>,
): { split: readonly [number, number]; distance: number } {
  let best = { split: splits[0]!, distance: Number.POSITIVE_INFINITY };
  for (const split of splits) {
    const distance = Math.abs(size - Math.log(split[0] / split[1]));
    if (distance < best.distance) best = { split, distance };
  }
  return best;
}

function ordinaryVolume(bars: DailyBars, rows: readonly number[], k: number, measure: 'dollars' | 'shares'): boolean {
  const traded = (row: number): number => (measure === 'dollars' ? bars.close[row]! * bars.volume[row]! : bars.volume[row]!);
  const before: number[] = [];
  for (let j = Math.max(0, k - VOLUME_ROWS); j < k; j++) before.push(traded(rows[j]!));
  before.sort((a, b) => a - b);
  const median = before[before.length >> 1]!;
  const today = traded(rows[k]!);
  if (!(median > 0 && today > 0)) return true;
  return today < median * ORDINARY_VOLUME_MULTIPLE;
}
