/**
 * Real files in the layouts that `--data` takes. Row, symbol and date counts are those the data pack's own SOURCES.md states;
 * prices were read off the files with zcat and DuckDB. The pack is not part of this repository, so these cards run where it is.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { profileBars } from '../../../shared/domain/quality/profile.ts';
import { formatDay, parseDay } from '../../../shared/kernel/days.ts';
import type { EpochDay, Ticker } from '../../../shared/kernel/units.ts';
import { openDataset } from '../../../shared/providers/files/open-dataset.ts';

const daily = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'daily');
const isPresent = existsSync(daily);
const open = (name: string) => openDataset(readFileSync(join(daily, name)), name);

describe('market-data files (run where BALLAST_MARKET_DATA is present)', () => {
  test.skipIf(!isPresent).each([
    ['core40_daily_2005_2023.csv.gz', 191_240, 40, '2005-01-03', '2023-12-29'],
    ['removed_sp500_2013_2018.csv.gz', 95_698, 124, '2013-02-28', '2018-02-28'],
    ['etfs_2010_2023.csv.gz', 31_526, 9, '2010-01-04', '2023-12-29'],
    ['etfs_adjusted_2005_2017.csv.gz', 101_486, 32, '1999-03-10', '2017-11-10'],
    ['us_core40_pre1996.parquet', 193_213, 35, '1962-01-02', '1995-12-29'],
    ['us_equities_daily.parquet', 2_066_272, 356, '1996-01-02', '2023-12-29'],
  ])('%s gives every row', async (name, rows, symbols, first, last) => {
    const dataset = await open(name);
    expect([dataset.rows, dataset.symbols.length]).toEqual([rows, symbols]);
    let [counted, firstDay, lastDay] = [0, Number.POSITIVE_INFINITY, 0];
    for (let start = 0; start < symbols; start += 60) {
      for (const { day } of await dataset.bars(dataset.symbols.slice(start, start + 60))) {
        counted += day.length;
        firstDay = Math.min(firstDay, day[0]!);
        lastDay = Math.max(lastDay, day.at(-1)!);
      }
    }
    expect([counted, formatDay(firstDay as EpochDay), formatDay(lastDay as EpochDay)]).toEqual([rows, first, last]);
  });

  test.skipIf(!isPresent)('CSV and Parquet of the same vendor agree to the last digit', async () => {
    const symbols = ['AAPL', 'XOM'] as Ticker[];
    const fromCsv = await (await open('core40_daily_2005_2023.csv.gz')).bars(symbols);
    const fromParquet = await (await open('us_equities_daily.parquet')).bars(symbols);
    expect(fromCsv[0]).toMatchObject({ symbol: 'AAPL' });
    expect([fromCsv[0]!.open[0], fromCsv[0]!.high[0], fromCsv[0]!.close[0], fromCsv[0]!.volume[0]]).toEqual([
      1.1568, 1.1627, 1.1302, 691_992_000,
    ]);
    fromCsv.forEach((csv, index) => {
      const parquet = fromParquet[index]!;
      const start = parquet.day.indexOf(csv.day[0]!);
      for (const column of ['day', 'open', 'high', 'low', 'close', 'volume', 'splitRatio'] as const) {
        expect(Array.from(parquet[column].subarray(start)), column).toEqual(Array.from(csv[column]));
      }
    });
  });

  test.skipIf(!isPresent)('as-traded prices of the second vendor come out split-adjusted', async () => {
    const days = ['2012-06-01', '2014-06-06', '2020-08-28'].map(parseDay);
    const closesOf = async (name: string) => {
      const [bars] = await (await open(name)).bars(['AAPL' as Ticker]);
      return days.map((day) => bars!.close[bars!.day.indexOf(day)]!);
    };
    const [adjusted, expected] = [await closesOf('vendor2_as_traded_core.parquet'), await closesOf('us_equities_daily.parquet')];
    for (const [index, close] of adjusted.entries()) expect(close / expected[index]!).toBeCloseTo(1, 3);
  });

  test.skipIf(!isPresent)('the one inconsistent bar that SOURCES.md names is found, and no other', async () => {
    const dataset = await open('us_equities_daily.parquet');
    const found: string[] = [];
    for (let start = 0; start < dataset.symbols.length; start += 60) {
      for (const bars of await dataset.bars(dataset.symbols.slice(start, start + 60))) {
        const { inconsistent, duplicateDays, nonPositive } = profileBars(bars, { adjustment: 'split-adjusted' });
        expect([duplicateDays, nonPositive], bars.symbol).toEqual([[], []]);
        found.push(...inconsistent.map(({ day }) => `${bars.symbol} ${formatDay(day)}`));
      }
    }
    expect(found).toEqual(['HUBB 2021-05-05']);
  });
});
