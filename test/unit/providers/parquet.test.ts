import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import { openDataset, openDatasetAt } from '../../../shared/providers/files/open-dataset.ts';

type Column = { name: string; data: unknown[]; type?: 'STRING' | 'INT32' | 'DOUBLE' | 'INT64'; nullable?: boolean };

const symbols = ['A', 'A', 'NA', 'NA', 'TRUE'];
const days = [18058, 18059, 18058, 18059, 18059];
const numbers = (name: string, data: (number | null)[]): Column => ({ name, data, type: 'DOUBLE', nullable: true });
const columns = (): Column[] => [
  { name: 'symbol', data: symbols, type: 'STRING' },
  { name: 'date', data: days, type: 'INT32' },
  numbers('open', [1, 2, 3, 4, 5]),
  numbers('high', [1, 2, 3, 4, 5]),
  numbers('low', [1, 2, 3, null, 5]),
  numbers('close', [1, 2, 3, 4, 5]),
  { name: 'volume', data: [10n, 20n, 30n, 40n, 7421640800n], type: 'INT64' },
  numbers('split_ratio', [1, 2, 1, null, 1]),
];
const file = (columnData: Column[]): Uint8Array => new Uint8Array(parquetWriteBuffer({ columnData: columnData, rowGroupSize: 3 }));
const tickers = (...names: string[]) => names as Ticker[];

describe('a Parquet file of daily bars', () => {
  test('puts a symbol together whose rows lie in two row groups', async () => {
    const dataset = await openDataset(file(columns()), 'bars.parquet');
    expect(dataset.symbols).toEqual(['A', 'NA', 'TRUE']);
    expect(dataset.rows).toBe(5);
    const [na, a] = await dataset.bars(tickers('NA', 'A', 'UNKNOWN'));
    expect(na).toMatchObject({
      symbol: 'NA',
      day: Int32Array.of(18058, 18059),
      close: Float64Array.of(3, 4),
      volume: Float64Array.of(30, 40),
    });
    expect(a).toMatchObject({ symbol: 'A', splitRatio: Float64Array.of(1, 2), dividend: Float64Array.of(0, 0) });
  });

  test('leaves an empty price for the quality gate to see, and takes an empty split as none', async () => {
    const [na] = await (await openDataset(file(columns()), 'bars.parquet')).bars(tickers('NA'));
    expect([...na!.low]).toEqual([3, Number.NaN]);
    expect([...na!.splitRatio]).toEqual([1, 1]);
  });

  test('reads only the row groups that hold what is asked for', async () => {
    const bytes = file(columns());
    const reads: [number, number][] = [];
    const read = (start: number, end: number) => {
      reads.push([start, end]);
      return Promise.resolve(bytes.subarray(start, end));
    };
    const dataset = await openDatasetAt({ byteLength: bytes.length, read }, 'bars.parquet');
    reads.length = 0;
    await dataset.bars(tickers('TRUE'));
    expect(reads).toHaveLength(1);
    await dataset.bars(tickers('NA'));
    expect(reads).toHaveLength(2);
  });

  test.each([
    ['bytes of another kind', new Uint8Array(64), /bars\.parquet is no readable Parquet file/],
    ['a file that was cut off', file(columns()).subarray(0, -20), /bars\.parquet is no readable Parquet file/],
    ['an unknown column', file([...columns(), numbers('opne', [1, 2, 3, 4, 5])]), /unknown column "opne"; did you mean "open"/],
    ['a missing column', file(columns().filter(({ name }) => name !== 'volume')), /column volume is missing/],
  ])('is refused in one line when it is %s', async (_, bytes, message) => {
    const refused = openDataset(bytes, 'bars.parquet');
    await expect(refused).rejects.toThrow(ContractViolation);
    await expect(refused).rejects.toThrow(message);
  });

  test('is refused when a price column holds text', async () => {
    const bytes = file([
      ...columns().filter(({ name }) => name !== 'open'),
      { name: 'open', data: ['1', '2', '3', '4', '5'], type: 'STRING' },
    ]);
    const dataset = await openDataset(bytes, 'bars.parquet');
    await expect(dataset.bars(tickers('A'))).rejects.toThrow(/row 1, column open: 1 cannot be read; a numeric column is needed/);
  });
});
