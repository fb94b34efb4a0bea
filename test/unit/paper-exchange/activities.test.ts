/** What moves cash and shares beside orders: dividends, splits, trades and transfers by hand; and how all of it is listed. */
import { describe, expect, test } from 'vitest';
import type { CorporateActions } from '../../../apps/paper-exchange/market-view.ts';
import { newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { monday, tradingTime } from '../../contract/brokers/small-market.ts';
import { exchangeAt } from './exchange-client.ts';
import { flatBar, madeMarket } from './made-market.ts';

const tuesday = (monday + 1) as EpochDay;
const wednesday = (monday + 2) as EpochDay;

/** At 100 until Monday; from Tuesday on at what a share is worth after its corporate action. */
const marketWith = (action: CorporateActions, price = 100) =>
  madeMarket({
    bar: (day) => flatBar(day < tuesday ? 100 : price),
    actions: new Map([[tuesday, action]]),
  });

describe('dividends and splits', () => {
  test('a dividend is paid at the opening on what was held at the close before', async () => {
    const { order, call, clock } = exchangeAt(tradingTime(monday), { market: marketWith({ dividendUsd: 0.51 }) });
    await order({ qty: '20' });
    clock.set(tradingTime(tuesday));
    await order({ qty: '5' });
    expect((await call('GET', '/v2/account')).body.cash).toBe('97510.2');
    expect((await call('GET', '/v2/account/activities/DIV')).body).toMatchObject([
      {
        activity_type: 'DIV',
        activity_sub_type: 'CDIV',
        date: '2019-06-11',
        net_amount: '10.2',
        per_share_amount: '0.51',
        qty: '20',
        symbol: 'GOOD',
        status: 'executed',
      },
    ]);
  });

  test('a short pays the dividend', async () => {
    const { order, call, clock } = exchangeAt(tradingTime(monday), { market: marketWith({ dividendUsd: 1 }) });
    await order({ qty: '10', side: 'sell' });
    clock.set(tradingTime(tuesday));
    expect((await call('GET', '/v2/account')).body.cash).toBe('100990');
    expect((await call('GET', '/v2/account/activities')).body[0]).toMatchObject({ activity_sub_type: 'SPD', net_amount: '-10' });
  });

  test('a split changes shares and price, not worth, and says how many shares came', async () => {
    const { order, call, clock } = exchangeAt(tradingTime(monday), { market: marketWith({ splitRatio: 4 }, 25) });
    await order({ qty: '10' });
    clock.set(newYorkInstant(tuesday, 9, 31));
    expect((await call('GET', '/v2/positions/GOOD')).body).toMatchObject({
      qty: '40',
      avg_entry_price: '25',
      current_price: '25',
      market_value: '1000',
    });
    expect((await call('GET', '/v2/account')).body).toMatchObject({ equity: '100000', last_equity: '100000', cash: '99000' });
    expect((await call('GET', '/v2/account/activities?activity_types=SPLIT')).body).toMatchObject([
      { activity_type: 'SPLIT', qty: '30', net_amount: '0', symbol: 'GOOD', date: '2019-06-11' },
    ]);
  });

  test('a reverse split pays for the broken share of whole shares, at its worth', async () => {
    const { order, call, clock } = exchangeAt(tradingTime(monday), { market: marketWith({ splitRatio: 0.1 }, 1000) });
    await order({ qty: '25' });
    clock.set(tradingTime(tuesday));
    expect((await call('GET', '/v2/positions/GOOD')).body).toMatchObject({ qty: '2', cost_basis: '2000' });
    expect((await call('GET', '/v2/account')).body).toMatchObject({ cash: '98000', equity: '100000' });
    expect((await call('GET', '/v2/account/activities/SPLIT')).body).toMatchObject([{ qty: '-23', net_amount: '500' }]);
  });

  test('a reverse split may leave nothing but cash; broken shares stay broken', async () => {
    const tiny = exchangeAt(tradingTime(monday), { market: marketWith({ splitRatio: 0.1 }, 1000) });
    await tiny.order({ qty: '5' });
    tiny.clock.set(tradingTime(tuesday));
    expect((await tiny.call('GET', '/v2/positions')).body).toEqual([]);
    expect((await tiny.call('GET', '/v2/account')).body.cash).toBe('100000');
    const broken = exchangeAt(tradingTime(monday), { market: marketWith({ splitRatio: 0.1 }, 1000) });
    await broken.order({ qty: '2.5' });
    broken.clock.set(tradingTime(tuesday));
    expect((await broken.call('GET', '/v2/positions/GOOD')).body.qty).toBe('0.25');
  });

  test('a split cancels the orders from before it', async () => {
    const { order, call, clock } = exchangeAt(tradingTime(monday), { market: marketWith({ splitRatio: 4 }, 25) });
    const gtc = await order({ type: 'limit', limit_price: '90', time_in_force: 'gtc' });
    clock.set(newYorkInstant(monday, 17, 0));
    const overnight = await order({ qty: '1' });
    clock.set(tradingTime(tuesday));
    for (const { body } of [gtc, overnight]) {
      expect((await call('GET', `/v2/orders/${String(body.id)}`)).body).toMatchObject({
        status: 'canceled',
        filled_qty: '0',
        canceled_at: '2019-06-11T13:30:00.000Z',
      });
    }
  });

  test('what happened over sessions that nobody asked about happened on its day', async () => {
    const actions = new Map([
      [tuesday, { dividendUsd: 1 }],
      [wednesday, { splitRatio: 2, dividendUsd: 1 }],
    ]);
    const market = madeMarket({ bar: (day) => flatBar(day < wednesday ? 100 : 50), actions });
    const { order, call, clock } = exchangeAt(tradingTime(monday), { market });
    await order({ qty: '10' });
    clock.set(tradingTime((monday + 11) as EpochDay));
    expect((await call('GET', '/v2/positions/GOOD')).body).toMatchObject({ qty: '20', market_value: '1000' });
    expect(
      (await call('GET', '/v2/account/activities?direction=asc')).body.map(({ activity_type, date, net_amount }) => [
        activity_type,
        date,
        net_amount,
      ]),
    ).toEqual([
      ['FILL', undefined, undefined],
      ['DIV', '2019-06-11', '10'],
      ['DIV', '2019-06-12', '10'],
      ['SPLIT', '2019-06-12', '0'],
    ]);
  });
});

describe('by hand', () => {
  test('a trade entered at the broker is an order, a fill and a position nobody here asked for', async () => {
    const { exchange, call } = exchangeAt();
    exchange.manualTrade({ symbol: 'GOOD', side: 'buy', quantity: 7, priceUsd: 103.5 });
    expect((await call('GET', '/v2/orders?status=all')).body).toMatchObject([
      { status: 'filled', filled_qty: '7', filled_avg_price: '103.5' },
    ]);
    expect((await call('GET', '/v2/positions/GOOD')).body).toMatchObject({ qty: '7', cost_basis: '724.5' });
    expect((await call('GET', '/v2/account')).body.cash).toBe('99275.5');
  });

  test('cash comes, goes, and is charged', async () => {
    const { exchange, call } = exchangeAt();
    exchange.transfer(1000);
    exchange.transfer(-250.25);
    exchange.bookCash('FEE', -0.02);
    expect((await call('GET', '/v2/account')).body.cash).toBe('100749.73');
    const rows = (await call('GET', '/v2/account/activities?direction=asc')).body;
    expect(rows.map(({ activity_type, net_amount }) => [activity_type, net_amount])).toEqual([
      ['CSD', '1000'],
      ['CSW', '-250.25'],
      ['FEE', '-0.02'],
    ]);
    expect((await call('GET', '/v2/account/activities/TRANS')).body).toHaveLength(2);
  });
});

describe('the list of activities', () => {
  const withThree = async () => {
    const client = exchangeAt(tradingTime(monday));
    for (const day of [monday, tuesday, wednesday]) {
      client.clock.set(tradingTime(day));
      await client.order({ qty: '1' });
      client.exchange.tick();
    }
    const ids = async (query: string) => (await client.call('GET', `/v2/account/activities?${query}`)).body.map(({ id }) => id);
    return { ...client, ids };
  };

  test('pages by the last id, in both directions', async () => {
    const { ids } = await withThree();
    const all = await ids('direction=asc');
    expect(all).toHaveLength(3);
    expect(all[0]).toMatch(/^20190610194500000::/);
    expect(await ids('direction=asc&page_size=2')).toEqual(all.slice(0, 2));
    expect(await ids(`direction=asc&page_size=2&page_token=${String(all[1])}`)).toEqual(all.slice(2));
    expect(await ids(`page_token=${String(all[2])}`)).toEqual([all[1], all[0]]);
  });

  test('is cut by date, instant, type and category', async () => {
    const { ids, call } = await withThree();
    const all = await ids('direction=asc');
    expect(await ids('direction=asc&after=2019-06-11')).toEqual(all.slice(1));
    expect(await ids('direction=asc&after=2019-06-11T19:45:00Z')).toEqual(all.slice(2));
    expect(await ids('direction=asc&until=2019-06-11T19:45:00Z')).toEqual(all.slice(0, 1));
    expect(await ids('date=2019-06-11')).toEqual([all[1]]);
    expect(await ids('activity_types=DIV,SPLIT')).toEqual([]);
    expect(await ids('category=trade_activity')).toHaveLength(3);
    expect(await ids('category=non_trade_activity')).toEqual([]);
    expect((await call('GET', '/v2/account/activities?after=yesterday')).status).toBe(422);
    expect((await call('GET', '/v2/account/activities?page_size=101')).status).toBe(422);
  });
});
