/**
 * Puts the bars of many symbols on one time axis, and cuts a panel by days or symbols.
 *
 *   1. Series are put in code-unit order by symbol; two of one symbol are refused.
 *   2. Each is looked through once; the first bar that cannot be traded on is refused with its symbol, day and what is wrong.      firstFault
 *   3. The axis is the union of all moments; `rowOf` says where each symbol's bars fall on it.                                     align
 *   4. The content is hashed, column by column, as the bytes of its numbers (little endian, as all machines that run this are).
 *
 * Cutting copies no column: the bars of the part are views of the whole. A part keeps the source of the whole, so that trials over parts of a
 * data set are counted with it and a narrower range is no way to begin counting anew.
 *
 * Not covered: an open or close outside [low, high] passes, since adjusted prices are rounded after the adjustment; fills of limit orders are the
 * engine's to keep within the bar. Whether a session is missing is asked where data enter the lake (quality/), not here: a hole is a moment without
 * a bar.
 */
import { sha256HexOfParts } from '../../kernel/content-hash.ts';
import { formatDay } from '../../kernel/days.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import { lowerBound, sliceBars } from '../market/bars.ts';
import type { EarningsRelease } from '../market/facts.ts';
import type { Panel, PriceBasis, Series } from './panel.ts';

export interface PanelDescription {
  /** Of the source, for people. */
  readonly name: string;
  readonly frequency: Panel['frequency'];
  readonly basis: PriceBasis;
  /** Of each symbol, ascending by the day they became known; left out where nobody supplied any. */
  readonly earnings?: ReadonlyMap<Ticker, readonly EarningsRelease[]>;
}

export type PanelRefusal = 'no-bars' | 'bars-invalid';

/** Refused with the first symbol, in code-unit order, whose bars cannot be used; `details` has symbol, day, field and problem. */
export function panelFrom(given: readonly Series[], { name, frequency, basis, earnings }: PanelDescription): Panel | Refusal<PanelRefusal> {
  const series = given.filter(({ day }) => day.length > 0).toSorted((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0));
  if (series.length === 0) return refuse('no-bars', { name });
  for (const [index, bars] of series.entries()) {
    const fault = bars.symbol === series[index - 1]?.symbol ? twice : firstFault(bars, frequency);
    if (fault === null) continue;
    const { problem, field, row } = fault;
    return refuse('bars-invalid', { name, symbol: bars.symbol, day: formatDay(bars.day[row]! as EpochDay), field, problem });
  }
  return {
    frequency,
    basis,
    ...align(series, frequency),
    series,
    earnings: earnings === undefined ? null : series.map(({ symbol }) => earnings.get(symbol) ?? []),
    source: { name, sha256: sha256HexOfParts(contentOf(series, frequency, basis)) },
  };
}

/** The moments of the sessions from `from` to `to`, both included. Symbols without a bar in them are left out. */
export function withinDays(panel: Panel, from: EpochDay, to: EpochDay): Panel | Refusal<'no-bars'> {
  const kept = panel.series.flatMap((bars, index): Kept[] => {
    const [start, end] = [lowerBound(bars.day, from), lowerBound(bars.day, to + 1)];
    return start < end
      ? [{ index, bars: { ...sliceBars(bars, start, end), endMinute: bars.endMinute?.subarray(start, end) ?? null } }]
      : [];
  });
  return partOf(panel, kept);
}

/** These symbols alone; the axis is what they have bars at. A symbol that the panel does not hold is refused. */
export function ofSymbols(panel: Panel, symbols: readonly Ticker[]): Panel | Refusal<'no-bars' | 'symbol-unknown'> {
  const wanted = new Set(symbols);
  const kept = panel.series.flatMap((bars, index): Kept[] => (wanted.delete(bars.symbol) ? [{ index, bars }] : []));
  const [unknown] = wanted;
  return unknown === undefined ? partOf(panel, kept) : refuse('symbol-unknown', { symbol: unknown, name: panel.source.name });
}

interface Kept {
  readonly index: number;
  readonly bars: Series;
}

function partOf(panel: Panel, kept: readonly Kept[]): Panel | Refusal<'no-bars'> {
  if (kept.length === 0) return refuse('no-bars', { name: panel.source.name });
  const series = kept.map(({ bars }) => bars);
  const { earnings } = panel;
  return { ...panel, ...align(series, panel.frequency), series, earnings: earnings && kept.map(({ index }) => earnings[index]!) };
}

export interface BarsFault {
  readonly row: number;
  readonly field: string;
  readonly problem: string;
}

const twice: BarsFault = { row: 0, field: 'symbol', problem: 'symbol-given-twice' };

const numberColumns = ['open', 'high', 'low', 'close', 'volume', 'dividend', 'splitRatio'] as const;

/** The first bar that nobody can trade on, or null. */
export function firstFault(bars: Series, frequency: Panel['frequency']): BarsFault | null {
  const { day, endMinute, open, high, low, close, volume, dividend, splitRatio } = bars;
  const ragged = numberColumns.find((column) => bars[column].length !== day.length);
  if (ragged !== undefined) return { row: 0, field: ragged, problem: 'columns-differ-in-length' };
  if ((endMinute !== null) !== (frequency === 'minute') || (endMinute !== null && endMinute.length !== day.length))
    return { row: 0, field: 'endMinute', problem: 'only-minute-bars-have-a-minute' };
  let before = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < day.length; row++) {
    const moment = endMinute === null ? day[row]! : day[row]! * MINUTES_PER_DAY + endMinute[row]!;
    if (moment <= before) return { row, field: 'day', problem: moment === before ? 'moment-given-twice' : 'moments-not-ascending' };
    before = moment;
    const isSound =
      low[row]! > 0 &&
      high[row]! >= low[row]! &&
      open[row]! > 0 &&
      close[row]! > 0 &&
      high[row]! < Number.POSITIVE_INFINITY &&
      open[row]! < Number.POSITIVE_INFINITY &&
      close[row]! < Number.POSITIVE_INFINITY &&
      volume[row]! >= 0 &&
      volume[row]! < Number.POSITIVE_INFINITY &&
      dividend[row]! >= 0 &&
      dividend[row]! < Number.POSITIVE_INFINITY &&
      splitRatio[row]! > 0 &&
      splitRatio[row]! < Number.POSITIVE_INFINITY;
    if (!isSound) return faultIn(bars, row);
  }
  return null;
}

/** Which figure of an unsound bar it is. */
function faultIn(bars: Series, row: number): BarsFault {
  for (const field of numberColumns) {
    const value = bars[field][row]!;
    if (!Number.isFinite(value)) return { row, field, problem: 'not-a-number' };
    if (value < 0) return { row, field, problem: 'negative' };
    if (value === 0 && field !== 'volume' && field !== 'dividend') return { row, field, problem: 'zero' };
  }
  return { row, field: 'high', problem: 'high-below-low' };
}

const MINUTES_PER_DAY = 1440;

/** Each moment as one whole number; of sessions it is the day itself. */
function momentsOf({ day, endMinute }: Series): Int32Array {
  return endMinute === null ? day : day.map((session, row) => session * MINUTES_PER_DAY + endMinute[row]!);
}

function align(series: readonly Series[], frequency: Panel['frequency']): Pick<Panel, 'day' | 'endMinute' | 'rowOf'> {
  const moments = series.map(momentsOf);
  const axis = moments.reduce(unionOf);
  const rowOf = new Int32Array(series.length * axis.length).fill(-1);
  for (const [symbol, own] of moments.entries()) {
    for (let row = 0, at = lowerBound(axis, own[0]!); row < own.length; row++, at++) {
      while (axis[at]! < own[row]!) at++;
      rowOf[symbol * axis.length + at] = row;
    }
  }
  if (frequency === 'daily') return { day: axis, endMinute: null, rowOf };
  return {
    day: axis.map((moment) => Math.floor(moment / MINUTES_PER_DAY)),
    endMinute: Int16Array.from(axis, (moment) => moment - Math.floor(moment / MINUTES_PER_DAY) * MINUTES_PER_DAY),
    rowOf,
  };
}

/** The moments of both, ascending; `axis` itself where nothing is new. */
function unionOf(axis: Int32Array, own: Int32Array): Int32Array {
  let missing = 0;
  for (let row = 0, at = lowerBound(axis, own[0]!); row < own.length; row++) {
    while (at < axis.length && axis[at]! < own[row]!) at++;
    if (axis[at] !== own[row]) missing++;
  }
  if (missing === 0) return axis;
  const union = new Int32Array(axis.length + missing);
  for (let filled = 0, at = 0, row = 0; filled < union.length; filled++) {
    const [mine, theirs] = [axis[at] ?? Number.POSITIVE_INFINITY, own[row] ?? Number.POSITIVE_INFINITY];
    union[filled] = Math.min(mine, theirs);
    if (mine <= theirs) at++;
    if (theirs <= mine) row++;
  }
  return union;
}

function* contentOf(series: readonly Series[], frequency: Panel['frequency'], basis: PriceBasis): Generator<string | ArrayBufferView> {
  yield JSON.stringify({ frequency, basis });
  for (const bars of series) {
    yield JSON.stringify({ symbol: bars.symbol, bars: bars.day.length });
    yield bars.day;
    if (bars.endMinute !== null) yield bars.endMinute;
    for (const column of numberColumns) yield bars[column];
  }
}
