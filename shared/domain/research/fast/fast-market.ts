/**
 * What one pass over a symbol's bars needs, laid out once per symbol and used by every combination of a sweep.
 *
 * A symbol is traded alone, on the axis of the panel it is in: a moment at which it has no bar is a gap, across which no order fills, and the end of
 * its bars before the end of the axis is a delisting. `panelOfOne` is that market as a panel of its own; a backtest over it is what the pass equals.
 */
import type { Ticker } from '../../../kernel/units.ts';
import type { Ending, Panel, Series } from '../panel.ts';

export interface FastMarket {
  readonly series: Series;
  /** Moment of each bar. */
  readonly momentOf: Int32Array;
  /** Cash paid per share at each bar, or null where nothing ever is. */
  readonly paidUsd: Float64Array | null;
  /** Moments of the axis in [fromMoment, toMoment), with or without a bar. */
  readonly moments: number;
  /** Rows of the bars in that range. */
  readonly firstRow: number;
  readonly endRow: number;
  /** What a share is worth at the moment after the last bar, as a part of the last close; NaN where that moment is not in the range. */
  readonly recoveryFrac: number;
}

export interface MomentRange {
  readonly fromMoment: number;
  readonly toMoment: number;
}

export function fastMarketOf(
  panel: Panel,
  symbol: number,
  { fromMoment, toMoment }: MomentRange,
  endings: ReadonlyMap<Ticker, Ending>,
): FastMarket {
  const series = panel.series[symbol]!;
  const bars = series.day.length;
  const axis = panel.day.length;
  const momentOf = new Int32Array(bars);
  let [firstRow, endRow] = [0, 0];
  for (let moment = 0; moment < axis; moment++) {
    const row = panel.rowOf[symbol * axis + moment]!;
    if (row < 0) continue;
    momentOf[row] = moment;
    if (moment < fromMoment) firstRow = row + 1;
    if (moment < toMoment) endRow = row + 1;
  }
  const pays = panel.basis !== 'total-return' && series.dividend.some((dividend) => dividend !== 0);
  const endMoment = bars === 0 ? axis : momentOf[bars - 1]! + 1;
  const hasEnded = endMoment < toMoment && panel.day[endMoment - 1]! < panel.day[axis - 1]!;
  return {
    series,
    momentOf,
    paidUsd: pays ? series.dividend : null,
    moments: toMoment - fromMoment,
    firstRow: Math.min(firstRow, endRow),
    endRow,
    recoveryFrac: hasEnded ? (endings.get(series.symbol)?.recoveryFrac ?? 1) : Number.NaN,
  };
}

/** One symbol's market on the axis of the whole panel; views, no copies. */
export function panelOfOne(panel: Panel, symbol: number): Panel {
  const axis = panel.day.length;
  return {
    ...panel,
    series: [panel.series[symbol]!],
    rowOf: panel.rowOf.subarray(symbol * axis, (symbol + 1) * axis),
    earnings: panel.earnings && [panel.earnings[symbol]!],
  };
}
