import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import { openDataset } from '../../../shared/providers/files/open-dataset.ts';

const header = 'symbol,date,open,high,low,close,adj_close,volume,dividend,split_ratio';
const row = 'AAPL,2019-06-14,47.8,48.1,47.5,47.9,46.2,75046000,0.0,1.0';
const open = (text: string, name = 'bars.csv') => openDataset(Buffer.from(text), name);
const barsOf = async (text: string, symbol: string) => (await (await open(text)).bars([symbol as Ticker]))[0]!;

describe('a CSV of daily bars', () => {
  test('gives every column by its name, whatever the order and case of the header', async () => {
    const bars = await barsOf('Date,Ticker,Close,Low,High,Open,Volume\n2019-06-14,ON,4,1,5,2,100\n', 'ON');
    expect(bars).toEqual({
      symbol: 'ON',
      day: Int32Array.of(18061),
      open: Float64Array.of(2),
      high: Float64Array.of(5),
      low: Float64Array.of(1),
      close: Float64Array.of(4),
      volume: Float64Array.of(100),
      dividend: Float64Array.of(0),
      splitRatio: Float64Array.of(1),
    });
  });

  test('keeps TRUE, ON, NA, NAN, INF and 1E5 as the tickers they are', async () => {
    const tickers = ['1E5', 'INF', 'NA', 'NAN', 'ON', 'TRUE'];
    const dataset = await open([header, ...tickers.map((ticker) => row.replace('AAPL', ticker))].join('\n'));
    expect(dataset.symbols).toEqual(tickers);
  });

  test('reads CRLF, a byte-order mark, quoted fields and blank lines alike', async () => {
    const plain = await barsOf(`${header}\n${row}\n`, 'AAPL');
    const dressed = `\uFEFF${header}\r\n\r\n${row.replace('AAPL', '"AAPL"').replace('47.8', '"47.8"')}\r\n\r\n`;
    expect(await barsOf(dressed, 'AAPL')).toEqual(plain);
  });

  test('keeps duplicates, disorder, negative prices and a last line without an end', async () => {
    const bars = await barsOf(
      `${header}\n${row}\n${row.replace('06-14', '06-12')}\nB,2019-06-14,1,1,1,1,1,1,0,1\n${row.replace('47.9', '-47.9')}`,
      'AAPL',
    );
    expect([...bars.day]).toEqual([18061, 18059, 18061]);
    expect([...bars.close]).toEqual([47.9, 47.9, -47.9]);
  });

  test('takes a split of 0 as no split, as Yahoo writes it', async () => {
    const bars = await barsOf('Date,Symbol,Open,High,Low,Close,Volume,Dividends,Stock Splits\n2019-06-14,X,1,1,1,1,1,,0.0\n', 'X');
    expect([bars.dividend[0], bars.splitRatio[0]]).toEqual([0, 1]);
  });
});

describe('a CSV that cannot be read is refused in one line', () => {
  const refusals: readonly [name: string, text: string, message: RegExp][] = [
    [
      'an unknown column',
      `${header.replace('volume', 'volumne')}\n${row}`,
      /unknown column "volumne"; did you mean "volume"\? Known columns: symbol/,
    ],
    ['a missing column', 'symbol,date,open,high,low,close\nA,2019-06-14,1,1,1,1', /column volume is missing; the file has symbol, date/],
    ['a role given twice', `ticker,${header}\nA,${row}`, /columns "ticker" and "symbol" both hold the symbol/],
    ['a row with a field too few', `${header}\n${row}\nAAPL,2019-06-17,1,2`, /bars\.csv line 3: 4 fields where the header has 10/],
    ['a row with a field too many', `${header}\n${row},9`, /bars\.csv line 2: 11 fields/],
    [
      'a word where a number is due',
      `${header}\n${row.replace('47.5', 'low')}`,
      /line 2, column low: "low" cannot be read; a number is needed/,
    ],
    ['NaN as a price', `${header}\n${row.replace('47.5', 'NaN')}`, /column low: "NaN"/],
    ['an empty price', `${header}\n${row.replace('47.5', '')}`, /column low: ""/],
    [
      'the thirtieth of February',
      `${header}\n${row}\n${row.replace('2019-06-14', '2019-02-30')}`,
      /line 3, column date: "2019-02-30" cannot be read; write a real date as YYYY-MM-DD/,
    ],
    ['a date in another order', `${header}\n${row.replace('2019-06-14', '14/06/2019')}`, /column date: "14\/06\/2019"/],
    ['an empty ticker', `${header}\n${row.replace('AAPL', '')}`, /column symbol: ""/],
    ['a ticker with spaces', `${header}\n${row.replace('AAPL', 'AAPL ')}`, /column symbol: "AAPL "/],
    ['a header alone', `${header}\n`, /holds a header and no rows/],
    ['an empty file', '', /is empty/],
  ];

  test.each(refusals)('%s', async (_, text, message) => {
    const refused = open(text);
    await expect(refused).rejects.toThrow(ContractViolation);
    await expect(refused).rejects.toThrow(message);
  });

  test('a gzip file that was cut off', async () => {
    const whole = gzipSync(`${header}\n${row}`);
    await expect(openDataset(whole.subarray(0, -9), 'bars.csv.gz')).rejects.toThrow(/bars\.csv\.gz is no whole gzip file/);
  });

  test('a file of another kind', async () => {
    await expect(open('x', 'bars.xlsx')).rejects.toThrow(/give a \.csv, \.csv\.gz or \.parquet file/);
  });
});
