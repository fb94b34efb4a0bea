/** Columns of a Parquet file that `encodeColumns` wrote, as typed arrays where they are numbers, and what was said about them. */
import { zstdDecompressSync } from 'node:zlib';
import { type AsyncBuffer, type DecodedArray, type FileMetaData, parquetMetadata, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { InvariantViolation, invariant } from '../kernel/errors.ts';

export interface ReadColumns {
  readonly rows: number;
  readonly about: Readonly<Record<string, string>>;
  /** @throws InvariantViolation for a column that is not there or holds something else. */
  doubles(name: string): Float64Array;
  integers(name: string): Int32Array;
  /** 1 is true. */
  booleans(name: string): Uint8Array;
  texts(name: string): readonly string[];
}

/** @throws InvariantViolation for bytes that are no Parquet file of ours. */
export async function readColumns(what: string, bytes: Uint8Array): Promise<ReadColumns> {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const columns = new Map<string, DecodedArray>();
  try {
    const metadata = parquetMetadata(buffer);
    await parquetRead({
      file: { byteLength: buffer.byteLength, slice: (start, end) => buffer.slice(start, end) },
      metadata,
      compressors: { ZSTD: (input) => zstdDecompressSync(input) },
      parsers: { dateFromDays: (days: number) => days },
      onChunk: ({ columnName, columnData }) => {
        const earlier = columns.get(columnName);
        columns.set(columnName, earlier === undefined ? columnData : joined(earlier, columnData));
      },
    });
    return view(what, columns, aboutOf(metadata), Number(metadata.num_rows));
  } catch (error) {
    throw new InvariantViolation(`${what} is readable Parquet`, {}, { cause: error });
  }
}

/** Rows and description alone, from the end of the file. */
export async function readAbout(what: string, file: AsyncBuffer): Promise<Pick<ReadColumns, 'rows' | 'about'>> {
  try {
    const metadata = await parquetMetadataAsync(file, { initialFetchSize: 64 * 1024 });
    return { rows: Number(metadata.num_rows), about: aboutOf(metadata) };
  } catch (error) {
    throw new InvariantViolation(`${what} is readable Parquet`, {}, { cause: error });
  }
}

const aboutOf = ({ key_value_metadata: pairs = [] }: FileMetaData): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.map(({ key, value = '' }) => [key, value]));

function view(
  what: string,
  columns: ReadonlyMap<string, DecodedArray>,
  about: Readonly<Record<string, string>>,
  rows: number,
): ReadColumns {
  const column = (name: string): DecodedArray => {
    const found = rows === 0 ? [] : columns.get(name);
    invariant(found?.length === rows, `${what} has every column, each with every row`, { name, columns: [...columns.keys()] });
    return found;
  };
  return {
    rows,
    about,
    doubles: (name) => Float64Array.from(column(name) as ArrayLike<number>),
    integers: (name) => Int32Array.from(column(name) as ArrayLike<number>),
    booleans: (name) => Uint8Array.from(column(name) as ArrayLike<unknown>, (value) => (value ? 1 : 0)),
    texts: (name) => column(name) as readonly string[],
  };
}

function joined(a: DecodedArray, b: DecodedArray): DecodedArray {
  if (!(a instanceof Float64Array) && !(a instanceof Int32Array)) return [...(a as readonly unknown[]), ...(b as readonly unknown[])];
  const both = a instanceof Float64Array ? new Float64Array(a.length + b.length) : new Int32Array(a.length + b.length);
  both.set(a);
  both.set(b as ArrayLike<number>, a.length);
  return both;
}
