/**
 * What must hold for every sequence of events:
 *  1. leaves = quantity − cumulative.
 *  2. Cumulative falls only by a bust.
 *  3. A terminal state never changes.
 *  4. The fills booked less the busts equal cumulative.
 *  5. Delivering every report twice gives the same order and the same fills.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyOrderEvent,
  isTerminal,
  newOrder,
  type OrderEffect,
  type OrderEvent,
  type OrderRecord,
} from '../../../../shared/domain/execution/order-lifecycle.ts';

const aReport = fc.record({
  kind: fc.constant('report' as const),
  state: fc.constantFrom('SUBMITTED', 'ACKNOWLEDGED', 'PARTIAL', 'FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED', 'UNKNOWN'),
  brokerOrderId: fc.constant('b-1'),
  cumulative: fc.integer({ min: 0, max: 120 }),
  averagePriceUsd: fc.integer({ min: 1, max: 100 }),
});
const anEvent: fc.Arbitrary<OrderEvent> = fc.oneof(
  { weight: 6, arbitrary: aReport },
  fc.constant({ kind: 'submitted' as const }),
  fc.constant({ kind: 'reply-lost' as const }),
  fc.constant({ kind: 'never-arrived' as const }),
  fc.record({ kind: fc.constant('bust' as const), quantity: fc.integer({ min: 1, max: 60 }) }),
);

function play(
  events: readonly OrderEvent[],
  check: (before: OrderRecord, after: OrderRecord, event: OrderEvent) => void = () => undefined,
) {
  let order = newOrder(100);
  const effects: OrderEffect[] = [];
  for (const event of events) {
    const step = applyOrderEvent(order, event);
    check(order, step.order, event);
    order = step.order;
    effects.push(...step.effects);
  }
  return { order, effects };
}

describe('order lifecycle', () => {
  test('1–4. its invariants hold after every event', () => {
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 20 }), (events) => {
        const { order, effects } = play(events, (before, after, event) => {
          expect(after.leaves).toBe(after.quantity - after.cumulative);
          if (event.kind !== 'bust') expect(after.cumulative).toBeGreaterThanOrEqual(before.cumulative);
          if (isTerminal(before.state)) expect(after.state).toBe(before.state);
        });
        const booked = effects.reduce(
          (sum, effect) => sum + (effect.kind === 'fill' ? effect.quantity : effect.kind === 'bust' ? -effect.quantity : 0),
          0,
        );
        expect(booked).toBe(order.cumulative);
      }),
    );
  });

  test('5. duplicates are harmless', () => {
    fc.assert(
      fc.property(fc.array(aReport, { maxLength: 12 }), (reports) => {
        const fillsOf = (effects: readonly OrderEffect[]) => effects.filter(({ kind }) => kind === 'fill');
        const once = play(reports);
        const twice = play(reports.flatMap((report) => [report, report]));
        expect(twice.order).toEqual(once.order);
        expect(fillsOf(twice.effects)).toEqual(fillsOf(once.effects));
      }),
    );
  });
});
