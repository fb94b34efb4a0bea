/**
 * A panel as the engine reads it: columns beside each other, the first and last moment of each symbol, and a calendar of what befalls symbols
 * (splits, dividends, ends), so that a moment costs what happens in it and not what is listed.
 *
 * 1. Every bar is checked once: prices finite and positive, volume finite and not negative, dividend and split ratio sensible.   firstBadBar
 * 2. Splits and dividends that the panel's basis pays become events, sorted by moment (counting sort, symbols ascending).        byMoment
 * 3. Symbols without another bar until the axis ends, at the moment after their last one, and at the end of the SILENT_SESSIONS-th session without.
 *
 * A panel is never changed in place, so the view of one is made once and kept as long as the panel is.
 * Not covered: whether high and low enclose open and close; the quality gate is where that is looked at.
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { Panel, Series } from '../panel.ts';
import { laterSplits } from './shares-of-now.ts';

/** Things that happen at moments, in one pair of arrays: those of moment m are [start[m], start[m + 1]). */
export interface EventsByMoment {
  readonly start: Int32Array;
  readonly symbol: Int32Array;
  /** The row of the bar that it is about. */
  readonly row: Int32Array;
}

export interface MarketView {
  readonly panel: Panel;
  readonly moments: number;
  readonly symbols: number;
  readonly open: readonly Float64Array[];
  readonly high: readonly Float64Array[];
  readonly low: readonly Float64Array[];
  readonly close: readonly Float64Array[];
  readonly volume: readonly Float64Array[];
  /** Splits and dividends, as far as the basis pays them. */
  readonly actions: EventsByMoment;
  /** Symbols whose bars end on an earlier day than the axis, at the moment after their last bar; `row` is that bar. */
  readonly ends: EventsByMoment;
  /** The same, at the moment at which nobody waits for another bar any more. */
  readonly silences: EventsByMoment;
  /** Of each symbol the splits after each bar, multiplied; null where there are none, or where prices are as traded. */
  readonly laterSplits: ReadonlyArray<Float64Array | null>;
  readonly firstMoment: Int32Array;
  readonly lastMoment: Int32Array;
}

/**
 * Sessions without a bar after which a holding is given up, if no other bar comes. Two weeks: a delisting takes effect ten days after its Form 25 is
 * filed (17 CFR 240.12d2-2), so by then it is public.
 */
export const SILENT_SESSIONS = 10;

const views = new WeakMap<Panel, MarketView>();

export function viewOf(panel: Panel): MarketView | Refusal<'no-bars' | 'bars-invalid'> {
  const known = views.get(panel);
  if (known !== undefined) return known;
  const problem = panelProblem(panel);
  if (problem !== null) return problem;
  const view = buildView(panel);
  views.set(panel, view);
  return view;
}

/** Row of the symbol's latest bar at or before a moment; −1 before its first. */
export function latestRow(view: MarketView, symbol: number, moment: number): number {
  const { rowOf } = view.panel;
  const base = symbol * view.moments;
  const row = rowOf[base + moment]!;
  if (row >= 0) return row;
  if (moment < view.firstMoment[symbol]!) return -1;
  let back = Math.min(moment, view.lastMoment[symbol]!);
  while (rowOf[base + back]! < 0) back--;
  return rowOf[base + back]!;
}

/** Latest close at or before a moment; NaN before the first. */
export function latestClose(view: MarketView, symbol: number, moment: number): number {
  const row = latestRow(view, symbol, moment);
  return row < 0 ? Number.NaN : view.close[symbol]![row]!;
}

/** Rows at which `happens` is true, as events of the moments in [from, to): counted first, then placed. */
export function byMoment(
  { panel: { rowOf }, moments, symbols }: Pick<MarketView, 'panel' | 'moments' | 'symbols'>,
  happens: (symbol: number, row: number) => boolean,
  [from, to]: readonly [number, number],
): EventsByMoment {
  const start = new Int32Array(moments + 1);
  for (let s = 0; s < symbols; s++) {
    for (let m = from; m < to; m++) {
      const row = rowOf[s * moments + m]!;
      if (row >= 0 && happens(s, row)) start[m + 1]!++;
    }
  }
  const events = placesFor(start);
  for (let s = 0; s < symbols; s++) {
    for (let m = from; m < to; m++) {
      const row = rowOf[s * moments + m]!;
      if (row >= 0 && happens(s, row)) events.place(m, s, row);
    }
  }
  return events;
}

/** From counts per moment, one place to the right, to the arrays that the events themselves are then put into, symbols ascending. */
function placesFor(start: Int32Array): EventsByMoment & { readonly place: (moment: number, symbol: number, row: number) => void } {
  for (let m = 1; m < start.length; m++) start[m]! += start[m - 1]!;
  const next = start.slice();
  const count = start.at(-1)!;
  const symbols = new Int32Array(count);
  const rows = new Int32Array(count);
  const place = (moment: number, symbol: number, row: number): void => {
    const at = next[moment]!++;
    symbols[at] = symbol;
    rows[at] = row;
  };
  return { start, symbol: symbols, row: rows, place };
}

function panelProblem(panel: Panel): Refusal<'no-bars' | 'bars-invalid'> | null {
  const moments = panel.day.length;
  if (moments === 0 || panel.series.length === 0) return refuse('no-bars', { moments, symbols: panel.series.length });
  if (panel.rowOf.length !== moments * panel.series.length) {
    return refuse('bars-invalid', { what: 'rowOf has one element for each symbol and moment', length: panel.rowOf.length });
  }
  for (const series of panel.series) {
    const row = firstBadBar(series);
    if (row >= 0) return refuse('bars-invalid', { symbol: series.symbol, row, ...barOf(series, row) });
  }
  return null;
}

/** Row of the first bar that no order can be filled against; −1 when all can. A comparison with NaN is false, so NaN is bad. */
function firstBadBar({ open, high, low, close, volume, dividend, splitRatio, day }: Series): number {
  for (let row = 0; row < day.length; row++) {
    const lowest = Math.min(open[row]!, high[row]!, low[row]!, close[row]!, splitRatio[row]!);
    const highest = Math.max(open[row]!, high[row]!, low[row]!, close[row]!, splitRatio[row]!, volume[row]!, dividend[row]!);
    if (!(lowest > 0 && highest < Number.POSITIVE_INFINITY && volume[row]! >= 0 && dividend[row]! >= 0)) return row;
  }
  return -1;
}

const barOf = (series: Series, row: number): Record<string, unknown> => ({
  day: series.day[row],
  open: series.open[row],
  high: series.high[row],
  low: series.low[row],
  close: series.close[row],
  volume: series.volume[row],
  dividend: series.dividend[row],
  splitRatio: series.splitRatio[row],
});

function buildView(panel: Panel): MarketView {
  const { series, basis } = panel;
  const shape = { panel, moments: panel.day.length, symbols: series.length };
  const paysDividends = basis !== 'total-return';
  const splits = basis === 'as-traded';
  const happens = (s: number, row: number): boolean =>
    (paysDividends && series[s]!.dividend[row]! !== 0) || (splits && series[s]!.splitRatio[row]! !== 1);
  const { firstMoment, lastMoment } = listings(shape);
  return {
    ...shape,
    open: series.map(({ open }) => open),
    high: series.map(({ high }) => high),
    low: series.map(({ low }) => low),
    close: series.map(({ close }) => close),
    volume: series.map(({ volume }) => volume),
    actions: byMoment(shape, happens, [0, shape.moments]),
    ends: endsOf(shape, lastMoment, (last) => last + 1),
    silences: endsOf(shape, lastMoment, (last) => silentMoment(panel.day, last)),
    laterSplits: series.map((own) => (splits ? null : laterSplits(own))),
    firstMoment,
    lastMoment,
  };
}

/** Of each symbol the first and last moment with a bar; first is `moments` and last −1 where it has none. */
function listings({ panel, moments, symbols }: Pick<MarketView, 'panel' | 'moments' | 'symbols'>): {
  readonly firstMoment: Int32Array;
  readonly lastMoment: Int32Array;
} {
  const firstMoment = new Int32Array(symbols).fill(moments);
  const lastMoment = new Int32Array(symbols).fill(-1);
  for (let s = 0; s < symbols; s++) {
    const rows = panel.rowOf.subarray(s * moments, (s + 1) * moments);
    const first = rows.findIndex((row) => row >= 0);
    if (first < 0) continue;
    firstMoment[s] = first;
    lastMoment[s] = rows.findLastIndex((row) => row >= 0);
  }
  return { firstMoment, lastMoment };
}

/** Of a symbol whose last bar is at `last`: the end of the SILENT_SESSIONS-th session after that day; past the axis where it is shorter. */
export function silentMoment(day: Int32Array, last: number): number {
  let sessions = 0;
  for (let moment = last + 1; moment < day.length; moment++) {
    const endsSession = moment + 1 === day.length || day[moment + 1] !== day[moment];
    if (endsSession && day[moment] !== day[last]) sessions++;
    if (sessions === SILENT_SESSIONS) return moment;
  }
  return day.length;
}

function endsOf(
  { panel, moments, symbols }: Pick<MarketView, 'panel' | 'moments' | 'symbols'>,
  lastMoment: Int32Array,
  momentOf: (last: number) => number,
): EventsByMoment {
  const axisEnd = panel.day[moments - 1]!;
  const start = new Int32Array(moments + 1);
  const at = lastMoment.map((last) => (last >= 0 && panel.day[last]! < axisEnd ? momentOf(last) : moments));
  for (const moment of at) if (moment < moments) start[moment + 1]!++;
  const events = placesFor(start);
  for (let s = 0; s < symbols; s++) {
    if (at[s]! < moments) events.place(at[s]!, s, panel.rowOf[s * moments + lastMoment[s]!]!);
  }
  return events;
}
