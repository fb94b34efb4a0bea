/**
 * What prices have in them, and prices that have dividends in them.
 *
 * Total return: every price before an ex-date is multiplied by close / (close + dividend) of that date, so that the return of the day is
 * (close + dividend) / close before − 1, what its holder had (CRSP, "Data Definitions: Holding Period Return"). Yahoo's adjusted close multiplies by
 * 1 − dividend / close before, which differs from it by the dividend times the day's move, and is negative where a spin-off is booked as a dividend above
 * the price. Volume stays. The last bars of a series have the prices that were quoted.
 *
 * Evidence: overnight an as-traded price falls by what a split gives in new shares, and a split-adjusted one does not. Each split of one half more or
 * more shares (or as many fewer) is one vote for what lies nearer to the change that is seen.
 *
 * Not covered: dividends in kind, and spin-offs that a vendor books as small splits, which are below what votes.
 */
import type { Series } from './panel.ts';

/** Of split-adjusted bars: dividends go into the prices, and none is left to be paid. */
export function totalReturn(bars: Series): Series {
  const { close, dividend } = bars;
  const factor = new Float64Array(close.length);
  let later = 1;
  for (let row = close.length - 1; row >= 0; row--) {
    factor[row] = later;
    if (dividend[row]! > 0) later *= close[row]! / (close[row]! + dividend[row]!);
  }
  const adjusted = (column: Float64Array): Float64Array => column.map((price, row) => price * factor[row]!);
  return {
    ...bars,
    open: adjusted(bars.open),
    high: adjusted(bars.high),
    low: adjusted(bars.low),
    close: adjusted(close),
    dividend: new Float64Array(close.length),
    splitRatio: new Float64Array(close.length).fill(1),
  };
}

export interface SplitEvidence {
  /** Splits at which the price moved as an as-traded one does. */
  readonly asTraded: number;
  readonly splitAdjusted: number;
}

const ratioMin = 1.5;

export function splitEvidence(series: readonly Series[]): SplitEvidence {
  let [asTraded, splitAdjusted] = [0, 0];
  for (const { close, open, splitRatio } of series) {
    for (let row = 1; row < close.length; row++) {
      const given = Math.log(splitRatio[row]!);
      if (!(Math.abs(given) >= Math.log(ratioMin))) continue;
      const seen = Math.log(close[row - 1]! / open[row]!);
      if (Math.abs(seen - given) < Math.abs(seen)) asTraded++;
      else splitAdjusted++;
    }
  }
  return { asTraded, splitAdjusted };
}
