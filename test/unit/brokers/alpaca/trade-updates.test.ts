/** The trade-update stream against a scripted other side, in virtual time: every sleep is a promise that the test ends. */
import { describe, expect, test } from 'vitest';
import { type AlpacaKeys, keyRing } from '../../../../shared/brokers/alpaca/keys.ts';
import { alpacaTradeUpdates, QUIET_MS, RECONNECT_MS_MAX } from '../../../../shared/brokers/alpaca/trade-updates.ts';
import type { TradeUpdate } from '../../../../shared/brokers/broker.ts';
import type { OpenSocket, SocketEvent } from '../../../../shared/brokers/stream-socket.ts';
import { ContractViolation, TransientFailure } from '../../../../shared/kernel/errors.ts';
import { orderBody } from './scripted-alpaca.ts';

interface OtherSide {
  tell(event: SocketEvent): void;
  says(message: unknown): void;
  readonly heard: unknown[];
  pings: number;
  ended: boolean;
}

/** What a test sees of a stream: the connections it opened, and the sleeps that are under way. */
function scriptedStream(readKeysAgain?: () => Promise<AlpacaKeys>) {
  const connections: OtherSide[] = [];
  const slept: number[] = [];
  const sleeping: { readonly ms: number; readonly wake: () => void }[] = [];
  const openSocket: OpenSocket = (_url, on) => {
    const side: OtherSide = {
      tell: on,
      says: (message) => on({ kind: 'message', text: JSON.stringify(message) }),
      heard: [],
      pings: 0,
      ended: false,
    };
    connections.push(side);
    return {
      send: (text) => side.heard.push(JSON.parse(text)),
      ping: () => {
        side.pings++;
      },
      end: () => {
        side.ended = true;
      },
    };
  };
  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((wake) => {
      slept.push(ms);
      sleeping.push({ ms, wake });
      signal.addEventListener('abort', () => wake());
      if (signal.aborted) wake();
    });
  const abort = new AbortController();
  const keys = keyRing({ keyId: 'k', secretKey: 's' }, readKeysAgain);
  const updates = alpacaTradeUpdates({ url: 'wss://broker.test/stream', keys, openSocket, sleep }, abort.signal);
  return {
    connections,
    updates,
    abort,
    slept,
    timePasses: () => sleeping.at(-1)!.wake(),
    settled: () => new Promise((done) => setImmediate(done)),
  };
}

const authorised = { stream: 'authorization', data: { action: 'authenticate', status: 'authorized' } };
const listening = { stream: 'listening', data: { streams: ['trade_updates'] } };
/** As in Alpaca's documentation, "Websocket Streaming". */
const fill = {
  stream: 'trade_updates',
  data: {
    event: 'partial_fill',
    execution_id: '7922ab44-5b33-4049-ab0a-0cfd805ba989',
    price: '179.08',
    qty: '40',
    position_qty: '100',
    timestamp: '2021-03-16T18:38:02.000Z',
    order: { ...orderBody, qty: '100', status: 'partially_filled', filled_qty: '60', filled_avg_price: '179' },
  },
};
const told: TradeUpdate = {
  event: 'partial_fill',
  at: Date.UTC(2021, 2, 16, 18, 38, 2) as TradeUpdate['at'],
  execution: { quantity: 40, price: 179.08 } as NonNullable<TradeUpdate['execution']>,
  order: expect.objectContaining({ state: 'PARTIAL', cumulativeQuantity: 60 }) as TradeUpdate['order'],
};

function listens(side: OtherSide): void {
  side.tell({ kind: 'open' });
  side.says(authorised);
  side.says(listening);
}

describe('the trade-update stream', () => {
  test('authenticates, listens, and tells what was executed and how the order stands', async () => {
    const { connections, updates } = scriptedStream();
    const next = updates.next();
    listens(connections[0]!);
    connections[0]!.says(fill);
    expect(await next).toEqual({ done: false, value: told });
    expect(connections[0]!.heard).toEqual([
      { action: 'authenticate', data: { key_id: 'k', secret_key: 's' } },
      { action: 'listen', data: { streams: ['trade_updates'] } },
    ]);
  });

  test('tells what happened to an order where nothing was executed, in the broker’s own word', async () => {
    const { connections, updates } = scriptedStream();
    const next = updates.next();
    listens(connections[0]!);
    connections[0]!.says({ stream: 'trade_updates', data: { event: 'order_cancel_rejected', order: orderBody } });
    const { value } = await next;
    expect(value).toMatchObject({ event: 'order_cancel_rejected', at: Date.parse(orderBody.updated_at) });
    expect(value).not.toHaveProperty('execution');
  });

  test('reconnects after a loss, waits longer each time, and begins small again once it listens', async () => {
    const stream = scriptedStream();
    const next = stream.updates.next();
    for (let loss = 0; loss < 8; loss++) {
      stream.connections[loss]!.tell({ kind: 'closed', cause: 'reset' });
      await stream.settled();
      stream.timePasses();
      await stream.settled();
    }
    const waits = stream.slept.filter((ms) => ms !== QUIET_MS);
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, RECONNECT_MS_MAX, RECONNECT_MS_MAX]);
    expect(stream.connections.every(({ ended }, index) => ended || index === 8)).toBe(true);
    listens(stream.connections[8]!);
    stream.connections[8]!.says(fill);
    expect((await next).value).toEqual(told);
    const after = stream.updates.next();
    stream.connections[8]!.tell({ kind: 'closed', cause: 'reset' });
    await stream.settled();
    expect(stream.slept.at(-1)).toBe(1000);
    stream.abort.abort();
    expect(await after).toEqual({ done: true, value: undefined });
  });

  test('pings a connection that is quiet, keeps one that answers, and drops one that does not', async () => {
    const stream = scriptedStream();
    const next = stream.updates.next();
    listens(stream.connections[0]!);
    await stream.settled();
    stream.timePasses();
    await stream.settled();
    expect(stream.connections[0]!.pings).toBe(1);
    stream.connections[0]!.tell({ kind: 'pong' });
    await stream.settled();
    stream.timePasses();
    await stream.settled();
    expect([stream.connections[0]!.pings, stream.connections[0]!.ended]).toEqual([2, false]);
    stream.timePasses();
    await stream.settled();
    expect(stream.connections[0]!.ended).toBe(true);
    stream.abort.abort();
    await next;
  });

  test('drops a connection that answers but never gets as far as listening', async () => {
    const stream = scriptedStream();
    const next = stream.updates.next();
    stream.connections[0]!.tell({ kind: 'open' });
    await stream.settled();
    stream.timePasses();
    await stream.settled();
    expect(stream.connections[0]!.ended).toBe(true);
    stream.abort.abort();
    await next;
  });

  test.each([
    ['no JSON', 'hello'],
    ['half a message', '{"stream":"trade_updates","data":{'],
    ['a stream nobody asked for', JSON.stringify({ stream: 'quotes', data: {} })],
    ['a fill without its quantity', JSON.stringify({ ...fill, data: { ...fill.data, qty: undefined } })],
    ['an update without its order', JSON.stringify({ ...fill, data: { ...fill.data, order: undefined } })],
    [
      'an update without an instant',
      JSON.stringify({ stream: 'trade_updates', data: { event: 'new', order: { ...orderBody, updated_at: null, submitted_at: null } } }),
    ],
  ])('surfaces %s, and ends the connection', async (_name, text) => {
    const { connections, updates } = scriptedStream();
    const next = updates.next();
    listens(connections[0]!);
    connections[0]!.tell({ kind: 'message', text });
    await expect(next).rejects.toThrow(ContractViolation);
    expect(connections[0]!.ended).toBe(true);
  });

  test('reads rotated keys anew for its next connection, and says so when they are refused for good', async () => {
    const stream = scriptedStream(async () => ({ keyId: 'rotated', secretKey: 's2' }));
    const next = stream.updates.next();
    const refuses = (side: OtherSide): void => {
      side.tell({ kind: 'open' });
      side.says({ stream: 'authorization', data: { action: 'authenticate', status: 'unauthorized' } });
    };
    refuses(stream.connections[0]!);
    await stream.settled();
    stream.timePasses();
    await stream.settled();
    refuses(stream.connections[1]!);
    await expect(next).rejects.toThrow('Alpaca takes our keys for its stream');
    expect(stream.connections[1]!.heard).toEqual([{ action: 'authenticate', data: { key_id: 'rotated', secret_key: 's2' } }]);
  });

  test('surfaces that it may not listen', async () => {
    const { connections, updates } = scriptedStream();
    const next = updates.next();
    connections[0]!.tell({ kind: 'open' });
    connections[0]!.says(authorised);
    connections[0]!.says({ stream: 'listening', data: { streams: [] } });
    await expect(next).rejects.toThrow('Alpaca lets us listen to trade_updates');
  });

  test('stops for a reader that does not keep up, instead of growing without end', async () => {
    const { connections, updates } = scriptedStream();
    const next = updates.next();
    listens(connections[0]!);
    for (let count = 0; count <= 10_001; count++) connections[0]!.tell({ kind: 'pong' });
    await expect(next).rejects.toThrow(TransientFailure);
  });

  test('ends when the signal says so, without waiting for anyone', async () => {
    const { connections, updates, abort } = scriptedStream();
    const next = updates.next();
    listens(connections[0]!);
    abort.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(connections[0]!.ended).toBe(true);
  });
});
