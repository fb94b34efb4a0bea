/** The trade-update stream as a client on a socket hears it, and the limit of requests. */
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { PaperExchangeOptions } from '../../../apps/paper-exchange/paper-exchange.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { friday, keys, tradingTime } from '../../contract/brokers/small-market.ts';
import { exchangeAt, headers, type Json } from './exchange-client.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A socket that keeps what it hears; `next` waits for one more message. */
async function streamOf(options: Partial<PaperExchangeOptions> = {}) {
  const client = exchangeAt(tradingTime(friday), options);
  closers.push(() => client.exchange.close());
  const server = await client.exchange.listen(0);
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/stream`);
  closers.push(() => socket.terminate());
  const heard: { message: Json; isBinary: boolean }[] = [];
  let wake = () => {};
  socket.on('message', (data, isBinary) => {
    heard.push({ message: JSON.parse(String(data)) as Json, isBinary });
    wake();
  });
  await once(socket, 'open');
  const next = async () => {
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return heard.shift()!;
  };
  const ask = async (message: object) => {
    socket.send(JSON.stringify(message));
    return (await next()).message;
  };
  return { ...client, server, socket, next, ask };
}

const auth = { action: 'auth', key: keys.keyId, secret: keys.secretKey };
const listen = { action: 'listen', data: { streams: ['trade_updates', 'weather'] } };

describe('the trade-update stream', () => {
  test('lets in who has the keys, by either form, and tells which streams there are', async () => {
    const { ask } = await streamOf();
    expect(await ask(listen)).toEqual({ stream: 'authorization', data: { status: 'unauthorized', action: 'listen' } });
    expect(await ask({ ...auth, secret: 'no' })).toEqual({ stream: 'authorization', data: { status: 'unauthorized', action: 'auth' } });
    expect(await ask(auth)).toEqual({ stream: 'authorization', data: { status: 'authorized', action: 'auth' } });
    const older = { action: 'authenticate', data: { key_id: keys.keyId, secret_key: keys.secretKey } };
    expect(await ask(older)).toMatchObject({ data: { status: 'authorized' } });
    expect(await ask(listen)).toEqual({ stream: 'listening', data: { streams: ['trade_updates'] } });
    expect(await ask({ action: 'dance' })).toEqual({ stream: 'listening', data: { error: 'invalid message' } });
  });

  test('tells what becomes of an order, once something moves the exchange', async () => {
    const { ask, next, order, call, exchange } = await streamOf();
    await ask(auth);
    await ask(listen);
    const { body } = await order({ qty: '10' });
    exchange.tick();
    const [accepted, acknowledged, filled] = [await next(), await next(), await next()];
    expect(accepted).toMatchObject({
      isBinary: true,
      message: { stream: 'trade_updates', data: { event: 'pending_new', order: { id: body.id, status: 'pending_new' } } },
    });
    expect(acknowledged.message).toMatchObject({ data: { event: 'new', order: { status: 'new' } } });
    expect(filled.message).toMatchObject({
      data: {
        event: 'fill',
        price: '104',
        qty: '10',
        position_qty: '10',
        timestamp: '2019-06-14T19:45:00.000Z',
        order: { id: body.id, status: 'filled', filled_qty: '10', filled_avg_price: '104' },
      },
    });
    expect((await call('GET', '/v2/account/activities')).body[0]!.id).toContain(`::${String((filled.message.data as Json).execution_id)}`);
  });

  test('speaks text where that is asked for, and breaks when told to', async () => {
    const { ask, next, order, exchange, socket } = await streamOf({ streamFrames: 'text' });
    await ask(auth);
    await ask(listen);
    await order({ type: 'limit', limit_price: '90' });
    expect((await next()).isBinary).toBe(false);
    exchange.dropStreams();
    await once(socket, 'close');
  });

  test('does not keep its server from closing', async () => {
    const { ask, server, socket } = await streamOf();
    await ask(auth);
    const closed = once(socket, 'close');
    await server.close();
    await closed;
  });

  test('knows new keys only, once they are rotated', async () => {
    const { ask, exchange, call } = await streamOf();
    exchange.rotateKeys({ keyId: 'PKNEW', secretKey: 'newer' });
    expect(await ask(auth)).toMatchObject({ data: { status: 'unauthorized' } });
    expect((await call('GET', '/v2/account')).status).toBe(403);
    const fresh = { 'APCA-API-KEY-ID': 'PKNEW', 'APCA-API-SECRET-KEY': 'newer' };
    expect((await call('GET', '/v2/account', undefined, fresh)).status).toBe(200);
  });
});

describe('the limit of requests', () => {
  test('says with every answer what is left and when it grows again', async () => {
    const { exchange, clock } = exchangeAt(tradingTime(friday), { requestsPerMinuteMax: 2 });
    const ask = async () => {
      const { status, headers: answered } = await exchange.fetch('http://any/v2/clock', { headers });
      return [status, answered.get('x-ratelimit-limit'), answered.get('x-ratelimit-remaining'), answered.get('x-ratelimit-reset')];
    };
    const reset = String(tradingTime(friday) / 1000 + 60);
    expect(await ask()).toEqual([200, '2', '1', reset]);
    clock.set((tradingTime(friday) + 30_000) as EpochMs);
    expect(await ask()).toEqual([200, '2', '0', reset]);
    expect(await ask()).toEqual([429, '2', '0', reset]);
    clock.set((tradingTime(friday) + 60_000) as EpochMs);
    expect((await ask())[0]).toBe(200);
  });
});
