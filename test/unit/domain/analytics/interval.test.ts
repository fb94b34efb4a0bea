import { describe, expect, test } from 'vitest';
import { measureInterval } from '../../../../shared/domain/analytics/interval.ts';
import { first, order, point, second } from '../../../support/analytics-points.ts';

const moved = point('2024-01-03').cashMoved;

describe('an interval between two cycles', () => {
  test('gives each symbol what its price and its trades made', () => {
    const from = point('2024-01-03', {
      equityUsd: 100_000,
      holdings: [{ symbol: second, sector: 'Energy', quantity: 100, priceUsd: 50 }],
      orders: [order({ side: 'BUY', filledQuantity: 1000, quantity: 1000, averagePriceUsd: 10.1 })],
    });
    const to = point('2024-01-04', {
      equityUsd: 101_100,
      holdings: [
        { symbol: first, sector: 'Utilities', quantity: 1000, priceUsd: 11 },
        { symbol: second, sector: 'Energy', quantity: 100, priceUsd: 52 },
      ],
      market: { name: 'index', returns: [['2024-01-03', 0.004]] },
    });
    const interval = measureInterval(from, to, [from]);
    expect(interval).toMatchObject({ sessions: 1, profitUsd: 1100, returnFrac: 0.011, marketReturnFrac: expect.closeTo(0.004, 12) });
    expect(interval).toMatchObject({
      symbols: [
        { symbol: 'AAA', sector: 'Utilities', profitUsd: expect.closeTo(900, 9), tradedUsd: expect.closeTo(10_100, 9) },
        { symbol: 'BBB', sector: 'Energy', profitUsd: 200, tradedUsd: 0 },
      ],
      cashProfitUsd: expect.closeTo(0, 9),
    });
  });

  test('takes a deposit for no profit, and a dividend for one of its symbol', () => {
    const from = point('2024-01-03', { holdings: [{ symbol: second, sector: null, quantity: 10, priceUsd: 50 }] });
    const to = point('2024-01-04', {
      equityUsd: 150_007,
      holdings: [{ symbol: second, sector: null, quantity: 10, priceUsd: 50 }],
      cashMoved: { ...moved, transfersUsd: 50_000, interestUsd: 2, dividendsUsd: { [second]: 5 } },
    });
    expect(measureInterval(from, to, [from])).toMatchObject({
      depositsUsd: 50_000,
      profitUsd: 7,
      returnFrac: 0.00007,
      symbols: [{ symbol: 'BBB', profitUsd: 5 }],
      cashProfitUsd: 2,
      dividendsUsd: 5,
    });
  });

  test('knows the market over a session without a cycle, or says which return is missing', () => {
    const from = point('2024-01-03');
    const returns = [
      ['2024-01-03', 0.01],
      ['2024-01-04', 0.02],
    ] as const;
    const to = point('2024-01-05', { market: { name: 'index', returns } });
    expect(measureInterval(from, to, [from])).toMatchObject({ sessions: 2, marketReturnFrac: expect.closeTo(1.01 * 1.02 - 1, 12) });
    expect(measureInterval(from, point('2024-01-05'), [from])).toMatchObject({
      marketReturnFrac: { kind: 'refused', reason: 'market-return-unknown', details: { day: '2024-01-03' } },
      agents: { kind: 'refused', reason: 'more-than-one-session' },
    });
  });

  test.each([
    ['equity-not-positive', { equityUsd: 0 }, {}],
    ['equity-not-finite', { equityUsd: Number.NaN }, {}],
    ['equity-not-finite', {}, { equityUsd: Number.POSITIVE_INFINITY }],
    ['not-later', {}, { valuedAt: '2024-01-02' }],
  ])('is refused: %s', (reason, before, after) => {
    const from = point('2024-01-03', before);
    expect(measureInterval(from, point('2024-01-04', after), [from])).toMatchObject({ kind: 'refused', reason });
  });
});
