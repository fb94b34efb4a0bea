import { describe, expect, test } from 'vitest';
import type { FillActivity } from '../../../../../shared/domain/execution/reconciliation/account-activity.ts';
import { type BookedOrder, ordersToAskAbout, strayOrders } from '../../../../../shared/domain/execution/reconciliation/compare-orders.ts';
import type { EpochMs, OrderId, Price, Shares, Ticker } from '../../../../../shared/kernel/units.ts';

const booked = (more: { quantity?: number; cumulativeQuantity?: number; brokerOrderId?: string }): BookedOrder => ({
  ...{ orderId: 'ballast-AAA-b-1' as OrderId, brokerOrderId: 'b1' },
  ...{ quantity: 100 as Shares, cumulativeQuantity: 100 as Shares },
  ...(more as Partial<BookedOrder>),
});
const fillOf = (quantity: number, brokerOrderId = 'b1'): FillActivity => ({
  ...{ id: `f-${quantity}-${brokerOrderId}`, at: 1 as EpochMs, kind: 'fill', brokerOrderId, symbol: 'AAA' as Ticker, side: 'BUY' },
  ...{ quantity: quantity as Shares, price: 10 as Price },
});

describe('an order of ours', () => {
  test.each([
    ['is left alone when all of it is booked', booked({}), [fillOf(60), fillOf(40)], 0],
    ['is asked about when its fills are more than what is booked', booked({ cumulativeQuantity: 60 }), [fillOf(60), fillOf(40)], 1],
    [
      'is asked about when it is short of its quantity, for older fills are not listed',
      booked({ cumulativeQuantity: 60 }),
      [fillOf(40)],
      1,
    ],
    ['is asked about when it was overfilled', booked({}), [fillOf(100), fillOf(1)], 1],
    ['is left alone when no fill names it', booked({ cumulativeQuantity: 0 }), [fillOf(10, 'another')], 0],
    [
      'is left alone while the broker’s id of it is not known',
      { ...booked({ cumulativeQuantity: 0 }), brokerOrderId: undefined },
      [fillOf(10)],
      0,
    ],
  ])('%s', (_what, order, fills, asked) => {
    expect(ordersToAskAbout([order as BookedOrder], fills)).toHaveLength(asked);
  });
});

describe('an order that works at the broker', () => {
  const working = (clientOrderId: string) => ({
    ...{ brokerOrderId: `at-${clientOrderId}`, clientOrderId: clientOrderId as OrderId, symbol: 'AAA' as Ticker },
  });
  test('is ours to explain when it carries our name and the ledger does not have it open, else somebody’s own', () => {
    const orders = ['ballast-AAA-b-1', 'ballast-AAA-b-2', 'ballastic', 'web-7'].map(working);
    const { ours, foreign } = strayOrders(orders, new Set(['ballast-AAA-b-1' as OrderId]), 'ballast');
    expect(ours.map(({ clientOrderId }) => clientOrderId)).toEqual(['ballast-AAA-b-2']);
    expect(foreign.map(({ clientOrderId }) => clientOrderId)).toEqual(['ballastic', 'web-7']);
  });
});
