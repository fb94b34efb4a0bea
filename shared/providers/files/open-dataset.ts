/**
 * A market-data file, opened: which symbols it holds, and their bars on demand.
 * A CSV is parsed whole when it is opened, so a bad row is known at once; of a Parquet file only the footer and the symbols
 * are read then, and row groups when their symbols are asked for. Rows are kept in file order, whatever it is.
 */
import { ContractViolation } from '../../kernel/errors.ts';
import type { Ticker } from '../../kernel/units.ts';
import { joinBars } from '../../stores/lake/join-bars.ts';
import type { RawBars } from '../provider.ts';
import { splitAdjusted } from './adjust-splits.ts';
import { barsBySymbol } from './bars-table.ts';
import { parseCsv } from './csv.ts';
import { gunzipped } from './gunzip.ts';
import { ParquetBars, type RowGroupSpan } from './parquet.ts';
import { bytesInMemory, type RandomAccessBytes } from './random-access.ts';

/** Decoded row groups kept for the next request: neighbouring requests share the group at their border. */
const cachedRowGroups = 2;

export interface BarsDataset {
  readonly fileName: string;
  readonly rows: number;
  /** In code-unit order. */
  readonly symbols: readonly Ticker[];
  /** Bars of the named symbols that the file holds, in the order named; split-adjusted where the layout is as-traded. */
  bars(symbols: readonly Ticker[]): Promise<readonly RawBars[]>;
}

export const openDataset = (bytes: Uint8Array, fileName: string): Promise<BarsDataset> => openDatasetAt(bytesInMemory(bytes), fileName);

/** @throws ContractViolation when the name has no known ending, or the content is not what the ending says. */
export async function openDatasetAt(file: RandomAccessBytes, fileName: string): Promise<BarsDataset> {
  const name = fileName.toLowerCase();
  if (name.endsWith('.parquet')) return openParquet(file, fileName);
  if (name.endsWith('.csv')) return openCsv(await file.read(0, file.byteLength), fileName);
  if (name.endsWith('.csv.gz')) return openCsv(gunzipped(await file.read(0, file.byteLength), fileName), fileName);
  throw new ContractViolation(`${fileName} has no ending known here: give a .csv, .csv.gz or .parquet file`, { file: fileName });
}

function openCsv(bytes: Uint8Array, fileName: string): BarsDataset {
  const { table, columns } = parseCsv(bytes, fileName);
  const bySymbol = barsBySymbol(table);
  const adjusted = columns.priceBasis === 'as-traded' ? splitAdjusted : (bars: RawBars): RawBars => bars;
  return {
    fileName,
    rows: table.day.length,
    symbols: [...bySymbol.keys()].sort(),
    bars: (symbols) => Promise.resolve(symbols.flatMap((symbol) => bySymbol.get(symbol) ?? []).map(adjusted)),
  };
}

async function openParquet(file: RandomAccessBytes, fileName: string): Promise<BarsDataset> {
  const parquet = await ParquetBars.open(file, fileName);
  const groups = await parquet.rowGroups();
  const symbols = [...new Set(groups.flatMap((group) => [...group.rowsOf.keys()]))].sort();
  const readGroup = latestKept(cachedRowGroups, async (index) => barsBySymbol(await parquet.readRowGroup(index)));

  return {
    fileName,
    rows: groups.at(-1)?.rowEnd ?? 0,
    symbols,
    async bars(wanted) {
      const pieces = new Map<Ticker, RawBars[]>(wanted.map((symbol) => [symbol, []]));
      for (const index of groupsHolding(groups, wanted)) {
        const bySymbol = await readGroup(index);
        for (const [symbol, list] of pieces) {
          const piece = bySymbol.get(symbol);
          if (piece !== undefined) list.push(piece);
        }
      }
      const whole = [...pieces.values()].filter((list) => list.length > 0).map(joinBars);
      return parquet.columns.priceBasis === 'as-traded' ? whole.map(splitAdjusted) : whole;
    },
  };
}

function groupsHolding(groups: readonly RowGroupSpan[], symbols: readonly Ticker[]): number[] {
  return groups.flatMap((group, index) => (symbols.some((symbol) => group.rowsOf.has(symbol)) ? [index] : []));
}

/** `load`, remembering its last `count` results. */
function latestKept<Value>(count: number, load: (key: number) => Promise<Value>): (key: number) => Promise<Value> {
  const kept = new Map<number, Promise<Value>>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const loading = load(key);
    kept.set(key, loading);
    if (kept.size > count) kept.delete(kept.keys().next().value!);
    return loading;
  };
}
