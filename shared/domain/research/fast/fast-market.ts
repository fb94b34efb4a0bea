/**
 * What one pass over a symbol's bars needs, laid out once per symbol and used by every combination of a sweep.
 *
 * A symbol is traded alone, on the axis of the panel it is in: a moment at which it has no bar is a gap, across which no order fills, and the end of
 * its bars before the end of the axis is one when the engine says so. `panelOfOne` is that market as a panel of its own; a backtest over it is what the pass equals.
 */
import type { Ticker } from '../../../kernel/units.ts';
import { silentMoment } from '../engine/market-view.ts';
import { laterSplits } from '../engine/shares-of-now.ts';
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
  /** What a share is worth when its end is certain, as a part of the last close; NaN where that moment is not in the range. */
  readonly recoveryFrac: number;
  /** The engine's, by row: shares of the panel that are one share as it was traded. */
  readonly laterSplits: Float64Array | null;
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
  const ending = endings.get(series.symbol);
  const last = bars === 0 ? axis : momentOf[bars - 1]!;
  const closesAt = ending?.kind === 'delisted' ? last + 1 : silentMoment(panel.day, last);
  const hasEnded = closesAt < toMoment && panel.day[last]! < panel.day[axis - 1]!;
  return {
    series,
    momentOf,
    paidUsd: pays ? series.dividend : null,
    moments: toMoment - fromMoment,
    firstRow: Math.min(firstRow, endRow),
    endRow,
    recoveryFrac: hasEnded ? (ending?.recoveryFrac ?? 1) : Number.NaN,
    laterSplits: panel.basis === 'as-traded' ? null : laterSplits(series),
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
    ...(panel.sectors ? { sectors: [panel.sectors[symbol]!] } : {}),
  };
}
