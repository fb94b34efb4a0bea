/**
 * A panel laid out for a search that looks at it ten thousand times: all symbols' rows one behind another, and of each indicator with its parameters
 * one column over all of them, computed when first asked for and kept while there is room (the one unused for longest goes first).
 *
 * Prices must be such that a split leaves no jump, because an indicator would take it for news: a panel of prices as traded is refused where it
 * has splits. Dividends are paid in cash on the ex-date, unless they are in the prices already. Indicators see the small jump of an ex-date.
 */

import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { Ticker } from '../../../kernel/units.ts';
import { totalReturns } from '../../indicators/returns.ts';
import { rollingDailyVol } from '../../indicators/volatility.ts';
import { firstNotFinite } from '../../statistics/moments.ts';
import type { Ending, Panel, Series } from '../panel.ts';
import { kindOf } from './alphabet.ts';
import { type Indicator, indicatorKey } from './genome.ts';

export interface Ground {
  readonly symbols: number;
  readonly moments: number;
  /** Of each symbol its first row, and behind the last the number of rows. */
  readonly start: Int32Array;
  /** Of each row. */
  readonly moment: Int32Array;
  readonly open: Float64Array;
  readonly close: Float64Array;
  /** USD per share paid to who held it overnight; 0 where dividends are in the prices. */
  readonly dividend: Float64Array;
  /** Of each symbol what a share is worth after its last row, as a part of the last close; NaN where it trades until the end of the axis. */
  readonly recoveryFrac: Float64Array;
  /** Do not write into it. */
  readonly column: (indicator: Indicator) => Float64Array;
  /** Sample deviation of the last `periodBars` total returns, per bar. */
  readonly barVol: (periodBars: number) => Float64Array;
}

export interface GroundQuestion {
  readonly panel: Panel;
  /** Why symbols end before the axis does. One that is not named is sold at its last close. */
  readonly endings?: ReadonlyMap<Ticker, Ending>;
  readonly cacheBytesMax: number;
}

export function groundOf({
  panel,
  endings,
  cacheBytesMax,
}: GroundQuestion): Ground | Refusal<'no-bars' | 'bars-invalid' | 'splits-in-prices'> {
  const { series } = panel;
  const start = startsOf(series);
  const rows = start[series.length]!;
  if (rows === 0) return refuse('no-bars', { symbols: series.length });
  const bad = series.find(({ open, close, high, low }) => [open, high, low, close].some((prices) => !areSound(prices)));
  if (bad) return refuse('bars-invalid', { symbol: bad.symbol, rule: 'prices are finite and above zero' });
  if (panel.basis === 'as-traded') {
    const split = series.find(({ splitRatio }) => splitRatio.some((ratio) => ratio !== 1));
    if (split) return refuse('splits-in-prices', { symbol: split.symbol });
  }
  const flat = (of: (bars: Series) => Float64Array): Float64Array => {
    const out = new Float64Array(rows);
    series.forEach((bars, s) => {
      out.set(of(bars), start[s]);
    });
    return out;
  };
  const cached = boundedCache(cacheBytesMax);
  return {
    symbols: series.length,
    moments: panel.day.length,
    start,
    moment: momentsOf(panel, start),
    open: flat(({ open }) => open),
    close: flat(({ close }) => close),
    dividend: panel.basis === 'total-return' ? new Float64Array(rows) : flat(({ dividend }) => dividend),
    recoveryFrac: recoveriesOf(panel, endings),
    column: (indicator) => cached(indicatorKey(indicator), () => flat((bars) => kindOf(indicator.name).column(bars, indicator.parameters))),
    barVol: (periodBars) => cached(`bar-vol(${periodBars})`, () => flat((bars) => volOf(bars, periodBars))),
  };
}

/** Prices that are finite numbers above zero. */
const areSound = (prices: Float64Array): boolean => firstNotFinite(prices) === -1 && prices.every((price) => price > 0);

function startsOf(series: readonly Series[]): Int32Array {
  const start = new Int32Array(series.length + 1);
  series.forEach(({ close }, s) => {
    start[s + 1] = start[s]! + close.length;
  });
  return start;
}

function momentsOf({ rowOf, day, series }: Panel, start: Int32Array): Int32Array {
  const moment = new Int32Array(start[series.length]!);
  for (let s = 0; s < series.length; s++) {
    for (let m = 0; m < day.length; m++) {
      const row = rowOf[s * day.length + m]!;
      if (row >= 0) moment[start[s]! + row] = m;
    }
  }
  return moment;
}

function recoveriesOf({ series, rowOf, day }: Panel, endings: GroundQuestion['endings']): Float64Array {
  const tradesAtEnd = (s: number): boolean => rowOf[(s + 1) * day.length - 1]! >= 0;
  return Float64Array.from(series, ({ symbol }, s) => (tradesAtEnd(s) ? Number.NaN : (endings?.get(symbol)?.recoveryFrac ?? 1)));
}

function volOf(bars: Series, periodBars: number): Float64Array {
  const vol = new Float64Array(bars.close.length).fill(Number.NaN);
  if (vol.length > 1) vol.set(rollingDailyVol(totalReturns(bars), periodBars), 1);
  return vol;
}

function boundedCache(bytesMax: number): (key: string, make: () => Float64Array) => Float64Array {
  const kept = new Map<string, Float64Array>();
  let bytes = 0;
  return (key, make) => {
    const found = kept.get(key);
    if (found) {
      kept.delete(key);
      kept.set(key, found);
      return found;
    }
    const made = make();
    kept.set(key, made);
    bytes += made.byteLength;
    for (const [oldest, column] of kept) {
      if (bytes <= bytesMax || oldest === key) break;
      kept.delete(oldest);
      bytes -= column.byteLength;
    }
    return made;
  };
}
