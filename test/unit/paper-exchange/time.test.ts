/** What time does to an order: volume that comes minute by minute, latency, halts, and races between a request and a fill. */
import { describe, expect, test } from 'vitest';
import { newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import type { EpochMs, Ticker } from '../../../shared/kernel/units.ts';
import { friday } from '../../contract/brokers/small-market.ts';
import { exchangeAt } from './exchange-client.ts';
import { flatBar, madeMarket, minutesFrom } from './made-market.ts';

const at = (hour: number, minute: number, second = 0): EpochMs => (newYorkInstant(friday, hour, minute) + second * 1000) as EpochMs;

/** From eleven on: 100, 100, 99, 98, then 100 for good; a thousand shares a minute. */
const eleven = madeMarket({ minutes: (day) => minutesFrom(day, 11, [100, 100, 99, 98, 100, 100, 100]) });
const atEleven = (options: Parameters<typeof exchangeAt>[1] = {}) => exchangeAt(at(11, 0), { market: eleven, ...options });

describe('volume over time', () => {
  test('an order is filled by the minute, no more than a tenth of what is traded', async () => {
    const { order, call, clock } = atEleven();
    const { body } = await order({ qty: '250' });
    const seen = async () => {
      const { body: now } = await call('GET', `/v2/orders/${body.id}`);
      return [now.status, now.filled_qty, now.filled_avg_price];
    };
    expect(await seen()).toEqual(['partially_filled', '100', '100']);
    clock.set(at(11, 0, 59));
    expect(await seen()).toEqual(['partially_filled', '100', '100']);
    clock.set(at(11, 1));
    expect(await seen()).toEqual(['partially_filled', '200', '100']);
    clock.set(at(15, 0));
    expect(await seen()).toEqual(['filled', '250', '99.8']);
  });

  test('all orders together get that share, the first first', async () => {
    const { order, exchange } = atEleven();
    await order({ qty: '70' });
    await order({ qty: '70' });
    expect([...exchange.state().orders.values()].map(({ filledQuantity }) => Number(filledQuantity) / 1e9)).toEqual([70, 30]);
  });

  test('an order sent at eleven meets only what comes after', async () => {
    const { order, call, clock } = atEleven();
    const waiting = await order({ type: 'limit', limit_price: '98', time_in_force: 'gtc' });
    clock.set(at(11, 2, 30));
    expect((await call('GET', `/v2/orders/${waiting.body.id}`)).body.status).toBe('new');
    clock.set(at(11, 3));
    expect((await call('GET', `/v2/orders/${waiting.body.id}`)).body).toMatchObject({
      status: 'filled',
      filled_at: '2019-06-14T15:03:00.000Z',
    });
    const late = await order({ type: 'limit', limit_price: '97.5' });
    clock.set(at(16, 1));
    expect((await call('GET', `/v2/orders/${late.body.id}`)).body.status).toBe('expired');
  });

  test('what an immediate order cannot have at once it does not get later; all-or-nothing gets nothing', async () => {
    const { order, call } = atEleven();
    const [ioc, fok] = [await order({ qty: '150', time_in_force: 'ioc' }), await order({ qty: '150', time_in_force: 'fok' })];
    expect((await call('GET', `/v2/orders/${ioc.body.id}`)).body).toMatchObject({ status: 'canceled', filled_qty: '100' });
    expect((await call('GET', `/v2/orders/${fok.body.id}`)).body).toMatchObject({ status: 'canceled', filled_qty: '0' });
  });
});

describe('latency', () => {
  const slow = { latency: { acknowledgeMs: 2000, cancelMs: 5000, replaceMs: 5000 } };

  test('an order trades only once the venue has it', async () => {
    const { order, call, clock } = atEleven(slow);
    const { body } = await order({ qty: '5' });
    clock.set(at(11, 0, 1));
    expect((await call('GET', `/v2/orders/${body.id}`)).body.status).toBe('pending_new');
    clock.set(at(11, 0, 2));
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'filled', filled_at: '2019-06-14T15:00:02.000Z' });
  });

  test('a cancellation takes its time, and what is filled until then stays', async () => {
    const { order, call, clock } = atEleven(slow);
    const { body } = await order({ qty: '1000' });
    clock.set(at(11, 0, 58));
    expect((await call('DELETE', `/v2/orders/${body.id}`)).status).toBe(204);
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'pending_cancel', filled_qty: '100' });
    expect(await call('DELETE', `/v2/orders/${body.id}`)).toMatchObject({ status: 422 });
    clock.set(at(11, 1));
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'pending_cancel', filled_qty: '200' });
    clock.set(at(11, 5));
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({
      status: 'canceled',
      filled_qty: '200',
      canceled_at: '2019-06-14T15:01:03.000Z',
    });
  });

  test('a cancellation that comes too late is lost to the fill, and the stream says so', async () => {
    const { order, call, clock, exchange } = atEleven(slow);
    const heard: string[] = [];
    exchange.onTradeUpdate(({ event }) => heard.push(event));
    const { body } = await order({ qty: '150' });
    clock.set(at(11, 0, 58));
    await call('DELETE', `/v2/orders/${body.id}`);
    clock.set(at(11, 1));
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'filled', filled_qty: '150' });
    expect(heard).toEqual(['pending_new', 'new', 'partial_fill', 'pending_cancel', 'fill', 'order_cancel_rejected']);
    expect(await call('DELETE', `/v2/orders/${body.id}`)).toMatchObject({ status: 422, body: { code: 42210000 } });
  });

  test('a replacement takes over what the old order has not filled when its turn comes', async () => {
    const { order, call, clock } = atEleven(slow);
    const { body: old } = await order({ type: 'limit', limit_price: '100', qty: '500' });
    clock.set(at(11, 0, 58));
    const { body: next, status } = await call('PATCH', `/v2/orders/${old.id}`, { qty: '250', limit_price: '99' });
    expect([status, next.status, next.qty, next.replaces]).toEqual([200, 'pending_new', '150', old.id]);
    expect((await call('GET', `/v2/orders/${old.id}`)).body).toMatchObject({ status: 'pending_replace', filled_qty: '100' });
    clock.set(at(11, 1, 30));
    expect((await call('GET', `/v2/orders/${old.id}`)).body).toMatchObject({ status: 'replaced', filled_qty: '200', replaced_by: next.id });
    expect((await call('GET', `/v2/orders/${next.id}`)).body).toMatchObject({ status: 'new', qty: '50', filled_qty: '0' });
    clock.set(at(11, 2));
    expect((await call('GET', `/v2/orders/${next.id}`)).body).toMatchObject({ status: 'filled', filled_qty: '50', filled_avg_price: '99' });
    expect((await call('GET', '/v2/positions/GOOD')).body.qty).toBe('250');
  });

  test('a replacement that comes too late is rejected', async () => {
    const { order, call, clock, exchange } = atEleven(slow);
    const { body: old } = await order({ type: 'limit', limit_price: '100', qty: '150' });
    clock.set(at(11, 0, 58));
    const { body: next } = await call('PATCH', `/v2/orders/${old.id}`, { limit_price: '99' });
    const heard: string[] = [];
    exchange.onTradeUpdate(({ event }) => heard.push(event));
    clock.set(at(11, 5));
    expect((await call('GET', `/v2/orders/${old.id}`)).body).toMatchObject({ status: 'filled', filled_qty: '150', replaced_by: null });
    expect((await call('GET', `/v2/orders/${next.id}`)).body).toMatchObject({ status: 'rejected', filled_qty: '0' });
    expect(heard).toEqual(['fill', 'rejected', 'order_replace_rejected']);
    expect((await call('GET', '/v2/orders')).body).toEqual([]);
  });

  test('a replacement cancelled before its turn leaves nothing at work', async () => {
    const { order, call, clock } = atEleven(slow);
    const { body: old } = await order({ type: 'limit', limit_price: '90', qty: '150' });
    clock.set(at(11, 0, 2));
    const { body: next } = await call('PATCH', `/v2/orders/${old.id}`, { limit_price: '91' });
    expect((await call('DELETE', `/v2/orders/${old.id}`)).status).toBe(422);
    expect((await call('DELETE', `/v2/orders/${next.id}`)).status).toBe(204);
    clock.set(at(11, 1));
    expect((await call('GET', `/v2/orders/${old.id}`)).body.status).toBe('replaced');
    expect((await call('GET', `/v2/orders/${next.id}`)).body.status).toBe('canceled');
    expect((await call('GET', '/v2/orders')).body).toEqual([]);
  });

  test('an order cannot be replaced by less than it has filled, nor before the venue has it', async () => {
    const { order, call, clock } = atEleven(slow);
    const { body } = await order({ type: 'limit', limit_price: '100', qty: '500' });
    expect(await call('PATCH', `/v2/orders/${body.id}`, { qty: '5' })).toMatchObject({
      status: 422,
      body: { message: 'order cannot be replaced in "pending_new" state' },
    });
    clock.set(at(11, 0, 2));
    expect(await call('PATCH', `/v2/orders/${body.id}`, { qty: '100' })).toMatchObject({
      status: 422,
      body: { message: 'order qty must be > filled qty' },
    });
  });
});

describe('halts and rejects of the venue', () => {
  test('orders wait while their symbol is halted, and meet what comes after', async () => {
    const { order, call, clock, exchange } = atEleven();
    exchange.halt('GOOD', at(11, 0), at(11, 2));
    const { body } = await order({ qty: '10' });
    const immediate = await order({ qty: '10', time_in_force: 'ioc' });
    expect((await call('GET', `/v2/orders/${body.id}`)).body.status).toBe('suspended');
    expect((await call('GET', `/v2/orders/${immediate.body.id}`)).body.status).toBe('canceled');
    clock.set(at(11, 1, 59));
    expect((await call('GET', `/v2/orders/${body.id}`)).body.status).toBe('suspended');
    clock.set(at(11, 2));
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'filled', filled_avg_price: '99' });
  });

  test('a halt comes into an order that is at work, and an order may be cancelled in it', async () => {
    const { order, call, clock, exchange } = atEleven();
    exchange.halt('GOOD', at(11, 1), at(12, 0));
    const { body } = await order({ qty: '1000' });
    clock.set(at(11, 30));
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'suspended', filled_qty: '100' });
    expect((await call('DELETE', `/v2/orders/${body.id}`)).status).toBe(204);
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'canceled', filled_qty: '100' });
  });

  test('of several halts the one that begins first counts first, in whatever order they were told', async () => {
    const { order, call, clock, exchange } = atEleven();
    exchange.halt('GOOD', at(11, 3), at(11, 5));
    exchange.halt('GOOD', at(11, 0), at(11, 4));
    const { body } = await order({ qty: '10' });
    clock.set(at(11, 4, 30));
    expect((await call('GET', `/v2/orders/${body.id}`)).body.status).toBe('suspended');
    clock.set(at(11, 5));
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'filled', filled_at: '2019-06-14T15:05:00.000Z' });
  });

  test('a halt without an end is no halt', () => {
    const { exchange } = atEleven();
    expect(() => exchange.halt('GOOD', at(11, 0), Number.POSITIVE_INFINITY as EpochMs)).toThrow(ContractViolation);
  });

  test('a limit outside the price band is taken by the broker and rejected by the venue', async () => {
    const { order, call } = atEleven({ rejects: [{ kind: 'price-band', bandFrac: 0.05 }] });
    const { body } = await order({ type: 'limit', limit_price: '94' });
    expect(body.status).toBe('pending_new');
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'rejected', failed_at: '2019-06-14T15:00:00.000Z' });
    const within = await order({ type: 'limit', limit_price: '96' });
    expect((await call('GET', `/v2/orders/${within.body.id}`)).body.status).toBe('new');
  });

  test('a venue may refuse a symbol or a side', async () => {
    const refuse = { kind: 'refuse', symbol: 'GOOD' as Ticker, side: 'sell' } as const;
    const { order, call } = atEleven({ rejects: [refuse] });
    const [bought, sold] = [await order({ qty: '5' }), await order({ qty: '5', side: 'sell' })];
    expect((await call('GET', `/v2/orders/${bought.body.id}`)).body.status).toBe('filled');
    expect((await call('GET', `/v2/orders/${sold.body.id}`)).body.status).toBe('rejected');
  });

  test('what is hard to borrow cannot be sold short', async () => {
    const { order, call } = exchangeAt(at(11, 0), { market: madeMarket({ bar: flatBar(100), easyToBorrow: false }) });
    expect((await call('GET', '/v2/assets/GOOD')).body).toMatchObject({ shortable: false, borrow_status: 'hard_to_borrow' });
    expect(await order({ side: 'sell' })).toMatchObject({ status: 422, body: { message: 'asset "GOOD" cannot be sold short' } });
  });
});
