import { describe, expect, test } from 'vitest';
import type { FundamentalReport } from '../../../shared/domain/market/facts.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { readEarnings } from '../../../shared/providers/files/earnings.ts';
import { factsOf } from '../../../shared/providers/files/facts-of.ts';
import { readFundamentals } from '../../../shared/providers/files/fundamentals.ts';
import { mergeReports } from '../../../shared/providers/files/merge-reports.ts';
import { readNews } from '../../../shared/providers/files/news.ts';
import { toBars } from '../domain/fixtures.ts';

const unreported = {
  revenueUsd: null,
  netIncomeUsd: null,
  totalAssetsUsd: null,
  equityUsd: null,
  operatingCashFlowUsd: null,
  capitalExpenditureUsd: null,
  freeCashFlowUsd: null,
  sharesOutstanding: null,
};

const report = (periodEnd: string, availableDay: string, known: Partial<FundamentalReport>): FundamentalReport => ({
  ...unreported,
  ...known,
  periodEnd: parseDay(periodEnd),
  availableDay: parseDay(availableDay),
});

describe('reports of several files', () => {
  test('of one quarter and one day are one report: the first file is believed, the second fills what it left out', () => {
    const one = report('2022-06-25', '2022-07-29', { netIncomeUsd: 5, operatingCashFlowUsd: 7 });
    const two = report('2022-06-30', '2022-07-29', { netIncomeUsd: 6, revenueUsd: 80 });
    expect(mergeReports([[one], [two]])).toEqual([{ ...one, revenueUsd: 80 }]);
    expect(mergeReports([[two], [one]])).toEqual([{ ...two, operatingCashFlowUsd: 7 }]);
  });

  test('never take a number from a record that was available later', () => {
    const first = report('2022-06-30', '2022-07-29', { netIncomeUsd: 5 });
    const revised = report('2022-06-30', '2022-09-01', { netIncomeUsd: 4, revenueUsd: 80 });
    expect(mergeReports([[revised], [first]])).toEqual([first]);
  });

  test('of neighbouring quarters stay apart, in the order they became known', () => {
    const late = report('2009-03-31', '2010-04-30', { netIncomeUsd: 1 });
    const quarters = [report('2009-09-30', '2009-10-30', {}), report('2009-12-31', '2010-01-30', {}), late];
    expect(mergeReports([[late, ...quarters.slice(0, 2)]])).toEqual(quarters);
  });
});

describe('facts in the shares of the bars', () => {
  const day = { open: 100, high: 100, low: 100, close: 100, volume: 1, dividend: 0, split: 1 };
  /** Four for one in August 2020, and two for one in June 2014. */
  const bars = toBars('AAPL', [
    { ...day, day: parseDay('2014-06-09'), split: 2 },
    { ...day, day: parseDay('2019-08-15') },
    { ...day, day: parseDay('2020-08-31'), split: 4 },
  ]);
  const text = (header: string, ...lines: string[]): Buffer => Buffer.from([header, ...lines].join('\n'));

  test('a split after the file ended is applied, one before it was already', () => {
    const file = readEarnings(text('symbol,date,eps,eps_est', 'AAPL,2013-07-23,1.07,', 'AAPL,2019-07-30,2.18,2.1'), 'e.csv');
    expect(factsOf(bars, { fundamentals: [], earnings: [file], news: [] }).earnings).toMatchObject([
      { epsUsd: 0.2675, epsEstimateUsd: null },
      { epsUsd: 0.545, epsEstimateUsd: 0.525 },
    ]);
    const header = 'symbol,period_end,available_date,net_income,shares_outstanding';
    const early = readFundamentals(text(header, 'AAPL,2019-06-30,2019-07-31,10,4000'), 'f.csv');
    const late = readFundamentals(text(header, 'AAPL,2019-06-30,2019-07-31,10,16000', 'IBM,2021-06-30,2021-07-31,1,1'), 'g.csv');
    for (const file of [early, late]) {
      const { reports } = factsOf(bars, { fundamentals: [file], earnings: [], news: [] });
      expect(reports).toMatchObject([{ sharesOutstanding: 16_000, netIncomeUsd: 10 }]);
    }
  });

  test('lists ascend by the day they became known, whatever the order of the file', () => {
    const header = 'symbol,published_at,headline';
    const file = readNews(
      text(header, 'AAPL,2020-06-05T14:30:00Z,b', 'AAPL,2019-06-05T14:30:00Z,a', 'IBM,2018-01-01T00:00:00Z,c'),
      'n.csv',
    );
    const { news } = factsOf(bars, { fundamentals: [], earnings: [], news: [file, file] });
    expect(news.map(({ text: headline }) => headline)).toEqual(['a', 'b']);
  });
});
