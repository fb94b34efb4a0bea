/** Alpaca's answers in the port's words: from lines written out here, and from recorded responses where they are. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  accountAnswer,
  assetAnswer,
  calendarAnswer,
  clockAnswer,
  latestTradesAnswer,
  orderAnswer,
  ordersAnswer,
  positionsAnswer,
} from '../../../../shared/brokers/alpaca/answers.ts';
import { alpacaOrderStatuses } from '../../../../shared/domain/execution/alpaca-order-status.ts';
import { ContractViolation } from '../../../../shared/kernel/errors.ts';
import { orderBody, scriptedAlpaca } from './scripted-alpaca.ts';

describe('answers of Alpaca', () => {
  test('an order in text and an order in numbers read the same', () => {
    const inText = orderAnswer.parse({
      ...orderBody,
      qty: '1.5',
      filled_qty: '0.5',
      filled_avg_price: '10.25',
      status: 'partially_filled',
    });
    const inNumbers = orderAnswer.parse({ ...orderBody, qty: 1.5, filled_qty: 0.5, filled_avg_price: 10.25, status: 'partially_filled' });
    expect(inText).toEqual(inNumbers);
    expect(inText).toMatchObject({
      quantity: 1.5,
      cumulativeQuantity: 0.5,
      averagePrice: 10.25,
      state: 'PARTIAL',
      side: 'BUY',
      type: 'MARKET',
    });
  });

  test('an order of which nothing was executed has no price, whether that is sent as null or as 0', () => {
    expect(orderAnswer.parse({ ...orderBody, filled_qty: 0, filled_avg_price: 0 })).not.toHaveProperty('averagePrice');
    expect(orderAnswer.parse(orderBody)).not.toHaveProperty('averagePrice');
  });

  test('a status, type or time in force nobody has heard of is UNKNOWN, not an error', () => {
    expect(orderAnswer.parse({ ...orderBody, status: 'vaporised', type: 'trailing_stop', time_in_force: 'opg' })).toMatchObject({
      state: 'UNKNOWN',
      brokerStatus: 'vaporised',
      type: 'UNKNOWN',
      timeInForce: 'UNKNOWN',
    });
  });

  test('a short position is negative however its quantity is signed', () => {
    const position = { symbol: 'T', side: 'short', avg_entry_price: '10', current_price: '9' };
    const [signed, unsigned] = positionsAnswer.parse([
      { ...position, qty: '-5', market_value: '-45' },
      { ...position, qty: '5', market_value: '45' },
    ]);
    expect(signed).toEqual(unsigned);
    expect(signed).toMatchObject({ quantity: -5, marketValue: -45 });
  });

  test('a clock with a New York offset is an instant', () => {
    const clock = {
      timestamp: '2025-06-24T14:15:22-04:00',
      is_open: true,
      next_open: '2025-06-25T09:30:00-04:00',
      next_close: '2025-06-24T16:00:00-04:00',
    };
    expect(new Date(clockAnswer.parse(clock).nextCloseAt).toISOString()).toBe('2025-06-24T20:00:00.000Z');
  });

  test('a calendar names real days only', () => {
    expect(calendarAnswer.safeParse([{ date: '2025-02-30', open: '09:30', close: '16:00' }]).success).toBe(false);
  });

  test('an answer that is not what the API documents stops the caller', async () => {
    await expect(scriptedAlpaca([{ status: 200, body: { cash: 'much' } }]).broker.account()).rejects.toThrow(ContractViolation);
  });

  test('open orders are read page by page until one is short', async () => {
    const page = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ ...orderBody, id: `id-${from + i}`, client_order_id: `c-${from + i}` }));
    const { broker, asked } = scriptedAlpaca([
      { status: 200, body: page(0, 500) },
      { status: 200, body: page(500, 2) },
    ]);
    expect(await broker.openOrders()).toHaveLength(502);
    expect(asked[1]!.url).toContain('after_order_id=id-499');
  });
});

const data = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'api-payloads/alpaca');
const present = existsSync(join(data, 'responses'));
const title = present ? 'api-payloads/alpaca/responses' : 'skipped: BALLAST_MARKET_DATA has no api-payloads/alpaca/responses';

describe.skipIf(!present)(`recorded responses (${title})`, () => {
  const bodyOf = (file: string): unknown => (JSON.parse(readFileSync(join(data, 'responses', file), 'utf8')) as { body: unknown }).body;
  const named = (part: RegExp): string[] => (present ? readdirSync(join(data, 'responses')).filter((file) => part.test(file)) : []);

  test.each(named(/^trading__.*order_routes__test_(get_order_by|limit|market|order_position|replace)/))('%s is an order', (file) => {
    expect(orderAnswer.parse(bodyOf(file))).toMatchObject({ state: 'ACKNOWLEDGED', brokerStatus: 'accepted', cumulativeQuantity: 0 });
  });

  test.each(named(/^trading__.*test_close_position_with/))('%s is an order in dollars', (file) => {
    expect(orderAnswer.parse(bodyOf(file))).not.toHaveProperty('quantity');
  });

  test.each(named(/^trading__.*order_routes__test_get_orders/))('%s is a list of orders', (file) => {
    expect(ordersAnswer.parse(bodyOf(file))).toMatchObject([{ symbol: 'SPY', type: 'STOP', state: 'ACKNOWLEDGED' }]);
  });

  test.each(named(/^trading__.*test_get_account\.json/))('%s is an account', (file) => {
    expect(accountAnswer.parse(bodyOf(file))).toMatchObject({
      cash: -23140.2,
      equity: 103820.56,
      buyingPower: 262113.632,
      mayTrade: true,
      mayShort: true,
    });
  });

  test.each(named(/^trading__.*position_routes__test_get_all_positions/))('%s is a list of positions', (file) => {
    expect(positionsAnswer.parse(bodyOf(file))).toEqual([
      { symbol: 'AAPL', quantity: 5, averageEntryPrice: 100, currentPrice: 120, marketValue: 600 },
    ]);
  });

  test.each(named(/^trading__.*asset_routes__test_get_asset\.json/))('%s is an asset', (file) => {
    expect(assetAnswer.parse(bodyOf(file))).toEqual({ symbol: 'AAPL', tradable: true, shortable: true, fractionable: true });
  });

  test.each(named(/^trading__.*asset_routes__test_get_all_assets/))('%s is a list of assets', (file) => {
    const assets = bodyOf(file) as readonly unknown[];
    expect(assets.map((asset) => assetAnswer.parse(asset).symbol)).toHaveLength(assets.length);
  });

  test.each(named(/^data__.*stock_data__test_get_multisymbol_latest_trade/))('%s holds latest trades', (file) => {
    const prices = latestTradesAnswer.parse(bodyOf(file));
    expect(prices.length).toBeGreaterThan(0);
    for (const { priceUsd, at } of prices) expect([priceUsd > 0, Number.isFinite(at)]).toEqual([true, true]);
  });

  test('every status in Alpaca’s specification has exactly one state of ours', () => {
    const specification = JSON.parse(readFileSync(join(data, 'openapi/trading-api.json'), 'utf8')) as {
      components: { schemas: { OrderStatus: { enum: string[] } } };
    };
    expect([...alpacaOrderStatuses].sort()).toEqual([...specification.components.schemas.OrderStatus.enum].sort());
  });
});
