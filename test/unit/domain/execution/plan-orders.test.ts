import { describe, expect, test } from 'vitest';
import {
  type OrderPlan,
  type OrderPlanQuestion,
  type PlannedPosition,
  planOrders,
} from '../../../../shared/domain/execution/plan-orders.ts';
import { newYorkInstant } from '../../../../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import type { CycleId } from '../../../../shared/kernel/units.ts';
import { asOf, ticker } from '../fixtures.ts';

const limits = defaultPolicy.execution;
const now = newYorkInstant(asOf, 15, 45);
const cycleId = 'cycle-2019-06-14' as CycleId;
const bought = ({ orders }: OrderPlan): unknown[] => orders.map(({ intent }) => [intent.side, intent.symbol, intent.quantity]);

describe('order plan', () => {
  const position = (symbol: string, change: Partial<PlannedPosition> = {}): PlannedPosition => ({
    symbol: ticker(symbol),
    targetWeight: 0.02,
    heldShares: 0,
    reference: { priceUsd: 50, at: now },
    decidedAtUsd: 50,
    averageDailyVolume: 1e6,
    sharesToLend: null,
    ...change,
  });
  const plan = (positions: readonly PlannedPosition[], change: Partial<OrderPlanQuestion> = {}) =>
    planOrders({ fund: 'ballast', cycleId, now, equityUsd: 1_000_000, positions, openOrders: [], limits, ...change });

  test('sells first, then by symbol', () => {
    const { orders } = plan([position('B'), position('A'), position('C', { targetWeight: 0, heldShares: 12.5 })]);
    expect(orders.map(({ intent }) => [intent.side, intent.symbol, intent.quantity])).toEqual([
      ['sell', 'C', 12.5],
      ['buy', 'A', 400],
      ['buy', 'B', 400],
    ]);
  });

  test('skips what is too small to be worth an order, unless it closes a position', () => {
    const { orders, refused } = plan([position('A', { targetWeight: 0.00005 }), position('B', { targetWeight: 0, heldShares: 0.5 })]);
    expect(refused).toMatchObject([{ symbol: 'A', reasons: ['below-minimum-notional'] }]);
    expect(orders.map(({ intent }) => intent.symbol)).toEqual(['B']);
  });

  test('cuts an order over the value limit into legs with ids of their own', () => {
    const { orders } = plan([position('A')], { equityUsd: 120_000_000 });
    expect(orders.map(({ intent }) => [intent.leg, intent.quantity])).toEqual([
      [1, 16_000],
      [2, 16_000],
      [3, 16_000],
    ]);
    expect(new Set(orders.map(({ intent }) => intent.clientOrderId)).size).toBe(3);
  });

  test('refuses a trade when the market left the collar around the close it was decided at', () => {
    const decided = (decidedAtUsd: number | null) => plan([position('A', { decidedAtUsd })]);
    expect(decided(50 * 1.049).orders).toHaveLength(1);
    expect(decided(50 * 1.051).refused).toMatchObject([{ symbol: 'A', reasons: ['price-outside-collar'] }]);
    expect(decided(50 * 0.949).refused).toMatchObject([{ symbol: 'A', reasons: ['price-outside-collar'] }]);
    expect(decided(null).refused).toMatchObject([{ symbol: 'A', reasons: ['no-decision-price'] }]);
  });

  test('refuses a symbol without a price, and an order already at the broker', () => {
    const first = plan([position('A')]).orders[0]!.intent;
    const { orders, refused } = plan([position('A'), position('B', { reference: null })], {
      openOrders: [{ symbol: ticker('A'), clientOrderId: first.clientOrderId, signedLeaves: 0, fateUnknown: false }],
    });
    expect(orders).toEqual([]);
    expect(refused).toMatchObject([
      { symbol: 'A', reasons: ['duplicate-order'] },
      { symbol: 'B', reasons: ['no-reference-price'] },
    ]);
  });

  test('asks for a market order of the day, at the close it was decided at', () => {
    expect(plan([position('A', { decidedAtUsd: 49 })]).orders[0]!.intent).toEqual({
      clientOrderId: expect.stringMatching(/^ballast-A-b-[0-9a-f]{20}$/),
      cycleId,
      symbol: 'A',
      side: 'buy',
      quantity: 400,
      type: 'MARKET',
      timeInForce: 'DAY',
      limitPriceUsd: null,
      referencePriceUsd: 49,
      leg: 1,
      revision: 0,
    });
  });

  test('is in order of symbols, however the positions came', () => {
    const names = ['A', 'B', 'C'];
    for (const order of [names, names.toReversed(), ['B', 'C', 'A']]) {
      expect(plan(order.map((name) => position(name))).orders.map(({ intent }) => intent.symbol)).toEqual(names);
      const refused = plan(order.map((name) => position(name, { decidedAtUsd: null }))).refused;
      expect(refused).toEqual(names.map((symbol) => ({ symbol, reasons: ['no-decision-price'], checks: [] })));
    }
  });

  test('leaves alone what is as it should be, and goes on with the rest', () => {
    const kept = position('A', { heldShares: 400 });
    const nothing = position('B', { targetWeight: 0, reference: null });
    const undecided = position('C', { decidedAtUsd: null });
    const { orders, refused } = plan([kept, nothing, undecided, position('D')]);
    expect(orders.map(({ intent }) => intent.symbol)).toEqual(['D']);
    expect(refused).toEqual([{ symbol: 'C', reasons: ['no-decision-price'], checks: [] }]);
  });

  test.each([
    ['no price, where it would buy', { reference: null }],
    ['no price, where it would sell', { targetWeight: 0, heldShares: 10, reference: null }],
    ['a price of zero', { reference: { priceUsd: 0, at: now } }],
    ['a price that is no number', { reference: { priceUsd: Number.NaN, at: now } }],
  ] as ReadonlyArray<readonly [string, Partial<PlannedPosition>]>)('refuses %s', (_, change) => {
    expect(plan([position('A', change)])).toEqual({ orders: [], refused: [{ symbol: 'A', reasons: ['no-reference-price'], checks: [] }] });
  });

  test('trades from the least notional on', () => {
    expect(bought(plan([position('A', { targetWeight: 0.0001 })]))).toEqual([['buy', 'A', 2]]);
    expect(plan([position('A', { targetWeight: 0.00009999 })]).refused).toMatchObject([{ reasons: ['below-minimum-notional'] }]);
    const selling = position('A', { targetWeight: 0.0199, heldShares: 401.9999 });
    expect(plan([selling]).refused).toEqual([]);
    expect(plan([{ ...selling, heldShares: 399.9999 }]).refused).toMatchObject([{ reasons: ['below-minimum-notional'] }]);
  });

  describe('legs', () => {
    const legs = (shares: number, change: Partial<typeof limits> = {}, priceUsd = 50): number[] => {
      const selling = position('A', {
        targetWeight: 0,
        heldShares: shares,
        reference: { priceUsd, at: now },
        decidedAtUsd: priceUsd,
        averageDailyVolume: 1e12,
      });
      const open = { ...limits, openOrdersPerSymbolMax: 100, ...change };
      return plan([selling], { limits: open }).orders.map(({ intent }) => intent.quantity);
    };

    test('are as few as the order value allows, and equal to within one lot', () => {
      expect(legs(20_000)).toEqual([20_000]);
      expect(legs(20_001)).toEqual([10_001, 10_000]);
      expect(legs(48_001)).toEqual([16_001, 16_000, 16_000]);
      expect(legs(60_000)).toEqual([20_000, 20_000, 20_000]);
      expect(legs(48_000.5)).toEqual([16_000.1667, 16_000.1667, 16_000.1666]);
    });

    test('keep whole lots within the value, at the cost of one leg more', () => {
      // At 33.40 two shares fit into 100 dollars and three do not.
      expect(legs(8, { orderValueUsdMax: 100 }, 33.4)).toEqual([2, 2, 2, 2]);
    });

    test('do not cut a lot: what is worth too much even so is refused as a whole', () => {
      expect(legs(2, { orderValueUsdMax: 100 }, 101)).toEqual([]);
      expect(legs(3, { orderValueUsdMax: 100 }, 100)).toEqual([1, 1, 1]);
      const unlimited = plan([position('A')], { limits: { ...limits, orderValueUsdMax: Number.NaN } });
      expect(unlimited).toMatchObject({ orders: [], refused: [{ reasons: ['order-value-over-limit'] }] });
    });

    test('do not round what is held in finer fractions than brokers take: that is refused', () => {
      const { orders, refused } = plan([position('A', { targetWeight: 0, heldShares: 12.50001 })]);
      expect(orders).toEqual([]);
      expect(refused).toMatchObject([{ reasons: ['quantity-not-tradable'] }]);
    });

    test('leave a fraction that is worth little in one piece', () => {
      expect(legs(3.0003)).toEqual([3.0003]);
    });

    test('know the ones before them: concentration counts what is already on its way', () => {
      const { orders, refused } = plan([position('A')], { equityUsd: 120_000_000, limits: { ...limits, concentrationFracMax: 0.015 } });
      expect(orders.map(({ intent }) => intent.leg)).toEqual([1, 2]);
      expect(refused).toMatchObject([{ symbol: 'A', reasons: ['concentration-over-limit'] }]);
    });

    test('each count as an open order once they are planned, and what is refused is told in their order', () => {
      const open = (symbol: string, count: number) =>
        Array.from({ length: count }, (_, k) => ({
          ...{ symbol: ticker(symbol), clientOrderId: `open-${symbol}-${k}`, signedLeaves: 0, fateUnknown: false },
        }));
      const large = { equityUsd: 120_000_000 };
      expect(plan([position('A')], { ...large, openOrders: open('B', 9) }).orders).toHaveLength(3);
      const { orders, refused } = plan([position('A')], { ...large, openOrders: open('A', 4) });
      expect(orders.map(({ intent }) => intent.leg)).toEqual([1]);
      const counted = refused.map(({ checks }) => checks.find(({ name }) => name === 'open-orders')!.value);
      expect(counted).toEqual([6, 6]);
    });
  });

  describe('orders of earlier cycles that still work', () => {
    const working = (signedLeaves: number, fateUnknown = false) => ({
      openOrders: [{ symbol: ticker('A'), clientOrderId: 'earlier', signedLeaves, fateUnknown }],
    });

    test('do their part of a trade, so that it is not done twice', () => {
      expect(bought(plan([position('A')], working(150)))).toEqual([['buy', 'A', 250]]);
      expect(plan([position('A')], working(400)).orders).toEqual([]);
      expect(plan([position('A')], working(500)).orders).toEqual([]);
    });

    test('the other way count for nothing until they have filled', () => {
      expect(bought(plan([position('A', { heldShares: 100 })], working(-100)))).toEqual([['buy', 'A', 300]]);
    });

    test('count at their worst against the concentration limit', () => {
      const { refused } = plan([position('A', { targetWeight: 0.09, heldShares: 1500 })], working(600));
      expect(refused).toEqual([]);
      const over = plan([position('A', { targetWeight: -0.05, heldShares: 0, sharesToLend: true })], working(-1200));
      expect(over.refused).toEqual([]);
      expect(bought(over)).toEqual([]);
    });

    test('of unknown fate let nothing be added in their symbol, but let a holding be sold', () => {
      expect(plan([position('A')], working(100, true)).refused).toMatchObject([{ reasons: ['symbol-unsettled'] }]);
      expect(bought(plan([position('B')], working(100, true)))).toEqual([['buy', 'B', 400]]);
      expect(bought(plan([position('A', { targetWeight: 0, heldShares: 50 })], working(100, true)))).toEqual([['sell', 'A', 50]]);
    });
  });

  test('sells short only what the broker has to lend', () => {
    const short = (sharesToLend: boolean | null) => plan([position('A', { targetWeight: -0.02, sharesToLend })]);
    expect(bought(short(true))).toEqual([['sell', 'A', 400]]);
    for (const none of [false, null]) expect(short(none).orders).toEqual([]);
  });

  test('takes a symbol given twice for the same order twice', () => {
    const { orders, refused } = plan([position('A'), position('A')]);
    expect(orders).toHaveLength(1);
    expect(refused).toMatchObject([{ symbol: 'A', reasons: ['duplicate-order'] }]);
  });

  test('passes on what it knows of market and holdings to the checks', () => {
    const reasons = (change: Partial<PlannedPosition>, question: Partial<OrderPlanQuestion> = {}) =>
      plan([position('A', change)], question).refused.map((one) => one.reasons);
    expect(reasons({ averageDailyVolume: null })).toEqual([['too-large-for-volume']]);
    expect(reasons({ targetWeight: 0.11 })).toEqual([['concentration-over-limit']]);
    expect(reasons({ targetWeight: 0.11, heldShares: 1900 })).toEqual([['concentration-over-limit']]);
    expect(reasons({ reference: { priceUsd: 50, at: now } }, { limits: { ...limits, restricted: ['A'] } })).toEqual([
      ['symbol-restricted'],
    ]);
  });
});
