/**
 * Brings as-traded bars to split-adjusted ones: every row is put in terms of the shares of the last row, by dividing prices
 * and dividends by the product of the split ratios that follow it, and multiplying volume by the same.
 * Not covered: dividends stay in prices (total return is not what is stored), and splits the file does not list.
 */
import type { RawBars } from '../provider.ts';

/** A new set of bars; `splitRatio` is kept, as the record of what happened on the ex-date. */
export function splitAdjusted(bars: RawBars): RawBars {
  const rows = bars.day.length;
  const laterShares = new Float64Array(rows);
  let product = 1;
  for (const row of newestFirst(bars.day)) {
    laterShares[row] = product;
    product *= bars.splitRatio[row]!;
  }
  const divided = (column: Float64Array): Float64Array => column.map((value, row) => value / laterShares[row]!);
  return {
    ...bars,
    open: divided(bars.open),
    high: divided(bars.high),
    low: divided(bars.low),
    close: divided(bars.close),
    volume: bars.volume.map((value, row) => value * laterShares[row]!),
    dividend: divided(bars.dividend),
  };
}

/** Row numbers from the newest day to the oldest: a file may list its rows either way. */
function newestFirst(day: Int32Array): Int32Array {
  return Int32Array.from(day, (_, row) => row).sort((a, b) => day[b]! - day[a]! || b - a);
}
