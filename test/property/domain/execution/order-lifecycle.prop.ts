/**
 * What must hold for every sequence of events:
 *  1. leaves = quantity − cumulative.
 *  2. Cumulative falls only by a bust, the quantity changes only by a confirmed replace.
 *  3. A terminal state never changes, and says what closed it; nothing is asked of it any more.
 *  4. The fills booked less the busts equal cumulative.
 *  5. Delivering every event twice gives the same order and the same fills.
 *  6. The reports of one life, in whatever order, lead to the same state, shares and closing word.
 *  7. A cancel or replace that is rejected leaves the order as if it had never been asked.
 *  8. Until the broker or our own unsent word has ended it, all that has not filled stays reserved.
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
  type OrderReport,
  workingShares,
} from '../../../../shared/domain/execution/order-lifecycle.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const anInstant = fc.option(fc.integer({ min: 0, max: 10 }).map((ms) => ms as EpochMs));
const aReport: fc.Arbitrary<OrderReport> = fc.record({
  kind: fc.constant('report' as const),
  state: fc.constantFrom('SUBMITTED', 'ACKNOWLEDGED', 'PARTIAL', 'FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED', 'UNKNOWN'),
  brokerOrderId: fc.constantFrom('b-1', 'b-1', 'b-1', 'b-2'),
  cumulative: fc.integer({ min: 0, max: 120 }),
  averagePriceUsd: fc.option(fc.integer({ min: 1, max: 100 }), { freq: 6 }),
  at: anInstant,
});
const aWord = fc.constantFrom(
  ...(['sending-begun', 'reply-lost', 'refused', 'turned-away', 'never-arrived', 'withdrawn'] as const),
  ...(['cancel-requested', 'cancel-rejected', 'replace-requested', 'replace-rejected'] as const),
);
const anEvent: fc.Arbitrary<OrderEvent> = fc.oneof(
  { weight: 6, arbitrary: aReport },
  { weight: 4, arbitrary: aWord.map((kind) => ({ kind })) },
  fc.record({ kind: fc.constant('replace-confirmed' as const), quantity: fc.integer({ min: 1, max: 150 }) }),
  fc.record({
    kind: fc.constant('bust' as const),
    executionId: fc.constantFrom('x-1', 'x-2', 'x-3'),
    quantity: fc.integer({ min: 1, max: 60 }),
    priceUsd: fc.integer({ min: 1, max: 100 }),
    at: fc.integer({ min: 0, max: 10 }).map((ms) => ms as EpochMs),
  }),
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

const fillsOf = (effects: readonly OrderEffect[]) => effects.filter(({ kind }) => kind !== 'incident');

/** The reports of one order as its broker saw them: fills one after the other, and perhaps an end. */
const aLife: fc.Arbitrary<OrderReport[]> = fc
  .record({
    fills: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }),
    end: fc.constantFrom('CANCELLED' as const, 'EXPIRED' as const, 'none' as const),
  })
  .map(({ fills, end }) => {
    const report = (state: OrderReport['state'], cumulative: number): OrderReport => ({
      ...{ kind: 'report', state, brokerOrderId: 'b-1', cumulative, averagePriceUsd: cumulative > 0 ? 10 : null, at: null },
    });
    const reports = [report('SUBMITTED', 0), report('ACKNOWLEDGED', 0)];
    let cumulative = 0;
    for (const fill of fills) {
      if (cumulative === 100) break;
      cumulative = Math.min(100, cumulative + fill);
      reports.push(report(cumulative === 100 ? 'FILLED' : 'PARTIAL', cumulative));
    }
    return cumulative < 100 && end !== 'none' ? [...reports, report(end, cumulative)] : reports;
  });

describe('order lifecycle', () => {
  test('1–4. its invariants hold after every event', () => {
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 25 }), (events) => {
        const { order, effects } = play(events, (before, after, event) => {
          expect(after.leaves).toBe(after.quantity - after.cumulative);
          if (event.kind !== 'bust') expect(after.cumulative).toBeGreaterThanOrEqual(before.cumulative);
          if (event.kind !== 'replace-confirmed') expect(after.quantity).toBe(before.quantity);
          if (isTerminal(before.state)) expect([after.state, after.closedBy]).toEqual([before.state, before.closedBy]);
          expect(after.closedBy !== null).toBe(isTerminal(after.state));
          if (isTerminal(after.state)) expect([after.pending, after.statusUnknown]).toEqual(['none', false]);
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
      fc.property(fc.array(anEvent, { maxLength: 15 }), (events) => {
        const once = play(events);
        const twice = play(events.flatMap((event) => [event, event]));
        expect(twice.order).toEqual(once.order);
        expect(fillsOf(twice.effects)).toEqual(fillsOf(once.effects));
      }),
    );
  });

  test('6. the order of the reports of one life does not matter', () => {
    const shuffled = aLife.chain((life) => fc.tuple(fc.constant(life), fc.shuffledSubarray(life, { minLength: life.length })));
    fc.assert(
      fc.property(shuffled, ([life, reports]) => {
        const [inOrder, asTheyCame] = [play([{ kind: 'sending-begun' }, ...life]), play([{ kind: 'sending-begun' }, ...reports])];
        expect(asTheyCame.order).toEqual(inOrder.order);
        expect(asTheyCame.effects.filter(({ kind }) => kind === 'incident')).toEqual([]);
      }),
    );
  });

  test('7. what is asked and rejected was never asked', () => {
    const asked = fc.constantFrom(['cancel-requested', 'cancel-rejected'] as const, ['replace-requested', 'replace-rejected'] as const);
    fc.assert(
      fc.property(aLife, fc.nat(), fc.nat(), asked, (life, from, to, [asks, rejects]) => {
        const start = 1 + (from % life.length);
        const end = start + (to % (life.length - start + 1));
        const begun: OrderEvent = { kind: 'sending-begun' };
        const tangled = [begun, ...life.slice(0, start), { kind: asks }, ...life.slice(start, end), { kind: rejects }, ...life.slice(end)];
        expect(play(tangled)).toEqual(play([begun, ...life]));
      }),
    );
  });

  test('8. what has not ended stays reserved', () => {
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 25 }), (events) => {
        const { order } = play(events);
        expect(workingShares(order)).toBe(order.closedBy === null ? Math.max(0, order.quantity - order.cumulative) : 0);
      }),
    );
  });
});
