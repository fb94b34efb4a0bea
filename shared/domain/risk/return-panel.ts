/**
 * Daily returns of many symbols side by side, on the exchange's sessions before a date.
 *
 * A symbol without a row on a session moved by 0 that day and by the whole gap on its next row. Rows on no session are carried into the
 * next one. The panel begins where every symbol has begun; it refuses when what is left is shorter than asked for.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import { type DailyBars, lowerBound } from '../market/bars.ts';
import { previousSession, sessionsBack, sessionsBetween } from '../market/calendar.ts';

export interface ReturnPanel {
  readonly kind: 'panel';
  readonly days: Int32Array;
  readonly symbols: readonly Ticker[];
  /** One array per symbol, as long as `days`; simple total returns. */
  readonly returns: readonly Float64Array[];
}

/** The last `sessions` returns before `asOf`, at least `sessionsMin`. Refuses short histories and prices that give no finite return. */
export function returnPanel(bars: readonly DailyBars[], asOf: EpochDay, sessions: number, sessionsMin: number): ReturnPanel | Refusal {
  const last = previousSession(asOf);
  let first = sessionsBack(asOf, sessions);
  for (const { day } of bars) {
    const second = day.length > 1 ? (day[1]! as EpochDay) : asOf;
    if (second > first) first = second;
  }
  const days = sessionsBetween(first, last);
  if (days.length < sessionsMin) return refuse('history-too-short', { sessions: days.length, sessionsMin });
  const returns: Float64Array[] = [];
  for (const item of bars) {
    const series = returnsOn(item, days);
    if (series === undefined) return refuse('return-not-finite', { symbol: item.symbol });
    returns.push(series);
  }
  return { kind: 'panel', days, symbols: bars.map(({ symbol }) => symbol), returns };
}

function returnsOn({ day, close, dividend }: DailyBars, days: Int32Array): Float64Array | undefined {
  const out = new Float64Array(days.length);
  // The panel begins no earlier than the second row, so there is always a row before this one.
  let row = lowerBound(day, days[0]!);
  for (let k = 0; k < days.length; k++) {
    let growth = 1;
    for (; row < day.length && day[row]! <= days[k]!; row++) {
      growth *= (close[row]! + dividend[row]!) / close[row - 1]!;
    }
    if (!(growth > 0 && growth < Number.POSITIVE_INFINITY)) return undefined;
    out[k] = growth - 1;
  }
  return out;
}

/**
 * Return of a book held at these weights each day; `weights` are in the panel's order. Sums in order of symbols, so that a panel in another
 * order gives the same digits.
 */
export function bookReturns(panel: ReturnPanel, weights: Float64Array): Float64Array {
  const out = new Float64Array(panel.days.length);
  for (const i of symbolOrder(panel)) {
    const weight = weights[i]!;
    if (weight === 0) continue;
    const series = panel.returns[i]!;
    for (let k = 0; k < out.length; k++) out[k]! += weight * series[k]!;
  }
  return out;
}

/** Columns in order of their symbols. */
export function symbolOrder({ symbols }: ReturnPanel): Int32Array {
  const order = Int32Array.from(symbols, (_, i) => i);
  return order.sort((a, b) => (symbols[a]! < symbols[b]! ? -1 : 1));
}

/** Mean over the symbols: the market as far as this panel knows it. */
export const marketReturns = (panel: ReturnPanel): Float64Array =>
  bookReturns(panel, new Float64Array(panel.symbols.length).fill(1 / panel.symbols.length));
