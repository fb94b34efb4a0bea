/** The report as it is read: the page stands alone and is well formed, and what came from outside stays text. */
import { describe, expect, test } from 'vitest';
import { type ReportDocument, reportDocument } from '../../../../shared/domain/analytics/report-document.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { Ticker } from '../../../../shared/kernel/units.ts';
import { summaryOf } from '../../../../shared/runtime/daily-report/publish.ts';
import { reportMarkdown } from '../../../../shared/runtime/daily-report/render-markdown.ts';
import { reportPage } from '../../../../shared/runtime/daily-report/render-page.ts';
import { decimal, percent, signedPercent, signedUsd, usd, whyNot } from '../../../../shared/runtime/page/format.ts';
import { daysOf, order, pointsOf } from '../../../support/analytics-points.ts';
import { tagFaults } from '../../../support/tag-faults.ts';

const hostile = `<img src="https://evil.example/x" onerror='alert(1)'>&|*` as Ticker;

function reportOf(sessions: number, symbol: Ticker = hostile): ReportDocument {
  const equities = Array.from({ length: sessions }, (_, k) => 100_000 * (1 + 0.01 * Math.sin(k / 5) + 0.0004 * k));
  const market = equities.map((_, k) => 0.004 * Math.cos(k / 5));
  const points = pointsOf(equities, market).map((one, k) => ({
    ...one,
    holdings: [{ symbol, sector: symbol, quantity: 100 + k, priceUsd: 10 }],
    closes: { [symbol]: 10 + (k % 3), BBB: 50 + (k % 2), CCC: 20 },
    opinions: [symbol, 'BBB', 'CCC'].map((of, i) => ({
      symbol: of as Ticker,
      agent: symbol,
      expectedReturn: 0.001 * (i - 1),
      confidence: 0.5,
    })),
    orders: [order({ symbol, filledQuantity: 1, quantity: 1, averagePriceUsd: 10, state: symbol })],
    system: { ...one.system, blocked: { [symbol]: 1 }, refusedTrades: { [symbol]: 1 }, abstentions: { [symbol]: 2 } },
  }));
  const document = reportDocument(daysOf(points));
  if (isRefusal(document)) throw new Error(document.reason);
  return document;
}

describe.each([1, 2, 30, 252])('the page of a report over %i days', (sessions) => {
  const page = reportPage(reportOf(sessions));

  test('is well formed', () => {
    expect(tagFaults(page)).toEqual([]);
  });

  test('loads nothing and runs nothing', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b/i);
    expect(page.match(/(?:src|href|xlink:href|action|data)="(?!#)[^"]*"/g)).toBeNull();
    expect(page).not.toMatch(/url\(|@import|@font-face/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test('keeps a symbol that is markup as text', () => {
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=&quot;https://evil.example');
  });

  test('describes every picture, names every id once, and links to sections that are there', () => {
    const pictures = page.match(/<svg [^>]*>/g) ?? [];
    expect(page.match(/<desc /g) ?? []).toHaveLength(pictures.length);
    const ids = [...page.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...page.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g)].flatMap(([, targets]) => targets!.split(' '));
    expect(links.filter((target) => !ids.includes(target))).toEqual([]);
  });

  test('has no number that is none, and stays small', () => {
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
  });
});

test('Markdown has a row for what the page has, and escapes what would be markup', () => {
  const text = reportMarkdown(reportOf(30)).trimEnd();
  expect(text).toContain('# Ballast, 2024-02-');
  expect(text).not.toMatch(/(?<!\\)<img/);
  const tables = text.split('\n\n').filter((part) => part.startsWith('|'));
  for (const table of tables) {
    const widths = table.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length);
    expect(new Set(widths).size, table).toBe(1);
  }
  expect(tables.length).toBeGreaterThan(8);
});

test('the summary is one line that an alert can show', () => {
  expect(summaryOf(reportOf(1))).toMatch(
    /^Report 2024-01-03: equity \$100,000, last session –, since the start –, max drawdown –, 1 of 1 orders filled\.$/,
  );
  expect(summaryOf(reportOf(30))).toMatch(/last session [+−]\d\.\d\d % \(market [+−]?\d\.\d\d %\)/);
});

test('numbers carry a true minus, a dash for what is none, and no minus zero', () => {
  expect([usd(1234.5), usd(-12_345.6), usd(Number.NaN), signedUsd(3), signedUsd(-0.001)]).toEqual([
    '$1,234.50',
    '−$12,346',
    '–',
    '+$3.00',
    '$0.00',
  ]);
  expect([percent(-0.123456), signedPercent(0.00001), signedPercent(0.05), decimal(-0.0001, 2)]).toEqual([
    '−12.35 %',
    '0.00 %',
    '+5.00 %',
    '0.00',
  ]);
  expect(whyNot({ kind: 'refused', reason: 'too-few-returns', details: { has: 3, wants: 20 } })).toBe('too few returns yet (3 of 20)');
  expect([whyNot({ kind: 'refused', reason: 'some-new-reason', details: {} }), whyNot(1)]).toEqual(['some new reason', '']);
});
