import { describe, expect, test } from 'vitest';
import { addReturns, equalWeighted, indexReturns, mergeSums } from '../../../../shared/domain/market/equal-weighted.ts';
import { noMarket } from '../../../../shared/domain/market/market-history.ts';
import { parseDay } from '../../../../shared/kernel/days.ts';
import { toBars } from '../fixtures.ts';

/** A company by its closes, on the days given; a dividend is paid where one is named. */
function company(symbol: string, closes: Readonly<Record<string, number>>, dividends: Readonly<Record<string, number>> = {}) {
  const rows = Object.entries(closes).map(([date, close]) => ({
    day: parseDay(date),
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
    dividend: dividends[date] ?? 0,
    split: 1,
  }));
  return toBars(symbol, rows);
}

const friday = '2019-06-14';
const monday = '2019-06-17';
const tuesday = '2019-06-18';

describe('the market of all companies', () => {
  test('is the mean of their total returns from one session to the next', () => {
    const rises = company('A', { [friday]: 100, [monday]: 110, [tuesday]: 110 }, { [monday]: 10 });
    const falls = company('B', { [friday]: 50, [monday]: 45, [tuesday]: 54 });
    const market = equalWeighted(addReturns([rises, falls]), 2);
    expect([...market.day]).toEqual([parseDay(monday), parseDay(tuesday)]);
    expect(market.simpleReturn[0]).toBeCloseTo(0.05, 13);
    expect(market.simpleReturn[1]).toBeCloseTo(0.1, 13);
    expect(market.name).toBe('equal-weighted universe');
  });

  test('leaves out a session in which too few companies have a return', () => {
    const sums = addReturns([company('A', { [friday]: 1, [monday]: 1, [tuesday]: 1 }), company('B', { [monday]: 1, [tuesday]: 1 })]);
    expect(sums).toEqual({ day: [parseDay(monday), parseDay(tuesday)], sum: [0, 0], count: [1, 2] });
    expect([...equalWeighted(sums, 2).day]).toEqual([parseDay(tuesday)]);
    expect([...equalWeighted(sums).day]).toEqual([]);
  });

  test.each([
    ['over a gap of a session', company('A', { [friday]: 1, [tuesday]: 1.1 })],
    ['beyond what news explains', company('A', { [friday]: 1, [monday]: 1.7 })],
    ['down as far', company('A', { [friday]: 1, [monday]: 0.6 })],
    ['from a price of zero', company('A', { [friday]: 0, [monday]: 1 })],
    ['to a negative price', company('A', { [friday]: 1, [monday]: -1 })],
    ['to no number', company('A', { [friday]: 1, [monday]: Number.NaN })],
    ['on a day that is no session', company('A', { [friday]: 1, '2019-06-15': 1 })],
    ['outside the calendar', company('A', { '1950-01-03': 1, '1950-01-04': 1 })],
  ])('leaves out a return %s', (_what, bars) => {
    expect(addReturns([bars]).day).toEqual([]);
  });

  test('leaves out a day delivered twice, and the return from it', () => {
    const once = company('A', { [friday]: 1, [monday]: 1.1, [tuesday]: 1.2 });
    const rows = [0, 1, 1, 2];
    const twice = {
      ...once,
      day: Int32Array.from(rows, (row) => once.day[row]!),
      close: Float64Array.from(rows, (row) => once.close[row]!),
      dividend: new Float64Array(4),
    };
    expect(addReturns([twice]).day).toEqual([]);
  });

  test('is the same however the companies are shared among chunks, but for rounding', () => {
    const all = Array.from({ length: 12 }, (_, index) => company(`S${index}`, { [friday]: 7, [monday]: 7 + index / 9, [tuesday]: 8 }));
    const parts = mergeSums([addReturns(all.slice(0, 5)), addReturns(all.slice(5)), addReturns([])]);
    const whole = addReturns(all);
    expect([parts.day, parts.count]).toEqual([whole.day, whole.count]);
    parts.sum.forEach((sum, index) => {
      expect(sum).toBe(whole.sum[index]);
    });
  });

  test('is empty where nothing is known', () => {
    expect(addReturns([]).day).toEqual([]);
    expect(equalWeighted(mergeSums([])).day).toHaveLength(0);
    expect(noMarket.day).toHaveLength(0);
  });
});

describe('an index', () => {
  test('is its closes, and passes over a level that is not positive', () => {
    const bars = company('^X', { [friday]: 100, [monday]: 103, [tuesday]: 0, '2019-06-19': 100, '2019-06-20': 99 });
    const { name, day, simpleReturn } = indexReturns('^X', bars);
    expect([name, [...day]]).toEqual(['^X', [parseDay(monday), parseDay('2019-06-20')]]);
    expect(simpleReturn[0]).toBeCloseTo(0.03, 13);
    expect(simpleReturn[1]).toBeCloseTo(-0.01, 13);
  });
});
