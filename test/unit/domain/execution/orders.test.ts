import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alpacaOrderStatuses, orderStateFromAlpaca } from '../../../../shared/domain/execution/alpaca-order-status.ts';
import { clientOrderId, type OrderIntent } from '../../../../shared/domain/execution/order-intent.ts';
import {
  applyOrderEvent,
  newOrder,
  type OrderEffect,
  type OrderEvent,
  type OrderRecord,
  workingShares,
} from '../../../../shared/domain/execution/order-lifecycle.ts';
import { type OrderPlanQuestion, type PlannedPosition, planOrders } from '../../../../shared/domain/execution/plan-orders.ts';
import { mayTrade, type PreTradeFacts, preTradeChecks, refusalsOf } from '../../../../shared/domain/execution/pre-trade.ts';
import { newYorkInstant } from '../../../../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { ContractViolation } from '../../../../shared/kernel/errors.ts';
import type { CycleId, EpochMs, OrderId } from '../../../../shared/kernel/units.ts';
import { asOf, ticker } from '../fixtures.ts';

const limits = defaultPolicy.execution;
const now = newYorkInstant(asOf, 15, 45);
const identity = {
  fund: 'ballast',
  cycleId: 'cycle-2019-06-14' as CycleId,
  symbol: ticker('AAPL'),
  side: 'buy',
  leg: 1,
  revision: 0,
} as const;

describe('client order id', () => {
  test('is the same for the same decision, readable, and legal for brokers', () => {
    expect(clientOrderId(identity)).toBe(clientOrderId({ ...identity }));
    expect(clientOrderId(identity)).toMatch(/^ballast-AAPL-b-[0-9a-f]{20}$/);
    const longest = clientOrderId({ ...identity, fund: 'abcdefghijkl', symbol: ticker('ABCDEFGHIJ.KLMNOP/') });
    expect(longest.length).toBeLessThanOrEqual(48);
    expect(longest).toMatch(/^[A-Za-z0-9.-]+$/);
  });

  test('differs when any part of the decision differs', () => {
    const others = [
      { fund: 'other' },
      { cycleId: 'cycle-2019-06-17' as CycleId },
      { symbol: ticker('MSFT') },
      { side: 'sell' as const },
      { leg: 2 },
      { revision: 1 },
    ].map((change) => clientOrderId({ ...identity, ...change }));
    expect(new Set([...others, clientOrderId(identity)]).size).toBe(others.length + 1);
  });

  test('refuses a fund or a leg that could make it illegal', () => {
    expect(() => clientOrderId({ ...identity, fund: 'My Fund' })).toThrow(ContractViolation);
    expect(() => clientOrderId({ ...identity, leg: 0 })).toThrow(ContractViolation);
    expect(() => clientOrderId({ ...identity, revision: -1 })).toThrow(ContractViolation);
  });
});

describe('order lifecycle', () => {
  const report = (
    state: OrderRecord['state'],
    cumulative = 0,
    averagePriceUsd: number | null = cumulative > 0 ? 10 : null,
  ): OrderEvent => ({
    kind: 'report',
    state,
    brokerOrderId: 'b-1',
    cumulative,
    averagePriceUsd,
  });
  const orderAfter = (...events: OrderEvent[]): { order: OrderRecord; effects: OrderEffect[] } => {
    const effects: OrderEffect[] = [];
    let order = newOrder(100);
    for (const event of events) {
      const step = applyOrderEvent(order, event);
      order = step.order;
      effects.push(...step.effects);
    }
    return { order, effects };
  };

  test('runs from pending to filled and books each part once', () => {
    const { order, effects } = orderAfter(
      { kind: 'submitted' },
      report('ACKNOWLEDGED'),
      report('PARTIAL', 40, 10),
      report('FILLED', 100, 10.6),
    );
    expect(order).toMatchObject({ state: 'FILLED', cumulative: 100, leaves: 0, averagePriceUsd: 10.6, brokerOrderId: 'b-1' });
    expect(effects).toEqual([
      { kind: 'fill', quantity: 40, priceUsd: 10 },
      { kind: 'fill', quantity: 60, priceUsd: expect.closeTo(11, 12) },
    ]);
  });

  test('a report delivered twice or late changes nothing', () => {
    const straight = orderAfter({ kind: 'submitted' }, report('ACKNOWLEDGED'), report('PARTIAL', 40), report('FILLED', 100));
    const tangled = orderAfter(
      { kind: 'submitted' },
      report('PARTIAL', 40),
      report('PARTIAL', 40),
      report('FILLED', 100),
      report('ACKNOWLEDGED'),
      report('PARTIAL', 40),
    );
    expect(tangled.order).toEqual(straight.order);
    expect(tangled.effects).toEqual(straight.effects);
  });

  test('a lost reply leaves it unknown and its shares reserved until the broker answers', () => {
    const lost = orderAfter({ kind: 'submitted' }, { kind: 'reply-lost' });
    expect(lost.order.state).toBe('UNKNOWN');
    expect(workingShares(lost.order)).toBe(100);
    expect(orderAfter({ kind: 'submitted' }, { kind: 'reply-lost' }, report('ACKNOWLEDGED')).order.state).toBe('ACKNOWLEDGED');
    expect(orderAfter({ kind: 'submitted' }, { kind: 'reply-lost' }, { kind: 'never-arrived' }).order.state).toBe('REJECTED');
    expect(orderAfter({ kind: 'submitted' }, report('ACKNOWLEDGED'), { kind: 'never-arrived' }).order.state).toBe('ACKNOWLEDGED');
  });

  test('books a fill after cancellation, raises an incident, and stays cancelled', () => {
    const { order, effects } = orderAfter({ kind: 'submitted' }, report('CANCELLED', 30), report('PARTIAL', 50));
    expect(order).toMatchObject({ state: 'CANCELLED', cumulative: 50, leaves: 50 });
    expect(workingShares(order)).toBe(0);
    expect(effects).toContainEqual({ kind: 'incident', reason: 'late-fill' });
  });

  test('raises an incident for a fill beyond the order, a fill without price and a second ending', () => {
    expect(orderAfter(report('FILLED', 101)).effects).toContainEqual({ kind: 'incident', reason: 'overfill' });
    expect(orderAfter(report('PARTIAL', 10, null)).effects).toEqual([{ kind: 'incident', reason: 'fill-without-price' }]);
    expect(orderAfter(report('CANCELLED'), report('REJECTED')).effects).toEqual([{ kind: 'incident', reason: 'state-after-terminal' }]);
  });

  test('a bust is the only thing that lowers what is filled, and old reports do not bring it back', () => {
    const { order, effects } = orderAfter(report('FILLED', 100), { kind: 'bust', quantity: 30 }, report('FILLED', 100));
    expect(order).toMatchObject({ state: 'FILLED', cumulative: 70, leaves: 30 });
    expect(effects.map(({ kind }) => kind)).toEqual(['fill', 'bust']);
    expect(orderAfter({ kind: 'bust', quantity: 1 }).effects).toEqual([{ kind: 'incident', reason: 'bust-exceeds-filled' }]);
  });
});

describe('Alpaca order states', () => {
  const specification = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'api-payloads/alpaca/openapi/trading-api.json');

  test.skipIf(!existsSync(specification))('every state of the OpenAPI document is mapped (needs market data)', () => {
    const document = JSON.parse(readFileSync(specification, 'utf8'));
    const published = document.components.schemas.OrderStatus.enum as string[];
    expect([...alpacaOrderStatuses].sort()).toEqual([...published].sort());
    for (const status of published) expect(orderStateFromAlpaca(status)).not.toBe('UNKNOWN');
  });

  test('a state nobody published is unknown, also one that names a property of every object', () => {
    expect(orderStateFromAlpaca('teleported')).toBe('UNKNOWN');
    expect(orderStateFromAlpaca('constructor')).toBe('UNKNOWN');
  });
});

describe('pre-trade checks', () => {
  const order: OrderIntent = {
    ...identity,
    clientOrderId: 'ballast-AAPL-b-1' as OrderId,
    quantity: 100,
    type: 'MARKET',
    timeInForce: 'DAY',
    limitPriceUsd: null,
    referencePriceUsd: 50,
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
  const refusals = (orderChange: Partial<OrderIntent>, factsChange: Partial<PreTradeFacts> = {}): string[] =>
    refusalsOf(preTradeChecks({ ...order, ...orderChange }, { ...facts, ...factsChange }, { ...limits, restricted: ['BAD'] }));

  test('lets a sound order pass', () => {
    expect(refusals({})).toEqual([]);
    expect(mayTrade(preTradeChecks(order, facts, limits))).toBe(true);
    expect(mayTrade([])).toBe(false);
  });

  test.each([
    ['more than a million dollars', { quantity: 20_001 }, { equityUsd: 1e9 }, 'order-value-over-limit'],
    ['a position over a tenth of equity', { quantity: 2001 }, {}, 'concentration-over-limit'],
    ['a sixth open order', {}, { openOrdersForSymbol: 5 }, 'too-many-open-orders'],
    ['a stale reference', {}, { reference: { priceUsd: 50, at: (now - 300_001) as EpochMs } }, 'reference-price-stale'],
    ['a reference from the future', {}, { reference: { priceUsd: 50, at: (now + 1) as EpochMs } }, 'reference-price-from-the-future'],
    ['a price outside the collar', { limitPriceUsd: 53 }, {}, 'price-outside-collar'],
    ['too much of the daily volume', {}, { averageDailyVolume: 1999 }, 'too-large-for-volume'],
    ['too many messages', {}, { messagesInLastMinute: 180 }, 'message-rate-over-limit'],
    ['the same order twice', {}, { knownClientOrderIds: new Set(['ballast-AAPL-b-1']) }, 'duplicate-order'],
    ['a restricted symbol', { symbol: ticker('BAD') }, {}, 'symbol-restricted'],
    ['a quantity of zero', { quantity: 0 }, {}, 'quantity-not-tradable'],
    ['a fifth decimal', { quantity: 1.00001 }, {}, 'quantity-not-tradable'],
    ['equity that is no number', {}, { equityUsd: Number.NaN }, 'concentration-unknown'],
    ['equity below zero', {}, { equityUsd: -1 }, 'concentration-unknown'],
    ['an unknown volume', {}, { averageDailyVolume: null }, 'too-large-for-volume'],
  ] as ReadonlyArray<readonly [string, Partial<OrderIntent>, Partial<PreTradeFacts>, string]>)(
    'refuses %s',
    (_, orderChange, factsChange, reason) => {
      expect(refusals(orderChange, factsChange)).toEqual([reason]);
    },
  );

  test('passes at each limit exactly', () => {
    expect(
      refusals({ quantity: 2000, limitPriceUsd: 52.5 }, { openOrdersForSymbol: 4, averageDailyVolume: 40_000, messagesInLastMinute: 179 }),
    ).toEqual([]);
    expect(refusals({}, { reference: { priceUsd: 50, at: (now - 300_000) as EpochMs } })).toEqual([]);
  });

  test('refuses everything that rests on a missing reference', () => {
    expect(refusals({}, { reference: null })).toEqual([
      'order-value-over-limit',
      'concentration-unknown',
      'reference-price-stale',
      'price-outside-collar',
    ]);
  });

  test('lets a position that outgrew the limit be sold', () => {
    expect(refusals({ side: 'sell', quantity: 100 }, { heldShares: 5000 })).toEqual([]);
    expect(refusals({ side: 'sell', quantity: 8000 }, { heldShares: 3000 })).toEqual(['concentration-over-limit']);
  });
});

describe('order plan', () => {
  const position = (symbol: string, change: Partial<PlannedPosition> = {}): PlannedPosition => ({
    symbol: ticker(symbol),
    targetWeight: 0.02,
    forced: false,
    heldShares: 0,
    reference: { priceUsd: 50, at: now },
    decidedAtUsd: 50,
    averageDailyVolume: 1e6,
    ...change,
  });
  const plan = (positions: readonly PlannedPosition[], change: Partial<OrderPlanQuestion> = {}) =>
    planOrders({ fund: 'ballast', cycleId: identity.cycleId, now, equityUsd: 1_000_000, positions, openOrders: [], limits, ...change });

  test('sells first, then by symbol', () => {
    const { orders } = plan([position('B'), position('A'), position('C', { targetWeight: 0, heldShares: 12.5 })]);
    expect(orders.map(({ intent }) => [intent.side, intent.symbol, intent.quantity])).toEqual([
      ['sell', 'C', 12.5],
      ['buy', 'A', 400],
      ['buy', 'B', 400],
    ]);
  });

  test('skips what is too small to be worth an order, unless it closes a position', () => {
    const { orders, refused } = plan([position('A', { targetWeight: 0.00005 }), position('B', { targetWeight: 0, heldShares: 0.5 })]);
    expect(refused).toMatchObject([{ symbol: 'A', reasons: ['below-minimum-notional'] }]);
    expect(orders.map(({ intent }) => intent.symbol)).toEqual(['B']);
  });

  test('cuts an order over the value limit into legs with ids of their own', () => {
    const { orders } = plan([position('A')], { equityUsd: 120_000_000 });
    expect(orders.map(({ intent }) => [intent.leg, intent.quantity])).toEqual([
      [1, 16_000],
      [2, 16_000],
      [3, 16_000],
    ]);
    expect(new Set(orders.map(({ intent }) => intent.clientOrderId)).size).toBe(3);
  });

  test('refuses a trade when the market left the collar around the close it was decided at', () => {
    const decided = (decidedAtUsd: number | null) => plan([position('A', { decidedAtUsd })]);
    expect(decided(50 * 1.049).orders).toHaveLength(1);
    expect(decided(50 * 1.051).refused).toMatchObject([{ symbol: 'A', reasons: ['price-outside-collar'] }]);
    expect(decided(50 * 0.949).refused).toMatchObject([{ symbol: 'A', reasons: ['price-outside-collar'] }]);
    expect(decided(null).refused).toMatchObject([{ symbol: 'A', reasons: ['no-decision-price'] }]);
  });

  test('refuses a symbol without a price, and an order already at the broker', () => {
    const first = plan([position('A')]).orders[0]!.intent;
    const { orders, refused } = plan([position('A'), position('B', { reference: null })], {
      openOrders: [{ symbol: ticker('A'), clientOrderId: first.clientOrderId }],
    });
    expect(orders).toEqual([]);
    expect(refused).toMatchObject([
      { symbol: 'A', reasons: ['duplicate-order'] },
      { symbol: 'B', reasons: ['no-reference-price'] },
    ]);
  });
});
