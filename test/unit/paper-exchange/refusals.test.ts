/** What the exchange refuses, with Alpaca's codes and words. */
import { describe, expect, test } from 'vitest';
import { friday, tradingTime } from '../../contract/brokers/small-market.ts';
import { exchangeAt, headers } from './exchange-client.ts';

describe('what the exchange refuses', () => {
  test.each([
    [{ symbol: undefined }, 422, 40010001, 'symbol is required'],
    [{ side: 'long' }, 422, 40010001, 'invalid side'],
    [{ type: 'trailing_stop' }, 422, 40010001, 'invalid order type'],
    [{ time_in_force: 'gtd' }, 422, 40010001, 'invalid time_in_force'],
    [{ qty: undefined }, 422, 40010001, 'qty or notional is required'],
    [{ notional: '100' }, 422, 40010001, 'only one of qty or notional is accepted'],
    [{ qty: '0' }, 422, 40010001, 'qty must be > 0'],
    [{ qty: '1.0000000001' }, 422, 40010001, 'invalid qty'],
    [{ qty: 'NaN' }, 422, 40010001, 'invalid qty'],
    [{ type: 'limit' }, 422, 40010001, 'limit orders require a limit price'],
    [{ limit_price: '100' }, 422, 40010001, 'market orders must not have a limit price'],
    [{ client_order_id: 'x'.repeat(129) }, 422, 40010001, 'client_order_id must be no more than 128 characters'],
    [
      { type: 'limit', limit_price: '290.123' },
      422,
      42210000,
      'invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria',
    ],
    [{ qty: '1.5', time_in_force: 'gtc' }, 422, 42210000, 'fractional orders must be DAY orders'],
    [{ side: 'sell', qty: '1.5' }, 422, 42210000, 'fractional orders cannot be sold short'],
    [{ type: 'stop', side: 'sell', stop_price: '500' }, 422, 42210000, 'stop price must be less than current price'],
    [{ symbol: 'STUCK' }, 422, 42210000, 'asset "STUCK" is not tradable'],
    [{ qty: '5000' }, 403, 40310000, 'insufficient buying power'],
    [{ qty: undefined, notional: '0.5' }, 403, 40310000, 'cost basis must be >= minimal amount of order 1'],
  ])('an order with %o: %i %i', async (over, status, code, message) => {
    const { order, exchange } = exchangeAt();
    const answer = await order(over);
    expect(answer).toMatchObject({ status, body: { code, message } });
    expect(exchange.state().orders.size).toBe(0);
  });

  test('an order beyond the buying power is told both figures', async () => {
    const { order } = exchangeAt();
    expect((await order({ qty: '5000' })).body).toMatchObject({ buying_power: '100000', cost_basis: '515000' });
  });

  test('selling short where the account may not', async () => {
    const { order } = exchangeAt(tradingTime(friday), { mayShort: false });
    expect(await order({ side: 'sell' })).toMatchObject({
      status: 422,
      body: { code: 42210000, message: 'asset "GOOD" cannot be sold short' },
    });
  });

  test('selling more than is held, and what another order holds', async () => {
    const { order } = exchangeAt();
    await order({ qty: '10' });
    const tooMany = await order({ side: 'sell', qty: '11' });
    expect(tooMany).toMatchObject({
      status: 403,
      body: {
        code: 40310000,
        message: 'insufficient qty available for order (requested: 11, available: 10)',
        existing_qty: '10',
        held_for_orders: '0',
      },
    });
    const resting = await order({ side: 'sell', qty: '10', type: 'limit', limit_price: '200', time_in_force: 'gtc' });
    const held = await order({ side: 'sell', qty: '10' });
    expect(held.body).toMatchObject({
      message: 'insufficient qty available for order (requested: 10, available: 0)',
      related_orders: [resting.body.id],
    });
  });

  test('an order that would trade with our own resting one', async () => {
    const { order } = exchangeAt();
    await order({ qty: '10' });
    const resting = await order({ type: 'limit', limit_price: '90', time_in_force: 'gtc' });
    const answer = await order({ side: 'sell', qty: '1' });
    expect(answer).toMatchObject({
      status: 403,
      body: { message: 'potential wash trade detected. use complex orders', existing_order_id: resting.body.id },
    });
    expect((await order({ side: 'sell', qty: '1', type: 'limit', limit_price: '300', time_in_force: 'gtc' })).status).toBe(200);
  });

  test('calls without keys, with wrong keys, too many calls, and what it does not know', async () => {
    const { call } = exchangeAt(tradingTime(friday), { requestsPerMinuteMax: 2 });
    expect(await call('GET', '/v2/account', undefined, {})).toMatchObject({ status: 401, body: { code: 40110000 } });
    expect(await call('GET', '/v2/account', undefined, { ...headers, 'APCA-API-SECRET-KEY': 'no' })).toEqual({
      status: 403,
      body: { message: 'forbidden.' },
    });
    expect(await call('GET', '/v2/watchlists')).toMatchObject({ status: 404, body: { code: 40410000 } });
    expect((await call('GET', '/v2/account')).status).toBe(200);
    expect(await call('GET', '/v2/account')).toEqual({ status: 429, body: { code: 42910000, message: 'rate limit exceeded' } });
  });

  test('the limit of calls is a minute long', async () => {
    const { call, clock } = exchangeAt(tradingTime(friday), { requestsPerMinuteMax: 1 });
    await call('GET', '/v2/clock');
    clock.set((tradingTime(friday) + 60_000) as never);
    expect((await call('GET', '/v2/clock')).status).toBe(200);
  });
});
