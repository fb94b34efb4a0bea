/** The first weeks of the trading year that `npm run simulate -- --year` runs whole: real prices, real machines, one call in a hundred struck. */
import { expect, test } from 'vitest';
import { hasMarketData, tradingYear } from './explorer/trading-year.ts';

test.skipIf(!hasMarketData)(
  'four cycles on real prices with one call in twenty struck end with the ledger equal to the exchange, to the cent',
  async () => {
    const year = await tradingYear({ seed: 3, cycles: 4, faultFrac: 0.05 });
    expect(year.differences).toEqual([]);
    expect(year.cycles).toBe(4);
    expect(year.orders).toBeGreaterThan(0);
    expect(Object.keys(year.reconciliations)).toContain('agrees');
    expect(Object.values(year.faultsStruck).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  },
);
