import { describe, expect, test } from 'vitest';
import {
  applyOrderEvent,
  isTerminal,
  isUnsettled,
  newOrder,
  type OrderEffect,
  type OrderEvent,
  type OrderRecord,
  type OrderReport,
  type OrderState,
  workingShares,
} from '../../../../shared/domain/execution/order-lifecycle.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const report = (
  state: OrderReport['state'],
  cumulative = 0,
  averagePriceUsd: number | null = cumulative > 0 ? 10 : null,
  over: Partial<OrderReport> = {},
): OrderReport => ({ kind: 'report', state, brokerOrderId: 'b-1', cumulative, averagePriceUsd, at: null, ...over });
const begun: OrderEvent = { kind: 'sending-begun' };
const lost: OrderEvent = { kind: 'reply-lost' };
const at = (ms: number): EpochMs => ms as EpochMs;
const bust = (quantity: number, over: object = {}): OrderEvent => ({
  ...{ kind: 'bust', executionId: 'x-1', quantity, priceUsd: 10, at: at(1000) },
  ...over,
});
const incident = (reason: string) => ({ kind: 'incident', reason });

function orderAfter(...events: OrderEvent[]): { order: OrderRecord; effects: OrderEffect[] } {
  const effects: OrderEffect[] = [];
  let order = newOrder(100);
  for (const event of events) {
    const step = applyOrderEvent(order, event);
    order = step.order;
    effects.push(...step.effects);
  }
  return { order, effects };
}

/** One order in each state that is not final, and how it came there. */
const open: readonly (readonly [OrderState, readonly OrderEvent[]])[] = [
  ['PENDING', []],
  ['SUBMITTED', [begun]],
  ['UNKNOWN', [begun, lost]],
  ['ACKNOWLEDGED', [begun, report('ACKNOWLEDGED')]],
  ['PARTIAL', [begun, report('PARTIAL', 40)]],
];
const final: readonly (readonly [OrderState, readonly OrderEvent[]])[] = [
  ['FILLED', [begun, report('FILLED', 100)]],
  ['CANCELLED', [begun, report('CANCELLED', 40)]],
  ['REJECTED', [begun, { kind: 'refused' }]],
  ['EXPIRED', [begun, report('EXPIRED')]],
];

describe('an order', () => {
  test('is born pending, with all of it to trade', () => {
    expect(newOrder(100)).toEqual({
      ...{ quantity: 100, state: 'PENDING', pending: 'none', statusUnknown: false, cumulative: 0, leaves: 100 },
      ...{ averagePriceUsd: null, busts: [], brokerOrderId: null, closedBy: null },
    });
  });

  test('runs from pending to filled and books each part once', () => {
    const { order, effects } = orderAfter(begun, report('ACKNOWLEDGED'), report('PARTIAL', 40, 10), report('FILLED', 100, 10.6));
    expect(order).toMatchObject({ state: 'FILLED', cumulative: 100, leaves: 0, averagePriceUsd: 10.6, brokerOrderId: 'b-1' });
    expect(order).toMatchObject({ closedBy: 'broker-report', pending: 'none', statusUnknown: false });
    expect(effects).toEqual([
      { kind: 'fill', quantity: 40, priceUsd: 10 },
      { kind: 'fill', quantity: 60, priceUsd: expect.closeTo(11, 12) },
    ]);
  });

  test.each([...open, ...final])('that is %s is worth what it may still trade', (state, events) => {
    const { order } = orderAfter(...events);
    expect(order.state).toBe(state);
    const terminal = final.some(([one]) => one === state);
    expect(isTerminal(state)).toBe(terminal);
    expect(order.closedBy === null).toBe(!terminal);
    expect(workingShares(order)).toBe(terminal ? 0 : order.leaves);
  });

  test('has no working shares when it filled beyond its quantity', () => {
    expect(workingShares({ state: 'PARTIAL', leaves: -1 })).toBe(0);
  });

  test.each([
    ['PENDING', [], false],
    ['SUBMITTED, without a word of the broker', [begun], true],
    ['SUBMITTED, as the broker says', [begun, report('SUBMITTED')], false],
    ['UNKNOWN', [begun, lost], true],
    ['ACKNOWLEDGED', [begun, report('ACKNOWLEDGED')], false],
    ['ACKNOWLEDGED, then in a status of no name', [begun, report('ACKNOWLEDGED'), report('UNKNOWN')], true],
    ['and named again', [begun, report('UNKNOWN'), report('ACKNOWLEDGED')], false],
    ['FILLED', [begun, report('FILLED', 100)], false],
    ['REJECTED', [begun, { kind: 'refused' }], false],
  ] as ReadonlyArray<readonly [string, readonly OrderEvent[], boolean]>)('%s leaves its fate open: %#', (_, events, unsettled) => {
    expect(isUnsettled(orderAfter(...events).order)).toBe(unsettled);
  });

  test('as a ledger keeps it leaves its fate open likewise', () => {
    expect(isUnsettled({ state: 'SUBMITTED' })).toBe(true);
    expect(isUnsettled({ state: 'SUBMITTED', brokerOrderId: 'b-1' })).toBe(false);
    expect(isUnsettled({ state: 'ACKNOWLEDGED', statusUnknown: true })).toBe(true);
    expect(isUnsettled({ state: 'CANCELLED', statusUnknown: true })).toBe(false);
  });
});

describe('sending', () => {
  test('begins once, and only from pending', () => {
    for (const [state, events] of [...open, ...final]) {
      expect(orderAfter(...events, begun).order.state).toBe(state === 'PENDING' ? 'SUBMITTED' : state);
    }
  });

  test('a lost reply leaves it unknown, its shares reserved; it says nothing of an order that the broker has reported', () => {
    for (const [state, events] of [...open, ...final]) {
      expect(orderAfter(...events, lost).order.state).toBe(state === 'SUBMITTED' ? 'UNKNOWN' : state);
    }
    expect(workingShares(orderAfter(begun, lost).order)).toBe(100);
    expect(orderAfter(begun, lost, report('ACKNOWLEDGED')).order.state).toBe('ACKNOWLEDGED');
  });

  test.each([
    ['refused', 'broker-refusal'],
    ['turned-away', 'broker-throttle'],
    ['never-arrived', 'broker-has-none'],
  ] as const)('is over when it is %s, and only while the broker has not spoken of it', (kind, closedBy) => {
    for (const [state, events] of open) {
      const { order, effects } = orderAfter(...events, { kind });
      const ends = state === 'SUBMITTED' || state === 'UNKNOWN';
      expect(order).toMatchObject(ends ? { state: 'REJECTED', closedBy } : { state, closedBy: null });
      expect(effects.filter((effect) => effect.kind === 'incident')).toEqual([]);
    }
    expect(orderAfter(begun, report('SUBMITTED'), { kind }).order.state).toBe('SUBMITTED');
    expect(orderAfter(begun, lost, report('UNKNOWN'), { kind }).order.state).toBe('UNKNOWN');
    for (const [, events] of final) expect(orderAfter(...events, { kind }).order).toEqual(orderAfter(...events).order);
  });

  test('is withdrawn only while it is pending', () => {
    for (const [state, events] of [...open, ...final]) {
      const { order } = orderAfter(...events, { kind: 'withdrawn' });
      if (state === 'PENDING') expect(order).toMatchObject({ state: 'CANCELLED', closedBy: 'never-sent', cumulative: 0 });
      else expect(order).toEqual(orderAfter(...events).order);
    }
  });
});

describe('a report', () => {
  test('delivered twice or late changes nothing', () => {
    const straight = orderAfter(begun, report('ACKNOWLEDGED'), report('PARTIAL', 40), report('FILLED', 100));
    const late = [report('FILLED', 100), report('ACKNOWLEDGED'), report('PARTIAL', 40)];
    const tangled = orderAfter(begun, report('PARTIAL', 40), report('PARTIAL', 40), ...late);
    expect(tangled).toEqual(straight);
  });

  test('names the order by what has filled where the broker’s word lags behind', () => {
    expect(orderAfter(begun, report('ACKNOWLEDGED', 40)).order.state).toBe('PARTIAL');
    expect(orderAfter(begun, report('PARTIAL', 100)).order).toMatchObject({ state: 'FILLED', closedBy: 'broker-report' });
    expect(orderAfter(begun, report('UNKNOWN', 100)).order).toMatchObject({ state: 'FILLED', statusUnknown: false });
    expect(orderAfter(begun, report('CANCELLED', 40)).order.state).toBe('CANCELLED');
  });

  test('does not take the order back to an earlier state', () => {
    expect(orderAfter(begun, report('ACKNOWLEDGED'), report('SUBMITTED')).order.state).toBe('ACKNOWLEDGED');
    expect(orderAfter(begun, report('UNKNOWN')).order).toMatchObject({ state: 'SUBMITTED', statusUnknown: true, brokerOrderId: 'b-1' });
    expect(orderAfter(begun, lost, report('SUBMITTED')).order.state).toBe('SUBMITTED');
    expect(orderAfter(begun, lost, report('UNKNOWN')).order).toMatchObject({ state: 'UNKNOWN', statusUnknown: true });
  });

  test('of an order that nobody sent is believed all the same', () => {
    expect(orderAfter(report('ACKNOWLEDGED')).order.state).toBe('ACKNOWLEDGED');
    expect(orderAfter(report('UNKNOWN')).order.state).toBe('UNKNOWN');
    expect(orderAfter(report('PARTIAL', 1, null)).order).toMatchObject({ state: 'UNKNOWN', statusUnknown: true });
  });

  test('in a status of no name keeps everything reserved', () => {
    const { order, effects } = orderAfter(begun, report('PARTIAL', 40), report('UNKNOWN', 50));
    expect(order).toMatchObject({ state: 'PARTIAL', statusUnknown: true, cumulative: 50, leaves: 50, closedBy: null });
    expect(effects.map(({ kind }) => kind)).toEqual(['fill', 'fill']);
    expect(workingShares(order)).toBe(50);
  });

  test('of a fill after the end is booked, raises an incident, and leaves it ended', () => {
    const { order, effects } = orderAfter(begun, report('CANCELLED', 30), report('PARTIAL', 50));
    expect(order).toMatchObject({ state: 'CANCELLED', cumulative: 50, leaves: 50, closedBy: 'broker-report' });
    expect(workingShares(order)).toBe(0);
    expect(effects.slice(1)).toEqual([{ kind: 'fill', quantity: 20, priceUsd: 10 }, incident('late-fill')]);
  });

  test('of more than was ordered is booked and raises an incident; of exactly that, none', () => {
    const { order, effects } = orderAfter(begun, report('FILLED', 101));
    expect(order).toMatchObject({ state: 'FILLED', cumulative: 101, leaves: -1 });
    expect(effects).toEqual([{ kind: 'fill', quantity: 101, priceUsd: 10 }, incident('overfill')]);
    expect(orderAfter(begun, report('FILLED', 101), report('FILLED', 101)).effects).toHaveLength(2);
    expect(orderAfter(begun, report('FILLED', 100)).effects.map(({ kind }) => kind)).toEqual(['fill']);
  });

  test('of another ending raises an incident; of the same one, none', () => {
    expect(orderAfter(begun, report('CANCELLED'), report('EXPIRED')).effects).toEqual([incident('state-after-terminal')]);
    expect(orderAfter(begun, report('CANCELLED'), report('CANCELLED')).effects).toEqual([]);
    expect(orderAfter(begun, report('CANCELLED'), report('ACKNOWLEDGED')).effects).toEqual([]);
    // What has filled in full is FILLED, also where the broker says that its replacement ended it.
    expect(orderAfter(begun, report('FILLED', 100), report('CANCELLED', 100)).effects.map(({ kind }) => kind)).toEqual(['fill']);
  });

  test.each(['refused', 'turned-away', 'never-arrived', 'withdrawn'] as const)(
    'of an order that we hold for %s raises an incident, also while it works',
    (kind) => {
      const events: OrderEvent[] = kind === 'withdrawn' ? [{ kind }] : [begun, { kind }];
      for (const state of ['ACKNOWLEDGED', 'UNKNOWN', 'EXPIRED'] as const) {
        const { order, effects } = orderAfter(...events, report(state));
        expect(effects).toEqual([incident('exists-after-closed')]);
        expect(order).toMatchObject({ state: orderAfter(...events).order.state, brokerOrderId: 'b-1', statusUnknown: false });
      }
      expect(orderAfter(...events, report('PARTIAL', 40)).effects.map((effect) => ('reason' in effect ? effect.reason : 'fill'))).toEqual([
        ...['fill', 'late-fill', 'exists-after-closed'],
      ]);
      expect(orderAfter(...events, report(kind === 'withdrawn' ? 'CANCELLED' : 'REJECTED')).effects).toEqual([]);
    },
  );

  test('that ends it with less than was booked raises an incident; an early one that is late, none', () => {
    const { order, effects } = orderAfter(begun, report('PARTIAL', 40), report('CANCELLED', 30));
    expect(order).toMatchObject({ state: 'CANCELLED', cumulative: 40, leaves: 60 });
    expect(effects.slice(1)).toEqual([incident('cumulative-fell')]);
    expect(orderAfter(begun, report('PARTIAL', 40), report('PARTIAL', 30)).effects).toHaveLength(1);
    expect(orderAfter(begun, report('PARTIAL', 40), report('CANCELLED', 40)).effects).toHaveLength(1);
  });

  test('of fills without a price books nothing until it has one', () => {
    const { order, effects } = orderAfter(begun, report('FILLED', 100, null));
    expect(order).toMatchObject({ state: 'SUBMITTED', statusUnknown: true, cumulative: 0, brokerOrderId: 'b-1', closedBy: null });
    expect(effects).toEqual([incident('fill-without-price')]);
    expect(applyOrderEvent(order, report('FILLED', 100, 10)).order).toMatchObject({ state: 'FILLED', cumulative: 100 });
    expect(orderAfter(begun, report('PARTIAL', 40), report('PARTIAL', 40, null)).effects).toHaveLength(1);
  });

  test.each([
    ['no number of shares', report('PARTIAL', Number.NaN)],
    ['endless shares', report('PARTIAL', Number.POSITIVE_INFINITY)],
    ['shares below zero', report('PARTIAL', -1, null)],
    ['no number for a price', report('PARTIAL', 40, Number.NaN)],
    ['an endless price', report('PARTIAL', 40, Number.POSITIVE_INFINITY)],
    ['a price of zero', report('PARTIAL', 40, 0)],
    ['a price below zero', report('PARTIAL', 40, -1)],
  ])('of %s books nothing and blocks', (_, unreadable) => {
    const { order, effects } = orderAfter(begun, report('ACKNOWLEDGED'), unreadable);
    expect(order).toMatchObject({ state: 'ACKNOWLEDGED', statusUnknown: true, cumulative: 0, leaves: 100 });
    expect(effects).toEqual([incident('report-unreadable')]);
    const ended = orderAfter(begun, report('CANCELLED', 40));
    expect(applyOrderEvent(ended.order, unreadable)).toEqual({ order: ended.order, effects: [incident('report-unreadable')] });
  });

  test('of a second order at the broker is not mixed with the first', () => {
    const other = report('FILLED', 100, 10, { brokerOrderId: 'b-2' });
    const { order, effects } = orderAfter(begun, report('ACKNOWLEDGED'), other);
    expect(order).toMatchObject({ state: 'ACKNOWLEDGED', statusUnknown: true, cumulative: 0, brokerOrderId: 'b-1' });
    expect(effects).toEqual([incident('two-broker-orders')]);
  });

  test('of the same shares at another price leaves what was booked', () => {
    expect(orderAfter(begun, report('PARTIAL', 40, 10), report('PARTIAL', 40, 12)).order.averagePriceUsd).toBe(10);
  });
});

describe('a bust', () => {
  test('is the only thing that lowers what is filled, and old reports do not bring it back', () => {
    const { order, effects } = orderAfter(begun, report('FILLED', 100), bust(30), report('FILLED', 100), report('PARTIAL', 40));
    expect(order).toMatchObject({ state: 'FILLED', cumulative: 70, leaves: 30, averagePriceUsd: 10 });
    expect(effects.slice(0, 2)).toEqual([
      { kind: 'fill', quantity: 100, priceUsd: 10 },
      { kind: 'bust', quantity: 30, priceUsd: 10 },
    ]);
    expect(effects.slice(2)).toEqual([incident('report-unclear-after-bust')]);
  });

  test('delivered twice counts once, and two count both', () => {
    expect(orderAfter(begun, report('PARTIAL', 40), bust(10), bust(10)).order).toMatchObject({ cumulative: 30, leaves: 70 });
    expect(orderAfter(begun, report('PARTIAL', 40), bust(10), bust(10, { executionId: 'x-2' })).order).toMatchObject({ cumulative: 20 });
  });

  test('leaves the price of the rest', () => {
    expect(orderAfter(begun, report('PARTIAL', 40, 11), bust(10, { priceUsd: 14 })).order).toMatchObject({ averagePriceUsd: 10 });
    const all = orderAfter(begun, report('PARTIAL', 40), bust(40));
    expect(all.order).toMatchObject({ state: 'PARTIAL', cumulative: 0, leaves: 100, averagePriceUsd: null });
    expect(orderAfter(begun, report('PARTIAL', 0.3), bust(0.1)).order.cumulative).toBe(0.2);
  });

  test('is known to reports from then on, so what fills again is booked', () => {
    const again = report('PARTIAL', 50, 12, { at: at(1000) });
    const { order, effects } = orderAfter(begun, report('PARTIAL', 40), bust(40), again);
    expect(order).toMatchObject({ cumulative: 50, averagePriceUsd: 12 });
    expect(effects.at(-1)).toEqual({ kind: 'fill', quantity: 50, priceUsd: 12 });
    const early = report('PARTIAL', 60, 10, { at: at(999) });
    expect(orderAfter(begun, report('PARTIAL', 40), bust(40), early).order).toMatchObject({ cumulative: 20, averagePriceUsd: 10 });
  });

  test('that is beyond what is filled, or no number, is not booked', () => {
    const held = orderAfter(begun, report('PARTIAL', 40)).order;
    for (const quantity of [41, 0, -1, Number.NaN])
      expect(applyOrderEvent(held, bust(quantity))).toEqual({ order: held, effects: [incident('bust-exceeds-filled')] });
    for (const priceUsd of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(applyOrderEvent(held, bust(10, { priceUsd }))).toEqual({ order: held, effects: [incident('report-unreadable')] });
    expect(applyOrderEvent(held, bust(40)).order.cumulative).toBe(0);
  });
});

describe('what is asked of a working order', () => {
  const cancel: OrderEvent = { kind: 'cancel-requested' };
  const replace: OrderEvent = { kind: 'replace-requested' };

  test('a cancel may be asked of whatever may be at the broker', () => {
    for (const [state, events] of [...open, ...final]) {
      const asked = state !== 'PENDING' && !isTerminal(state);
      expect(orderAfter(...events, cancel).order).toMatchObject({ state, pending: asked ? 'cancel' : 'none' });
    }
  });

  test('a replacement only of what the broker is known to have, and of which nothing is asked', () => {
    for (const [state, events] of [...open, ...final]) {
      const asked = state === 'ACKNOWLEDGED' || state === 'PARTIAL';
      expect(orderAfter(...events, replace).order).toMatchObject({ state, pending: asked ? 'replace' : 'none' });
    }
    expect(orderAfter(begun, report('ACKNOWLEDGED'), cancel, replace).order.pending).toBe('cancel');
  });

  test('fills count meanwhile, and a rejection takes nothing back', () => {
    for (const [asks, rejected] of [[cancel, 'cancel-rejected'] as const, [replace, 'replace-rejected'] as const]) {
      const plain = orderAfter(begun, report('ACKNOWLEDGED'), report('PARTIAL', 40));
      const asked = orderAfter(begun, report('ACKNOWLEDGED'), asks, report('PARTIAL', 40));
      expect(asked.order).toEqual({ ...plain.order, pending: asks === cancel ? 'cancel' : 'replace' });
      expect(applyOrderEvent(asked.order, { kind: rejected }).order).toEqual(plain.order);
    }
  });

  test('a rejection is of what was asked, and of nothing else', () => {
    const replacing = orderAfter(begun, report('ACKNOWLEDGED'), replace).order;
    expect(applyOrderEvent(replacing, { kind: 'cancel-rejected' }).order).toEqual(replacing);
    const cancelling = applyOrderEvent(replacing, cancel).order;
    expect(cancelling.pending).toBe('cancel');
    expect(applyOrderEvent(cancelling, { kind: 'replace-rejected' }).order).toEqual(cancelling);
    expect(applyOrderEvent(cancelling, { kind: 'replace-confirmed', quantity: 50 })).toEqual({ order: cancelling, effects: [] });
  });

  test('ends with the order', () => {
    expect(orderAfter(begun, report('ACKNOWLEDGED'), cancel, report('CANCELLED')).order.pending).toBe('none');
    expect(orderAfter(begun, report('ACKNOWLEDGED'), cancel, report('FILLED', 100)).order.pending).toBe('none');
    expect(orderAfter(begun, cancel, { kind: 'never-arrived' }).order).toMatchObject({ state: 'REJECTED', pending: 'none' });
  });

  test('a replacement under the same id changes the quantity, and what has filled stays', () => {
    const asked = [begun, report('PARTIAL', 40), replace] as const;
    expect(orderAfter(...asked, { kind: 'replace-confirmed', quantity: 60 }).order).toMatchObject({
      ...{ quantity: 60, cumulative: 40, leaves: 20, pending: 'none', state: 'PARTIAL', closedBy: null },
    });
    expect(orderAfter(...asked, { kind: 'replace-confirmed', quantity: 40 }).order).toMatchObject({
      ...{ quantity: 40, leaves: 0, pending: 'none', state: 'FILLED', closedBy: 'broker-report' },
    });
    const held = orderAfter(...asked).order;
    for (const quantity of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(applyOrderEvent(held, { kind: 'replace-confirmed', quantity })).toEqual({
        order: held,
        effects: [incident('report-unreadable')],
      });
  });
});
