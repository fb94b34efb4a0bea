import type { DailyBars } from '../../domain/market/bars.ts';
import type { RawBars } from '../provider.ts';

/** Rows ascending by day; those of one day keep their order. The profile has seen the order delivered. */
export function inDayOrder(bars: RawBars): DailyBars {
  const { day } = bars;
  if (day.every((value, row) => row === 0 || value >= day[row - 1]!)) return bars;
  const order = Int32Array.from(day, (_, row) => row).sort((a, b) => day[a]! - day[b]! || a - b);
  const sorted = (column: Float64Array): Float64Array => Float64Array.from(order, (row) => column[row]!);
  return {
    symbol: bars.symbol,
    day: order.map((row) => day[row]!),
    open: sorted(bars.open),
    high: sorted(bars.high),
    low: sorted(bars.low),
    close: sorted(bars.close),
    volume: sorted(bars.volume),
    dividend: sorted(bars.dividend),
    splitRatio: sorted(bars.splitRatio),
  };
}
