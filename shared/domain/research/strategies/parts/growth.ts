/** What a holder's wealth in a symbol is multiplied by from one bar to the next, dividends laid out on it again. */
import type { DailyBars } from '../../../market/bars.ts';
import type { PriceBasis } from '../../panel.ts';

/** NaN for the first row, and where a price is missing or not above zero. */
export function growthAt({ close, dividend, splitRatio }: DailyBars, row: number, basis: PriceBasis): number {
  const before = close[row - 1] ?? Number.NaN;
  if (!(before > 0)) return Number.NaN;
  const split = basis === 'as-traded' ? splitRatio[row]! : 1;
  const paid = basis === 'total-return' ? 0 : dividend[row]!;
  // A dividend is per share after the split of its day, as exchanges quote both.
  return (split * (close[row]! + paid)) / before;
}
