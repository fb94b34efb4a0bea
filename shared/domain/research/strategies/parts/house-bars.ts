/** Bars as the lake has them (split-adjusted, dividends beside them), from whatever a panel's prices are. */
import type { DailyBars } from '../../../market/bars.ts';
import type { PriceBasis } from '../../panel.ts';

/**
 * As-traded prices are divided by the splits that came after them, in the shares of the last row, and no row after it is asked. Total-return
 * prices lose the dividends that are in them already.
 */
export function asHouseBars(bars: DailyBars, basis: PriceBasis): DailyBars {
  if (basis === 'split-adjusted') return bars;
  if (basis === 'total-return') return { ...bars, dividend: new Float64Array(bars.day.length) };
  const shares = new Float64Array(bars.day.length).fill(1);
  for (let row = bars.day.length - 2; row >= 0; row--) shares[row] = shares[row + 1]! * bars.splitRatio[row + 1]!;
  if (shares[0] === 1) return bars;
  const perShare = (values: Float64Array): Float64Array => values.map((value, row) => value / shares[row]!);
  return {
    ...bars,
    open: perShare(bars.open),
    high: perShare(bars.high),
    low: perShare(bars.low),
    close: perShare(bars.close),
    volume: bars.volume.map((value, row) => value * shares[row]!),
    dividend: perShare(bars.dividend),
  };
}
