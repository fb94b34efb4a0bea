/** What the account is worth, what the market's clock and lists say, and that no member of Alpaca's answers is missing. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import type { EpochDay, Usd } from '../../../shared/kernel/units.ts';
import { friday, monday, tradingTime } from '../../contract/brokers/small-market.ts';
import { exchangeAt, type Json } from './exchange-client.ts';

describe('what the account is worth', () => {
  test('buying costs the spread and no more, on the day itself', async () => {
    const { order, call } = exchangeAt(tradingTime(friday), { spreadBps: 20 as never });
    await order({ symbol: 'OTHER', qty: '100' });
    const { body } = await call('GET', '/v2/account');
    expect(body).toMatchObject({ cash: '94995', long_market_value: '5000', equity: '99995', buying_power: '94995' });
  });

  test('a position is marked at the last close there was', async () => {
    const { order, call, clock } = exchangeAt(tradingTime(monday));
    await order({ qty: '10' });
    expect((await call('GET', '/v2/positions/GOOD')).body).toMatchObject({
      current_price: '100',
      unrealized_pl: '0',
      qty: '10',
      side: 'long',
    });
    clock.set(tradingTime(friday));
    expect((await call('GET', '/v2/positions/GOOD')).body).toMatchObject({
      current_price: '103',
      lastday_price: '102',
      unrealized_pl: '30',
      unrealized_plpc: '0.03',
    });
    clock.set(newYorkInstant(friday, 16, 1));
    expect((await call('GET', '/v2/positions/GOOD')).body).toMatchObject({ current_price: '104', market_value: '1040' });
    expect((await call('GET', '/v2/account')).body).toMatchObject({ equity: '100040', last_equity: '100030' });
  });

  test('a symbol that left the market keeps its last price', async () => {
    const { order, call, clock } = exchangeAt(tradingTime(monday));
    await order({ symbol: 'GONE' });
    clock.set(tradingTime((friday + 200) as EpochDay));
    expect((await call('GET', '/v2/positions/GONE')).body).toMatchObject({ current_price: '10', market_value: '100' });
  });

  test('a short ties up half as much again as it brought', async () => {
    const { order, call } = exchangeAt();
    await order({ symbol: 'OTHER', side: 'sell', qty: '100' });
    expect((await call('GET', '/v2/account')).body).toMatchObject({
      cash: '105000',
      equity: '100000',
      buying_power: '97500',
      short_market_value: '-5000',
    });
  });

  test('an open order to buy is kept out of the buying power', async () => {
    const { order, call } = exchangeAt();
    await order({ type: 'limit', limit_price: '90', qty: '1000', time_in_force: 'gtc' });
    expect((await call('GET', '/v2/account')).body).toMatchObject({ cash: '100000', buying_power: '10000' });
    expect((await order({ symbol: 'OTHER', qty: '201' })).body).toMatchObject({ message: 'insufficient buying power' });
  });

  test('an account that starts with little starts with exactly that', async () => {
    const { call } = exchangeAt(tradingTime(friday), { startingCashUsd: 1234.56 as Usd });
    expect((await call('GET', '/v2/account')).body.cash).toBe('1234.56');
  });
});

describe('clock, calendar and assets', () => {
  test('a short session closes at one', async () => {
    const { call } = exchangeAt(newYorkInstant(parseDay('2019-07-03'), 12, 0));
    expect((await call('GET', '/v2/clock')).body).toEqual({
      timestamp: '2019-07-03T12:00:00-04:00',
      is_open: true,
      next_open: '2019-07-05T09:30:00-04:00',
      next_close: '2019-07-03T13:00:00-04:00',
    });
    expect((await call('GET', '/v2/calendar?start=2019-07-03&end=2019-07-05')).body).toMatchObject([
      { date: '2019-07-03', open: '09:30', close: '13:00', settlement_date: '2019-07-08' },
      { date: '2019-07-05', open: '09:30', close: '16:00' },
    ]);
  });

  test('an asset is found by symbol and by id', async () => {
    const { call } = exchangeAt();
    const { body } = await call('GET', '/v2/assets/GOOD');
    expect((await call('GET', `/v2/assets/${body.id}`)).body.symbol).toBe('GOOD');
    expect((await call('GET', '/v2/assets?status=inactive')).body.map(({ symbol }) => symbol)).toEqual(['STUCK']);
    expect(await call('GET', '/v2/assets/NOSUCH')).toMatchObject({
      status: 404,
      body: { code: 40410000, message: 'asset not found for NOSUCH' },
    });
  });
});

const responses = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'api-payloads/alpaca/responses');
const present = existsSync(responses);

describe.skipIf(!present)(
  `members of the recorded responses (${present ? 'api-payloads/alpaca/responses' : 'skipped: BALLAST_MARKET_DATA has no api-payloads/alpaca/responses'})`,
  () => {
    /** Only on orders of Alpaca's Broker API, and deprecated asset figures. */
    const notOurs = ['commission', 'last_close_pct_change', 'last_price'];
    test.each([
      ['order_routes__test_market_order', '/v2/orders?status=all'],
      ['account_routes__test_get_account', '/v2/account'],
      ['position_routes__test_get_all_positions', '/v2/positions'],
      ['asset_routes__test_get_asset', '/v2/assets/GOOD'],
    ])('%s are all there', async (recording, path) => {
      const recorded = JSON.parse(readFileSync(join(responses, `trading__trading_client__test_${recording}.json`), 'utf8')) as {
        body: Json | Json[];
      };
      const { order, call } = exchangeAt();
      await order();
      const { body } = await call('GET', path);
      const [theirs, ours] = [recorded.body, body].map((value) => Object.keys((Array.isArray(value) ? value[0] : value) as Json));
      expect(theirs!.filter((member) => !ours!.includes(member) && !notOurs.includes(member))).toEqual([]);
    });
  },
);
