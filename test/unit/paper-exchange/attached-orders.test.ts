/** Orders that come with another one: brackets, and exits of which one cancels the other. */
import { describe, expect, test } from 'vitest';
import { newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { friday } from '../../contract/brokers/small-market.ts';
import { exchangeAt, type Json } from './exchange-client.ts';
import { madeMarket, minutesFrom } from './made-market.ts';

const at = (hour: number, minute: number): EpochMs => newYorkInstant(friday, hour, minute);

describe('orders that belong together', () => {
  const exits = { take_profit: { limit_price: '102' }, stop_loss: { stop_price: '98' } };
  const bracket = (over: Json = {}): Json => ({ order_class: 'bracket', time_in_force: 'gtc', qty: '150', ...exits, ...over });
  const market = (prices: readonly number[]) => ({ market: madeMarket({ minutes: (day) => minutesFrom(day, 11, prices) }) });
  const stateOf = async (call: ReturnType<typeof exchangeAt>['call'], id: unknown) => {
    const { body } = await call('GET', `/v2/orders/${String(id)}`);
    const legs = body.legs as Json[] | null;
    return [body, ...(legs ?? [])].map(({ status, qty, filled_qty: filled }) => `${String(status)} ${String(filled)}/${String(qty)}`);
  };

  test('the exits of a bracket are held until its entry is filled, then one cancels the other', async () => {
    const { order, call, clock } = exchangeAt(at(11, 0), market([100, 100, 100, 102, 102]));
    const { body } = await order(bracket());
    expect(body.legs).toMatchObject([
      { type: 'limit', limit_price: '102', side: 'sell', status: 'held', order_class: 'bracket' },
      { type: 'stop', stop_price: '98', side: 'sell', status: 'held' },
    ]);
    expect(await stateOf(call, body.id)).toEqual(['partially_filled 100/150', 'held 0/150', 'held 0/150']);
    clock.set(at(11, 1));
    expect(await stateOf(call, body.id)).toEqual(['filled 150/150', 'new 0/150', 'new 0/150']);
    expect((await call('GET', '/v2/positions/GOOD')).body.qty_available).toBe('0');
    clock.set(at(11, 3));
    expect(await stateOf(call, body.id)).toEqual(['filled 150/150', 'partially_filled 100/150', 'new 0/50']);
    clock.set(at(11, 5));
    expect(await stateOf(call, body.id)).toEqual(['filled 150/150', 'filled 150/150', 'canceled 0/50']);
  });

  test('the stop of a bracket takes out its profit', async () => {
    const { order, call, clock } = exchangeAt(at(11, 0), market([100, 97, 97, 97]));
    const { body } = await order(bracket({ qty: '50' }));
    clock.set(at(11, 3));
    expect(await stateOf(call, body.id)).toEqual(['filled 50/50', 'canceled 0/50', 'filled 50/50']);
    expect((await call('GET', '/v2/positions')).body).toEqual([]);
  });

  test('an entry that is cancelled unfilled takes its exits with it; one filled in part leaves them for that part', async () => {
    const { order, call, clock } = exchangeAt(at(11, 0), market([100, 100]));
    const unfilled = await order(bracket({ type: 'limit', limit_price: '99' }));
    await call('DELETE', `/v2/orders/${unfilled.body.id}`);
    expect(await stateOf(call, unfilled.body.id)).toEqual(['canceled 0/150', 'canceled 0/150', 'canceled 0/150']);
    const inPart = await order(bracket());
    expect(await stateOf(call, inPart.body.id)).toContain('partially_filled 100/150');
    await call('DELETE', `/v2/orders/${inPart.body.id}`);
    expect(await stateOf(call, inPart.body.id)).toEqual(['canceled 100/150', 'new 0/100', 'new 0/100']);
    clock.set(at(16, 1));
    expect(await stateOf(call, inPart.body.id)).toEqual(['canceled 100/150', 'new 0/100', 'new 0/100']);
  });

  test('two exits of a position there is: one cancels the other, and cancelling one cancels both', async () => {
    const { order, call, clock } = exchangeAt(at(11, 0), market([100, 100, 97, 97]));
    await order({ qty: '80' });
    const oco = { order_class: 'oco', type: 'limit', side: 'sell', time_in_force: 'gtc', qty: '40', ...exits };
    const [first, second] = [await order(oco), await order(oco)];
    expect(first.body).toMatchObject({ limit_price: '102', type: 'limit', legs: [{ type: 'stop', stop_price: '98' }] });
    await call('DELETE', `/v2/orders/${String((second.body.legs as Json[])[0]!.id)}`);
    expect(await stateOf(call, second.body.id)).toEqual(['canceled 0/40', 'canceled 0/40']);
    clock.set(at(11, 2));
    expect(await stateOf(call, first.body.id)).toEqual(['canceled 0/40', 'filled 40/40']);
    expect((await call('GET', '/v2/positions/GOOD')).body.qty).toBe('40');
  });

  test('nested, legs stand only within their order', async () => {
    const { order, call } = exchangeAt(at(11, 0), market([100, 100]));
    await order(bracket());
    expect((await call('GET', '/v2/orders')).body).toHaveLength(3);
    expect((await call('GET', '/v2/orders?nested=true')).body).toHaveLength(1);
  });

  test.each([
    [{ order_class: 'tango' }, 'invalid order_class'],
    [{ take_profit: undefined }, 'bracket orders require take_profit.limit_price'],
    [{ stop_loss: undefined }, 'bracket orders require stop_loss.stop_price'],
    [{ take_profit: 102 }, 'invalid take_profit'],
    [{ stop_loss: { stop_price: '103' } }, 'take_profit.limit_price must be > stop_loss.stop_price'],
    [{ time_in_force: 'ioc' }, 'bracket orders must be DAY or GTC'],
    [{ type: 'stop', stop_price: '110' }, 'bracket orders must be market or limit orders'],
    [{ order_class: 'oco', type: 'limit', side: 'sell' }, 'oco orders must be exit orders'],
    [{ order_class: 'oto' }, 'oto orders require one of take_profit and stop_loss'],
    [{ qty: '1.5', time_in_force: 'day' }, 'fractional orders must be simple orders'],
  ])('refused: a bracket with %o', async (over, message) => {
    const { order } = exchangeAt(at(11, 0), market([100, 100]));
    expect(await order(bracket(over))).toMatchObject({ status: 422, body: { message } });
  });
});
