/** What the broker's own records say: BRK-19. */
import { expect, test } from 'vitest';
import type { BrokerActivity } from '../../../shared/brokers/broker.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { acknowledged, buy, given, type Now, sell } from './scene.ts';
import { friday, mondayAfter, tradingTime } from './small-market.ts';

const ever = Date.UTC(2019, 5, 1) as EpochMs;

const fillsIn = (activities: readonly BrokerActivity[]) => activities.filter((activity) => activity.kind === 'fill');

export function recordCards(now: Now): void {
  test('BRK-19 activities tell every fill once, oldest first, and add up to the positions', async () => {
    const { broker, ticket } = now();
    const first = acknowledged(await broker.submit(buy('one', 10), ticket));
    acknowledged(await broker.submit(buy('two', 25, 'THIN'), ticket));
    acknowledged(await broker.submit(sell('three', 4), ticket));
    await broker.positions();
    const activities = given(await broker.activities(ever));
    expect(fillsIn(activities)).toMatchObject([
      { symbol: 'GOOD', side: 'BUY', quantity: 10, price: 104, brokerOrderId: first.brokerOrderId },
      { symbol: 'THIN', side: 'BUY', quantity: 10, price: 20 },
      { symbol: 'GOOD', side: 'SELL', quantity: 4, price: 104 },
    ]);
    const ids = activities.map((activity) => activity.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(given(await broker.activities(ever)).map((activity) => activity.id)).toEqual(ids);
    const held = new Map<string, number>();
    for (const { symbol, side, quantity } of fillsIn(activities))
      held.set(symbol, (held.get(symbol) ?? 0) + (side === 'BUY' ? quantity : -quantity));
    expect(new Map(given(await broker.positions()).map(({ symbol, quantity }) => [symbol as string, quantity as number]))).toEqual(held);
  });

  test('BRK-19 activities begin with the instant asked for', async () => {
    const { broker, ticket } = now();
    acknowledged(await broker.submit(buy('one', 10), ticket));
    await broker.positions();
    expect(fillsIn(given(await broker.activities(tradingTime(friday))))).toHaveLength(1);
    expect(fillsIn(given(await broker.activities((tradingTime(friday) + 60_000) as EpochMs)))).toEqual([]);
  });

  test('BRK-19 activities tell dividends and splits', async ({ skip }) => {
    const { broker, ticket, clock, under } = now();
    skip(under.untold?.includes('corporate-actions') ?? false, 'this broker’s interface tells no corporate actions');
    acknowledged(await broker.submit(buy('pays', 10, 'PAYER'), ticket));
    acknowledged(await broker.submit(buy('splits', 10, 'SPLIT'), ticket));
    await broker.positions();
    clock.set(tradingTime(mondayAfter));
    const since = given(await broker.activities((tradingTime(friday) + 60_000) as EpochMs));
    expect(since.filter(({ kind }) => kind === 'dividend')).toMatchObject([{ symbol: 'PAYER', amountUsd: 5 }]);
    expect(since.filter(({ kind }) => kind === 'split')).toMatchObject([{ symbol: 'SPLIT', quantity: 30 }]);
    expect(given(await broker.positions()).find(({ symbol }) => symbol === 'SPLIT')).toMatchObject({ quantity: 40, currentPrice: 20 });
  });
}
