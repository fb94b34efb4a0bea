/**
 * Contract cards of the Broker port: what holds of every adapter, whatever stands behind it.
 *
 * BRK-01 an account and a clock are readable
 * BRK-02 a market order is acknowledged, and filled by the time it is asked for again
 * BRK-03 the same client order id sent twice is one order, acknowledged twice
 * BRK-04 an order is found by client id; an unknown id is refused as not-found
 * BRK-05 an order beyond the buying power is rejected with the broker's code and message
 * BRK-06 an order for an unknown or untradable symbol is rejected
 * BRK-07 a resting order is open until it is cancelled, and cannot be cancelled twice
 * BRK-08 positions carry sign, quantity and average price of what was filled
 * BRK-09 an asset says whether it trades; an unknown one is refused
 * BRK-10 the calendar holds sessions only, with their hours
 * BRK-11 keys the broker does not know are refused as not-authorised, by reads and by submission
 * BRK-12 an order off the tick, or of no size, is refused before it is sent
 * BRK-13 latest prices come with their age; a symbol without one is left out
 * BRK-14 every type of order goes through with its prices
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PaperExchange } from '../../../apps/paper-exchange/paper-exchange.ts';
import type { Broker, BrokerOrder, OrderToSubmit, SubmitOutcome } from '../../../shared/brokers/broker.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import type { OrderId, Price, Shares } from '../../../shared/kernel/units.ts';
import { friday, monday, movableClock, paperExchange, ticker, tradingTime } from './small-market.ts';

export interface BrokerUnderTest {
  readonly broker: Broker;
  readonly strangersBroker: Broker;
  close(): Promise<void>;
}

export const buy = (clientOrderId: string, quantity: number, symbol = 'GOOD'): OrderToSubmit => ({
  clientOrderId: clientOrderId as OrderId,
  symbol: ticker(symbol),
  side: 'BUY',
  quantity: quantity as Shares,
  timeInForce: 'DAY',
  type: 'MARKET',
});

export function given<Value>(answer: Value | Refusal): Value {
  if (isRefusal(answer)) throw new Error(`expected an answer, was refused: ${answer.reason}`);
  return answer;
}

export function acknowledged(outcome: SubmitOutcome): BrokerOrder {
  if (outcome.kind !== 'acknowledged') throw new Error(`expected an acknowledged order, got ${JSON.stringify(outcome)}`);
  return outcome.order;
}

export function brokerCards(name: string, connect: (exchange: PaperExchange) => Promise<BrokerUnderTest>): void {
  describe(`broker cards: ${name}`, () => {
    let exchange: PaperExchange;
    let under: BrokerUnderTest;

    beforeEach(async () => {
      exchange = paperExchange(movableClock(tradingTime(friday)));
      under = await connect(exchange);
    });
    afterEach(async () => {
      await under.close();
      await exchange.close();
    });

    test('BRK-01 an account and a clock are readable', async () => {
      expect(given(await under.broker.account())).toMatchObject({ cash: 100_000, buyingPower: 100_000, equity: 100_000, mayTrade: true });
      const clock = given(await under.broker.clock());
      expect(clock).toMatchObject({ now: tradingTime(friday), isOpen: true });
      expect(new Date(clock.nextCloseAt).toISOString()).toBe('2019-06-14T20:00:00.000Z');
      expect(new Date(clock.nextOpenAt).toISOString()).toBe('2019-06-17T13:30:00.000Z');
    });

    test('BRK-02 a market order is acknowledged, and filled by the time it is asked for again', async () => {
      const order = acknowledged(await under.broker.submit(buy('one', 12.3456)));
      expect(order).toMatchObject({ state: 'SUBMITTED', cumulativeQuantity: 0, quantity: 12.3456 });
      const filled = given(await under.broker.orderByClientId('one' as OrderId));
      expect(filled).toMatchObject({ state: 'FILLED', cumulativeQuantity: 12.3456, averagePrice: 104, brokerOrderId: order.brokerOrderId });
    });

    test('BRK-03 the same client order id sent twice is one order, acknowledged twice', async () => {
      const first = acknowledged(await under.broker.submit(buy('twice', 10)));
      const second = acknowledged(await under.broker.submit(buy('twice', 10)));
      expect(second.brokerOrderId).toBe(first.brokerOrderId);
      expect(given(await under.broker.positions())).toMatchObject([{ symbol: 'GOOD', quantity: 10 }]);
    });

    test('BRK-04 an order is found by client id; an unknown id is refused as not-found', async () => {
      const order = acknowledged(await under.broker.submit(buy('known', 1)));
      expect(given(await under.broker.orderByClientId('known' as OrderId)).brokerOrderId).toBe(order.brokerOrderId);
      expect(await under.broker.orderByClientId('unknown' as OrderId)).toMatchObject({ kind: 'refused', reason: 'not-found' });
    });

    test('BRK-05 an order beyond the buying power is rejected with the broker’s code and message', async () => {
      const outcome = await under.broker.submit(buy('large', 5000));
      expect(outcome).toEqual({ kind: 'rejected', status: 403, code: '40310000', message: 'insufficient buying power' });
      expect(await under.broker.orderByClientId('large' as OrderId)).toMatchObject({ reason: 'not-found' });
    });

    test('BRK-06 an order for an unknown or untradable symbol is rejected', async () => {
      const untradable = { kind: 'rejected', status: 422, code: '42210000' };
      expect(await under.broker.submit(buy('a', 1, 'NOSUCH'))).toMatchObject({ ...untradable, message: 'asset "NOSUCH" not found' });
      expect(await under.broker.submit(buy('b', 1, 'STUCK'))).toMatchObject({ ...untradable, message: 'asset "STUCK" is not tradable' });
      expect(await under.broker.submit(buy('c', 1, 'GONE'))).toMatchObject({ ...untradable, message: 'asset "GONE" is not tradable' });
    });

    test('BRK-07 a resting order is open until it is cancelled, and cannot be cancelled twice', async () => {
      const resting: OrderToSubmit = { ...buy('rest', 5), type: 'LIMIT', limitPrice: 90 as Price, timeInForce: 'GTC' };
      const { brokerOrderId } = acknowledged(await under.broker.submit(resting));
      expect(given(await under.broker.openOrders()).map((order) => order.brokerOrderId)).toEqual([brokerOrderId]);
      expect(await under.broker.cancel(brokerOrderId)).toEqual({ kind: 'requested' });
      expect(given(await under.broker.orderByClientId('rest' as OrderId)).state).toBe('CANCELLED');
      expect(given(await under.broker.openOrders())).toEqual([]);
      expect(await under.broker.cancel(brokerOrderId)).toMatchObject({ kind: 'refused', reason: 'not-cancellable' });
      expect(await under.broker.cancel('no-such-order')).toMatchObject({ kind: 'refused', reason: 'not-found' });
    });

    test('BRK-08 positions carry sign, quantity and average price of what was filled', async () => {
      await under.broker.submit(buy('long', 10));
      await under.broker.submit({ ...buy('short', 4, 'OTHER'), side: 'SELL' });
      const positions = given(await under.broker.positions());
      expect(positions).toMatchObject([
        { symbol: 'GOOD', quantity: 10, averageEntryPrice: 104, marketValue: 1040 },
        { symbol: 'OTHER', quantity: -4, averageEntryPrice: 50, marketValue: -200 },
      ]);
      expect(given(await under.broker.account())).toMatchObject({ cash: 100_000 - 1040 + 200, equity: 100_000, shortMarketValue: -200 });
    });

    test('BRK-09 an asset says whether it trades; an unknown one is refused', async () => {
      expect(given(await under.broker.asset(ticker('GOOD')))).toMatchObject({ tradable: true, fractionable: true });
      expect(given(await under.broker.asset(ticker('STUCK')))).toMatchObject({ tradable: false });
      expect(await under.broker.asset(ticker('NOSUCH'))).toMatchObject({ kind: 'refused', reason: 'not-found' });
    });

    test('BRK-10 the calendar holds sessions only, with their hours', async () => {
      const week = given(await under.broker.calendar(monday, (friday + 2) as typeof friday));
      expect(week.map(({ day }) => formatDay(day))).toEqual(['2019-06-10', '2019-06-11', '2019-06-12', '2019-06-13', '2019-06-14']);
      expect(week[0]).toMatchObject({ opensAt: '09:30', closesAt: '16:00' });
    });

    test('BRK-11 keys the broker does not know are refused as not-authorised, by reads and by submission', async () => {
      const refused = { kind: 'refused', reason: 'not-authorised' };
      expect(await under.strangersBroker.account()).toMatchObject(refused);
      expect(await under.strangersBroker.submit(buy('stranger', 1))).toMatchObject(refused);
      expect(await under.strangersBroker.cancel('any')).toMatchObject(refused);
      expect(await under.broker.orderByClientId('stranger' as OrderId)).toMatchObject({ reason: 'not-found' });
    });

    test('BRK-12 an order off the tick, or of no size, is refused before it is sent', async () => {
      await expect(under.broker.submit({ ...buy('tick', 1), type: 'LIMIT', limitPrice: 100.005 as Price })).rejects.toThrow(
        ContractViolation,
      );
      await expect(under.broker.submit(buy('none', 0))).rejects.toThrow(ContractViolation);
      await expect(under.broker.submit(buy('fine', 0.00001))).rejects.toThrow(ContractViolation);
    });

    test('BRK-13 latest prices come with their age; a symbol without one is left out', async () => {
      const prices = given(await under.broker.latestPrices([ticker('GOOD'), ticker('GONE'), ticker('NOSUCH')]));
      expect(prices).toEqual([
        { symbol: 'GOOD', priceUsd: 103, at: tradingTime(friday) },
        { symbol: 'GONE', priceUsd: 10, at: Date.UTC(2019, 5, 12, 20) },
      ]);
      expect(given(await under.broker.latestPrices([]))).toEqual([]);
    });

    test('BRK-14 every type of order goes through with its prices', async () => {
      const [limitPrice, stopPrice] = [120 as Price, 110 as Price];
      await under.broker.submit({ ...buy('s', 1), type: 'STOP', stopPrice, timeInForce: 'GTC' });
      await under.broker.submit({ ...buy('sl', 1), type: 'STOP_LIMIT', stopPrice, limitPrice, timeInForce: 'GTC' });
      await under.broker.submit({ ...buy('l', 1, 'OTHER'), type: 'LIMIT', limitPrice: 40 as Price, timeInForce: 'GTC' });
      expect(given(await under.broker.openOrders())).toMatchObject([
        { clientOrderId: 's', type: 'STOP', stopPrice: 110, timeInForce: 'GTC' },
        { clientOrderId: 'sl', type: 'STOP_LIMIT', stopPrice: 110, limitPrice: 120 },
        { clientOrderId: 'l', type: 'LIMIT', limitPrice: 40 },
      ]);
    });
  });
}
