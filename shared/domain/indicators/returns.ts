/**
 * Returns from bars. Prices are split- but not dividend-adjusted, and spin-offs are filed as dividends, so every return here counts them:
 * total return = (close + dividend) / close before − 1.
 */
import type { DailyBars } from '../market/bars.ts';

/** Simple daily total returns, one fewer than the rows; NaN where a price is missing. */
export function totalReturns(bars: DailyBars): Float64Array {
  const returns = new Float64Array(Math.max(0, bars.close.length - 1));
  for (let i = 1; i < bars.close.length; i++) returns[i - 1] = (bars.close[i]! + bars.dividend[i]!) / bars.close[i - 1]! - 1;
  return returns;
}

/**
 * The same bars with earlier prices lowered by each later dividend's share of the close before it, so that an ex-date leaves no jump.
 * Uses no row after the last, so a decision on it does not peek. A dividend as large as the price is left unadjusted.
 */
export function dividendAdjusted(bars: DailyBars): DailyBars {
  const length = bars.close.length;
  const factor = new Float64Array(length);
  let running = 1;
  let changed = false;
  for (let i = length - 1; i >= 0; i--) {
    factor[i] = running;
    const dividend = bars.dividend[i]!;
    const before = i > 0 ? bars.close[i - 1]! : 0;
    if (dividend > 0 && dividend < before) {
      running *= 1 - dividend / before;
      changed = true;
    }
  }
  if (!changed) return bars;
  const scaled = (values: Float64Array): Float64Array => values.map((value, i) => value * factor[i]!);
  return { ...bars, open: scaled(bars.open), high: scaled(bars.high), low: scaled(bars.low), close: scaled(bars.close) };
}
