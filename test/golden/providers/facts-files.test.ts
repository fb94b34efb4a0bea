/**
 * Real files of facts in the layouts that `--fundamentals`, `--earnings`, `--news` and `--index` take. Row, company and date counts and
 * the 21 look-ahead rows are those the data pack's own SOURCES.md states, the crashes of the index too; single records were read
 * off the files with zcat; the equal-weighted means are NumPy's (equal-weighted.py). The pack is not part of this repository, so
 * these cards run where it is.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addReturns, equalWeighted, indexReturns } from '../../../shared/domain/market/equal-weighted.ts';
import { formatDay, parseDay } from '../../../shared/kernel/days.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import { readEarnings } from '../../../shared/providers/files/earnings.ts';
import { readFundamentals } from '../../../shared/providers/files/fundamentals.ts';
import { mergeReports } from '../../../shared/providers/files/merge-reports.ts';
import { readNews } from '../../../shared/providers/files/news.ts';
import { openDataset } from '../../../shared/providers/files/open-dataset.ts';
import golden from './equal-weighted.json' with { type: 'json' };

const folder = process.env.BALLAST_MARKET_DATA ?? '../shared/data';
const isPresent = existsSync(join(folder, 'fundamentals'));
const bytes = (path: string): Uint8Array => readFileSync(join(folder, path));
const wide = 'pit_quarterly_wide.csv.gz';
const sec = 'sec_pit_sp500.csv.gz';
const apple = 'AAPL' as Ticker;

describe('files of facts (run where BALLAST_MARKET_DATA is present)', () => {
  test.skipIf(!isPresent)('of 21,731 quarterly reports exactly the 21 that were available before their quarter ended are rejected', () => {
    const { rows, facts, rejected, repeated } = readFundamentals(bytes(`fundamentals/${wide}`), wide);
    expect([rows, rejected.length, repeated]).toEqual([21_731, 21, 0]);
    expect(new Set([...facts.keys(), ...rejected.map(({ symbol }) => symbol)]).size).toBe(1943);
    expect(new Set(rejected.map(({ reason }) => reason))).toEqual(new Set(['available-before-period-end']));
    const leads = rejected.map(({ periodEnd, availableDay }) => parseDay(availableDay) - parseDay(periodEnd!));
    expect([Math.min(...leads), Math.max(...leads)]).toEqual([-4382, -1]);
    expect(rejected.find(({ symbol }) => symbol === 'COST')).toEqual({
      file: wide,
      line: 4324,
      symbol: 'COST',
      periodEnd: '2020-06-30',
      availableDay: '2020-06-04',
      reason: 'available-before-period-end',
    });
    for (const reports of facts.values()) for (const one of reports) expect(one.availableDay).toBeGreaterThanOrEqual(one.periodEnd);
  });

  test.skipIf(!isPresent)('13,832 reports of 299 companies are read, with what they leave out', () => {
    const { rows, facts, rejected } = readFundamentals(bytes(`fundamentals/${sec}`), sec);
    expect([rows, facts.size, rejected]).toEqual([13_832, 299, []]);
    const late = [...facts.values()].flat().filter(({ periodEnd, availableDay }) => availableDay - periodEnd > 200);
    expect(late).toHaveLength(398);
    expect(facts.get('A' as Ticker)!.find(({ periodEnd }) => periodEnd === parseDay('2017-04-30'))).toMatchObject({
      availableDay: parseDay('2017-06-06'),
      netIncomeUsd: 164_000_000,
      totalAssetsUsd: 8_016_000_000,
      operatingCashFlowUsd: null,
      revenueUsd: null,
    });
  });

  test.skipIf(!isPresent)('two files of one company tell each quarter once, although they date its end differently', () => {
    const files = [sec, wide].map((name) => readFundamentals(bytes(`fundamentals/${name}`), name).facts.get(apple)!);
    const merged = mergeReports(files);
    const ends = merged.map(({ periodEnd }) => periodEnd).sort((a, b) => a - b);
    for (const [index, end] of ends.entries()) if (index > 0) expect(end - ends[index - 1]!).toBeGreaterThan(80);
    expect(merged.at(-1)).toMatchObject({
      revenueUsd: 89_498_000_000,
      operatingCashFlowUsd: 21_598_000_000,
      sharesOutstanding: 15_672_399_000,
    });
  });

  test.skipIf(!isPresent)('43,802 earnings releases of 2,421 companies are read', () => {
    const { rows, facts, rejected, repeated, lastDay } = readEarnings(
      bytes('fundamentals/earnings_surprises_2012_2019.csv.gz'),
      'e.csv.gz',
    );
    expect([rows, facts.size, rejected.length, repeated, formatDay(lastDay)]).toEqual([43_802, 2421, 0, 0, '2019-08-15']);
    expect(facts.get(apple)!.find(({ availableDay }) => availableDay === parseDay('2013-07-23'))).toEqual({
      availableDay: parseDay('2013-07-23'),
      session: 'post',
      epsUsd: 1.07,
      epsEstimateUsd: 1.04,
    });
  });

  test.skipIf(!isPresent)('6,369 headlines of 25 companies are read, those told twice once', () => {
    const { rows, facts, repeated } = readNews(bytes('news/dated_ticker_headlines.csv.gz'), 'n.csv.gz');
    const kept = [...facts.values()].flat();
    expect([rows, facts.size, kept.length + repeated]).toEqual([6369, 25, 6369]);
    // Three of them have a line feed in quotes.
    expect(kept.filter(({ text }) => /\n/.test(text))).toEqual([]);
    expect(new Date(Math.min(...kept.map(({ publishedAt }) => publishedAt))).toISOString()).toBe('2009-04-29T12:48:00.000Z');
  });
});

describe('the market of real files (run where BALLAST_MARKET_DATA is present)', () => {
  test.skipIf(!isPresent)('^GSPC falls by 20.47 % on 1987-10-19 and by 11.98 % on 2020-03-16', async () => {
    const dataset = await openDataset(bytes('index/us_indices_daily.csv.gz'), 'us_indices_daily.csv.gz');
    const [series] = await dataset.bars(['^GSPC' as Ticker]);
    const { day, simpleReturn } = indexReturns('^GSPC', series!);
    const on = (date: string): number => simpleReturn[day.indexOf(parseDay(date))]!;
    expect(on('1987-10-19')).toBeCloseTo(-0.2047, 4);
    expect(on('2020-03-16')).toBeCloseTo(-0.1198, 4);
  });

  test.skipIf(!isPresent)('forty companies with equal weight are as NumPy has them', async () => {
    const dataset = await openDataset(bytes('daily/core40_daily_2005_2023.csv.gz'), 'core40_daily_2005_2023.csv.gz');
    const { day, simpleReturn } = equalWeighted(addReturns(await dataset.bars(dataset.symbols)));
    expect(day).toHaveLength(golden.sessions);
    for (const { date, simpleReturn: expected } of golden.means)
      expect(Math.abs(simpleReturn[day.indexOf(parseDay(date))]! - expected), date).toBeLessThan(1e-14);
    const compounded = simpleReturn.reduce((value, one) => value * (1 + one), 1);
    expect(Math.abs(compounded / golden.compounded - 1)).toBeLessThan(1e-12);
  });
});
