import { describe, expect, test } from 'vitest';
import { nearest } from '../../../apps/cli/nearest.ts';
import { areaChart } from '../../../apps/cli/render/area-chart.ts';
import { bar, figures, line, pageWidth, pct, price, signedPct, wrapped, wrappedTable } from '../../../apps/cli/render/explain/layout.ts';
import { allInWords, coded, inWords } from '../../../apps/cli/render/explain/words.ts';

describe('an area chart', () => {
  test('fills from the lowest value, which still shows, to the highest, which fills its column', () => {
    expect(areaChart([0, -0.5, -1], { columns: 3, rows: 2 })).toEqual(['   0.00 % ┤█▁', '-100.00 % ┤██▁']);
  });

  test('shows the trough of the days that share a column', () => {
    const values = Array.from({ length: 100 }, (_, day) => (day === 33 ? -1 : 0));
    const chart = areaChart(values, { columns: 10, rows: 2 });
    expect(chart[0]).toBe('   0.00 % ┤███ ██████');
    expect(chart[1]).toBe('-100.00 % ┤███▁██████');
  });

  test('draws a line of its own for values that do not differ, and nothing for none', () => {
    expect(areaChart([0, 0], { columns: 2, rows: 2 })).toEqual(['0.00 % ┤', '0.00 % ┤▁▁']);
    expect(areaChart([], { columns: 2, rows: 2 })).toEqual([]);
  });

  test('widens a short series to whole cells and never beyond its columns', () => {
    for (const days of [1, 3, 49, 80, 81, 500]) {
      const chart = areaChart(
        Array.from({ length: days }, (_, day) => -day),
        { columns: 80, rows: 6 },
      );
      expect(chart).toHaveLength(6);
      expect(Math.max(...chart.map((row) => row.split('┤')[1]!.length))).toBeLessThanOrEqual(80);
    }
  });
});

describe('numbers', () => {
  test('a bar shows something as at least one cell, no more than all, and nothing of what is no number', () => {
    expect([0, 0.001, 0.5, 1, 7, Number.NaN, -1].map((frac) => bar(frac, 4))).toEqual([
      '░░░░',
      '█░░░',
      '██░░',
      '████',
      '████',
      '░░░░',
      '░░░░',
    ]);
  });

  test('no minus stands before what rounds to zero', () => {
    expect([pct(-0.000001), signedPct(-0.000001), signedPct(0.01), signedPct(-0.01)]).toEqual(['0.00 %', '0.00 %', '+1.00 %', '-1.00 %']);
  });

  test('tiny numbers keep three figures, prices below ten dollars four decimals', () => {
    expect([figures(0.0000117223), figures(0), price(132.7601), price(3.7065), price(1234.5)]).toEqual([
      '0.0000117',
      '0',
      '132.76 USD',
      '3.7065 USD',
      '1,234.50 USD',
    ]);
  });
});

describe('text', () => {
  test('goes on below itself within the page', () => {
    const long = 'one word after another '.repeat(20).trim();
    expect(
      Math.max(
        ...line('label', long)
          .split('\n')
          .map((row) => row.length),
      ),
    ).toBeLessThanOrEqual(pageWidth);
    expect(wrapped(long, 30).join(' ')).toBe(long);
    const table = wrappedTable(
      [
        { title: 'a', text: () => 'x' },
        { title: 'b', text: () => long },
      ],
      [1],
      (text) => text,
    );
    expect(Math.max(...table.split('\n').map((row) => row.length))).toBeLessThanOrEqual(pageWidth);
  });

  test('a reason without a sentence is read out, and one said several times is said once', () => {
    expect(inWords('no-such-reason')).toBe('no such reason');
    expect(coded('outbid')).toBe('outbid: stronger candidates took all seats of the auction');
    expect(allInWords(['stress-loss-over-limit', 'stress-loss-over-limit'])).toBe('a stress scenario would lose more than its limit');
  });
});

test('near names are a slip of the pen away, the nearest first', () => {
  expect(nearest('APPL', ['AAPL', 'AMZN', 'PPL', 'APP'], 3)).toEqual(['AAPL', 'APP', 'PPL']);
  expect(nearest('AAPK', ['AAPL', 'AMZN', 'MSFT'], 3)).toEqual(['AAPL']);
  expect(nearest('MICROSOFT', ['AAPL', 'MSFT'], 3)).toEqual([]);
});
