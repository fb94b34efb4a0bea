/**
 * What must hold for every sequence of fills in one symbol, to the last micro-dollar:
 *  1. Money is conserved: what was paid in all is what the holding cost, less what was gained.
 *  2. A holding of nothing costs nothing.
 *  3. Cost has the sign of the quantity.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Holding, holdingAfterFill } from '../../../shared/domain/execution/holding.ts';
import { type MicroUsd, type NanoShares, noMoney, noShares, notionalOf } from '../../../shared/kernel/money.ts';

const aFill = fc.record({
  quantity: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }).filter((quantity) => quantity !== 0n),
  price: fc.bigInt({ min: 10_000n, max: 10n ** 9n }),
});

test('fills conserve money, and a holding of nothing costs nothing', () => {
  fc.assert(
    fc.property(fc.array(aFill, { maxLength: 30 }), (fills) => {
      let holding: Holding = { quantity: noShares, cost: noMoney };
      let [paid, gained] = [0n, 0n];
      for (const { quantity, price } of fills) {
        const value = notionalOf(quantity as NanoShares, price as MicroUsd);
        const change = holdingAfterFill(holding, { quantity: quantity as NanoShares, value });
        holding = change.holding;
        paid += value;
        gained += change.realised;
        expect(paid).toBe(holding.cost - gained);
        if (holding.quantity === 0n) expect(holding.cost).toBe(0n);
        if (holding.quantity > 0n) expect(holding.cost >= 0n).toBe(true);
        if (holding.quantity < 0n) expect(holding.cost <= 0n).toBe(true);
      }
    }),
  );
});
