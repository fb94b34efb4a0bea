/**
 * Rows of many symbols as one array per column, in file order: what a file is parsed into before it is cut by symbol.
 * A file sorted by symbol is cut without copying a row.
 */
import { type DailyBars, sliceBars } from '../../domain/market/bars.ts';
import type { Ticker } from '../../kernel/units.ts';
import type { RawBars } from '../provider.ts';

export interface BarsTable extends Omit<DailyBars, 'symbol'> {
  /** Tickers in the order of first appearance. */
  readonly symbols: Ticker[];
  /** For each row, its place in `symbols`. */
  readonly symbolOf: Int32Array;
}

export function emptyTable(rows: number): BarsTable {
  return {
    symbols: [],
    symbolOf: new Int32Array(rows),
    day: new Int32Array(rows),
    open: new Float64Array(rows),
    high: new Float64Array(rows),
    low: new Float64Array(rows),
    close: new Float64Array(rows),
    volume: new Float64Array(rows),
    dividend: new Float64Array(rows),
    splitRatio: new Float64Array(rows).fill(1),
  };
}

/** The rows of each symbol, in file order. */
export function barsBySymbol(table: BarsTable): Map<Ticker, RawBars> {
  const runs = contiguousRuns(table) ?? contiguousRuns(sortedBySymbol(table))!;
  const result = new Map<Ticker, RawBars>();
  for (const { symbol, start, end } of runs.list) result.set(symbol, sliceBars({ ...runs.table, symbol }, start, end));
  return result;
}

interface Run {
  readonly symbol: Ticker;
  readonly start: number;
  readonly end: number;
}

/** One run for each symbol, or `undefined` when the rows of some symbol lie apart. */
function contiguousRuns(table: BarsTable): { readonly table: BarsTable; readonly list: readonly Run[] } | undefined {
  const { symbolOf, symbols } = table;
  const list: Run[] = [];
  const seen = new Uint8Array(symbols.length);
  for (let start = 0; start < symbolOf.length; ) {
    const index = symbolOf[start]!;
    if (seen[index]) return undefined;
    seen[index] = 1;
    let end = start + 1;
    while (end < symbolOf.length && symbolOf[end] === index) end++;
    list.push({ symbol: symbols[index]!, start, end });
    start = end;
  }
  return { table, list };
}

/** The same rows grouped by symbol, stable (a counting sort). */
function sortedBySymbol(table: BarsTable): BarsTable {
  const next = new Int32Array(table.symbols.length + 1);
  for (const index of table.symbolOf) next[index + 1]!++;
  for (let index = 1; index < next.length; index++) next[index]! += next[index - 1]!;
  const target = table.symbolOf.map((index) => next[index]!++);
  const sorted = { ...emptyTable(table.symbolOf.length), symbols: table.symbols };
  for (const column of ['symbolOf', 'day', 'open', 'high', 'low', 'close', 'volume', 'dividend', 'splitRatio'] as const) {
    const from = table[column];
    const to = sorted[column];
    for (let row = 0; row < from.length; row++) to[target[row]!] = from[row]!;
  }
  return sorted;
}
