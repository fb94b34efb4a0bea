/**
 * As-traded bars, made comparable across splits without knowing any that is still to come.
 *
 *   of now     what a strategy reads at a moment: prices and dividends divided, volumes multiplied, by the splits between their bar and the
 *              symbol's latest one. The latest bar has the prices that were quoted. Made anew at a split of the symbol, so a look-up costs what it
 *              costs without splits.
 *   of first   what a signal reads, which is handed whole columns: prices multiplied by the splits up to their bar, which is the value of what one
 *              share of the first bar has become. Divided by all later splits instead, a column would have the same ratios, but its levels
 *              would tell of splits to come: what will split often looks cheap early.
 *
 * Where a symbol has no split the bars are the panel's own, and so they are on the other bases. `splitRatio` stays, as the record of what happened.
 * Not covered: announcements, whose earnings per share are in the shares that their source has.
 */
import type { DailyBars } from '../../market/bars.ts';
import type { Panel, Series } from '../panel.ts';

/** Per symbol what a reader at a moment of a run is given; the run goes forwards. */
export class SharesOfNow {
  readonly #series: readonly Series[];
  /** Rows with a split; null where the symbol has none. */
  readonly #splitRows: ReadonlyArray<readonly number[] | null>;
  readonly #passed: Int32Array;
  readonly #restated: DailyBars[];

  constructor({ series, basis }: Pick<Panel, 'series' | 'basis'>) {
    this.#series = series;
    this.#splitRows = series.map(({ splitRatio }) => (basis === 'as-traded' ? rowsOfSplits(splitRatio) : null));
    this.#passed = new Int32Array(series.length);
    this.#restated = [...series];
  }

  /** Bars of which rows up to `row` are in the shares of that row; those behind it are not for reading. */
  of(symbol: number, row: number): DailyBars {
    const splits = this.#splitRows[symbol]!;
    if (splits === null) return this.#restated[symbol]!;
    const passed = passedUntil(splits, row, this.#passed[symbol]!);
    if (passed !== this.#passed[symbol]) {
      this.#passed[symbol] = passed;
      this.#restated[symbol] = restatedTo(this.#series[symbol]!, splits[passed - 1]!);
    }
    return this.#restated[symbol]!;
  }
}

/** Of each symbol what a signal is computed from; the panel's own where it has no split, or where splits are in the prices. */
export const signalSeries = ({ series, basis }: Pick<Panel, 'series' | 'basis'>): readonly Series[] =>
  basis !== 'as-traded' ? series : series.map((own) => (rowsOfSplits(own.splitRatio) === null ? own : inFirstShares(own)));

/**
 * Of each bar the splits that come after it in the series, multiplied; null where there are none. Split-adjusted shares divided by it are the shares
 * that were traded, as far as the series goes: of splits after its last bar it knows nothing.
 */
export function laterSplits({ splitRatio }: Pick<Series, 'splitRatio'>): Float64Array | null {
  if (rowsOfSplits(splitRatio) === null) return null;
  const later = new Float64Array(splitRatio.length).fill(1);
  for (let row = later.length - 2; row >= 0; row--) later[row] = later[row + 1]! * splitRatio[row + 1]!;
  return later;
}

function rowsOfSplits(splitRatio: Float64Array): readonly number[] | null {
  const rows: number[] = [];
  for (let row = 0; row < splitRatio.length; row++) if (splitRatio[row] !== 1) rows.push(row);
  return rows.length === 0 ? null : rows;
}

/** How many of the splits are at or before a row, counted on from an earlier answer. */
function passedUntil(splits: readonly number[], row: number, known: number): number {
  let passed = known;
  while (passed < splits.length && splits[passed]! <= row) passed++;
  return passed;
}

/** Rows before `split` in the shares from there on; the others as they are. */
function restatedTo(series: Series, split: number): DailyBars {
  const ratio = new Float64Array(series.day.length).fill(1);
  for (let row = split - 1; row >= 0; row--) ratio[row] = ratio[row + 1]! * series.splitRatio[row + 1]!;
  return restated(
    series,
    (priceUsd, row) => priceUsd / ratio[row]!,
    (shares, row) => shares * ratio[row]!,
  );
}

function inFirstShares(series: Series): Series {
  const ratio = series.splitRatio.slice();
  for (let row = 1; row < ratio.length; row++) ratio[row]! *= ratio[row - 1]!;
  return restated(
    series,
    (priceUsd, row) => priceUsd * ratio[row]!,
    (shares, row) => shares / ratio[row]!,
  );
}

type OfRow = (value: number, row: number) => number;

const restated = (series: Series, price: OfRow, volume: OfRow): Series => ({
  ...series,
  open: series.open.map(price),
  high: series.high.map(price),
  low: series.low.map(price),
  close: series.close.map(price),
  volume: series.volume.map(volume),
  dividend: series.dividend.map(price),
});
