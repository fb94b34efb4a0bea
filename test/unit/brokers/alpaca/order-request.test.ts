/** Request bodies held against the examples of Alpaca's documentation, "Placing Orders" (bracket and one-cancels-other orders). */
import { describe, expect, test } from 'vitest';
import { postOrderRequest } from '../../../../shared/brokers/alpaca/order-request.ts';
import type { OrderToSubmit } from '../../../../shared/brokers/broker.ts';
import { ContractViolation } from '../../../../shared/kernel/errors.ts';
import type { Price, Shares } from '../../../../shared/kernel/units.ts';
import { marketOrder, orderBody, scriptedAlpaca, ticket } from './scripted-alpaca.ts';

async function bodyOf(order: OrderToSubmit): Promise<unknown> {
  const { broker, asked } = scriptedAlpaca([{ status: 200, body: { ...orderBody, side: order.side === 'BUY' ? 'buy' : 'sell' } }]);
  await broker.submit(order, ticket);
  return asked[0]!.body;
}

const common = { client_order_id: marketOrder.clientOrderId, symbol: 'AAPL', qty: '100', time_in_force: 'gtc' };
const hundred = { ...marketOrder, quantity: 100 as Shares, timeInForce: 'GTC' } as const;

describe('an order in Alpaca’s words', () => {
  test('a bracket carries its profit and its stop', async () => {
    const stopLoss = { stopPrice: 299 as Price, limitPrice: 298.5 as Price };
    expect(await bodyOf({ ...hundred, attached: { kind: 'bracket', takeProfitPrice: 301 as Price, stopLoss } })).toEqual({
      ...common,
      side: 'buy',
      type: 'market',
      order_class: 'bracket',
      take_profit: { limit_price: '301' },
      stop_loss: { stop_price: '299', limit_price: '298.5' },
    });
  });

  test('of one-cancels-other the limit is the profit', async () => {
    const order: OrderToSubmit = { ...hundred, side: 'SELL', type: 'LIMIT', limitPrice: 301 as Price };
    expect(await bodyOf({ ...order, attached: { kind: 'oco', stopLoss: { stopPrice: 299 as Price } } })).toEqual({
      ...common,
      side: 'sell',
      position_intent: 'sell_to_close',
      type: 'limit',
      order_class: 'oco',
      take_profit: { limit_price: '301' },
      stop_loss: { stop_price: '299' },
    });
  });

  test('a sale opens a short position only when it says so, and a buy says nothing of it', () => {
    expect(postOrderRequest({ ...hundred, side: 'SELL', shortSale: true })).toMatchObject({ positionIntent: 'sell_to_open' });
    expect(postOrderRequest({ ...hundred, side: 'SELL' })).toMatchObject({ positionIntent: 'sell_to_close' });
    expect(postOrderRequest(hundred)).not.toHaveProperty('positionIntent');
  });

  test('prices of attached orders lie on the tick', async () => {
    const attached = { kind: 'bracket', takeProfitPrice: 301.001 as Price, stopLoss: { stopPrice: 299 as Price } } as const;
    await expect(bodyOf({ ...hundred, attached })).rejects.toThrow(ContractViolation);
  });
});
