import { describe, expect, test } from 'vitest';
import type { OrderIntent } from '../../../../shared/domain/execution/order-intent.ts';
import { type Check, mayTrade, type PreTradeFacts, preTradeChecks, refusalsOf } from '../../../../shared/domain/execution/pre-trade.ts';
import { newYorkInstant } from '../../../../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import type { CycleId, EpochMs, OrderId } from '../../../../shared/kernel/units.ts';
import { asOf, ticker } from '../fixtures.ts';

const limits = { ...defaultPolicy.execution, restricted: ['BAD'] };
const now = newYorkInstant(asOf, 15, 45);
const order: OrderIntent = {
  clientOrderId: 'ballast-AAPL-b-1' as OrderId,
  cycleId: 'cycle-2019-06-14' as CycleId,
  symbol: ticker('AAPL'),
  side: 'buy',
  quantity: 100,
  type: 'MARKET',
  timeInForce: 'DAY',
  limitPriceUsd: null,
  referencePriceUsd: 50,
  leg: 1,
  revision: 0,
};
const facts: PreTradeFacts = {
  now,
  equityUsd: 1_000_000,
  heldShares: 0,
  workingShares: 0,
  openOrdersForSymbol: 0,
  reference: { priceUsd: 50, at: (now - 1000) as EpochMs },
  averageDailyVolume: 1e6,
  messagesInLastMinute: 0,
  knownClientOrderIds: new Set<string>(),
};
const checks = (orderChange: Partial<OrderIntent>, factsChange: Partial<PreTradeFacts> = {}): Check[] =>
  preTradeChecks({ ...order, ...orderChange }, { ...facts, ...factsChange }, limits);
const refusals = (orderChange: Partial<OrderIntent>, factsChange: Partial<PreTradeFacts> = {}): string[] =>
  refusalsOf(checks(orderChange, factsChange));

describe('pre-trade checks', () => {
  test('let a sound order pass, and record what each was held against', () => {
    const sound = checks({});
    expect(mayTrade(sound)).toBe(true);
    expect(refusalsOf(sound)).toEqual([]);
    expect(sound).toEqual(
      [
        ['order-sane', 0, 0],
        ['order-value', 5000, 1_000_000],
        ['concentration', 0.005, 0.1],
        ['open-orders', 1, 5],
        ['reference-fresh', 1000, 300_000],
        ['price-collar', 0, 0.05],
        ['volume-share', 0.0001, 0.05],
        ['message-throttle', 1, 180],
        ['duplicate', 0, 0],
        ['restricted-list', 0, 0],
      ].map(([name, value, limitValue]) => ({ name, passed: true, refusal: null, value, limitValue })),
    );
  });

  test('let nothing pass that was not checked', () => {
    expect(mayTrade([])).toBe(false);
  });

  test.each([
    ['more than a million dollars', { quantity: 20_001 }, { equityUsd: 1e9 }, 'order-value', 'order-value-over-limit'],
    ['a price below the collar', { limitPriceUsd: 47 }, {}, 'price-collar', 'price-outside-collar'],
    ['a position over a tenth with what is held', {}, { heldShares: 1901 }, 'concentration', 'concentration-over-limit'],
    [
      'a position over a tenth with what is working',
      {},
      { heldShares: 951, workingShares: 950 },
      'concentration',
      'concentration-over-limit',
    ],
    ['a short over a tenth', { side: 'sell' }, { heldShares: -1901 }, 'concentration', 'concentration-over-limit'],
    ['a position over a tenth of equity', { quantity: 2001 }, {}, 'concentration', 'concentration-over-limit'],
    ['a sixth open order', {}, { openOrdersForSymbol: 5 }, 'open-orders', 'too-many-open-orders'],
    ['a stale reference', {}, { reference: { priceUsd: 50, at: (now - 300_001) as EpochMs } }, 'reference-fresh', 'reference-price-stale'],
    [
      'a reference from the future',
      {},
      { reference: { priceUsd: 50, at: (now + 1) as EpochMs } },
      'reference-fresh',
      'reference-price-from-the-future',
    ],
    ['a price outside the collar', { limitPriceUsd: 53 }, {}, 'price-collar', 'price-outside-collar'],
    ['too much of the daily volume', {}, { averageDailyVolume: 1999 }, 'volume-share', 'too-large-for-volume'],
    ['too many messages', {}, { messagesInLastMinute: 180 }, 'message-throttle', 'message-rate-over-limit'],
    ['the same order twice', {}, { knownClientOrderIds: new Set(['ballast-AAPL-b-1']) }, 'duplicate', 'duplicate-order'],
    ['a restricted symbol', { symbol: ticker('BAD') }, {}, 'restricted-list', 'symbol-restricted'],
    ['a quantity of zero', { quantity: 0 }, {}, 'order-sane', 'quantity-not-tradable'],
    ['a fifth decimal', { quantity: 1.00001 }, {}, 'order-sane', 'quantity-not-tradable'],
    ['less than a lot', { quantity: 1e-10 }, {}, 'order-sane', 'quantity-not-tradable'],
    ['equity that is no number', {}, { equityUsd: Number.NaN }, 'concentration', 'concentration-unknown'],
    ['equity below zero', {}, { equityUsd: -1 }, 'concentration', 'concentration-unknown'],
    ['an unknown volume', {}, { averageDailyVolume: null }, 'volume-share', 'too-large-for-volume'],
  ] as ReadonlyArray<readonly [string, Partial<OrderIntent>, Partial<PreTradeFacts>, Check['name'], string]>)(
    'refuse %s',
    (_, orderChange, factsChange, name, refusal) => {
      const failed = checks(orderChange, factsChange).filter(({ passed }) => !passed);
      expect(failed).toMatchObject([{ name, refusal }]);
    },
  );

  test('pass at each limit exactly', () => {
    expect(
      refusals({ quantity: 2000, limitPriceUsd: 52.5 }, { openOrdersForSymbol: 4, averageDailyVolume: 40_000, messagesInLastMinute: 179 }),
    ).toEqual([]);
    expect(refusals({}, { reference: { priceUsd: 50, at: (now - 300_000) as EpochMs } })).toEqual([]);
    expect(refusals({}, { reference: { priceUsd: 50, at: now } })).toEqual([]);
    expect(refusals({ quantity: 20_000 }, { equityUsd: 1e9 })).toEqual([]);
    expect(refusals({}, { heldShares: 1000, workingShares: 900 })).toEqual([]);
  });

  test('hold no quantity for tradable that is no finite number', () => {
    for (const quantity of [Number.POSITIVE_INFINITY, Number.NaN, -1]) expect(refusals({ quantity })).toContain('quantity-not-tradable');
  });

  test('hold every fraction of four decimals for tradable, also of very many shares', () => {
    const dust = { equityUsd: 1e9, reference: { priceUsd: 0.05, at: now }, averageDailyVolume: 1e12 };
    for (const quantity of [0.0001, 0.3, 1.1005, 1_234_567.8901, 9_999_999.9999])
      expect(refusals({ quantity, referencePriceUsd: 0.05 }, dust)).toEqual([]);
  });

  test('refuse everything that rests on a missing reference, and record no number', () => {
    const failed = checks({}, { reference: null }).filter(({ passed }) => !passed);
    expect(failed).toEqual([
      { name: 'order-value', passed: false, refusal: 'order-value-over-limit', value: null, limitValue: 1_000_000 },
      { name: 'concentration', passed: false, refusal: 'concentration-unknown', value: null, limitValue: 0.1 },
      { name: 'reference-fresh', passed: false, refusal: 'reference-price-stale', value: null, limitValue: 300_000 },
      { name: 'price-collar', passed: false, refusal: 'price-outside-collar', value: null, limitValue: 0.05 },
    ]);
  });

  test('refuse what no limit was set for', () => {
    const unset = { ...limits, orderValueUsdMax: Number.NaN, openOrdersPerSymbolMax: Number.NaN };
    expect(refusalsOf(preTradeChecks(order, facts, unset))).toEqual(['order-value-over-limit', 'too-many-open-orders']);
  });

  test('let a position that outgrew the limit be sold, but not turned about', () => {
    expect(refusals({ side: 'sell', quantity: 100 }, { heldShares: 5000 })).toEqual([]);
    const reducing = checks({ side: 'sell', quantity: 100 }, { heldShares: 5000 });
    expect(reducing).toContainEqual({ name: 'concentration', passed: true, refusal: null, value: 0.245, limitValue: 0.1 });
    expect(refusals({ quantity: 100 }, { heldShares: -5000 })).toEqual([]);
    expect(refusals({ side: 'sell', quantity: 8000 }, { heldShares: 3000 })).toEqual(['concentration-over-limit']);
    expect(refusals({ side: 'sell', quantity: 6000 }, { heldShares: 3000 })).toEqual(['concentration-over-limit']);
  });
});
