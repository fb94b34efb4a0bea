import { describe, expect, test } from 'vitest';
import {
  applyOrderEvent,
  isTerminal,
  newOrder,
  type OrderEffect,
  type OrderEvent,
  type OrderRecord,
  type OrderState,
  workingShares,
} from '../../../../shared/domain/execution/order-lifecycle.ts';

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

  test('is born pending, with all of it to trade', () => {
    expect(newOrder(100)).toEqual({
      quantity: 100,
      state: 'PENDING',
      cumulative: 0,
      leaves: 100,
      highestReported: 0,
      averagePriceUsd: null,
      brokerOrderId: null,
    });
  });

  test('is submitted once, and only when it was pending', () => {
    expect(orderAfter({ kind: 'submitted' })).toMatchObject({ order: { state: 'SUBMITTED' }, effects: [] });
    expect(orderAfter({ kind: 'reply-lost' }, { kind: 'submitted' }).order.state).toBe('UNKNOWN');
    expect(orderAfter(report('ACKNOWLEDGED'), { kind: 'submitted' }).order.state).toBe('ACKNOWLEDGED');
  });

  test('a lost reply says nothing about an order that the broker has reported', () => {
    expect(orderAfter({ kind: 'reply-lost' }).order.state).toBe('UNKNOWN');
    expect(orderAfter(report('ACKNOWLEDGED'), { kind: 'reply-lost' }).order.state).toBe('ACKNOWLEDGED');
    expect(orderAfter(report('FILLED', 100), { kind: 'reply-lost' }).order.state).toBe('FILLED');
  });

  test('an order that has filled did arrive, whatever the broker says later', () => {
    const filled: OrderRecord = { ...newOrder(100), state: 'UNKNOWN', cumulative: 10, leaves: 90 };
    expect(applyOrderEvent(filled, { kind: 'never-arrived' })).toEqual({ order: filled, effects: [] });
  });

  test('is named by what has filled where the broker’s word lags behind', () => {
    expect(orderAfter(report('ACKNOWLEDGED', 40)).order.state).toBe('PARTIAL');
    expect(orderAfter(report('PARTIAL', 100)).order.state).toBe('FILLED');
    expect(orderAfter(report('CANCELLED', 40)).order.state).toBe('CANCELLED');
  });

  test('does not go back to an earlier state', () => {
    expect(orderAfter(report('ACKNOWLEDGED'), report('SUBMITTED')).order.state).toBe('ACKNOWLEDGED');
    expect(orderAfter({ kind: 'submitted' }, report('UNKNOWN')).order.state).toBe('SUBMITTED');
    expect(orderAfter(report('UNKNOWN')).order.state).toBe('UNKNOWN');
  });

  test.each<[OrderState, boolean]>([
    ['PENDING', false],
    ['UNKNOWN', false],
    ['SUBMITTED', false],
    ['ACKNOWLEDGED', false],
    ['PARTIAL', false],
    ['FILLED', true],
    ['CANCELLED', true],
    ['REJECTED', true],
    ['EXPIRED', true],
  ])('%s is final: %s', (state, final) => {
    expect(isTerminal(state)).toBe(final);
    expect(workingShares({ ...newOrder(100), state, leaves: 60 })).toBe(final ? 0 : 60);
  });

  test('has no working shares when it filled beyond its quantity', () => {
    expect(workingShares({ ...newOrder(100), state: 'PARTIAL', leaves: -1 })).toBe(0);
  });

  test('keeps the broker’s first id and the last price it knew', () => {
    const { order } = orderAfter(report('PARTIAL', 40), {
      kind: 'report',
      state: 'PARTIAL',
      brokerOrderId: 'b-2',
      cumulative: 60,
      averagePriceUsd: null,
    });
    expect(order).toMatchObject({ brokerOrderId: 'b-1', averagePriceUsd: 10, cumulative: 60 });
    expect(orderAfter(report('PARTIAL', 40, 10), report('PARTIAL', 40, 12)).order.averagePriceUsd).toBe(10);
  });

  test('a bust may take back everything, and not one share more', () => {
    const { order, effects } = orderAfter(report('PARTIAL', 40), { kind: 'bust', quantity: 40 });
    expect(order).toMatchObject({ cumulative: 0, leaves: 100, highestReported: 40 });
    expect(effects.at(-1)).toEqual({ kind: 'bust', quantity: 40 });
    expect(orderAfter(report('PARTIAL', 40), { kind: 'bust', quantity: 10 }).order).toMatchObject({ cumulative: 30, leaves: 70 });
    const incident = [{ kind: 'incident', reason: 'bust-exceeds-filled' }];
    for (const quantity of [41, 0, -1, Number.NaN]) {
      const held = orderAfter(report('PARTIAL', 40)).order;
      expect(applyOrderEvent(held, { kind: 'bust', quantity })).toEqual({ order: held, effects: incident });
    }
  });

  test('an incident is raised for what is beyond the order, not at it, and for another ending, not the same', () => {
    expect(orderAfter(report('FILLED', 100)).effects.map(({ kind }) => kind)).toEqual(['fill']);
    expect(orderAfter(report('CANCELLED'), report('CANCELLED')).effects).toEqual([]);
  });
});
