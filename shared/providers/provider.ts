/**
 * What a source of market data offers, whatever lies behind it: a simulator, a file, a vendor.
 * A provider delivers what it has, including duplicates, bad prices and rows out of order: what is wrong with a
 * series is for the quality gate to say, and it can only say so about rows that reached it.
 */
import type { DailyBars } from '../domain/market/bars.ts';
import type { SymbolFacts } from '../domain/market/facts.ts';
import type { EpochDay, Ticker } from '../kernel/units.ts';

export interface Instrument {
  /** Always text: `TRUE`, `ON`, `NA` and `NAN` are tickers. */
  readonly symbol: Ticker;
  readonly sector?: string;
  readonly name?: string;
}

/** Bars as delivered: the shape of `DailyBars`, without its promises about order, duplicates or positive prices. */
export type RawBars = DailyBars;

/** Sessions from `from` to `to`, both included. */
export interface DayRange {
  readonly from: EpochDay;
  readonly to: EpochDay;
}

export interface BarsProvider {
  readonly name: string;
  listSymbols(): Promise<readonly Instrument[]>;
  /** One entry for each known symbol of `symbols`, in that order; rows outside `range` are left out, others never. */
  dailyBars(symbols: readonly Ticker[], range?: DayRange): Promise<readonly RawBars[]>;
}

export interface FactsProvider {
  /**
   * What is known of the companies of these series, in their order, one entry each; per-share amounts are in the shares of the series.
   * Each list ascends by the day its facts became known.
   */
  facts(series: readonly RawBars[]): Promise<readonly SymbolFacts[]>;
}

export type MarketDataProvider = BarsProvider & FactsProvider;

/** The rows whose day lies in the range, in the order delivered: raw days need not ascend. */
export function rawBarsWithin(bars: RawBars, range: DayRange | undefined): RawBars {
  if (range === undefined) return bars;
  const kept: number[] = [];
  for (let row = 0; row < bars.day.length; row++) if (bars.day[row]! >= range.from && bars.day[row]! <= range.to) kept.push(row);
  if (kept.length === bars.day.length) return bars;
  const pick = (column: Float64Array): Float64Array => Float64Array.from(kept, (row) => column[row]!);
  return {
    symbol: bars.symbol,
    day: Int32Array.from(kept, (row) => bars.day[row]!),
    open: pick(bars.open),
    high: pick(bars.high),
    low: pick(bars.low),
    close: pick(bars.close),
    volume: pick(bars.volume),
    dividend: pick(bars.dividend),
    splitRatio: pick(bars.splitRatio),
  };
}
