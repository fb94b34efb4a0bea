/** What can be read of the account and the market: BRK-01, 08 to 11, 13. */
import { expect, test } from 'vitest';
import { formatDay } from '../../../shared/kernel/days.ts';
import { acknowledged, buy, given, id, type Now, refused, sell } from './scene.ts';
import { friday, monday, ticker, tradingTime } from './small-market.ts';

export function accountCards(now: Now): void {
  test('BRK-01 an account and a clock are readable', async () => {
    const { broker } = now();
    expect(given(await broker.account())).toMatchObject({ cash: 100_000, buyingPower: 100_000, equity: 100_000, mayTrade: true });
    const clock = given(await broker.clock());
    expect(clock).toMatchObject({ now: tradingTime(friday), isOpen: true });
    expect(new Date(clock.nextCloseAt).toISOString()).toBe('2019-06-14T20:00:00.000Z');
    expect(new Date(clock.nextOpenAt).toISOString()).toBe('2019-06-17T13:30:00.000Z');
  });

  test('BRK-08 positions carry sign, quantity and average price of what was filled', async () => {
    const { broker, ticket } = now();
    acknowledged(await broker.submit(buy('long', 10), ticket));
    acknowledged(await broker.submit({ ...sell('short', 4, 'OTHER'), shortSale: true }, ticket));
    const positions = [...given(await broker.positions())].sort((one, other) => one.symbol.localeCompare(other.symbol));
    expect(positions).toMatchObject([
      { symbol: 'GOOD', quantity: 10, averageEntryPrice: 104, marketValue: 1040 },
      { symbol: 'OTHER', quantity: -4, averageEntryPrice: 50, marketValue: -200 },
    ]);
    expect(given(await broker.account())).toMatchObject({ cash: 100_000 - 1040 + 200, equity: 100_000, shortMarketValue: -200 });
  });

  test('BRK-09 an asset says whether it trades and whether it is lent; an unknown one is refused', async () => {
    const { broker } = now();
    expect(given(await broker.asset(ticker('GOOD')))).toMatchObject({ tradable: true, shortable: true });
    expect(given(await broker.asset(ticker('STUCK')))).toMatchObject({ tradable: false });
    expect(given(await broker.asset(ticker('HARD')))).toMatchObject({ tradable: true, shortable: false });
    expect(await broker.asset(ticker('NOSUCH'))).toMatchObject(refused('not-found'));
  });

  test('BRK-10 the calendar holds sessions only, with their hours', async () => {
    const week = given(await now().broker.calendar(monday, (friday + 2) as typeof friday));
    expect(week.map(({ day }) => formatDay(day))).toEqual(['2019-06-10', '2019-06-11', '2019-06-12', '2019-06-13', '2019-06-14']);
    expect(week[0]).toMatchObject({ opensAt: '09:30', closesAt: '16:00' });
  });

  test('BRK-11 keys the broker does not know are refused as not-authorised, by reads and by submission', async () => {
    const { broker, ticket, under } = now();
    expect(await under.strangersBroker.account()).toMatchObject(refused('not-authorised'));
    expect(await under.strangersBroker.submit(buy('stranger', 1), ticket)).toMatchObject(refused('not-authorised'));
    expect(await under.strangersBroker.cancel('any')).toMatchObject(refused('not-authorised'));
    expect(await broker.orderByClientId(id('stranger'))).toMatchObject(refused('not-found'));
  });

  test('BRK-13 latest prices come with their age; a symbol without one is left out', async () => {
    const { broker } = now();
    const prices = given(await broker.latestPrices([ticker('GOOD'), ticker('GONE'), ticker('NOSUCH')]));
    expect(prices.map(({ symbol }) => symbol)).toEqual(['GOOD', 'GONE']);
    expect(prices[0]!.at).toBe(tradingTime(friday));
    expect(prices[1]).toEqual({ symbol: 'GONE', priceUsd: 10, at: Date.UTC(2019, 5, 12, 20) });
    expect(given(await broker.latestPrices([]))).toEqual([]);
  });
}
