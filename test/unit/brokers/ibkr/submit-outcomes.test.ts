import { describe, expect, test } from 'vitest';
import { TwsSessions } from '../../../../shared/brokers/ibkr/sessions.ts';
import { sendOnce } from '../../../../shared/brokers/ibkr/submission.ts';
import { ContractViolation, InvariantViolation } from '../../../../shared/kernel/errors.ts';
import type { Shares } from '../../../../shared/kernel/units.ts';
import { acknowledged, buy, given, id, refused, resting } from '../../../contract/brokers/scene.ts';
import type { Mishap } from '../../../support/fake-tws/fake-tws.ts';
import { errorMessage, openOrder, orderStatus } from '../../../support/fake-tws/messages.ts';
import type { ClientMessage } from '../../../support/fake-tws/requests.ts';
import { account, clientId, twsScene } from './tws-scene.ts';

const at =
  (kind: ClientMessage['kind'], mishap: Mishap) =>
  (message: ClientMessage): Mishap =>
    message.kind === kind ? mishap : 'none';

/** TWS answers the order with these codes and nothing else. */
const answering =
  (...codes: readonly [code: number, text: string][]) =>
  (message: ClientMessage) =>
    message.kind === 'place-order' ? codes.map(([code, text]) => errorMessage(message.order.orderId, code, text)) : undefined;

describe('submitting an order to TWS', () => {
  const now = twsScene();

  test('looks for the reference first, and sends once', async () => {
    const { tws, connect, ticket } = now();
    acknowledged(await connect().submit(resting('one', 5), ticket));
    expect(tws.received).toEqual(['start', 'open-orders', 'completed-orders', 'executions', 'place-order']);
    acknowledged(await connect().submit(resting('one', 5), ticket));
    expect(tws.received.filter((kind) => kind === 'place-order')).toHaveLength(1);
  });

  test.each([
    ['before the order is read', 'request-lost', false],
    ['before the order is answered', 'reply-lost', true],
    ['for good', 'silence', true],
  ] as const)(
    'says unknown when TWS falls silent %s, and the order is found by asking, or is not there',
    async (_when, mishap, arrives) => {
      const { tws, connect, ticket } = now();
      tws.before = at('place-order', mishap);
      expect(await connect({ timeoutMs: 400 }).submit(resting('one', 5), ticket)).toMatchObject({ kind: 'unknown' });
      tws.before = () => 'none';
      const broker = connect();
      expect(await broker.orderByClientId(id('one'))).toMatchObject(arrives ? { quantity: 5 } : refused('not-found'));
      acknowledged(await broker.submit(resting('one', 5), ticket));
      expect(given(await broker.openOrders())).toHaveLength(1);
    },
  );

  test.each(['open-orders', 'completed-orders', 'executions', 'start'] as const)(
    'says unknown, and sends nothing, when the line breaks at "%s"',
    async (kind) => {
      const { tws, connect, ticket } = now();
      tws.before = at(kind, 'request-lost');
      expect(await connect({ timeoutMs: 400 }).submit(resting('one', 5), ticket)).toMatchObject({ kind: 'unknown' });
      expect(tws.received).not.toContain('place-order');
    },
  );

  test('says unknown when nothing listens', async () => {
    const { tws, connect, ticket } = now();
    const broker = connect();
    await tws.close();
    expect(await broker.submit(resting('one', 5), ticket)).toMatchObject({ kind: 'unknown' });
  });

  test.each([
    [201, 'Order rejected - reason:The exchange is closed', 'rejected'],
    [110, 'The price does not conform to the minimum price variation for this contract.', 'rejected'],
    [100, 'Max rate of messages per second has been exceeded', 'throttled'],
    [133, 'Submit new order failed', 'unknown'],
    [424242, 'A code of tomorrow', 'unknown'],
  ])('is told %i and says what became of the order', async (code, text, kind) => {
    const { tws, connect, ticket } = now();
    tws.instead = answering([code, text]);
    expect(await connect().submit(resting('one', 5), ticket)).toMatchObject({ kind });
  });

  test('a gateway in read-only mode does not authorise it', async () => {
    const { tws, connect, ticket } = now();
    tws.instead = answering([321, 'Error validating request.-: cause - The API interface is currently in Read-Only mode.']);
    expect(await connect().submit(resting('one', 5), ticket)).toMatchObject(refused('not-authorised'));
  });

  test('a warning decides nothing: the order’s own report does', async () => {
    const { tws, connect, ticket } = now();
    tws.instead = answering([399, 'Order Message:\nWarning: your order will not be placed at the exchange until 09:30']);
    expect(await connect({ timeoutMs: 300 }).submit(resting('one', 5), ticket)).toMatchObject({ kind: 'unknown' });
  });

  test('two processes under one client id take turns, and their orders are their own', async () => {
    const { connect, ticket } = now();
    const outcomes = await Promise.all(['one', 'two', 'three'].map((name) => connect().submit(resting(name, 5), ticket)));
    expect(new Set(outcomes.map((outcome) => acknowledged(outcome).brokerOrderId)).size).toBe(3);
    expect(
      given(await connect().openOrders())
        .map(({ clientOrderId }) => clientOrderId)
        .sort(),
    ).toEqual(['one', 'three', 'two']);
  });

  test('two processes that send the same order at once make one', async () => {
    const { tws, connect, ticket } = now();
    const [one, other] = await Promise.all([connect().submit(resting('same', 5), ticket), connect().submit(resting('same', 5), ticket)]);
    expect(acknowledged(one).brokerOrderId).toBe(acknowledged(other).brokerOrderId);
    expect(tws.received.filter((kind) => kind === 'place-order')).toHaveLength(1);
  });

  test('two callers that send the same order at once over one connection make one', async () => {
    const { tws, connect, ticket } = now();
    const broker = connect();
    const [one, other] = await Promise.all([broker.submit(resting('same', 5), ticket), broker.submit(resting('same', 5), ticket)]);
    expect(acknowledged(one).brokerOrderId).toBe(acknowledged(other).brokerOrderId);
    expect(tws.received.filter((kind) => kind === 'place-order')).toHaveLength(1);
  });

  test('one that is never answered does not stop those behind it', async () => {
    const { tws, connect, ticket } = now();
    const broker = connect({ timeoutMs: 1_000 });
    tws.before = (message) => (message.kind === 'place-order' && message.order.orderRef === 'lost' ? 'silence' : 'none');
    const [lost, next] = await Promise.all([broker.submit(resting('lost', 1), ticket), broker.submit(resting('next', 1), ticket)]);
    expect(lost).toMatchObject({ kind: 'unknown' });
    acknowledged(next);
  });

  test('what of it still waits to be sent dies with the session', async () => {
    const { tws, connect } = now();
    tws.before = at('place-order', 'silence');
    const sessions = new TwsSessions({ host: '127.0.0.1', port: tws.port, clientId, account, timeoutMs: 200 });
    const access = { account, capabilities: connect().capabilities };
    const isOver = await sessions.with(async (session) => {
      expect(await sendOnce(session, resting('late', 1), access)).toMatchObject({ kind: 'unknown' });
      return session.isOver;
    });
    expect(isOver).toBe(true);
  });

  test('order ids lie above every one heard of, whoever’s it was', async () => {
    const { tws, connect, ticket } = now();
    const other = connect({ clientId: 99 });
    for (const name of ['a', 'b', 'c']) acknowledged(await other.submit(resting(name, 1), ticket));
    acknowledged(await connect().submit(resting('mine', 1), ticket));
    expect(tws.orders.orders.map(({ orderRef, orderId }) => [orderRef, orderId])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['mine', 4],
    ]);
  });

  test('many at once over one connection each hear of their own order', async () => {
    const { tws, connect, ticket } = now();
    const broker = connect();
    const names = Array.from({ length: 8 }, (_, count) => `n${count}`);
    const orders = await Promise.all(names.map((name, count) => broker.submit(resting(name, count + 1), ticket)));
    expect(orders.map((outcome) => acknowledged(outcome).quantity)).toEqual(names.map((_, count) => count + 1));
    expect(tws.received.filter((kind) => kind === 'start')).toHaveLength(1);
  });

  test('another client’s order of the same number is not taken for ours', async () => {
    const { tws, connect, ticket } = now();
    tws.instead = (message) => {
      if (message.kind !== 'place-order') return undefined;
      const shares = { status: 'Submitted', filled: '0', remaining: '5', averagePrice: '' };
      const ours = { ...message.order, ...shares, clientId, permId: 901 };
      const theirs = { ...ours, clientId: 99, permId: 900, orderRef: 'theirs', status: 'Filled', filled: '5' };
      return [openOrder(theirs), orderStatus(theirs), openOrder(ours), orderStatus(ours)];
    };
    expect(acknowledged(await connect().submit(resting('ours', 5), ticket))).toMatchObject({ brokerOrderId: '901', state: 'ACKNOWLEDGED' });
  });

  test('that another client entered a second order under the reference stops everything', async () => {
    const { connect, ticket, tws } = now();
    acknowledged(await connect().submit(resting('twice', 1), ticket));
    const told = tws.orders.orders[0]!;
    const second = { ...told, permId: told.permId + 1, orderId: told.orderId + 1, clientId: 0 };
    tws.instead = ({ kind }) =>
      kind === 'open-orders' ? [openOrder(told), orderStatus(told), openOrder(second), orderStatus(second), [53, 1]] : undefined;
    await expect(connect().orderByClientId(id('twice'))).rejects.toThrow(InvariantViolation);
    await expect(connect().submit(resting('twice', 1), ticket)).rejects.toThrow(InvariantViolation);
  });

  test('a fraction of a share, and an order with others attached, are refused before TWS is asked anything', async () => {
    const { tws, connect, ticket } = now();
    await expect(connect().submit(buy('half', 0.5), ticket)).rejects.toThrow(ContractViolation);
    const order = acknowledged(await connect().submit(resting('whole', 5), ticket));
    const sent = tws.received.length;
    await expect(connect().replace(order, { clientOrderId: id('half'), quantity: 4.5 as Shares }, ticket)).rejects.toThrow(
      ContractViolation,
    );
    expect(tws.received).toHaveLength(sent);
  });
});
