import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstMeeting, isOnTick, type MatchableOrder, type Meeting, onTick } from '../../../apps/paper-exchange/matching.ts';
import { pathOfDay, pathOfMinutes, priceAt, type SessionPath } from '../../../apps/paper-exchange/session-path.ts';
import { newYorkInstant, sessionClose, sessionOpen } from '../../../shared/domain/market/calendar.ts';
import {
  microUsdToFloat,
  type NanoShares,
  nanoSharesToFloat,
  noShares,
  parseMicroUsd,
  parseNanoShares,
} from '../../../shared/kernel/money.ts';
import type { Bps, EpochMs, Frac } from '../../../shared/kernel/units.ts';
import { friday } from '../../contract/brokers/small-market.ts';

/** Opens 100, falls to 95, rises to 110, closes 105. */
const bar = { open: 100, high: 110, low: 95, close: 105, volume: 1_000_000 };
const free = { spreadBps: 0 as Bps, impactBpsAtWholeVolume: 0 as Bps };
const tenth = 0.1 as Frac;
const usd = parseMicroUsd;
const [opensAt, closesAt] = [sessionOpen(friday), sessionClose(friday)];
const lateAt = newYorkInstant(friday, 15, 45);

const order = (over: Partial<MatchableOrder>): MatchableOrder => ({
  side: 'buy',
  timeInForce: 'day',
  activeFrom: opensAt,
  leaves: { shares: parseNanoShares('10') },
  filled: noShares,
  ...over,
});

interface Conditions {
  readonly costs?: typeof free;
  readonly session?: typeof bar;
  readonly until?: EpochMs;
  readonly taken?: (pool: string) => NanoShares;
}

function meet(over: Partial<MatchableOrder>, { costs = free, session = bar, until = closesAt, taken = () => noShares }: Conditions = {}) {
  const given = order(over);
  const venue = { path: pathOfDay(friday, session, tenth)!, costs, taken };
  return firstMeeting(given, venue, given.activeFrom, until);
}

const priceOf = (meeting: Meeting | undefined): number | undefined =>
  meeting?.kind === 'fill' ? microUsdToFloat(meeting.price) : undefined;

const clockOf = (at: EpochMs): string => new Date(at - 4 * 3_600_000).toISOString().slice(11, 19);

const knotsOf = ({ legs }: SessionPath) =>
  legs.map(({ from, to, start, end }) => [clockOf(from), microUsdToFloat(start), clockOf(to), microUsdToFloat(end)]);

describe('a session as a path', () => {
  test('visits the nearer extreme first, and trades at the close for its last half hour', () => {
    expect(knotsOf(pathOfDay(friday, bar, tenth)!)).toEqual([
      ['09:30:00', 100, '11:30:00', 95],
      ['11:30:00', 95, '13:30:00', 110],
      ['13:30:00', 110, '15:30:00', 105],
      ['15:30:00', 105, '16:00:00', 105],
    ]);
    expect(pathOfDay(friday, { ...bar, high: 102 }, tenth)!.legs.map(({ start }) => microUsdToFloat(start))).toEqual([100, 102, 95, 105]);
  });

  test('offers its share of the volume in four parts', () => {
    const { legs } = pathOfDay(friday, { ...bar, volume: 4000 }, tenth)!;
    expect(legs.map(({ offered }) => nanoSharesToFloat(offered))).toEqual([100, 200, 300, 400]);
  });

  test('is one of three legs a minute where minutes are known, each with its own volume', () => {
    const minute = { open: 10, high: 12, low: 9, close: 11, volume: 505, at: newYorkInstant(friday, 11, 0) };
    const path = pathOfMinutes(friday, [minute, { ...minute, at: newYorkInstant(friday, 17, 0) }], tenth)!;
    expect(knotsOf(path)).toEqual([
      ['11:00:00', 10, '11:00:20', 9],
      ['11:00:20', 9, '11:00:40', 12],
      ['11:00:40', 12, '11:01:00', 11],
    ]);
    expect(path.legs.map(({ offered }) => nanoSharesToFloat(offered))).toEqual([50, 50, 50]);
    expect(path.volume).toBe(505);
  });

  test.each([
    ['nobody traded at', { ...bar, volume: 0 }],
    ['has no price', { ...bar, close: Number.NaN }],
    ['has a price of nothing', { ...bar, low: 0 }],
  ])('is none where the bar %s', (_title, session) => {
    expect(pathOfDay(friday, session, tenth)).toBeUndefined();
    expect(pathOfMinutes(friday, [{ ...session, at: opensAt }], tenth)).toBeUndefined();
  });
});

describe('matching an order against a session', () => {
  test('a market order takes the price of the moment', () => {
    expect(priceOf(meet({}))).toBe(100);
    expect(priceOf(meet({ activeFrom: newYorkInstant(friday, 10, 30) }))).toBe(97.5);
    expect(priceOf(meet({ activeFrom: lateAt }))).toBe(105);
  });

  test('taking costs half the spread, and impact by the square root of the share of the volume', () => {
    const costs = { spreadBps: 20 as Bps, impactBpsAtWholeVolume: 100 as Bps };
    const hundredth = { shares: parseNanoShares('10000') };
    expect(priceOf(meet({ leaves: hundredth }, { costs }))).toBe(100.2);
    expect(priceOf(meet({ leaves: hundredth, side: 'sell' }, { costs }))).toBe(99.8);
    expect(priceOf(meet({ leaves: hundredth, filled: parseNanoShares('240000') }, { costs }))).toBe(100.6);
  });

  test('prices are cents from a dollar up and hundredths of cents below', () => {
    const costs = { spreadBps: 33 as Bps, impactBpsAtWholeVolume: 0 as Bps };
    expect(priceOf(meet({}, { costs }))).toBe(100.17);
    expect(priceOf(meet({ activeFrom: lateAt }, { costs, session: { ...bar, close: 0.5 } }))).toBe(0.5008);
  });

  test.each([
    ['waits for its limit', { limitPrice: usd('96') }, 96, '11:06:00'],
    ['takes a better price at once', { limitPrice: usd('101') }, 100, '09:30:00'],
    ['is not filled where the price never came', { limitPrice: usd('94.99') }, undefined, undefined],
    ['waits for its limit when it sells', { side: 'sell' as const, limitPrice: usd('109') }, 109, '13:22:00'],
    ['meets nothing from before it came', { limitPrice: usd('96'), activeFrom: newYorkInstant(friday, 12, 0) }, undefined, undefined],
    ['takes the close when it came late and that is good enough', { limitPrice: usd('105'), activeFrom: lateAt }, 105, '15:45:00'],
    ['is gone when it may not wait', { limitPrice: usd('99'), timeInForce: 'ioc' as const }, undefined, undefined],
  ])('a limit order %s', (_title, over, expected, at) => {
    const meeting = meet(over);
    expect(priceOf(meeting)).toBe(expected);
    if (at !== undefined) expect(clockOf(meeting!.at)).toBe(at);
  });

  test('nothing happens before its time has come', () => {
    const at1100 = newYorkInstant(friday, 11, 0);
    expect(meet({ limitPrice: usd('96') }, { until: at1100 })).toBeUndefined();
  });

  test.each([
    ['waits for its price', { stopPrice: usd('108') }, '13:14:00'],
    ['does not go off where the price never came', { stopPrice: usd('111') }, undefined],
    ['goes off at the opening when that is beyond it already', { stopPrice: usd('98') }, '09:30:00'],
    ['goes off downwards when it sells', { side: 'sell' as const, stopPrice: usd('97') }, '10:42:00'],
  ])('a stop order %s', (_title, over, at) => {
    const meeting = meet(over);
    expect(meeting && [meeting.kind, clockOf(meeting.at)]).toEqual(at && ['stop-reached', at]);
  });

  test('no more is filled than the pool still holds; the rest finds the next part of it', () => {
    const thin = { ...bar, volume: 400 };
    const large = { leaves: { shares: parseNanoShares('25') } };
    expect(meet(large, { session: thin })).toMatchObject({ quantity: parseNanoShares('10'), complete: false, pool: 'day' });
    const next = meet({ leaves: { shares: parseNanoShares('15') } }, { session: thin, taken: () => parseNanoShares('10') });
    expect(next).toMatchObject({ quantity: parseNanoShares('10'), price: usd('95') });
    expect(clockOf(next!.at)).toBe('11:30:00');
  });

  test('all-or-nothing is nothing where there is less, and an order that may not wait is over once it took what was there', () => {
    const thin = { ...bar, volume: 400 };
    expect(meet({ leaves: { shares: parseNanoShares('11') }, timeInForce: 'fok' }, { session: thin })).toEqual({
      kind: 'over',
      at: opensAt,
    });
    expect(meet({ leaves: { shares: parseNanoShares('11') }, timeInForce: 'ioc' }, { session: thin })).toMatchObject({ kind: 'fill' });
    const taken = () => parseNanoShares('10');
    expect(meet({ leaves: { shares: parseNanoShares('1') }, timeInForce: 'ioc' }, { session: thin, taken })).toMatchObject({
      kind: 'over',
    });
  });

  test('an order for the opening or the close trades at that price only', () => {
    expect(priceOf(meet({ timeInForce: 'opg' }))).toBe(100);
    expect(meet({ timeInForce: 'opg', activeFrom: lateAt })).toEqual({ kind: 'over', at: lateAt });
    expect(meet({ timeInForce: 'cls', activeFrom: lateAt })).toMatchObject({ price: usd('105'), at: closesAt });
    expect(meet({ timeInForce: 'cls', activeFrom: lateAt }, { until: (closesAt - 1) as EpochMs })).toBeUndefined();
  });

  test('an order that the price jumps over is filled at its limit; what is left takes the market; at the opening it gets the opening price', () => {
    const minute = (minuteOfTen: number, price: number) => ({
      ...{ open: price, high: price, low: price, close: price, volume: 1000 },
      at: newYorkInstant(friday, 10, minuteOfTen),
    });
    const path = pathOfMinutes(friday, [minute(0, 100), minute(1, 90)], tenth)!;
    const venue = { path, costs: free, taken: () => noShares };
    const limited = order({ limitPrice: usd('95'), activeFrom: newYorkInstant(friday, 10, 0) });
    expect(priceOf(firstMeeting(limited, venue, limited.activeFrom, closesAt))).toBe(95);
    const longer = pathOfMinutes(friday, [minute(0, 100), minute(1, 90), minute(2, 91)], tenth)!;
    const tookAtOne = String(newYorkInstant(friday, 10, 1));
    const taken = (pool: string) => (pool === tookAtOne ? parseNanoShares('100') : noShares);
    const rest = firstMeeting(limited, { path: longer, costs: free, taken }, newYorkInstant(friday, 10, 1), closesAt);
    expect(rest).toMatchObject({ price: usd('91'), at: newYorkInstant(friday, 10, 2) });
    const early = order({ limitPrice: usd('101') });
    expect(priceOf(firstMeeting(early, venue, opensAt, closesAt))).toBe(100);
  });

  test('an order in dollars buys what they pay for', () => {
    expect(meet({ leaves: { usd: usd('333') } })).toMatchObject({ quantity: parseNanoShares('3.33'), complete: true });
  });

  const aPrice = fc.integer({ min: 100, max: 20_000 }).map((cents) => cents / 100);
  const aBar = fc.tuple(aPrice, aPrice, aPrice, aPrice).map((prices) => {
    const [low, a, b, high] = prices.sort((x, y) => x - y);
    return { low, high, open: a, close: b, volume: 1e6 };
  });
  const sides = fc.constantFrom('buy' as const, 'sell' as const);
  const anInstant = fc.integer({ min: opensAt, max: closesAt - 1 }).map((at) => at as EpochMs);

  test('no order fills beyond its limit, nor outside the session where taking is free', () => {
    fc.assert(
      fc.property(aBar, aPrice, sides, anInstant, fc.integer({ min: 0, max: 50 }), (session, limit, side, activeFrom, spread) => {
        const limitPrice = usd(limit.toFixed(2));
        const costs = { spreadBps: spread as Bps, impactBpsAtWholeVolume: 0 as Bps };
        const meeting = meet({ side, limitPrice, activeFrom }, { costs, session });
        if (meeting?.kind !== 'fill') return;
        expect(side === 'buy' ? meeting.price <= limitPrice : meeting.price >= limitPrice).toBe(true);
        expect(isOnTick(meeting.price)).toBe(true);
        expect(meeting.at).toBeGreaterThanOrEqual(activeFrom);
        if (spread > 0) return;
        expect(microUsdToFloat(meeting.price)).toBeGreaterThanOrEqual(session.low);
        expect(microUsdToFloat(meeting.price)).toBeLessThanOrEqual(session.high);
      }),
    );
  });

  test('asking along the way finds the same meeting as asking once at the end', () => {
    fc.assert(
      fc.property(aBar, aPrice, sides, anInstant, anInstant, fc.boolean(), (session, level, side, activeFrom, asked, isStop) => {
        const over = { side, activeFrom, ...(isStop ? { stopPrice: usd(level.toFixed(2)) } : { limitPrice: usd(level.toFixed(2)) }) };
        const once = meet(over, { session });
        const early = meet(over, { session, until: asked });
        if (asked < activeFrom) return;
        const venue = { path: pathOfDay(friday, session, tenth)!, costs: free, taken: () => noShares };
        expect(early ?? firstMeeting(order(over), venue, asked, closesAt)).toEqual(once);
      }),
    );
  });

  test('a price on a leg lies between its ends', () => {
    const [leg] = pathOfDay(friday, bar, tenth)!.legs;
    fc.assert(
      fc.property(fc.integer({ min: leg!.from, max: leg!.to }), (at) => {
        const price = microUsdToFloat(priceAt(leg!, at as EpochMs));
        expect(price).toBeLessThanOrEqual(100);
        expect(price).toBeGreaterThanOrEqual(95);
      }),
    );
  });

  test('the tick never rounds a price away', () => {
    expect(microUsdToFloat(onTick(0.00001))).toBe(0.0001);
  });
});
