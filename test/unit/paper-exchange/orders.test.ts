/** What becomes of an order, from its acceptance to its end. */
import { describe, expect, test } from 'vitest';
import { newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { friday, monday, tradingTime } from '../../contract/brokers/small-market.ts';
import { exchangeAt } from './exchange-client.ts';

describe('what becomes of an order', () => {
  test('in an open session it is pending, then filled at the close with spread and impact', async () => {
    const { order, call } = exchangeAt(tradingTime(friday), { spreadBps: 10 as never, impactBpsAtWholeVolume: 100 as never });
    const { body } = await order({ qty: '100' });
    expect(body).toMatchObject({ status: 'pending_new', filled_qty: '0', filled_avg_price: null, position_intent: 'buy_to_open' });
    const filled = await call('GET', `/v2/orders/${body.id}`);
    expect(filled.body).toMatchObject({
      status: 'filled',
      filled_qty: '100',
      filled_avg_price: '104.06',
      filled_at: '2019-06-14T19:45:00.000Z',
    });
  });

  test('on a closed market it waits, and meets the opening of the next session', async () => {
    const { order, call, clock } = exchangeAt(tradingTime((friday + 1) as EpochDay));
    const { body } = await order({ symbol: 'OTHER' });
    expect(body.status).toBe('accepted');
    expect((await call('GET', `/v2/orders/${body.id}`)).body.status).toBe('accepted');
    clock.set(newYorkInstant((friday + 3) as EpochDay, 9, 31));
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({
      status: 'filled',
      filled_avg_price: '50',
      filled_at: '2019-06-17T13:30:00.000Z',
    });
  });

  test('a day order that waited in vain expires at the close, a good-till-cancelled one goes on', async () => {
    const { order, call, clock } = exchangeAt(tradingTime(monday));
    const day = await order({ type: 'limit', limit_price: '99.5' });
    const gtc = await order({ type: 'limit', limit_price: '99.5', time_in_force: 'gtc' });
    expect((await call('GET', `/v2/orders/${day.body.id}`)).body.status).toBe('new');
    clock.set(newYorkInstant(monday, 16, 5));
    expect((await call('GET', `/v2/orders/${day.body.id}`)).body).toMatchObject({
      status: 'expired',
      expired_at: '2019-06-10T20:00:00.000Z',
    });
    clock.set(newYorkInstant((monday + 1) as EpochDay, 12, 0));
    expect((await call('GET', `/v2/orders/${gtc.body.id}`)).body).toMatchObject({ status: 'filled', filled_avg_price: '99.5' });
  });

  test('waiting for a symbol that has left the market ends in rejection', async () => {
    const { order, call, clock } = exchangeAt(newYorkInstant((monday + 2) as EpochDay, 17, 0));
    const { body } = await order({ symbol: 'GONE' });
    expect(body.status).toBe('accepted');
    clock.set(tradingTime(friday));
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'rejected', failed_at: expect.any(String) });
  });

  test('an order larger than its share of the session is filled in part, and the rest expires', async () => {
    const { order, call, clock } = exchangeAt();
    const { body } = await order({ symbol: 'THIN', qty: '150' });
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'partially_filled', filled_qty: '10' });
    expect((await call('GET', `/v2/orders/${body.id}`)).body.filled_qty).toBe('10');
    clock.set(newYorkInstant(friday, 16, 1));
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'expired', filled_qty: '10' });
  });

  test('an immediate-or-cancel order that finds no price is canceled', async () => {
    const { order, call } = exchangeAt();
    const { body } = await order({ type: 'limit', limit_price: '90', time_in_force: 'ioc' });
    expect((await call('GET', `/v2/orders/${body.id}`)).body.status).toBe('canceled');
  });

  test('an order in dollars buys to nine decimals', async () => {
    const { order, call } = exchangeAt();
    const { body } = await order({ qty: undefined, notional: '1000' });
    expect(body).toMatchObject({ notional: '1000', qty: null });
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({
      status: 'filled',
      filled_qty: '9.615384615',
      filled_avg_price: '104',
    });
  });

  test('replacing gives a new order that names the old one', async () => {
    const { order, call } = exchangeAt();
    const { body } = await order({ type: 'limit', limit_price: '90', time_in_force: 'gtc' });
    const replacement = await call('PATCH', `/v2/orders/${body.id}`, { qty: '5', limit_price: '91', client_order_id: 'new' });
    expect(replacement).toMatchObject({ status: 200, body: { qty: '5', limit_price: '91', replaces: body.id, client_order_id: 'new' } });
    expect((await call('GET', `/v2/orders/${body.id}`)).body).toMatchObject({ status: 'replaced', replaced_by: replacement.body.id });
    expect(await call('PATCH', `/v2/orders/${body.id}`, { qty: '4' })).toMatchObject({ status: 422, body: { code: 42210000 } });
    const refused = await call('PATCH', `/v2/orders/${replacement.body.id}`, { qty: '50000' });
    expect(refused).toMatchObject({ status: 403, body: { message: 'insufficient buying power' } });
    expect((await call('GET', `/v2/orders/${replacement.body.id}`)).body.status).toBe('new');
  });

  test('canceling all and closing all answer for each', async () => {
    const { order, call } = exchangeAt();
    await order({ qty: '10' });
    await order({ symbol: 'OTHER', side: 'sell', qty: '4' });
    const resting = await order({ type: 'limit', limit_price: '90', time_in_force: 'gtc' });
    expect(await call('DELETE', '/v2/orders')).toEqual({ status: 207, body: [{ id: resting.body.id, status: 200 }] });
    const closed = await call('DELETE', '/v2/positions');
    expect(closed).toMatchObject({
      status: 207,
      body: [
        { symbol: 'GOOD', status: 200, body: { side: 'sell', qty: '10' } },
        { symbol: 'OTHER', status: 200, body: { side: 'buy', qty: '4' } },
      ],
    });
    expect((await call('GET', '/v2/positions')).body).toEqual([]);
    expect(await call('DELETE', '/v2/positions/GOOD')).toMatchObject({ status: 404, body: { message: 'position does not exist' } });
  });

  test('executions are listed as FILL activities, newest first', async () => {
    const { order, call } = exchangeAt();
    await order({ qty: '10' });
    await order({ qty: '10', side: 'sell' });
    const { body } = await call('GET', '/v2/account/activities/FILL');
    expect(body.map(({ side, cum_qty, type, price }) => ({ side, cum_qty, type, price }))).toEqual([
      { side: 'sell', cum_qty: '10', type: 'fill', price: '104' },
      { side: 'buy', cum_qty: '10', type: 'fill', price: '104' },
    ]);
    expect((await call('GET', `/v2/account/activities?page_token=${body[0]!.id}`)).body).toHaveLength(1);
    expect((await call('GET', '/v2/account/activities?activity_types=DIV')).body).toEqual([]);
  });

  test('orders are listed by status, symbol and place', async () => {
    const { order, call } = exchangeAt();
    const ids: unknown[] = [];
    for (const limit of ['90', '91', '92']) ids.push((await order({ type: 'limit', limit_price: limit, time_in_force: 'gtc' })).body.id);
    await order({ symbol: 'OTHER' });
    const listed = async (query: string) => (await call('GET', `/v2/orders?${query}`)).body.map(({ id }) => id);
    expect(await listed('')).toEqual([...ids].reverse());
    expect(await listed('direction=asc&limit=2')).toEqual(ids.slice(0, 2));
    expect(await listed(`direction=asc&after_order_id=${ids[0]}`)).toEqual(ids.slice(1));
    expect(await listed('status=closed')).toHaveLength(1);
    expect(await listed('status=all&symbols=OTHER')).toHaveLength(1);
    expect(await listed('after=2019-06-14T19:45:00Z')).toEqual([]);
    expect((await call('GET', '/v2/orders?status=best')).status).toBe(422);
  });
});
