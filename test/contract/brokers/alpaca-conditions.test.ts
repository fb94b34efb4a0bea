/** What Alpaca alone brings about: a budget of requests, keys that rotate, a stream that breaks, and records of what no order of ours did. */
import { afterEach, describe, expect, test } from 'vitest';
import type { PaperExchange } from '../../../apps/paper-exchange/paper-exchange.ts';
import { type AlpacaOptions, createAlpacaBroker } from '../../../shared/brokers/alpaca/index.ts';
import type { TradeUpdate } from '../../../shared/brokers/broker.ts';
import { openWebSocket } from '../../../shared/brokers/web-socket.ts';
import type { EpochMs, Price, Shares } from '../../../shared/kernel/units.ts';
import { anyQuantityOf, ticketOf } from '../../support/risk-tickets.ts';
import { acknowledged, buy, given, id, refused, resting } from './scene.ts';
import { friday, keys, mondayAfter, movableClock, paperExchange, tradingTime } from './small-market.ts';

const ticket = await ticketOf(anyQuantityOf('GOOD', 'THIN'));
const origin = 'https://paper-api.alpaca.markets';
let exchange: PaperExchange;

const clockOnFriday = () => movableClock(tradingTime(friday));
const brokerAt = (url: string, options: Pick<AlpacaOptions, 'clock' | 'fetch'> & Partial<AlpacaOptions>) =>
  createAlpacaBroker({ ...keys, baseUrl: url, dataUrl: url, ...options });

afterEach(() => exchange.close());

describe('a budget of twenty requests a minute', () => {
  test('turns new orders away before it is spent, and leaves room to look up and cancel', async () => {
    const clock = clockOnFriday();
    exchange = paperExchange(clock, { requestsPerMinuteMax: 20 });
    const statuses: number[] = [];
    const fetch: AlpacaOptions['fetch'] = async (url, init) => {
      const response = await exchange.fetch(url, init);
      statuses.push(response.status);
      return response;
    };
    const broker = brokerAt(origin, { clock, fetch });
    const outcomes: string[] = [];
    for (let count = 0; count < 25; count++) outcomes.push((await broker.submit(resting(`order-${count}`, 1), ticket)).kind);
    expect(outcomes).toEqual([...Array.from({ length: 18 }, () => 'acknowledged'), ...Array.from({ length: 7 }, () => 'throttled')]);
    const order = given(await broker.orderByClientId(id('order-17')));
    expect(await broker.cancel(order.brokerOrderId)).toEqual({ kind: 'requested' });
    await expect(broker.openOrders()).rejects.toThrow('Alpaca throttled');
    expect([statuses.length, statuses.includes(429)]).toEqual([20, false]);

    clock.set((clock.now() + 60_000) as EpochMs);
    expect(await broker.submit(resting('order-18', 1), ticket)).toMatchObject({ kind: 'acknowledged' });
  });

  test('tells an order that another process of ours left no room for as throttled', async () => {
    const clock = clockOnFriday();
    exchange = paperExchange(clock, { requestsPerMinuteMax: 20 });
    const another = brokerAt(origin, { clock, fetch: exchange.fetch });
    for (let count = 0; count < 20; count++) await another.positions();
    const outcome = await brokerAt(origin, { clock, fetch: exchange.fetch }).submit(buy('late', 1), ticket);
    expect(outcome).toEqual({ kind: 'throttled', retryAfterMs: 60_000 });
  });
});

describe('keys that are rotated', () => {
  const rotated = { keyId: 'PKNEW', secretKey: 'new' };

  test('stop nothing when the new ones can be read: one order for one intent', async () => {
    const clock = clockOnFriday();
    exchange = paperExchange(clock);
    const broker = brokerAt(origin, { clock, fetch: exchange.fetch, readKeysAgain: async () => rotated });
    acknowledged(await broker.submit(buy('before', 5), ticket));
    exchange.rotateKeys(rotated);
    acknowledged(await broker.submit(buy('after', 5), ticket));
    expect(given(await broker.positions())).toMatchObject([{ symbol: 'GOOD', quantity: 10 }]);
  });

  test('are not authorised when nobody reads the new ones, and the order is nowhere', async () => {
    const clock = clockOnFriday();
    exchange = paperExchange(clock);
    const broker = brokerAt(origin, { clock, fetch: exchange.fetch });
    exchange.rotateKeys(rotated);
    expect(await broker.submit(buy('after', 5), ticket)).toMatchObject(refused('not-authorised'));
    expect(exchange.state().orders.size).toBe(0);
  });
});

test('a stream that breaks is heard again, with keys that were rotated meanwhile; what it missed is asked for', async () => {
  const clock = clockOnFriday();
  exchange = paperExchange(clock);
  const rotated = { keyId: 'PKNEW', secretKey: 'new' };
  const { url } = await exchange.listen(0);
  const waits: number[] = [];
  /** Quiet times never end here, and reconnecting waits for nobody. */
  const sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    waits.push(ms);
    return ms < 10_000 ? Promise.resolve() : new Promise((wake) => signal.addEventListener('abort', () => wake()));
  };
  const broker = brokerAt(url, {
    clock,
    fetch: globalThis.fetch,
    readKeysAgain: async () => rotated,
    stream: { openSocket: openWebSocket, sleep },
  });
  const abort = new AbortController();
  const heard: TradeUpdate[] = [];
  const listening = (async () => {
    for await (const update of broker.tradeUpdates(abort.signal)) heard.push(update);
  })();
  const fills = (): readonly string[] => heard.filter(({ event }) => event === 'fill').map(({ order }) => order.clientOrderId);
  const submitUntilHeard = async (name: string): Promise<void> => {
    const known = fills().length;
    for (let count = 0; fills().length === known && count < 500; count++) await broker.submit(buy(`${name}-${count}`, 1), ticket);
  };

  await submitUntilHeard('first');
  exchange.rotateKeys(rotated);
  exchange.dropStreams();
  acknowledged(await broker.submit(buy('missed', 1), ticket));
  await submitUntilHeard('second');
  abort.abort();
  await listening;

  expect(fills().at(0)).toMatch(/^first-/);
  expect(fills().at(-1)).toMatch(/^second-/);
  expect(waits.filter((ms) => ms === 1000).length).toBeGreaterThan(0);
  expect(given(await broker.orderByClientId(id('missed'))).state).toBe('FILLED');
});

test('activities tell what no order of ours did: cash in and out, a fee, interest, a trade by hand', async () => {
  const clock = clockOnFriday();
  exchange = paperExchange(clock);
  const broker = brokerAt(origin, { clock, fetch: exchange.fetch });
  exchange.transfer(500);
  exchange.transfer(-120.5);
  exchange.bookCash('FEE', -0.03);
  exchange.bookCash('INT', 1.25);
  exchange.manualTrade({ symbol: 'GOOD', side: 'buy', quantity: 3, priceUsd: 104 });
  expect(given(await broker.activities(tradingTime(friday)))).toMatchObject([
    { kind: 'transfer', amountUsd: 500 },
    { kind: 'transfer', amountUsd: -120.5 },
    { kind: 'fee', amountUsd: -0.03 },
    { kind: 'interest', amountUsd: 1.25 },
    { kind: 'fill', symbol: 'GOOD', side: 'BUY', quantity: 3, price: 104 },
  ]);
});

test('a partly filled order is not replaced: it is cancelled, and its rest is sent', async () => {
  const clock = clockOnFriday();
  exchange = paperExchange(clock);
  const broker = brokerAt(origin, { clock, fetch: exchange.fetch });
  const first = acknowledged(await broker.submit(resting('first', 25, 20, 'THIN'), ticket));
  expect(given(await broker.orderByClientId(id('first')))).toMatchObject({ state: 'PARTIAL', cumulativeQuantity: 10 });
  const by = { clientOrderId: id('second'), quantity: 18 as Shares, limitPrice: 21 as Price };
  expect(await broker.replace(first, by, ticket)).toMatchObject(refused('not-replaceable'));
  expect(await broker.cancel(first.brokerOrderId)).toEqual({ kind: 'requested' });
  const { cumulativeQuantity } = given(await broker.orderByClientId(id('first')));
  acknowledged(await broker.submit(resting('second', 18 - cumulativeQuantity, 21, 'THIN'), ticket));
  clock.set(tradingTime(mondayAfter));
  expect(given(await broker.positions())).toMatchObject([{ symbol: 'THIN', quantity: 18 }]);
});
