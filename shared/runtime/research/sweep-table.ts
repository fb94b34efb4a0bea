/**
 * What a sweep found, as Parquet: one row per combination and symbol, combinations in the order of the grid, symbols in code-unit order within each.
 *
 *   combination   int32    its number in the grid (fast/grid.ts)
 *   <parameter>   double   one column for each parameter of the strategy, under its own name
 *   symbol        text
 *   final_equity_usd, cash_usd, fees_usd, sharpe_per_bar (NaN where nothing varied), max_drawdown_frac   double
 *   orders        int32    filled at least in part
 *   is_called     boolean  a margin call ended the run: its figures are NaN, and the event engine says what became of it
 *
 *   duckdb   select fast, slow, avg(sharpe_per_bar) s from 'result.parquet' group by all order by s desc
 *
 * The same chunks give the same bytes, joined in whatever order they were computed.
 */
import type { SweepResult } from '../../domain/research/fast/sweep-signals.ts';
import { addSharpe, noSharpe, type SharpeMoments } from '../../domain/research/trials.ts';
import { invariant } from '../../kernel/errors.ts';
import { encodeColumns } from '../../stores/columns-parquet.ts';
import { readColumns } from '../../stores/read-columns.ts';

export interface SweepTable {
  readonly rows: number;
  /** Combinations whose values do not fit each other. */
  readonly skipped: number;
  readonly combination: Int32Array;
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly values: Float64Array }>;
  readonly symbol: readonly string[];
  readonly finalEquityUsd: Float64Array;
  readonly cashUsd: Float64Array;
  readonly feesUsd: Float64Array;
  readonly sharpePerBar: Float64Array;
  readonly maxDrawdownFrac: Float64Array;
  readonly orders: Int32Array;
  readonly isCalled: Uint8Array;
}

/** What the fast path answered, with its combinations and symbols written out on every row. */
export function sweepTableOf(result: SweepResult): SweepTable {
  const { combinations, symbols } = result;
  const rows = result.orders.length;
  const ofRow = (row: number): number => Math.floor(row / symbols.length);
  return {
    rows,
    skipped: combinations.skipped,
    combination: Int32Array.from({ length: rows }, (_, row) => combinations.number[ofRow(row)]!),
    parameters: combinations.names.map((name, place) => ({
      name,
      values: Float64Array.from({ length: rows }, (_, row) => combinations.values[place]![ofRow(row)]!),
    })),
    symbol: Array.from({ length: rows }, (_, row) => symbols[row % symbols.length]!),
    finalEquityUsd: result.finalEquityUsd,
    cashUsd: result.cashUsd,
    feesUsd: result.feesUsd,
    sharpePerBar: result.sharpePerBar,
    maxDrawdownFrac: result.maxDrawdownFrac,
    orders: result.orders,
    isCalled: result.isCalled,
  };
}

export function encodeSweepTable(table: SweepTable): Uint8Array {
  return encodeColumns(
    'sweep',
    [
      { name: 'combination', kind: 'int32', values: table.combination },
      ...table.parameters.map(({ name, values }) => ({ name, kind: 'double' as const, values })),
      { name: 'symbol', kind: 'text', values: table.symbol },
      { name: 'final_equity_usd', kind: 'double', values: table.finalEquityUsd },
      { name: 'cash_usd', kind: 'double', values: table.cashUsd },
      { name: 'fees_usd', kind: 'double', values: table.feesUsd },
      { name: 'sharpe_per_bar', kind: 'double', values: table.sharpePerBar },
      { name: 'max_drawdown_frac', kind: 'double', values: table.maxDrawdownFrac },
      { name: 'orders', kind: 'int32', values: table.orders },
      { name: 'is_called', kind: 'boolean', values: table.isCalled },
    ],
    { parameters: table.parameters.map(({ name }) => name).join(','), skipped: String(table.skipped) },
  );
}

/** @throws InvariantViolation for what `encodeSweepTable` did not write. */
export async function decodeSweepTable(bytes: Uint8Array): Promise<SweepTable> {
  const file = await readColumns('a chunk of a sweep', bytes);
  const names = file.about.parameters?.split(',').filter((name) => name !== '') ?? [];
  return {
    rows: file.rows,
    skipped: Number(file.about.skipped),
    combination: file.integers('combination'),
    parameters: names.map((name) => ({ name, values: file.doubles(name) })),
    symbol: file.texts('symbol'),
    finalEquityUsd: file.doubles('final_equity_usd'),
    cashUsd: file.doubles('cash_usd'),
    feesUsd: file.doubles('fees_usd'),
    sharpePerBar: file.doubles('sharpe_per_bar'),
    maxDrawdownFrac: file.doubles('max_drawdown_frac'),
    orders: file.integers('orders'),
    isCalled: file.booleans('is_called'),
  };
}

/** One table of all, in the order given. */
export function joinSweepTables(tables: readonly SweepTable[]): SweepTable {
  const names = tables[0]?.parameters.map(({ name }) => name) ?? [];
  invariant(
    tables.every(({ parameters }) => parameters.map(({ name }) => name).join() === names.join()),
    'the chunks of one sweep have the same parameters',
    { names },
  );
  const doubles = (column: (table: SweepTable) => Float64Array): Float64Array =>
    joined(tables.map(column), (rows) => new Float64Array(rows));
  const integers = (column: (table: SweepTable) => Int32Array): Int32Array => joined(tables.map(column), (rows) => new Int32Array(rows));
  return {
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    skipped: tables.reduce((sum, { skipped }) => sum + skipped, 0),
    combination: integers(({ combination }) => combination),
    parameters: names.map((name, place) => ({ name, values: doubles(({ parameters }) => parameters[place]!.values) })),
    symbol: tables.flatMap(({ symbol }) => symbol),
    finalEquityUsd: doubles(({ finalEquityUsd }) => finalEquityUsd),
    cashUsd: doubles(({ cashUsd }) => cashUsd),
    feesUsd: doubles(({ feesUsd }) => feesUsd),
    sharpePerBar: doubles(({ sharpePerBar }) => sharpePerBar),
    maxDrawdownFrac: doubles(({ maxDrawdownFrac }) => maxDrawdownFrac),
    orders: integers(({ orders }) => orders),
    isCalled: joined(
      tables.map(({ isCalled }) => isCalled),
      (rows) => new Uint8Array(rows),
    ),
  };
}

/** Of all rows: every combination on every symbol is a trial. */
export const sharpeOf = ({ sharpePerBar }: SweepTable): SharpeMoments =>
  sharpePerBar.reduce<SharpeMoments>((moments, sharpe) => addSharpe(moments, sharpe), noSharpe);

function joined<Column extends Float64Array | Int32Array | Uint8Array>(parts: readonly Column[], make: (rows: number) => Column): Column {
  const all = make(parts.reduce((rows, { length }) => rows + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
