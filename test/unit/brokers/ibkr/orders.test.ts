import { describe, expect, test } from 'vitest';
import { ContractViolation, TransientFailure } from '../../../../shared/kernel/errors.ts';
import type { EpochMs, Price, Shares } from '../../../../shared/kernel/units.ts';
import { acknowledged, buy, given, id, refused, resting } from '../../../contract/brokers/scene.ts';
import { friday, ticker, tradingTime } from '../../../contract/brokers/small-market.ts';
import {
  commissionReport,
  completedOrder,
  completedOrdersEnd,
  execution,
  executionsEnd,
  type Message,
  openOrder,
  openOrderEnd,
  orderStatus,
  type ToldExecution,
  type ToldOrder,
} from '../../../support/fake-tws/messages.ts';
import type { ClientMessage } from '../../../support/fake-tws/requests.ts';
import { account, clientId, twsScene } from './tws-scene.ts';

const order: ToldOrder = {
  ...{ orderId: 5, clientId, permId: 900, orderRef: 'mine', account, contract: { conId: 1, symbol: 'GOOD' } },
  ...{ action: 'BUY', quantity: '10', orderType: 'LMT', limitPrice: '100', stopPrice: '', tif: 'DAY' },
  ...{ status: 'Submitted', filled: '0', remaining: '10', averagePrice: '' },
};
const fill = (execId: string, shares: string, price: string, cumulative: string): ToldExecution => ({
  ...{ execId, time: '20190614 15:44:00 US/Eastern', shares, price, cumulative },
});

/** What TWS has in its three lists. */
const listing =
  (lists: { open?: readonly Message[]; completed?: readonly Message[]; executed?: readonly ToldExecution[] }) =>
  (message: ClientMessage) => {
    if (message.kind === 'open-orders') return [...(lists.open ?? []), openOrderEnd];
    if (message.kind === 'completed-orders') return [...(lists.completed ?? []), completedOrdersEnd];
    if (message.kind !== 'executions') return undefined;
    const told = (lists.executed ?? []).flatMap((one) => [execution(message.requestId, order, one), commissionReport(one.execId, 0)]);
    return [...told, executionsEnd(message.requestId)];
  };

describe('orders at TWS', () => {
  const now = twsScene();
  const mine = () => now().connect().orderByClientId(id('mine'));

  test.each([
    ['Submitted', '0', 'ACKNOWLEDGED'],
    ['PreSubmitted', '0', 'ACKNOWLEDGED'],
    ['PendingCancel', '0', 'ACKNOWLEDGED'],
    ['PendingSubmit', '0', 'SUBMITTED'],
    ['Submitted', '4', 'PARTIAL'],
    ['PendingCancel', '4', 'PARTIAL'],
    ['Inactive', '0', 'UNKNOWN'],
    ['Cancelled', '4', 'CANCELLED'],
    ['Teleported', '0', 'UNKNOWN'],
  ])('open and %s with %s filled is %s', async (status, filled, state) => {
    const told = { ...order, status, filled, averagePrice: filled === '0' ? '' : '99.5' };
    now().tws.instead = listing({ open: [openOrder(told), orderStatus(told)] });
    expect(given(await mine())).toMatchObject({ state, brokerStatus: status, cumulativeQuantity: Number(filled), brokerOrderId: '900' });
  });

  const [first, second, corrected] = [fill('a.01.01', '4', '99', '4'), fill('b.01.01', '6', '98', '10'), fill('b.01.02', '5', '98', '9')];

  test.each([
    ['as they were made', [first, second, corrected]],
    ['the other way round', [corrected, second, first]],
    ['each twice', [first, second, first, corrected, second, corrected]],
  ])('executions and their corrections, told %s, count once', async (_how, executed) => {
    now().tws.instead = listing({ open: [openOrder(order), orderStatus(order)], executed });
    expect(given(await mine())).toMatchObject({ state: 'PARTIAL', cumulativeQuantity: 9, averagePrice: (4 * 99 + 5 * 98) / 9 });
  });

  test('a completed order gets its price from its executions', async () => {
    const done = { ...order, status: 'Filled', filled: '10' };
    const executed = [fill('a.01', '10', '99.25', '10')];
    now().tws.instead = listing({ completed: [completedOrder(done, '20190614 15:44:00 US/Eastern')], executed });
    expect(given(await mine())).toMatchObject({ state: 'FILLED', cumulativeQuantity: 10, averagePrice: 99.25 });
  });

  test('an order known by its executions alone is working', async () => {
    now().tws.instead = listing({ executed: [fill('a.01', '3', '99', '3')] });
    expect(given(await mine())).toMatchObject({ state: 'PARTIAL', cumulativeQuantity: 3, averagePrice: 99, brokerStatus: 'executed' });
  });

  test('an order that becomes completed between two lists is found', async () => {
    const done = { ...order, status: 'Cancelled' };
    now().tws.instead = listing({ completed: [completedOrder(done, '20190614 15:44:00 US/Eastern')] });
    expect(given(await mine())).toMatchObject({ state: 'CANCELLED' });
  });

  test('other accounts’ orders are not ours', async () => {
    const theirs = { ...order, account: 'DU999' };
    now().tws.instead = listing({ open: [openOrder(theirs), orderStatus(theirs)] });
    expect(await mine()).toMatchObject(refused('not-found'));
    expect(given(await now().connect().openOrders())).toEqual([]);
  });

  test('an order entered by hand has a name that no order of ours has', async () => {
    const manual = { ...order, orderRef: '', clientId: 0, orderId: 0 };
    now().tws.instead = listing({ open: [openOrder(manual), orderStatus(manual)] });
    expect(given(await now().connect().openOrders())).toMatchObject([{ clientOrderId: 'tws:900', symbol: 'GOOD' }]);
  });

  test('a class of shares is written with a dot here and a space there', async () => {
    const classB = { ...order, contract: { conId: 2, symbol: 'BRK B' } };
    now().tws.instead = listing({ open: [openOrder(classB), orderStatus(classB)] });
    expect(given(await mine()).symbol).toBe('BRK.B');
  });

  test('a list with an order that has no number yet proves nothing', async () => {
    const unnumbered = { ...order, permId: 0, orderRef: 'mine' };
    now().tws.instead = listing({ open: [openOrder(unnumbered), orderStatus(unnumbered)] });
    await expect(mine()).rejects.toThrow(TransientFailure);
  });

  test('a list with a message that cannot be decoded proves nothing', async () => {
    now().tws.instead = listing({ open: [openOrder(order).slice(0, 20)] });
    await expect(mine()).rejects.toThrow(ContractViolation);
    expect(await now().connect().submit(resting('mine', 5), now().ticket)).toMatchObject({ kind: 'unknown' });
    expect(now().tws.received).not.toContain('place-order');
  });

  test('while TWS has lost its servers nothing is concluded from what it says', async () => {
    const { tws, connect, ticket } = now();
    tws.instead = ({ kind }) =>
      kind === 'open-orders' ? [[4, 2, -1, 1100, 'Connectivity between IB and TWS has been lost.', ''], openOrderEnd] : undefined;
    await expect(mine()).rejects.toThrow(TransientFailure);
    expect(await connect().submit(resting('one', 5), ticket)).toMatchObject({ kind: 'unknown' });
    expect(tws.received).not.toContain('place-order');
    const back = [4, 2, -1, 1102, 'Connectivity restored - data maintained.', ''];
    tws.instead = ({ kind }) => (kind === 'open-orders' ? [[4, 2, -1, 1100, 'lost', ''], back, openOrderEnd] : undefined);
    expect(await mine()).toMatchObject(refused('not-found'));
  });

  test('two who ask at once over one connection each get a whole list', async () => {
    const { connect, ticket } = now();
    const broker = connect();
    for (const name of ['a', 'b', 'c']) acknowledged(await broker.submit(resting(name, 1), ticket));
    const lists = await Promise.all([broker.openOrders(), broker.openOrders(), broker.openOrders()]);
    expect(lists.map((list) => given(list).length)).toEqual([3, 3, 3]);
  });

  test('what another client of TWS entered is seen, and cannot be cancelled', async () => {
    const { connect, ticket } = now();
    const { brokerOrderId } = acknowledged(await connect({ clientId: 99 }).submit(resting('theirs', 1), ticket));
    expect(await connect().cancel(brokerOrderId)).toMatchObject({ ...refused('not-cancellable'), details: { clientId: 99 } });
    expect(await connect({ clientId: 99 }).cancel(brokerOrderId)).toEqual({ kind: 'requested' });
  });

  test('another process under the client id cancels what this one sent', async () => {
    const { connect, ticket } = now();
    const { brokerOrderId } = acknowledged(await connect().submit(resting('rest', 1), ticket));
    expect(await connect().cancel(brokerOrderId)).toEqual({ kind: 'requested' });
  });

  test('what filled before the cancellation of a replaced order is taken off what replaces it', async () => {
    const { connect, ticket } = now();
    const broker = connect();
    const first = acknowledged(await broker.submit({ ...resting('first', 25, 21, 'THIN') }, ticket));
    expect(given(await broker.orderByClientId(id('first')))).toMatchObject({ state: 'PARTIAL', cumulativeQuantity: 10 });
    const by = { clientOrderId: id('second'), quantity: 25 as Shares, limitPrice: 20.5 as Price };
    expect(await broker.replace(first, by, ticket)).toMatchObject({ kind: 'requested', order: { clientOrderId: 'second', quantity: 15 } });
    expect(given(await broker.orderByClientId(id('first')))).toMatchObject({ state: 'CANCELLED', cumulativeQuantity: 10 });
  });

  test('a replacement whose cancellation is not confirmed sends nothing', async () => {
    const { tws, connect, ticket } = now();
    const first = acknowledged(await connect().submit(resting('first', 5), ticket));
    tws.before = ({ kind }) => (kind === 'cancel-order' ? 'silence' : 'none');
    const by = { clientOrderId: id('second'), quantity: 6 as Shares };
    expect(await connect({ timeoutMs: 300 }).replace(first, by, ticket)).toMatchObject({ kind: 'unknown' });
    expect(tws.received.filter((kind) => kind === 'place-order')).toHaveLength(1);
  });

  test('commissions are fees, and activities wait for them', async () => {
    const { tws, connect, ticket } = now();
    acknowledged(await connect().submit(buy('one', 10), ticket));
    tws.instead = (message) => {
      if (message.kind !== 'executions') return undefined;
      const one = fill('a.01', '10', '104', '10');
      return [execution(message.requestId, order, one), commissionReport(one.execId, 1.25), executionsEnd(message.requestId)];
    };
    expect(given(await connect().activities(tradingTime((friday - 1) as typeof friday)))).toMatchObject([
      { kind: 'fill', id: 'a.01', quantity: 10, price: 104 },
      { kind: 'fee', id: 'a.01/commission', amountUsd: -1.25 },
    ]);
    tws.instead = (message) =>
      message.kind === 'executions'
        ? [execution(message.requestId, order, fill('b.01', '1', '104', '1')), executionsEnd(message.requestId)]
        : undefined;
    await expect(connect().activities(0 as EpochMs)).rejects.toThrow(TransientFailure);
  });

  test('sixty prices at once stay below what TWS allows in a second', async () => {
    const { connect } = now();
    const symbols = Array.from({ length: 60 }, (_, count) => ticker(count % 2 === 0 ? 'GOOD' : 'OTHER'));
    expect(given(await connect().latestPrices(symbols))).toHaveLength(60);
  });

  test('what is asked of the library touches no file of settings', async () => {
    const { createRequire } = await import('node:module');
    given(await now().connect().account());
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    expect(loaded.some((path) => path.includes('/@stoqey/ib/'))).toBe(true);
    expect(loaded.filter((path) => path.includes('/dotenv/'))).toEqual([]);
  });
});
