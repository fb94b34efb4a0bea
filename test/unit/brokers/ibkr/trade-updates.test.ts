import { describe, expect, test } from 'vitest';
import type { TradeUpdate } from '../../../../shared/brokers/broker.ts';
import { ContractViolation } from '../../../../shared/kernel/errors.ts';
import { acknowledged, resting } from '../../../contract/brokers/scene.ts';
import {
  commissionReport,
  execution,
  type Message,
  openOrder,
  openOrderEnd,
  orderStatus,
  type ToldOrder,
} from '../../../support/fake-tws/messages.ts';
import { account, clientId, masterClientId, twsScene } from './tws-scene.ts';

const order: ToldOrder = {
  ...{ orderId: 5, clientId, permId: 900, orderRef: 'mine', account, contract: { conId: 1, symbol: 'GOOD' } },
  ...{ action: 'BUY', quantity: '10', orderType: 'LMT', limitPrice: '100', stopPrice: '', tif: 'DAY' },
  ...{ status: 'Submitted', filled: '0', remaining: '10', averagePrice: '' },
};
const fill = (execId: string, shares: string, price: string): Message =>
  execution(-1, order, { execId, time: '20190614 15:44:00 US/Eastern', shares, price, cumulative: shares });
const status = (word: string, filled: string): Message =>
  orderStatus({ ...order, status: word, filled, averagePrice: filled === '0' ? '' : '99' });

describe('trade updates of TWS', () => {
  const now = twsScene();

  /** What is told when TWS says these things to whoever listens, the last of them being that all is cancelled. */
  async function toldOf(...messages: readonly Message[]): Promise<readonly (readonly [string, number, string])[]> {
    const { tws, connect } = now();
    tws.instead = ({ kind }) => (kind === 'open-orders' ? [...messages, status('Cancelled', '0'), openOrderEnd] : undefined);
    const abort = new AbortController();
    const told: [string, number, string][] = [];
    for await (const { event, order } of connect().tradeUpdates(abort.signal)) {
      told.push([event, order.cumulativeQuantity, order.state]);
      if (event === 'Cancelled') abort.abort();
    }
    return told.slice(0, -1);
  }

  test('an order, its state and its executions are told as they come', async () => {
    expect(await toldOf(openOrder(order), status('Submitted', '0'), fill('a.01', '4', '99'), commissionReport('a.01', 1))).toEqual([
      ['Submitted', 0, 'ACKNOWLEDGED'],
      ['partial fill', 4, 'PARTIAL'],
    ]);
  });

  test('what is told twice is passed on once', async () => {
    const twice = [openOrder(order), fill('a.01', '4', '99'), status('Submitted', '4')].flatMap((message) => [message, message]);
    expect(await toldOf(...twice)).toEqual([
      ['Submitted', 0, 'ACKNOWLEDGED'],
      ['partial fill', 4, 'PARTIAL'],
    ]);
  });

  test('shares never fall when an older report comes later', async () => {
    expect(await toldOf(openOrder(order), fill('a.01', '4', '99'), status('PendingCancel', '0'), status('Submitted', '2'))).toEqual([
      ['Submitted', 0, 'ACKNOWLEDGED'],
      ['partial fill', 4, 'PARTIAL'],
      ['PendingCancel', 4, 'PARTIAL'],
      ['Submitted', 4, 'PARTIAL'],
    ]);
  });

  test('an execution that comes before its order is counted when the order is heard of', async () => {
    expect(await toldOf(fill('a.01', '4', '99'), openOrder(order))).toEqual([['Submitted', 4, 'PARTIAL']]);
  });

  test('a correction takes the place of what it corrects', async () => {
    expect(await toldOf(openOrder(order), fill('a.01', '4', '99'), fill('a.02', '3', '99'), fill('b.01', '6', '98'))).toEqual([
      ['Submitted', 0, 'ACKNOWLEDGED'],
      ['partial fill', 4, 'PARTIAL'],
      ['correction', 3, 'PARTIAL'],
      ['partial fill', 9, 'PARTIAL'],
    ]);
  });

  test('a broken connection is opened again, and what is open then is told', async () => {
    const { tws, connect, ticket } = now();
    acknowledged(await connect().submit(resting('before', 1), ticket));
    const abort = new AbortController();
    const names: string[] = [];
    for await (const { order } of connect().tradeUpdates(abort.signal)) {
      names.push(order.clientOrderId);
      if (names.length === 1) tws.hangUp();
      if (names.length === 2) abort.abort();
    }
    expect(names).toEqual(['before', 'before']);
    expect(tws.received.filter((kind) => kind === 'start')).toHaveLength(3);
  });

  test('the stream has a client id of its own, and leaves orders theirs', async () => {
    const { tws, connect, ticket } = now();
    const abort = new AbortController();
    const updates = connect().tradeUpdates(abort.signal)[Symbol.asyncIterator]();
    const first = updates.next();
    while (!tws.clientIds.includes(masterClientId)) await new Promise((resolve) => setImmediate(resolve));
    acknowledged(await connect().submit(resting('one', 1), ticket));
    expect(((await first).value as TradeUpdate).order.clientOrderId).toBe('one');
    abort.abort();
    await updates.next();
  });

  test('TWS logged in to another account is no stream', async () => {
    const updates = now().connect({ account: 'DU999' }).tradeUpdates(new AbortController().signal);
    await expect(updates[Symbol.asyncIterator]().next()).rejects.toThrow(ContractViolation);
  });
});
