import { describe, expect, test } from 'vitest';
import { InvariantViolation } from '../../../../shared/kernel/errors.ts';
import type { Price, Shares } from '../../../../shared/kernel/units.ts';
import { marketOrder, orderBody, scriptedAlpaca, ticket } from './scripted-alpaca.ts';

const duplicate = (message: string) => ({ status: 422, body: { code: 40010001, message } });

describe('submitting an order to Alpaca', () => {
  test('sends the client order id, and quantities and prices as decimal text', async () => {
    const { broker, asked } = scriptedAlpaca([{ status: 200, body: orderBody }]);
    const order = { quantity: 1.5 as Shares, type: 'STOP_LIMIT', limitPrice: 100.1 as Price, stopPrice: 0.9512 as Price } as const;
    await broker.submit({ ...marketOrder, ...order }, ticket);
    expect(asked).toEqual([
      {
        keyId: 'k',
        method: 'POST',
        url: 'https://broker.test/v2/orders',
        body: {
          client_order_id: marketOrder.clientOrderId,
          symbol: 'AAPL',
          side: 'buy',
          type: 'stop_limit',
          time_in_force: 'day',
          qty: '1.5',
          limit_price: '100.1',
          stop_price: '0.9512',
        },
      },
    ]);
  });

  test.each([
    ['a 500', { status: 500, body: { code: 50010000, message: 'internal server error' } }],
    ['a 503 without JSON', { status: 503, body: '<html>upstream</html>' }],
    ['a 504', { status: 504, body: { message: 'gateway timeout' } }],
    ['a reset connection', new TypeError('fetch failed')],
    ['half an answer', { status: 200, body: '{"id":"61e6' }],
    ['an answer that is no order', { status: 200, body: { ok: true } }],
  ])('says unknown after %s, and sends nothing again', async (_name, answer) => {
    const { broker, asked } = scriptedAlpaca([answer]);
    expect(await broker.submit(marketOrder, ticket)).toMatchObject({ kind: 'unknown' });
    expect(asked).toHaveLength(1);
  });

  test('says unknown when no answer comes within the time allowed', async () => {
    const { broker, asked } = scriptedAlpaca(['never'], { timeoutMs: 20 });
    expect(await broker.submit(marketOrder, ticket)).toMatchObject({ kind: 'unknown', cause: expect.stringContaining('timed out') });
    expect(asked).toHaveLength(1);
  });

  test.each(['client_order_id must be unique', 'client order id must be unique'])(
    'adopts the order that is there already when told "%s"',
    async (message) => {
      const { broker, asked } = scriptedAlpaca([
        duplicate(message),
        { status: 200, body: { ...orderBody, status: 'filled', filled_qty: '1', filled_avg_price: '131.5' } },
      ]);
      const outcome = await broker.submit(marketOrder, ticket);
      expect(outcome).toMatchObject({ kind: 'acknowledged', order: { brokerOrderId: orderBody.id, state: 'FILLED', averagePrice: 131.5 } });
      expect(asked[1]!.url).toBe(`https://broker.test/v2/orders:by_client_order_id?client_order_id=${marketOrder.clientOrderId}`);
    },
  );

  test('says unknown when the order that is there already cannot be read', async () => {
    const { broker } = scriptedAlpaca([duplicate('client_order_id must be unique'), { status: 500, body: {} }]);
    expect(await broker.submit(marketOrder, ticket)).toMatchObject({ kind: 'unknown' });
  });

  test('says unknown when the id is taken and the order cannot be found', async () => {
    const { broker } = scriptedAlpaca([
      duplicate('client_order_id must be unique'),
      { status: 404, body: { code: 40410000, message: 'order not found' } },
    ]);
    expect(await broker.submit(marketOrder, ticket)).toMatchObject({ kind: 'unknown' });
  });

  test('stops when the order that is there already is for another symbol', async () => {
    const { broker } = scriptedAlpaca([
      duplicate('client_order_id must be unique'),
      { status: 200, body: { ...orderBody, symbol: 'MSFT' } },
    ]);
    await expect(broker.submit(marketOrder, ticket)).rejects.toThrow(InvariantViolation);
  });

  test('stops when the answer to an order is about another one', async () => {
    const { broker } = scriptedAlpaca([{ status: 200, body: { ...orderBody, side: 'sell' } }]);
    await expect(broker.submit(marketOrder, ticket)).rejects.toThrow('a client order id names one intent');
  });

  test('says unknown when the order that is there already comes in a shape that nobody documents', async () => {
    const { broker } = scriptedAlpaca([duplicate('client_order_id must be unique'), { status: 200, body: { surprise: true } }]);
    expect(await broker.submit(marketOrder, ticket)).toMatchObject({ kind: 'unknown' });
  });

  test('tells a throttled request from a rejected one, with the wait the broker asks for', async () => {
    const throttled = { status: 429, body: { code: 42910000, message: 'rate limit exceeded' } };
    const { broker } = scriptedAlpaca([throttled, { ...throttled, headers: { 'retry-after': '2' } }]);
    expect(await broker.submit(marketOrder, ticket)).toEqual({ kind: 'throttled' });
    expect(await broker.submit(marketOrder, ticket)).toEqual({ kind: 'throttled', retryAfterMs: 2000 });
  });

  test('keeps the number of requests it was told to make: one a read, whatever fails', async () => {
    const { broker, asked } = scriptedAlpaca([{ status: 503, body: {} }]);
    await expect(broker.account()).rejects.toThrow('Alpaca failed at "account"');
    expect(asked).toHaveLength(1);
  });
});
