/**
 * Bad data put into the simulated market on purpose, in the last year, so that a newcomer sees each gate refuse something.
 * One defect a symbol, documented here for tests and readers alike; everything else in the market is sound.
 */
import type { Ticker } from '../../../kernel/units.ts';
import { type DailyBars, sliceBars } from '../bars.ts';

export interface DeliberateDefect {
  readonly symbol: Ticker;
  readonly kind: 'negative-price' | 'duplicate-date' | 'unexplained-halving' | 'short-history' | 'stale-bars';
  /** What was done, in words. */
  readonly what: string;
  /**
   * Sessions before the end of the series at which it lies (a halving: within the 20 that follow);
   * of a short history the rows kept, of stale bars the rows missing.
   */
  readonly sessions: number;
}

export const deliberateDefects: readonly DeliberateDefect[] = [
  { symbol: 'QNOV' as Ticker, kind: 'negative-price', what: 'one close has its sign flipped', sessions: 70 },
  { symbol: 'QGRA' as Ticker, kind: 'duplicate-date', what: 'one session is delivered twice', sessions: 55 },
  { symbol: 'QLUX' as Ticker, kind: 'unexplained-halving', what: 'the price halves overnight and no split is on file', sessions: 90 },
  { symbol: 'ZTEA' as Ticker, kind: 'short-history', what: 'listed late: 1,259 rows, one too few', sessions: 1259 },
  { symbol: 'QSHE' as Ticker, kind: 'stale-bars', what: 'the last sessions were never delivered', sessions: 7 },
];

/** Series too short to hold the defect stay as they are. */
export function withDefect(bars: DailyBars): DailyBars {
  const defect = deliberateDefects.find(({ symbol }) => symbol === bars.symbol);
  const rows = bars.day.length;
  if (defect === undefined || rows <= defect.sessions) return bars;
  const row = rows - defect.sessions;
  switch (defect.kind) {
    case 'negative-price':
      return { ...bars, close: bars.close.map((value, index) => (index === row ? -value : value)) };
    case 'duplicate-date':
      return repeated(bars, row);
    case 'unexplained-halving':
      return halvedFrom(bars, quietRowFrom(bars, row));
    case 'short-history':
      return sliceBars(bars, row, rows);
    case 'stale-bars':
      return sliceBars(bars, 0, row);
  }
}

/** The calmest of the next sessions: on a day of news the halving could pass for a crash, or be lost in it. */
function quietRowFrom(bars: DailyBars, row: number): number {
  const usualVolume = bars.volume.slice(row - 20, row).sort()[10]!;
  const unrest = (at: number): number => 100 * Math.abs(Math.log(bars.close[at]! / bars.close[at - 1]!)) + bars.volume[at]! / usualVolume;
  let calmest = row;
  for (let at = row; at < row + 20; at++) if (unrest(at) < unrest(calmest)) calmest = at;
  return calmest;
}

/** As a split does that nobody filed: half the price, twice the shares traded. */
function halvedFrom(bars: DailyBars, row: number): DailyBars {
  const scaled = (column: Float64Array, factor: number): Float64Array =>
    column.map((value, index) => (index < row ? value : Math.round(value * factor * 10_000) / 10_000));
  return {
    ...bars,
    open: scaled(bars.open, 0.5),
    high: scaled(bars.high, 0.5),
    low: scaled(bars.low, 0.5),
    close: scaled(bars.close, 0.5),
    volume: scaled(bars.volume, 2),
  };
}

function repeated(bars: DailyBars, row: number): DailyBars {
  const twice = <Column extends Int32Array | Float64Array>(column: Column, target: Column): Column => {
    target.set(column.subarray(0, row + 1));
    target.set(column.subarray(row), row + 1);
    return target;
  };
  const doubles = (column: Float64Array): Float64Array => twice(column, new Float64Array(column.length + 1));
  return {
    symbol: bars.symbol,
    day: twice(bars.day, new Int32Array(bars.day.length + 1)),
    open: doubles(bars.open),
    high: doubles(bars.high),
    low: doubles(bars.low),
    close: doubles(bars.close),
    volume: doubles(bars.volume),
    dividend: doubles(bars.dividend),
    splitRatio: doubles(bars.splitRatio),
  };
}
