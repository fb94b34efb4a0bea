/** Parts that are shown as parts of a whole add up to it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attribution } from '../../../../shared/domain/analytics/attribution.ts';
import { type Interval, measureInterval } from '../../../../shared/domain/analytics/interval.ts';
import type { Ticker } from '../../../../shared/kernel/units.ts';
import { order, point } from '../../../support/analytics-points.ts';

const symbols = ['AAA', 'BBB', 'CCC'] as Ticker[];
const price = fc.double({ min: 1, max: 500, noNaN: true });
const shares = fc.double({ min: -2000, max: 2000, noNaN: true });
const smallReturn = fc.double({ min: -0.1, max: 0.1, noNaN: true });

test('profits of symbols and of cash add up to the profit, whatever was held, traded and paid', () => {
  const held = fc.array(fc.record({ before: shares, traded: shares, opened: price, paid: price, closed: price, dividend: smallReturn }), {
    minLength: 0,
    maxLength: 3,
  });
  fc.assert(
    fc.property(held, fc.double({ min: -1e5, max: 1e5, noNaN: true }), (positions, depositUsd) => {
      const worth = positions.map(({ before, opened }) => before * opened);
      const equityUsd = 1e7 + worth.reduce((sum, one) => sum + one, 0);
      const cashAfter = positions.reduce((cash, { traded, paid, dividend }) => cash - traded * paid + dividend, 1e7 + depositUsd);
      const from = point('2024-01-03', {
        equityUsd,
        holdings: positions.map(({ before, opened }, index) => ({
          symbol: symbols[index]!,
          sector: null,
          quantity: before,
          priceUsd: opened,
        })),
        orders: positions.map(({ traded, paid }, index) =>
          order({
            symbol: symbols[index]!,
            side: traded < 0 ? 'SELL' : 'BUY',
            quantity: Math.abs(traded),
            filledQuantity: Math.abs(traded),
            averagePriceUsd: paid,
          }),
        ),
      });
      const after = positions.map(({ before, traded, closed }, index) => ({
        symbol: symbols[index]!,
        sector: null,
        quantity: before + traded,
        priceUsd: closed,
      }));
      const to = point('2024-01-04', {
        equityUsd: after.reduce((sum, { quantity, priceUsd }) => sum + quantity * priceUsd, cashAfter),
        holdings: after,
        cashMoved: {
          ...from.cashMoved,
          transfersUsd: depositUsd,
          dividendsUsd: Object.fromEntries(positions.map(({ dividend }, index) => [symbols[index]!, dividend])),
        },
      });
      const interval = measureInterval(from, to, [from]) as Interval;
      const parts = interval.symbols.reduce((sum, { profitUsd }) => sum + profitUsd, interval.cashProfitUsd);
      expect(Math.abs(parts - interval.profitUsd)).toBeLessThan(1e-6);
      // Nothing but the symbols made anything here.
      expect(Math.abs(interval.cashProfitUsd)).toBeLessThan(1e-5);
    }),
  );
});

test('the parts of the attribution are the total, to the cent, with and without a regression', () => {
  const interval = fc.record({
    openingUsd: fc.double({ min: 1000, max: 1e8, noNaN: true }),
    returnFrac: smallReturn,
    market: fc.option(smallReturn, { freq: 20 }),
    sessions: fc.constantFrom(1, 1, 1, 2),
    slippageUsd: fc.double({ min: -500, max: 500, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 60 }), (drawn) => {
      const intervals = drawn.map(({ openingUsd, returnFrac, market, sessions, slippageUsd }) => ({
        ...{ openingUsd, returnFrac, sessions },
        profitUsd: openingUsd * returnFrac,
        riskFreeFrac: 0.0001,
        marketReturnFrac: market ?? ({ kind: 'refused', reason: 'market-return-unknown', details: {} } as const),
        cost: { slippageUsd },
      }));
      const { totalUsd, riskFreeUsd, betaUsd, alphaUsd, costUsd, residualUsd, unattributedUsd } = attribution(intervals, 20);
      const inCents = [riskFreeUsd, betaUsd, alphaUsd, costUsd, residualUsd, unattributedUsd].map((usd) => Math.round(usd * 100));
      expect(inCents.reduce((sum, cents) => sum + cents, 0)).toBe(Math.round(totalUsd * 100) + 0);
      expect(totalUsd).toBeCloseTo(
        intervals.reduce((sum, { profitUsd }) => sum + profitUsd, 0),
        1,
      );
    }),
  );
});
