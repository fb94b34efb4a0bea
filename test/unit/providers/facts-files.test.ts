import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseDay } from '../../../shared/kernel/days.ts';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import { readEarnings } from '../../../shared/providers/files/earnings.ts';
import { readFundamentals } from '../../../shared/providers/files/fundamentals.ts';
import { readNews } from '../../../shared/providers/files/news.ts';

const fundamentals = (...lines: string[]) => readFundamentals(Buffer.from(lines.join('\n')), 'f.csv');
const earnings = (...lines: string[]) => readEarnings(Buffer.from(lines.join('\n')), 'e.csv');
const news = (...lines: string[]) => readNews(Buffer.from(lines.join('\n')), 'n.csv');
const wide = 'ticker,period_end,available_date,revenue,net_income,shares_outstanding';
const on = 'ON' as Ticker;

describe('a file of quarterly reports', () => {
  test('gives the columns it has, and null for the others and for empty cells', () => {
    expect(fundamentals(wide, 'ON,2020-06-30,2020-08-01,100.5,,7e6').facts.get(on)).toEqual([
      {
        periodEnd: parseDay('2020-06-30'),
        availableDay: parseDay('2020-08-01'),
        revenueUsd: 100.5,
        netIncomeUsd: null,
        totalAssetsUsd: null,
        equityUsd: null,
        operatingCashFlowUsd: null,
        capitalExpenditureUsd: null,
        freeCashFlowUsd: null,
        sharesOutstanding: 7_000_000,
      },
    ]);
  });

  test('rejects by name a report that was available before its quarter ended, and takes one available that very day', () => {
    const read = fundamentals(wide, 'ON,2020-06-30,2020-06-29,1,1,1', 'ON,2020-09-30,2020-09-30,1,1,1');
    expect(read.rejected).toEqual([
      { file: 'f.csv', line: 2, symbol: 'ON', periodEnd: '2020-06-30', availableDay: '2020-06-29', reason: 'available-before-period-end' },
    ]);
    expect(read.facts.get(on)!.map(({ periodEnd }) => periodEnd)).toEqual([parseDay('2020-09-30')]);
    expect(read.rows).toBe(2);
  });

  test.each(['NaN', 'inf', '-Infinity', '1e999'])('rejects a report with the number %s', (number) => {
    const read = fundamentals(wide, `ON,2020-06-30,2020-08-01,${number},1,1`);
    expect(read.rejected).toMatchObject([{ symbol: 'ON', reason: 'number-not-finite' }]);
    expect(read.facts.size).toBe(0);
  });

  test('keeps once what two lines tell alike, and believes neither of two that contradict each other', () => {
    const read = fundamentals(
      wide,
      'ON,2020-06-30,2020-08-01,1,2,3',
      'ON,2020-06-30,2020-08-01,1.0,2,3',
      'NA,2020-06-30,2020-08-01,1,2,3',
      'NA,2020-06-30,2020-08-01,9,2,3',
    );
    expect([read.repeated, read.facts.get(on)!.length, read.facts.has('NA' as Ticker)]).toEqual([1, 1, false]);
    expect(read.rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'conflicting-duplicate'],
      [5, 'conflicting-duplicate'],
    ]);
  });

  test.each([
    ['a number is needed', 'ON,2020-06-30,2020-08-01,dear,1,1', 'line 2, column revenue: "dear"'],
    ['a date is needed', 'ON,2020-06-31,2020-08-01,1,1,1', 'line 2, column period_end: "2020-06-31"'],
    ['hexadecimal is no amount', 'ON,2020-06-30,2020-08-01,0x10,1,1', 'line 2, column revenue: "0x10"'],
    ['a ticker is needed', ',2020-06-30,2020-08-01,1,1,1', 'line 2, column ticker: ""'],
    ['every field is needed', 'ON,2020-06-30,2020-08-01,1,1', 'line 2: 5 fields where the header has 6'],
  ])('is refused with its place where %s', (_what, line, place) => {
    expect(() => fundamentals(wide, line)).toThrow(ContractViolation);
    expect(() => fundamentals(wide, line)).toThrow(`f.csv ${place}`);
  });

  test('is refused for a column it does not know, one it needs, one given twice, and no amounts', () => {
    expect(() => fundamentals('ticker,period_end,available_dat,revenue', 'A,2020-01-01,2020-01-01,1')).toThrow(
      'f.csv: unknown column "available_dat"; did you mean "available_date"?',
    );
    expect(() => fundamentals('ticker,period_end,revenue', 'A,2020-01-01,1')).toThrow(
      'f.csv: column available_date is missing; the file has ticker, period_end, revenue',
    );
    expect(() => fundamentals('ticker,symbol,period_end', 'A,A,2020-01-01')).toThrow('f.csv: columns "ticker" and "symbol" mean the same');
    expect(() => fundamentals('ticker,period_end,available_date', 'A,2020-01-01,2020-01-01')).toThrow(/column revenue or .* is missing/);
  });

  test('is refused when it is empty, has no rows, or is of another kind', () => {
    expect(() => readFundamentals(Buffer.from(''), 'f.csv')).toThrow('f.csv is empty');
    expect(() => fundamentals(wide)).toThrow('f.csv holds a header and no rows');
    expect(() => readFundamentals(Buffer.from(''), 'f.parquet')).toThrow('give a .csv or .csv.gz file');
    expect(() => readFundamentals(Buffer.from('no'), 'f.csv.gz')).toThrow('f.csv.gz is no whole gzip file');
  });
});

describe('a file of earnings releases', () => {
  test('gives day, session, earnings and estimate', () => {
    const read = readEarnings(
      gzipSync('symbol,date,qtr,eps_est,eps,release_time,surp\nON,2012-11-19,12-Oct,0.8,0.84,post,0.04\nON,2013-02-14,,,-0.63,,\n'),
      'e.csv.gz',
    );
    expect(read.facts.get(on)).toEqual([
      { availableDay: parseDay('2012-11-19'), session: 'post', epsUsd: 0.84, epsEstimateUsd: 0.8 },
      { availableDay: parseDay('2013-02-14'), session: 'unknown', epsUsd: -0.63, epsEstimateUsd: null },
    ]);
    expect(read.lastDay).toBe(parseDay('2013-02-14'));
  });

  test('rejects a release that is announced and not made, and two that contradict each other', () => {
    const read = earnings('symbol,date,eps', 'ON,2030-01-02,', 'NA,2020-01-02,1', 'NA,2020-01-02,2');
    expect(read.rejected.map(({ line, reason, periodEnd }) => [line, reason, periodEnd])).toEqual([
      [2, 'no-earnings-per-share', null],
      [3, 'conflicting-duplicate', null],
      [4, 'conflicting-duplicate', null],
    ]);
  });

  test('is refused for a session it does not know', () => {
    expect(() => earnings('symbol,date,eps,release_time', 'ON,2020-01-02,1,noon')).toThrow(
      'e.csv line 2, column release_time: "noon" cannot be read; write pre or post',
    );
  });
});

describe('a file of headlines', () => {
  test('gives the instant and the text on one line, commas included', () => {
    expect(news('symbol,published_at,headline', 'ON,2020-06-05T14:30:00Z,"ON, again,\nrises"').facts.get(on)).toEqual([
      { publishedAt: Date.UTC(2020, 5, 5, 14, 30), text: 'ON, again, rises' },
    ]);
  });

  test('keeps the same headline at the same instant once, and at another instant twice', () => {
    const line = 'ON,2020-06-05T14:30:00Z,Up';
    const read = news('symbol,published_at,headline', line, line, 'ON,2020-06-05T10:31:00-04:00,Up');
    expect([read.repeated, read.facts.get(on)!.map(({ publishedAt }) => publishedAt)]).toEqual([
      1,
      [Date.UTC(2020, 5, 5, 14, 30), Date.UTC(2020, 5, 5, 14, 31)],
    ]);
  });

  test.each(['2020-06-05', '2020-06-05T14:30:00', '2020-02-30T14:30:00Z', 'June 5', '2020-06-05T25:00:00Z'])(
    'is refused for %s, which names no instant',
    (text) => {
      expect(() => news('symbol,published_at,headline', `ON,${text},Up`)).toThrow(
        `n.csv line 2, column published_at: "${text}" cannot be read; write an instant with its zone`,
      );
    },
  );
});
