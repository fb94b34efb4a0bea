import { describe, expect, test } from 'vitest';
import { dailyMetrics } from '../../../../shared/domain/analytics/daily-metrics.ts';
import { drawdownEpisodes, equityCurve } from '../../../../shared/domain/analytics/equity-curve.ts';
import { reportDocument } from '../../../../shared/domain/analytics/report-document.ts';
import { contentHash } from '../../../../shared/kernel/canonical-json.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { daysOf, first, order, point, pointsOf, second } from '../../../support/analytics-points.ts';

const documentOf = (points: ReturnType<typeof pointsOf>) => {
  const document = reportDocument(daysOf(points));
  if (isRefusal(document)) throw new Error(document.reason);
  return document;
};

describe('the report of a day', () => {
  test('is refused where nothing was measured', () => {
    expect(reportDocument([])).toMatchObject({ kind: 'refused', reason: 'nothing-measured' });
  });

  test('on the first day has one close and says of every other figure why there is none', () => {
    const document = documentOf(pointsOf([100_000]));
    expect(document.curve).toEqual([{ day: '2024-01-02', equityUsd: 100_000, growth: 1, marketGrowth: 1, drawdownFrac: 0 }]);
    expect(document.last).toMatchObject({ kind: 'refused', reason: 'first-day' });
    expect(document.performance).toMatchObject({
      intervals: 0,
      totalReturnFrac: { kind: 'refused', reason: 'too-few-returns', details: { has: 0, wants: 1 } },
      sharpe: { kind: 'refused', reason: 'too-few-returns', details: { has: 0, wants: 20 } },
    });
    expect(document.attribution).toMatchObject({ totalUsd: 0, fit: { kind: 'refused', reason: 'too-few-returns' } });
    expect(document.agents).toEqual([]);
  });

  test('chains returns, the market beside them, and finds the drawdown', () => {
    const document = documentOf(pointsOf([100_000, 110_000, 99_000, 99_000, 110_000], [0.01, -0.02, 0, 0.03]));
    expect(document.curve.map(({ growth }) => growth)).toEqual([1, 1.1, 0.99, 0.99, 1.1].map((value) => expect.closeTo(value, 12)));
    expect(document.curve.at(-1)!.marketGrowth).toBeCloseTo(1.01 * 0.98 * 1.03, 12);
    expect(document.performance.maxDrawdownFrac).toBeCloseTo(0.1, 12);
    expect(document.drawdowns).toMatchObject([{ peakDay: '2024-01-03', troughDay: '2024-01-04', depthFrac: expect.closeTo(0.1, 12) }]);
  });

  test('a gap in the market breaks its line and refuses its figures, not the fund’s', () => {
    const [one, two, three] = pointsOf([100, 101, 102]);
    const document = documentOf([one!, two!, { ...three!, market: { name: 'index', returns: [] } }]);
    expect(document.curve.map(({ marketGrowth }) => marketGrowth)).toEqual([1, 1, null]);
    expect(document.market).toMatchObject({ kind: 'refused', reason: 'market-return-unknown' });
    expect(document.performance.totalReturnFrac).toBeCloseTo(0.02, 12);
  });

  test('comes out the same from the same metrics, to the byte', () => {
    const points = pointsOf([100_000, 101_000, 100_500]);
    expect(contentHash(documentOf(points))).toBe(contentHash(documentOf(structuredClone(points))));
  });

  test('counts the orders of all cycles of a day, and values it at its last', () => {
    const morning = point('2024-01-03', { orders: [order()], equityUsd: 100_000 });
    const evening = { ...point('2024-01-03', { orders: [order({ symbol: second, averagePriceUsd: 50 })], equityUsd: 99_990 }) };
    const metrics = dailyMetrics([morning, evening], []);
    expect(metrics).toMatchObject({ cycles: 2, equityUsd: 99_990, cost: { orders: 2, tradedUsd: 6000 } });
  });

  test('an exposure is long and short by sector', () => {
    const { exposure } = dailyMetrics(
      [
        point('2024-01-03', {
          holdings: [
            { symbol: first, sector: 'Energy', quantity: 1000, priceUsd: 10 },
            { symbol: second, sector: null, quantity: -100, priceUsd: 50 },
          ],
        }),
      ],
      [],
    );
    expect(exposure).toMatchObject({
      grossFrac: expect.closeTo(0.15, 12),
      netFrac: expect.closeTo(0.05, 12),
      sectors: [
        { sector: 'Energy', longFrac: 0.1, shortFrac: 0 },
        { sector: 'Unclassified', longFrac: 0, shortFrac: -0.05 },
      ],
    });
  });
});

test('an open drawdown is not recovered, and its length counts sessions that had no cycle', () => {
  const days = daysOf([point('2024-01-03'), point('2024-01-05', { equityUsd: 90_000 }), point('2024-01-08', { equityUsd: 95_000 })]);
  const intervals = days.flatMap(({ interval }) => (interval.kind === 'interval' ? [interval] : []));
  const curve = equityCurve({ day: '2024-01-02', equityUsd: 100_000 }, intervals);
  expect(drawdownEpisodes(curve, intervals)).toEqual([
    { peakDay: '2024-01-02', troughDay: '2024-01-04', recoveredDay: null, depthFrac: expect.closeTo(0.1, 12), sessions: 3 },
  ]);
});
