/** What becomes of an order after it was sent: BRK-16 to 18, 20, 22 to 25. */
import { expect, test } from 'vitest';
import type { Broker, OrderToSubmit, TradeUpdate } from '../../../shared/brokers/broker.ts';
import { InvariantViolation } from '../../../shared/kernel/errors.ts';
import type { Price, Shares } from '../../../shared/kernel/units.ts';
import { ticketOf } from '../../support/risk-tickets.ts';
import { acknowledged, buy, given, id, type Now, refused, resting, sell } from './scene.ts';
import { mondayAfter, ticker, tradingTime } from './small-market.ts';

const by = (clientOrderId: string, quantity: number, limitPrice: number) => ({
  clientOrderId: id(clientOrderId),
  quantity: quantity as Shares,
  limitPrice: limitPrice as Price,
});

const stateOf = async (broker: Broker, name: string): Promise<string> => given(await broker.orderByClientId(id(name))).state;

export function lifecycleCards(now: Now): void {
  test('BRK-16 a replacement works under its own client id, and the order it replaced is over', async () => {
    const { broker, ticket } = now();
    const first = acknowledged(await broker.submit(resting('first', 5), ticket));
    const outcome = await broker.replace(first, by('second', 7, 91), ticket);
    expect(outcome).toMatchObject({ kind: 'requested', order: { clientOrderId: 'second' } });
    const second = given(await broker.orderByClientId(id('second')));
    expect(second).toMatchObject({ quantity: 7, limitPrice: 91, cumulativeQuantity: 0 });
    expect(await stateOf(broker, 'first')).toBe('CANCELLED');
    expect(await broker.replace(second, by('third', 6, 92), ticket)).toMatchObject({ kind: 'requested' });
    expect(given(await broker.openOrders())).toMatchObject([{ clientOrderId: 'third', quantity: 6, limitPrice: 92 }]);
    expect(await stateOf(broker, 'second')).toBe('CANCELLED');
  });

  test('BRK-17 what is filled is neither cancelled nor replaced, and what nobody knows is not found', async () => {
    const { broker, ticket } = now();
    const filled = acknowledged(await broker.submit(buy('filled', 1), ticket));
    expect(await stateOf(broker, 'filled')).toBe('FILLED');
    expect(await broker.cancel(filled.brokerOrderId)).toMatchObject(refused('not-cancellable'));
    expect(await broker.replace(filled, by('more', 2, 99), ticket)).toMatchObject(refused('not-replaceable'));
    const nobodys = { ...filled, brokerOrderId: 'nobodys', clientOrderId: id('nobodys') };
    expect(await broker.replace(nobodys, by('more', 2, 99), ticket)).toMatchObject(refused('not-found'));
    expect(await stateOf(broker, 'filled')).toBe('FILLED');
  });

  test('BRK-17 nothing is replaced beyond the permit', async () => {
    const { broker } = now();
    const small = await ticketOf([{ symbol: ticker('GOOD'), buySharesMax: 5 as Shares, sellSharesMax: 0 as Shares }]);
    const order = acknowledged(await broker.submit(resting('held', 5), small));
    await expect(broker.replace(order, by('larger', 6, 91), small)).rejects.toThrow(InvariantViolation);
    expect(given(await broker.openOrders())).toMatchObject([{ clientOrderId: 'held', quantity: 5, limitPrice: 90 }]);
    expect(await broker.replace(order, by('dearer', 5, 91), small)).toMatchObject({ kind: 'requested' });
  });

  test('BRK-18 a partial fill is told with its quantity and price, and the rest goes on', async () => {
    const { broker, ticket } = now();
    acknowledged(await broker.submit(buy('much', 25, 'THIN'), ticket));
    const partly = given(await broker.orderByClientId(id('much')));
    expect(partly).toMatchObject({ state: 'PARTIAL', cumulativeQuantity: 10, averagePrice: 20, quantity: 25 });
    expect(given(await broker.positions())).toMatchObject([{ symbol: 'THIN', quantity: 10 }]);
    expect(await broker.cancel(partly.brokerOrderId)).toEqual({ kind: 'requested' });
    expect(given(await broker.orderByClientId(id('much')))).toMatchObject({ state: 'CANCELLED', cumulativeQuantity: 10 });
  });

  test('BRK-20 the stream tells a fill with its own quantity and how much is filled in all', async ({ skip }) => {
    const { broker, ticket, under } = now();
    skip(under.untold?.includes('trade-updates') ?? false, 'this connection tells no trade updates');
    const abort = new AbortController();
    const updates = broker.tradeUpdates(abort.signal)[Symbol.asyncIterator]();
    const heard = fillOf(updates, abort.signal);
    // Whoever listens hears what happens from then on, and nothing says when that is: so there is an order until one is heard of.
    for (let count = 0; !(await isSettled(heard)) && count < ATTEMPTS_MAX; count++) await broker.submit(buy(`heard-${count}`, 1), ticket);
    if (!(await isSettled(heard))) abort.abort();
    const { execution, order } = await heard;
    abort.abort();
    expect(execution).toEqual({ quantity: 1, price: 104 });
    expect(order).toMatchObject({ cumulativeQuantity: 1, state: 'FILLED', averagePrice: 104 });
    expect(await updates.next()).toEqual({ done: true, value: undefined });
  });

  test('BRK-22 a bracket’s exits work once it is filled, and one of them cancels the other', async ({ skip }) => {
    const { broker, ticket, clock } = now();
    skip(!broker.capabilities.attachedOrders.includes('bracket'), 'this broker has no brackets');
    const attached = { kind: 'bracket', takeProfitPrice: 106 as Price, stopLoss: { stopPrice: 100 as Price } } as const;
    acknowledged(await broker.submit({ ...buy('entry', 10), timeInForce: 'GTC', attached }, ticket));
    expect(await stateOf(broker, 'entry')).toBe('FILLED');
    const exits = [...given(await broker.openOrders())].sort((one, other) => one.type.localeCompare(other.type));
    expect(exits).toMatchObject([
      { side: 'SELL', type: 'LIMIT', limitPrice: 106, quantity: 10 },
      { side: 'SELL', type: 'STOP', stopPrice: 100, quantity: 10 },
    ]);
    clock.set(tradingTime(mondayAfter));
    expect(given(await broker.positions())).toEqual([]);
    expect(given(await broker.openOrders())).toEqual([]);
    expect(await stateOf(broker, exits[0]!.clientOrderId)).toBe('FILLED');
    expect(await stateOf(broker, exits[1]!.clientOrderId)).toBe('CANCELLED');
  });

  test('BRK-22 of one-cancels-other, one fills and the other is cancelled', async ({ skip }) => {
    const { broker, ticket, clock } = now();
    skip(!broker.capabilities.attachedOrders.includes('oco'), 'this broker has no one-cancels-other');
    acknowledged(await broker.submit(buy('hold', 10), ticket));
    const exit: OrderToSubmit = { ...sell('exit', 10), type: 'LIMIT', limitPrice: 106 as Price, timeInForce: 'GTC' };
    acknowledged(await broker.submit({ ...exit, attached: { kind: 'oco', stopLoss: { stopPrice: 100 as Price } } }, ticket));
    expect(given(await broker.openOrders())).toHaveLength(2);
    clock.set(tradingTime(mondayAfter));
    expect(await stateOf(broker, 'exit')).toBe('FILLED');
    expect(given(await broker.openOrders())).toEqual([]);
    expect(given(await broker.positions())).toEqual([]);
  });

  test('BRK-23 good till cancelled works on the next session, a day order does not', async () => {
    const { broker, ticket, clock } = now();
    acknowledged(await broker.submit(resting('stays', 2), ticket));
    acknowledged(await broker.submit({ ...resting('goes', 2), timeInForce: 'DAY' }, ticket));
    clock.set(tradingTime(mondayAfter));
    expect(given(await broker.openOrders()).map(({ clientOrderId }) => clientOrderId)).toEqual(['stays']);
  });

  test('BRK-23 on the next day, a day order that was not filled is told to have expired', async ({ skip }) => {
    const { broker, ticket, clock, under } = now();
    skip(under.untold?.includes('past-days') ?? false, 'this broker does not tell what ended on an earlier day');
    acknowledged(await broker.submit({ ...resting('goes', 2), timeInForce: 'DAY' }, ticket));
    clock.set(tradingTime(mondayAfter));
    expect(await stateOf(broker, 'goes')).toBe('EXPIRED');
  });

  test('BRK-24 immediate or cancel fills what is there and cancels the rest; fill or kill takes all or nothing', async ({ skip }) => {
    const { broker, ticket } = now();
    const words = broker.capabilities.timesInForce;
    skip(!words.includes('IOC') || !words.includes('FOK'), 'this broker has no immediate orders');
    acknowledged(await broker.submit({ ...buy('kill', 25, 'THIN'), timeInForce: 'FOK' }, ticket));
    acknowledged(await broker.submit({ ...buy('ioc', 25, 'THIN'), timeInForce: 'IOC' }, ticket));
    expect(given(await broker.orderByClientId(id('kill')))).toMatchObject({ state: 'CANCELLED', cumulativeQuantity: 0 });
    expect(given(await broker.orderByClientId(id('ioc')))).toMatchObject({ state: 'CANCELLED', cumulativeQuantity: 10 });
  });

  test('BRK-25 over a new connection everything is found as it was', async () => {
    const { broker, ticket, under } = now();
    acknowledged(await broker.submit(buy('filled', 10), ticket));
    const open = acknowledged(await broker.submit(resting('open', 5), ticket));
    await broker.orderByClientId(id('open'));
    const again = await under.again();
    expect(given(await again.openOrders())).toMatchObject([{ clientOrderId: 'open', quantity: 5, limitPrice: 90 }]);
    expect(await stateOf(again, 'filled')).toBe('FILLED');
    expect(given(await again.positions())).toMatchObject([{ symbol: 'GOOD', quantity: 10 }]);
    expect(await again.submit(resting('open', 5), ticket)).toMatchObject({
      kind: 'acknowledged',
      order: { brokerOrderId: open.brokerOrderId },
    });
    expect(given(await again.openOrders())).toHaveLength(1);
    expect(await again.cancel(open.brokerOrderId)).toEqual({ kind: 'requested' });
  });
}

const ATTEMPTS_MAX = 500;

async function fillOf(updates: AsyncIterator<TradeUpdate>, signal: AbortSignal): Promise<TradeUpdate> {
  while (!signal.aborted) {
    const { value, done } = await updates.next();
    if (done) break;
    if (value.event === 'fill') return value;
  }
  throw new Error('the stream ended without a fill');
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const turn = new Promise<false>((pass) => setImmediate(() => pass(false)));
  return await Promise.race([promise.then(() => true), turn]);
}
