/** What sending an order does and does not do: BRK-02 to 07, 12, 14, 15, 21, 26. */
import { expect, test } from 'vitest';
import type { OrderToSubmit } from '../../../shared/brokers/broker.ts';
import { ContractViolation, InvariantViolation } from '../../../shared/kernel/errors.ts';
import type { EpochMs, Price, Shares } from '../../../shared/kernel/units.ts';
import { anyQuantityOf, ticketOf } from '../../support/risk-tickets.ts';
import { acknowledged, buy, given, id, type Now, refused, rejection, resting, sell } from './scene.ts';
import { ticker } from './small-market.ts';

export function submissionCards(now: Now): void {
  test('BRK-02 a market order is acknowledged, and filled by the time it is asked for again', async () => {
    const { broker, ticket } = now();
    const quantity = broker.capabilities.fractionalShares ? 12.3456 : 12;
    const order = acknowledged(await broker.submit(buy('one', quantity), ticket));
    expect(order).toMatchObject({ clientOrderId: 'one', symbol: 'GOOD', side: 'BUY', quantity });
    const filled = given(await broker.orderByClientId(id('one')));
    expect(filled).toMatchObject({ state: 'FILLED', cumulativeQuantity: quantity, averagePrice: 104, brokerOrderId: order.brokerOrderId });
  });

  test('BRK-03 the same client order id sent twice is one order, acknowledged twice', async () => {
    const { broker, ticket } = now();
    const first = acknowledged(await broker.submit(buy('twice', 10), ticket));
    const second = acknowledged(await broker.submit(buy('twice', 10), ticket));
    expect(second.brokerOrderId).toBe(first.brokerOrderId);
    expect(given(await broker.positions())).toMatchObject([{ symbol: 'GOOD', quantity: 10 }]);
  });

  test('BRK-04 an order is found by client id; an unknown id is refused as not-found', async () => {
    const { broker, ticket } = now();
    const order = acknowledged(await broker.submit(buy('known', 1), ticket));
    expect(given(await broker.orderByClientId(id('known'))).brokerOrderId).toBe(order.brokerOrderId);
    expect(await broker.orderByClientId(id('unknown'))).toMatchObject(refused('not-found'));
  });

  test('BRK-05 an order beyond the buying power is rejected with the broker’s code and message', async () => {
    const { broker, ticket } = now();
    expect(await broker.submit(buy('large', 5000), ticket)).toMatchObject(rejection);
    expect(given(await broker.openOrders())).toEqual([]);
    expect(given(await broker.positions())).toEqual([]);
  });

  test('BRK-06 an order for an unknown or untradable symbol is rejected', async () => {
    const { broker, ticket } = now();
    for (const symbol of ['NOSUCH', 'STUCK', 'GONE'])
      expect(await broker.submit(buy(`of-${symbol}`, 1, symbol), ticket)).toMatchObject(rejection);
  });

  test('BRK-07 a resting order is open until it is cancelled, and cannot be cancelled twice', async () => {
    const { broker, ticket } = now();
    const { brokerOrderId } = acknowledged(await broker.submit(resting('rest', 5), ticket));
    expect(given(await broker.openOrders()).map((order) => order.brokerOrderId)).toEqual([brokerOrderId]);
    expect(await broker.cancel(brokerOrderId)).toEqual({ kind: 'requested' });
    expect(given(await broker.orderByClientId(id('rest'))).state).toBe('CANCELLED');
    expect(given(await broker.openOrders())).toEqual([]);
    expect(await broker.cancel(brokerOrderId)).toMatchObject(refused('not-cancellable'));
    expect(await broker.cancel('no-such-order')).toMatchObject(refused('not-found'));
  });

  test('BRK-12 an order off the tick, or of no size, is refused before it is sent', async () => {
    const { broker, ticket } = now();
    await expect(broker.submit(resting('tick', 1, 100.005), ticket)).rejects.toThrow(ContractViolation);
    await expect(broker.submit(buy('none', 0), ticket)).rejects.toThrow(ContractViolation);
    await expect(broker.submit(buy('fine', 0.00001), ticket)).rejects.toThrow(ContractViolation);
    for (const name of ['tick', 'none', 'fine']) expect(await broker.orderByClientId(id(name))).toMatchObject(refused('not-found'));
  });

  test('BRK-14 every type of order goes through with its prices', async () => {
    const { broker, ticket } = now();
    const [limitPrice, stopPrice] = [120 as Price, 110 as Price];
    acknowledged(await broker.submit({ ...buy('s', 1), type: 'STOP', stopPrice, timeInForce: 'GTC' }, ticket));
    acknowledged(await broker.submit({ ...buy('sl', 1), type: 'STOP_LIMIT', stopPrice, limitPrice, timeInForce: 'GTC' }, ticket));
    acknowledged(await broker.submit(resting('l', 1, 40, 'OTHER'), ticket));
    expect(given(await broker.openOrders())).toMatchObject([
      { clientOrderId: 's', type: 'STOP', stopPrice: 110, timeInForce: 'GTC' },
      { clientOrderId: 'sl', type: 'STOP_LIMIT', stopPrice: 110, limitPrice: 120 },
      { clientOrderId: 'l', type: 'LIMIT', limitPrice: 40 },
    ]);
  });

  test('BRK-15 nothing goes out beyond its permit, after its time, or without a ticket of risk', async () => {
    const { broker } = now();
    const ten = [{ symbol: ticker('GOOD'), buySharesMax: 10 as Shares, sellSharesMax: 0 as Shares }];
    const small = await ticketOf(ten);
    const over = await ticketOf(ten, { validUntil: -1 as EpochMs });
    acknowledged(await broker.submit(buy('within', 7), small));
    const turnedBack = [
      [buy('beyond', 4), small],
      [sell('other-side', 1), small],
      [buy('other-symbol', 1, 'OTHER'), small],
      [buy('late', 1), over],
      [buy('forged', 1), { admit: () => {} } as never],
      [buy('dressed-up', 1), Object.create(Object.getPrototypeOf(small))],
    ] as const;
    for (const [order, ticket] of turnedBack) {
      await expect(broker.submit(order, ticket)).rejects.toThrow(InvariantViolation);
      expect(await broker.orderByClientId(order.clientOrderId)).toMatchObject(refused('not-found'));
    }
    expect(given(await broker.positions())).toMatchObject([{ symbol: 'GOOD', quantity: 7 }]);
  });

  test('BRK-21 a short sale is rejected where nobody lends the share', async () => {
    const { broker, ticket } = now();
    expect(await broker.submit({ ...sell('short', 1, 'HARD'), shortSale: true }, ticket)).toMatchObject(rejection);
    expect(given(await broker.positions())).toEqual([]);
  });

  test('BRK-26 what the broker says it cannot do is refused before it is sent', async () => {
    const { broker } = now();
    const { fractionalShares, timesInForce, attachedOrders } = broker.capabilities;
    const ticket = await ticketOf(anyQuantityOf('GOOD'));
    const stopLoss = { stopPrice: 80 as Price };
    const asking: readonly (readonly [boolean, OrderToSubmit])[] = [
      [fractionalShares, buy('fraction', 1.5)],
      ...(['DAY', 'GTC', 'IOC', 'FOK'] as const).map(
        (word) => [timesInForce.includes(word), { ...buy(word, 1), timeInForce: word }] as const,
      ),
      [
        attachedOrders.includes('bracket'),
        { ...buy('bracket', 1), attached: { kind: 'bracket', takeProfitPrice: 120 as Price, stopLoss } },
      ],
    ];
    for (const [able, order] of asking) {
      const outcome = broker.submit(order, ticket);
      if (able) acknowledged(await outcome);
      else await expect(outcome).rejects.toThrow(ContractViolation);
    }
  });
}
