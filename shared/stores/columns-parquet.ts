/**
 * Columns as Parquet bytes, for what other tools read: pandas, polars, DuckDB, Athena.
 *
 * One row group, plain values under ZSTD, text by dictionary; the same columns give the same bytes. Every column is required, so a figure that is
 * not there is NaN in a `double` column and is read as such. A file may have no rows: the columns and their types are still in it.
 *
 *   date     INT32, DATE          whole days since 1970-01-01; text in no zone
 *   int32    INT32
 *   double   DOUBLE
 *   boolean  BOOLEAN
 *   text     BYTE_ARRAY, UTF8     a ticker such as `NA` or `TRUE` stays text
 *
 * Source: https://github.com/apache/parquet-format (LogicalTypes.md). Not covered: nulls, nested columns, reading (DuckDB and hyparquet do).
 */
import { zstdCompressSync } from 'node:zlib';
import type { DecodedArray, SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { invariant } from '../kernel/errors.ts';

export type Column = { readonly name: string } & (
  | { readonly kind: 'date' | 'int32'; readonly values: Int32Array }
  | { readonly kind: 'double'; readonly values: Float64Array }
  /** Anything but 0 is true. */
  | { readonly kind: 'boolean'; readonly values: Uint8Array }
  | { readonly kind: 'text'; readonly values: readonly string[] }
);

/** `about` is kept as key-value metadata of the file. @throws InvariantViolation for columns of unequal length or a name twice. */
export function encodeColumns(table: string, columns: readonly Column[], about: Readonly<Record<string, string>> = {}): Uint8Array {
  const rows = columns[0]?.values.length ?? 0;
  invariant(columns.length > 0 && columns.every(({ values }) => values.length === rows), 'the columns of a table have as many rows each', {
    table,
    rows: Object.fromEntries(columns.map(({ name, values }) => [name, values.length])),
  });
  const names = columns.map(({ name }) => name);
  invariant(new Set(names).size === names.length, 'a table has every column once', { table, names });
  const buffer = parquetWriteBuffer({
    schema: [{ name: table, num_children: columns.length }, ...columns.map(element)],
    codec: 'ZSTD',
    compressors: { ZSTD: (input) => zstdCompressSync(input) },
    statistics: false,
    rowGroupSize: Number.MAX_SAFE_INTEGER,
    createdBy: 'ballast',
    kvMetadata: Object.entries(about).map(([key, value]) => ({ key, value })),
    columnData: columns.map((column) => ({
      name: column.name,
      data: written(column),
      encoding: column.kind === 'text' ? ('RLE_DICTIONARY' as const) : ('PLAIN' as const),
    })),
  });
  return new Uint8Array(buffer);
}

const types = {
  date: { type: 'INT32', converted_type: 'DATE' },
  int32: { type: 'INT32' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
} as const satisfies Record<Column['kind'], Partial<SchemaElement>>;

const element = ({ name, kind }: Column): SchemaElement => ({ name, ...types[kind], repetition_type: 'REQUIRED' });

const written = (column: Column): DecodedArray =>
  column.kind === 'boolean' ? Array.from(column.values, (value) => value !== 0) : (column.values as DecodedArray);
