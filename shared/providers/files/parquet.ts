/**
 * Reads a Parquet file of daily bars into typed arrays, one row group at a time: the footer and the symbol column first
 * (a few kilobytes, since a sorted symbol column is run-length encoded), then only the row groups that hold what is asked for.
 * Decompression is Node's own; it is several times faster than the portable kind.
 */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type AsyncBuffer, type Compressors, type DecodedArray, type FileMetaData, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { ContractViolation, TransientFailure } from '../../kernel/errors.ts';
import type { Ticker } from '../../kernel/units.ts';
import { type BarsTable, emptyTable } from './bars-table.ts';
import { type ColumnMap, type ColumnRole, mapColumns } from './columns.ts';
import type { RandomAccessBytes } from './random-access.ts';

const msPerDay = 86_400_000;

const compressors: Compressors = {
  ZSTD: (input) => zstdDecompressSync(input),
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
};

/** Dates stay whole days, and instants must be midnights: a `Date` for every row would be thrown away at once. */
const parsers = {
  dateFromDays: (days: number): number => days,
  timestampFromMilliseconds: (millis: bigint): number => Number(millis) / msPerDay,
  timestampFromMicroseconds: (micros: bigint): number => Number(micros) / 1000 / msPerDay,
  timestampFromNanoseconds: (nanos: bigint): number => Number(nanos / 1000n) / 1000 / msPerDay,
};

export interface RowGroupSpan {
  readonly rowStart: number;
  readonly rowEnd: number;
  /** Rows of each symbol in this group. */
  readonly rowsOf: ReadonlyMap<Ticker, number>;
}

export class ParquetBars {
  readonly columns: ColumnMap;
  readonly #file: RandomAccessBytes;
  readonly #fileName: string;
  readonly #metadata: FileMetaData;
  readonly #names: readonly string[];

  private constructor(file: RandomAccessBytes, fileName: string, metadata: FileMetaData) {
    this.#file = file;
    this.#fileName = fileName;
    this.#metadata = metadata;
    this.#names = metadata.schema.slice(1).map((element) => element.name);
    this.columns = mapColumns(this.#names, fileName);
  }

  /** @throws ContractViolation when the bytes are no Parquet file, or its columns are not those of daily bars. */
  static async open(file: RandomAccessBytes, fileName: string): Promise<ParquetBars> {
    const metadata = await readableOrRefused(fileName, () => parquetMetadataAsync(asAsyncBuffer(file)));
    if (metadata.num_rows === 0n) throw new ContractViolation(`${fileName} holds no rows`, { file: fileName });
    return new ParquetBars(file, fileName, metadata);
  }

  /** What each row group holds, from the symbol column alone. */
  async rowGroups(): Promise<readonly RowGroupSpan[]> {
    const spans: { rowStart: number; rowEnd: number; rowsOf: Map<Ticker, number> }[] = [];
    for (const group of this.#metadata.row_groups) {
      const rowStart = spans.at(-1)?.rowEnd ?? 0;
      spans.push({ rowStart, rowEnd: rowStart + Number(group.num_rows), rowsOf: new Map() });
    }
    const column = this.#nameOf('symbol');
    for (const span of spans) {
      await this.#readColumns(asAsyncBuffer(this.#file), [column], span.rowStart, span.rowEnd, (_, values) => {
        for (let start = 0; start < values.length; ) {
          const symbol: unknown = values[start];
          let end = start + 1;
          while (end < values.length && values[end] === symbol) end++;
          const ticker = this.#ticker(symbol, span.rowStart + start);
          span.rowsOf.set(ticker, (span.rowsOf.get(ticker) ?? 0) + end - start);
          start = end;
        }
      });
    }
    return spans;
  }

  /** All rows of one row group, by one read of its bytes. */
  async readRowGroup(index: number): Promise<BarsTable> {
    const group = this.#metadata.row_groups[index]!;
    const rowStart = this.#metadata.row_groups.slice(0, index).reduce((sum, earlier) => sum + Number(earlier.num_rows), 0);
    const table = emptyTable(Number(group.num_rows));
    const wanted = this.#names.filter((_, column) => this.columns.roles[column] !== 'ignored');
    const span = byteSpan(group.columns.map((column) => column.meta_data));
    const bytes = await this.#file.read(span.start, span.end);
    const window = asAsyncBuffer({
      byteLength: this.#file.byteLength,
      read: (start, end) => Promise.resolve(bytes.subarray(start - span.start, end - span.start)),
    });
    await this.#readColumns(window, wanted, rowStart, rowStart + table.day.length, (name, values, row) => {
      this.#store(table, this.columns.roles[this.#names.indexOf(name)]!, values, row - rowStart, row);
    });
    return table;
  }

  async #readColumns(
    file: AsyncBuffer,
    columns: string[],
    rowStart: number,
    rowEnd: number,
    onValues: (name: string, values: DecodedArray, row: number) => void,
  ): Promise<void> {
    // What a callback throws, the reader loses; it is kept here and thrown when the reader is done.
    let failed: { readonly error: unknown } | undefined;
    const rowsRead = new Map(columns.map((name) => [name, 0]));
    await readableOrRefused(this.#fileName, () =>
      parquetRead({
        file,
        metadata: this.#metadata,
        columns,
        rowStart,
        rowEnd,
        compressors,
        parsers: parsers,
        onChunk: ({ columnName, columnData, rowStart: row }) => {
          try {
            rowsRead.set(columnName, (rowsRead.get(columnName) ?? 0) + columnData.length);
            onValues(columnName, columnData, row);
          } catch (error) {
            failed ??= { error };
          }
        },
      }),
    );
    if (failed) throw failed.error;
    for (const [name, rows] of rowsRead) {
      if (rows === rowEnd - rowStart) continue;
      const message = `${this.#fileName}: column ${name} has ${rows} of the ${rowEnd - rowStart} rows from row ${rowStart + 1} on`;
      throw new ContractViolation(message, { file: this.#fileName, line: rowStart + 1, column: name });
    }
  }

  #store(table: BarsTable, role: ColumnRole, values: DecodedArray, at: number, fileRow: number): void {
    if (role === 'symbol') this.#storeSymbols(table, values, at, fileRow);
    else if (role === 'date') this.#storeDays(table, values, at, fileRow);
    else if (role !== 'ignored') this.#storeNumbers(table[role], role, values, at, fileRow);
  }

  #storeSymbols(table: BarsTable, values: DecodedArray, at: number, fileRow: number): void {
    let previous: unknown;
    let index = -1;
    for (let row = 0; row < values.length; row++) {
      const symbol: unknown = values[row];
      if (index === -1 || symbol !== previous) {
        const ticker = this.#ticker(symbol, fileRow + row);
        index = table.symbols.indexOf(ticker);
        if (index === -1) index = table.symbols.push(ticker) - 1;
        previous = symbol;
      }
      table.symbolOf[at + row] = index;
    }
  }

  #storeDays(table: BarsTable, values: DecodedArray, at: number, fileRow: number): void {
    for (let row = 0; row < values.length; row++) {
      const day: unknown = values[row];
      if (typeof day !== 'number' || !Number.isInteger(day)) throw this.#malformed('date', fileRow + row, day, 'a DATE column is needed');
      table.day[at + row] = day;
    }
  }

  /** An empty dividend or split means none; an empty price stays not-a-number, for the quality gate to see. */
  #storeNumbers(target: Float64Array, role: ColumnRole, values: DecodedArray, at: number, fileRow: number): void {
    const whenEmpty = role === 'dividend' ? 0 : role === 'splitRatio' ? 1 : Number.NaN;
    for (let row = 0; row < values.length; row++) {
      const value: unknown = values[row];
      if (typeof value === 'number') target[at + row] = role === 'splitRatio' && value === 0 ? 1 : value;
      else if (typeof value === 'bigint') target[at + row] = Number(value);
      else if (value === null || value === undefined) target[at + row] = whenEmpty;
      else throw this.#malformed(role, fileRow + row, value, 'a numeric column is needed');
    }
  }

  #ticker(value: unknown, fileRow: number): Ticker {
    if (typeof value !== 'string' || value === '') throw this.#malformed('symbol', fileRow, value, 'a text column of tickers is needed');
    return value as Ticker;
  }

  #malformed(role: ColumnRole, fileRow: number, value: unknown, wanted: string): ContractViolation {
    const column = this.#nameOf(role);
    const message = `${this.#fileName} row ${fileRow + 1}, column ${column}: ${String(value)} cannot be read; ${wanted}`;
    return new ContractViolation(message, { file: this.#fileName, line: fileRow + 1, column, value: String(value) });
  }

  #nameOf(role: ColumnRole): string {
    return this.#names[this.columns.roles.indexOf(role)]!;
  }
}

function byteSpan(
  columns: readonly ({ data_page_offset: bigint; dictionary_page_offset?: bigint; total_compressed_size: bigint } | undefined)[],
): {
  start: number;
  end: number;
} {
  let start = Number.MAX_SAFE_INTEGER;
  let end = 0;
  for (const column of columns) {
    if (column === undefined) continue;
    const columnStart = Number(column.dictionary_page_offset ?? column.data_page_offset);
    start = Math.min(start, columnStart);
    end = Math.max(end, columnStart + Number(column.total_compressed_size));
  }
  return { start, end };
}

const asAsyncBuffer = (file: RandomAccessBytes): AsyncBuffer => ({
  byteLength: file.byteLength,
  slice: async (start, end = file.byteLength) => {
    const bytes = await file.read(start < 0 ? file.byteLength + start : start, Math.min(end, file.byteLength));
    const copy = new ArrayBuffer(bytes.byteLength);
    new Uint8Array(copy).set(bytes);
    return copy;
  },
});

/** What the reader cannot make sense of is the file's fault; what storage or our own checks threw is passed on. */
async function readableOrRefused<Result>(fileName: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ContractViolation || error instanceof TransientFailure || isServiceError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ContractViolation(`${fileName} is no readable Parquet file: ${reason}`, { file: fileName }, { cause: error });
  }
}

/** Errors of the AWS SDK carry the metadata of their response. */
const isServiceError = (error: unknown): boolean => typeof error === 'object' && error !== null && '$metadata' in error;
