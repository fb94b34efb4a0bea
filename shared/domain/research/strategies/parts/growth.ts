/**
 * What a holder's wealth in a symbol is multiplied by from one bar to the next, dividends laid out on it again. Splits are in the prices that a
 * strategy is shown.
 */
import type { DailyBars } from '../../../market/bars.ts';
import type { PriceBasis } from '../../panel.ts';

/** NaN for the first row, and where a price is missing or not above zero. */
export function growthAt({ close, dividend }: DailyBars, row: number, basis: PriceBasis): number {
  const before = close[row - 1] ?? Number.NaN;
  if (!(before > 0)) return Number.NaN;
  const paid = basis === 'total-return' ? 0 : dividend[row]!;
  return (close[row]! + paid) / before;
}
