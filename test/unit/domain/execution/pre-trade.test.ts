import { describe, expect, test } from 'vitest';
import {
  type Check,
  mayTrade,
  type OrderToCheck,
  type PreTradeFacts,
  preTradeChecks,
  refusalsOf,
} from '../../../../shared/domain/execution/pre-trade.ts';
import { newYorkInstant } from '../../../../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import type { EpochMs, OrderId } from '../../../../shared/kernel/units.ts';
import { asOf, ticker } from '../fixtures.ts';

const limits = { ...defaultPolicy.execution, restricted: ['BAD'] };
const now = newYorkInstant(asOf, 15, 45);
const order: OrderToCheck = {
  clientOrderId: 'ballast-AAPL-b-1' as OrderId,
  symbol: ticker('AAPL'),
  side: 'buy',
  quantity: 100,
  type: 'MARKET',
  limitPriceUsd: null,
  referencePriceUsd: 50,
};
const facts: PreTradeFacts = {
  now,
  equityUsd: 1_000_000,
  heldShares: 0,
  workingBuyShares: 0,
  workingSellShares: 0,
  openOrdersForSymbol: 0,
  unsettledOrdersForSymbol: 0,
  sharesToLend: null,
  reference: { priceUsd: 50, at: (now - 1000) as EpochMs },
  averageDailyVolume: 1e6,
  messagesInLastMinute: 0,
  knownClientOrderIds: new Set<string>(),
};
const checks = (orderChange: Partial<OrderToCheck>, factsChange: Partial<PreTradeFacts> = {}): Check[] =>
  preTradeChecks({ ...order, ...orderChange }, { ...facts, ...factsChange }, limits);
const refusals = (orderChange: Partial<OrderToCheck>, factsChange: Partial<PreTradeFacts> = {}): string[] =>
  refusalsOf(checks(orderChange, factsChange));

describe('pre-trade checks', () => {
  test('let a sound order pass, and record what each was held against', () => {
    const sound = checks({});
    expect(mayTrade(sound)).toBe(true);
    expect(refusalsOf(sound)).toEqual([]);
    expect(sound).toEqual(
      [
        ['order-sane', 0, 0],
        ['order-type', 0, 0],
        ['order-value', 5000, 1_000_000],
        ['concentration', 0.005, 0.1],
        ['open-orders', 1, 5],
        ['symbol-settled', 0, 0],
        ['locate', 0, 0],
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
    ['a price below the collar', { type: 'LIMIT', limitPriceUsd: 47 }, {}, 'price-collar', 'price-outside-collar'],
    ['a decision too far from the market', { referencePriceUsd: 53 }, {}, 'price-collar', 'price-outside-collar'],
    ['a stop beyond the collar', { type: 'STOP', stopPriceUsd: 53 }, {}, 'price-collar', 'price-outside-collar'],
    [
      'a limit beyond the collar, though its stop is within',
      { type: 'STOP_LIMIT', stopPriceUsd: 52, limitPriceUsd: 53 },
      {},
      'price-collar',
      'price-outside-collar',
    ],
    ['a limit order without a limit', { type: 'LIMIT' }, {}, 'order-type', 'prices-do-not-fit-type'],
    ['a market order with a limit', { limitPriceUsd: 50 }, {}, 'order-type', 'prices-do-not-fit-type'],
    ['a market order with a stop', { stopPriceUsd: 51 }, {}, 'order-type', 'prices-do-not-fit-type'],
    ['a limit order with a stop', { type: 'LIMIT', limitPriceUsd: 51, stopPriceUsd: 51 }, {}, 'order-type', 'prices-do-not-fit-type'],
    ['a stop order without a stop', { type: 'STOP' }, {}, 'order-type', 'prices-do-not-fit-type'],
    ['a stop order with a limit', { type: 'STOP', stopPriceUsd: 51, limitPriceUsd: 52 }, {}, 'order-type', 'prices-do-not-fit-type'],
    ['a stop-limit order without a stop', { type: 'STOP_LIMIT', limitPriceUsd: 51 }, {}, 'order-type', 'prices-do-not-fit-type'],
    ['a stop-limit order without a limit', { type: 'STOP_LIMIT', stopPriceUsd: 51 }, {}, 'order-type', 'prices-do-not-fit-type'],
    ['a buy stop below the market', { type: 'STOP', stopPriceUsd: 49 }, {}, 'order-type', 'stop-on-wrong-side'],
    ['a buy stop at the market', { type: 'STOP', stopPriceUsd: 50 }, {}, 'order-type', 'stop-on-wrong-side'],
    [
      'a sell stop above the market',
      { side: 'sell', type: 'STOP', stopPriceUsd: 51 },
      { heldShares: 100 },
      'order-type',
      'stop-on-wrong-side',
    ],
    ['a buy limit below its stop', { type: 'STOP_LIMIT', stopPriceUsd: 51, limitPriceUsd: 50.99 }, {}, 'order-type', 'limit-short-of-stop'],
    [
      'a sell limit above its stop',
      { side: 'sell', type: 'STOP_LIMIT', stopPriceUsd: 49, limitPriceUsd: 49.01 },
      { heldShares: 100 },
      'order-type',
      'limit-short-of-stop',
    ],
    ['new risk where an order’s fate is unknown', {}, { unsettledOrdersForSymbol: 1 }, 'symbol-settled', 'symbol-unsettled'],
    [
      'a sale beyond what is held where an order’s fate is unknown',
      { side: 'sell' },
      { heldShares: 99, sharesToLend: true, unsettledOrdersForSymbol: 1 },
      'symbol-settled',
      'symbol-unsettled',
    ],
    ['a sale of what is not held, with nothing to lend', { side: 'sell' }, { sharesToLend: false }, 'locate', 'no-shares-to-lend'],
    ['a sale of what is not held, without having asked', { side: 'sell' }, { heldShares: 99.9999 }, 'locate', 'locate-not-asked'],
    ['a sale of what another order may sell', { side: 'sell' }, { heldShares: 150, workingSellShares: 51 }, 'locate', 'locate-not-asked'],
    ['a sale of what is only on its way in', { side: 'sell' }, { heldShares: 50, workingBuyShares: 500 }, 'locate', 'locate-not-asked'],
    ['a position over a tenth with what is held', {}, { heldShares: 1901 }, 'concentration', 'concentration-over-limit'],
    [
      'a position over a tenth with what is working',
      {},
      { heldShares: 951, workingBuyShares: 950 },
      'concentration',
      'concentration-over-limit',
    ],
    [
      'a position over a tenth, though a sale of it may fill before',
      {},
      { heldShares: 1901, workingSellShares: 1000 },
      'concentration',
      'concentration-over-limit',
    ],
    [
      'a position over a tenth at its stop',
      { quantity: 1951, type: 'STOP', stopPriceUsd: 52 },
      {},
      'concentration',
      'concentration-over-limit',
    ],
    ['a short over a tenth', { side: 'sell' }, { heldShares: -1901, sharesToLend: true }, 'concentration', 'concentration-over-limit'],
    [
      'a short over a tenth with what is working',
      { side: 'sell' },
      { heldShares: -951, workingSellShares: 950, sharesToLend: true },
      'concentration',
      'concentration-over-limit',
    ],
    [
      'more than a million dollars at its limit',
      { quantity: 19_999, type: 'LIMIT', limitPriceUsd: 51 },
      { equityUsd: 1e9 },
      'order-value',
      'order-value-over-limit',
    ],
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
    ['a price outside the collar', { type: 'LIMIT', limitPriceUsd: 53 }, {}, 'price-collar', 'price-outside-collar'],
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
  ] as ReadonlyArray<readonly [string, Partial<OrderToCheck>, Partial<PreTradeFacts>, Check['name'], string]>)(
    'refuse %s',
    (_, orderChange, factsChange, name, refusal) => {
      const failed = checks(orderChange, factsChange).filter(({ passed }) => !passed);
      expect(failed).toMatchObject([{ name, refusal }]);
    },
  );

  test('pass at each limit exactly', () => {
    expect(
      refusals(
        { quantity: 1900, type: 'LIMIT', limitPriceUsd: 52.5 },
        { openOrdersForSymbol: 4, averageDailyVolume: 38_000, messagesInLastMinute: 179 },
      ),
    ).toEqual([]);
    expect(refusals({}, { reference: { priceUsd: 50, at: (now - 300_000) as EpochMs } })).toEqual([]);
    expect(refusals({}, { reference: { priceUsd: 50, at: now } })).toEqual([]);
    expect(refusals({ quantity: 20_000 }, { equityUsd: 1e9 })).toEqual([]);
    expect(refusals({ quantity: 2000 })).toEqual([]);
    expect(refusals({}, { heldShares: 1000, workingBuyShares: 900 })).toEqual([]);
    expect(refusals({ side: 'sell' }, { heldShares: 150, workingSellShares: 50 })).toEqual([]);
    expect(refusals({ type: 'STOP_LIMIT', stopPriceUsd: 51, limitPriceUsd: 51 })).toEqual([]);
    expect(refusals({ side: 'sell', type: 'STOP_LIMIT', stopPriceUsd: 49, limitPriceUsd: 49 }, { heldShares: 100 })).toEqual([]);
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
    const [stop] = checks({ type: 'STOP', stopPriceUsd: 51 }, { reference: null }).filter(({ name }) => name === 'order-type');
    expect(stop).toEqual({ name: 'order-type', passed: false, refusal: 'stop-on-wrong-side', value: 51, limitValue: null });
  });

  test('refuse what rests on a holding that is no number', () => {
    expect(refusals({}, { heldShares: Number.NaN })).toEqual(['concentration-unknown', 'position-unknown']);
    expect(refusals({}, { unsettledOrdersForSymbol: Number.NaN })).toEqual(['symbol-unsettled']);
  });

  test('let a short sale go where the broker has shares to lend, and say how many', () => {
    const short = checks({ side: 'sell' }, { heldShares: 40, sharesToLend: true });
    expect(mayTrade(short)).toBe(true);
    expect(short).toContainEqual({ name: 'locate', passed: true, refusal: null, value: 60, limitValue: 60 });
    expect(checks({ side: 'sell' }, { heldShares: 40 })).toContainEqual({
      ...{ name: 'locate', passed: false, refusal: 'locate-not-asked', value: 60, limitValue: 0 },
    });
    expect(refusals({ side: 'buy' }, { heldShares: -500, sharesToLend: false })).toEqual([]);
  });

  test('count shares without the noise of floats', () => {
    expect(refusals({ side: 'sell', quantity: 0.2 }, { heldShares: 0.3, workingSellShares: 0.1 })).toEqual([]);
  });

  test('let what only takes risk off go, also where an order’s fate is unknown', () => {
    const unsettledOrdersForSymbol = 2;
    expect(refusals({ side: 'sell' }, { heldShares: 100, unsettledOrdersForSymbol })).toEqual([]);
    expect(refusals({}, { heldShares: -100, unsettledOrdersForSymbol })).toEqual([]);
    expect(refusals({ side: 'sell' }, { heldShares: 100, workingSellShares: 100, unsettledOrdersForSymbol })).toEqual([
      ...['symbol-unsettled', 'locate-not-asked'],
    ]);
  });

  test('let a limit and a stop go that fit their type', () => {
    expect(refusals({ type: 'LIMIT', limitPriceUsd: 49 })).toEqual([]);
    expect(refusals({ type: 'STOP', stopPriceUsd: 51 })).toEqual([]);
    expect(refusals({ type: 'STOP_LIMIT', stopPriceUsd: 51, limitPriceUsd: 52 })).toEqual([]);
    expect(refusals({ side: 'sell', type: 'STOP', stopPriceUsd: 49 }, { heldShares: 100 })).toEqual([]);
    expect(refusals({ side: 'sell', type: 'LIMIT', limitPriceUsd: 51 }, { heldShares: 100 })).toEqual([]);
    expect(refusals({ stopPriceUsd: null })).toEqual([]);
    for (const price of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(refusals({ type: 'LIMIT', limitPriceUsd: price })).toContain('prices-do-not-fit-type');
      expect(refusals({ type: 'STOP', stopPriceUsd: price })).toContain('prices-do-not-fit-type');
    }
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
    const lent = { heldShares: 3000, sharesToLend: true };
    expect(refusals({ side: 'sell', quantity: 8000 }, lent)).toEqual(['concentration-over-limit']);
    expect(refusals({ side: 'sell', quantity: 6000 }, lent)).toEqual(['concentration-over-limit']);
    // Also when it is smaller the other way about.
    expect(refusals({ side: 'sell', quantity: 5001 }, lent)).toEqual(['concentration-over-limit']);
    expect(refusals({ side: 'sell', quantity: 3000 }, { heldShares: 3000 })).toEqual([]);
  });
});
