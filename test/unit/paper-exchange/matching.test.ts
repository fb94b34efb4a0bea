import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOnTick, type MatchableOrder, matchAgainstSession, onTick, sessionPath } from '../../../apps/paper-exchange/matching.ts';
import { microUsdToFloat, parseMicroUsd, parseNanoShares } from '../../../shared/kernel/money.ts';
import type { Bps } from '../../../shared/kernel/units.ts';

/** Opens 100, falls to 95, rises to 110, closes 105. */
const bar = { open: 100, high: 110, low: 95, close: 105, volume: 1_000_000 };
const free = { spreadBps: 0 as Bps, impactBpsAtWholeVolume: 0 as Bps };
const usd = parseMicroUsd;

const order = (over: Partial<MatchableOrder>): MatchableOrder => ({
  side: 'buy',
  type: 'market',
  timeInForce: 'day',
  leaves: { shares: parseNanoShares('10') },
  stopReached: false,
  isLate: false,
  ...over,
});

const priceOf = (over: Partial<MatchableOrder>, costs = free, session = bar): number | undefined => {
  const match = matchAgainstSession(order(over), session, costs);
  return match.kind === 'filled' ? microUsdToFloat(match.price) : undefined;
};

describe('a session as a path', () => {
  test('visits the nearer extreme first', () => {
    expect(sessionPath(order({}), bar).map(microUsdToFloat)).toEqual([100, 95, 110, 105]);
    expect(sessionPath(order({}), { ...bar, high: 102 }).map(microUsdToFloat)).toEqual([100, 102, 95, 105]);
  });

  test('is only the close for an order that came in after the opening', () => {
    expect(sessionPath(order({ isLate: true }), bar).map(microUsdToFloat)).toEqual([105]);
  });

  test('is one price for an order for the opening, for the close, and for an order that may not wait', () => {
    expect(sessionPath(order({ timeInForce: 'opg' }), bar).map(microUsdToFloat)).toEqual([100]);
    expect(sessionPath(order({ timeInForce: 'cls' }), bar).map(microUsdToFloat)).toEqual([105]);
    expect(sessionPath(order({ timeInForce: 'ioc' }), bar).map(microUsdToFloat)).toEqual([100]);
  });
});

describe('matching an order against a session', () => {
  test('a market order takes the first price there is', () => {
    expect(priceOf({})).toBe(100);
    expect(priceOf({ isLate: true })).toBe(105);
  });

  test('taking costs half the spread, and impact by the square root of the share of the volume', () => {
    const costs = { spreadBps: 20 as Bps, impactBpsAtWholeVolume: 100 as Bps };
    const quarter = { shares: parseNanoShares('250000') };
    expect(priceOf({ leaves: quarter }, costs)).toBe(100.6);
    expect(priceOf({ leaves: quarter, side: 'sell' }, costs)).toBe(99.4);
  });

  test('prices are cents from a dollar up and hundredths of cents below', () => {
    const costs = { spreadBps: 33 as Bps, impactBpsAtWholeVolume: 0 as Bps };
    expect(priceOf({}, costs)).toBe(100.17);
    expect(priceOf({ isLate: true }, costs, { ...bar, close: 0.5 })).toBe(0.5008);
  });

  test.each([
    ['waits for its limit', { limitPrice: usd('96') }, 96],
    ['takes a better price at once', { limitPrice: usd('101') }, 100],
    ['is not filled where the price never came', { limitPrice: usd('94.99') }, undefined],
    ['waits for its limit when it sells', { side: 'sell' as const, limitPrice: usd('109') }, 109],
    ['does not reach back before it came in', { limitPrice: usd('96'), isLate: true }, undefined],
    ['takes the close when it came in late and that is good enough', { limitPrice: usd('105'), isLate: true }, 105],
    ['is gone when it may not wait', { limitPrice: usd('99'), timeInForce: 'ioc' as const }, undefined],
  ])('a limit order %s', (_title, over, expected) => {
    expect(priceOf({ type: 'limit', ...over })).toBe(expected);
  });

  test.each([
    ['waits for its price', { stopPrice: usd('108') }, 108],
    ['does not go off where the price never came', { stopPrice: usd('111') }, undefined],
    ['takes the opening when that is beyond it already', { stopPrice: usd('98') }, 100],
    ['goes off downwards when it sells', { side: 'sell' as const, stopPrice: usd('97') }, 97],
    ['that went off earlier is a market order', { stopPrice: usd('200'), stopReached: true }, 100],
  ])('a stop order %s', (_title, over, expected) => {
    expect(priceOf({ type: 'stop', ...over })).toBe(expected);
  });

  test('a stop-limit order that goes off and finds the limit passed waits for it', () => {
    const order1 = { type: 'stop_limit' as const, side: 'sell' as const, stopPrice: usd('97'), limitPrice: usd('104') };
    expect(priceOf(order1)).toBe(104);
    const never = matchAgainstSession(order({ ...order1, limitPrice: usd('111') }), bar, free);
    expect(never).toEqual({ kind: 'not-filled', stopReached: true });
  });

  test('no more is filled than was traded, and all-or-nothing is then nothing', () => {
    const thin = { ...bar, volume: 4.7 };
    expect(matchAgainstSession(order({}), thin, free)).toMatchObject({ quantity: parseNanoShares('4'), complete: false });
    expect(matchAgainstSession(order({ timeInForce: 'fok' }), thin, free)).toMatchObject({ kind: 'not-filled' });
  });

  test('an order in dollars buys what they pay for', () => {
    const match = matchAgainstSession(order({ leaves: { usd: usd('333') } }), bar, free);
    expect(match).toMatchObject({ quantity: parseNanoShares('3.33'), complete: true });
  });

  test('no order fills beyond its limit, nor outside the session where taking is free', () => {
    const aPrice = fc.integer({ min: 100, max: 20_000 }).map((cents) => cents / 100);
    const aBar = fc.tuple(aPrice, aPrice, aPrice, aPrice).map((prices) => {
      const [low, a, b, high] = prices.sort((x, y) => x - y);
      return { low, high, open: a, close: b, volume: 1e6 };
    });
    const sides = fc.constantFrom('buy' as const, 'sell' as const);
    fc.assert(
      fc.property(aBar, aPrice, sides, fc.boolean(), fc.integer({ min: 0, max: 50 }), (session, limit, side, isLate, spread) => {
        const limitPrice = usd(limit.toFixed(2));
        const costs = { spreadBps: spread as Bps, impactBpsAtWholeVolume: 0 as Bps };
        const match = matchAgainstSession(order({ type: 'limit', side, limitPrice, isLate }), session, costs);
        if (match.kind === 'not-filled') return;
        expect(side === 'buy' ? match.price <= limitPrice : match.price >= limitPrice).toBe(true);
        expect(isOnTick(match.price)).toBe(true);
        if (spread === 0) expect(microUsdToFloat(match.price)).toBeGreaterThanOrEqual(session.low);
        if (spread === 0) expect(microUsdToFloat(match.price)).toBeLessThanOrEqual(session.high);
      }),
    );
  });

  test('the tick never rounds a price away', () => {
    expect(microUsdToFloat(onTick(0.00001))).toBe(0.0001);
  });
});
