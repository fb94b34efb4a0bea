/**
 * What the port promises when the line fails, held by an adapter behind `faultyBroker`:
 *
 * BRF-01 however a submission ends, it is an outcome; only a dying process throws
 * BRF-02 what was said of an order is so: `throttled` means that the broker has none, and an unclear end is cleared by asking
 * BRF-03 an order whose reply was lost is one order, however often it is sent again
 * BRF-04 a call that arrives after its caller gave up makes the one order that was meant, and none when it was sent again meanwhile
 * BRF-05 a replacement that ended unclear is cleared by asking for both ids, and is one order
 * BRF-06 readings and cancellations answer, refuse, or throw TransientFailure
 * BRF-07 what risk did not permit stays here, whatever the line would have done with it
 * BRF-08 trade updates that are lost, told twice or late tell nothing that asking would not
 * BRF-09 the same seed strikes the same calls
 */
import { describe, expect, test } from 'vitest';
import type { Broker, TradeUpdate } from '../../../shared/brokers/broker.ts';
import { InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import type { EpochMs, Price, Shares } from '../../../shared/kernel/units.ts';
import {
  type BrokerFaultKind,
  brokerFaultKinds,
  type FaultyBroker,
  faultyBroker,
  oneFault,
  ProcessDied,
  seededFaults,
} from '../../support/faulty-broker.ts';
import { ticketOf } from '../../support/risk-tickets.ts';
import { playedOn } from './broker.cards.ts';
import { acknowledged, buy, type Connect, given, id, refused, resting } from './scene.ts';
import { friday, ticker } from './small-market.ts';

/** Whether the broker has the order at once, and what the caller is told. */
const endings: Readonly<Record<BrokerFaultKind, readonly [arrives: boolean, told: string]>> = {
  'request-lost': [false, 'unknown'],
  'reply-lost': [true, 'unknown'],
  delayed: [false, 'unknown'],
  duplicated: [true, 'acknowledged'],
  throttled: [false, 'throttled'],
  'crash-before': [false, 'ProcessDied'],
  'crash-after': [true, 'ProcessDied'],
};

const ended = (call: Promise<{ readonly kind: string }>): Promise<string> =>
  call.then(
    ({ kind }) => kind,
    (error: Error) => error.name,
  );

export function faultCards(name: string, connect: Connect): void {
  describe(`fault cards: ${name}`, () => {
    const now = playedOn(connect);
    const struck = (method: keyof Broker, kind: BrokerFaultKind): FaultyBroker =>
      faultyBroker(now().broker, oneFault(method as 'submit', 1, { kind }));

    test.each(brokerFaultKinds)('BRF-01, 02 a submission that is %s', async (kind) => {
      const { broker, ticket } = now();
      const [arrives, told] = endings[kind];
      expect(await ended(struck('submit', kind).submit(buy('one', 5), ticket))).toBe(told);
      expect(await broker.orderByClientId(id('one'))).toMatchObject(arrives ? { quantity: 5 } : refused('not-found'));
    });

    test.each(brokerFaultKinds)('BRF-03 a submission that is %s, and sent again, is one order', async (kind) => {
      const { broker, ticket } = now();
      const line = struck('submit', kind);
      await ended(line.submit(buy('one', 5), ticket));
      acknowledged(await line.submit(buy('one', 5), ticket));
      await line.deliverLate();
      expect(given(await broker.positions())).toMatchObject([{ symbol: 'GOOD', quantity: 5 }]);
    });

    test('BRF-04 a submission that arrives late is the order that was meant', async () => {
      const { broker, ticket } = now();
      const line = struck('submit', 'delayed');
      expect(await line.submit(resting('late', 5), ticket)).toMatchObject({ kind: 'unknown' });
      expect(await broker.orderByClientId(id('late'))).toMatchObject(refused('not-found'));
      expect(await line.deliverLate()).toBe(1);
      expect(given(await broker.openOrders())).toMatchObject([{ clientOrderId: 'late', quantity: 5 }]);
      expect(await line.deliverLate()).toBe(0);
    });

    test.each(brokerFaultKinds)('BRF-05 a replacement that is %s is cleared by asking for both ids', async (kind) => {
      const { broker, ticket } = now();
      const order = acknowledged(await broker.submit(resting('first', 5), ticket));
      const line = struck('replace', kind);
      const by = { clientOrderId: id('second'), quantity: 6 as Shares, limitPrice: 91 as Price };
      await ended(line.replace(order, by, ticket));
      const [arrives] = endings[kind];
      expect(isRefusal(await broker.orderByClientId(id('second')))).toBe(!arrives);
      expect(await line.replace(order, by, ticket)).toMatchObject({ kind: 'requested', order: { clientOrderId: 'second' } });
      await line.deliverLate();
      expect(given(await broker.openOrders())).toMatchObject([{ clientOrderId: 'second', quantity: 6, limitPrice: 91 }]);
    });

    const readings: Readonly<Record<string, (broker: Broker) => Promise<unknown>>> = {
      account: (broker) => broker.account(),
      clock: (broker) => broker.clock(),
      calendar: (broker) => broker.calendar(friday, friday),
      asset: (broker) => broker.asset(ticker('GOOD')),
      latestPrices: (broker) => broker.latestPrices([ticker('GOOD')]),
      positions: (broker) => broker.positions(),
      openOrders: (broker) => broker.openOrders(),
      orderByClientId: (broker) => broker.orderByClientId(id('any')),
      activities: (broker) => broker.activities(0 as EpochMs),
      cancel: (broker) => broker.cancel('any'),
    };
    test.each(Object.keys(readings))('BRF-06 %s answers, refuses, or throws TransientFailure', async (method) => {
      const read = readings[method]!;
      for (const kind of ['request-lost', 'reply-lost', 'delayed', 'throttled'] as const) {
        await expect(read(struck(method as keyof Broker, kind))).rejects.toThrow(TransientFailure);
      }
      await expect(read(struck(method as keyof Broker, 'crash-after'))).rejects.toThrow(ProcessDied);
      expect(await read(struck(method as keyof Broker, 'duplicated'))).toEqual(await read(now().broker));
    });

    test.each(brokerFaultKinds.filter((kind) => !kind.startsWith('crash')))(
      'BRF-07 what risk did not permit stays here when the line is %s',
      async (kind) => {
        const { broker } = now();
        const none = await ticketOf([]);
        const line = struck('submit', kind);
        await expect(line.submit(buy('one', 5), none)).rejects.toThrow(InvariantViolation);
        await line.deliverLate();
        expect(await broker.orderByClientId(id('one'))).toMatchObject(refused('not-found'));
      },
    );

    test('BRF-09 the same seed strikes the same calls', async () => {
      const { broker } = now();
      const faults = async (seed: number): Promise<readonly (string | undefined)[]> => {
        const line = faultyBroker(broker, seededFaults(seededRng(seed), 0.3));
        for (let count = 0; count < 40; count++) await line.clock().catch(() => {});
        return line.calls.map(({ fault }) => fault);
      };
      const first = await faults(7);
      expect(await faults(7)).toEqual(first);
      expect(await faults(8)).not.toEqual(first);
      expect(new Set(first).size).toBeGreaterThan(4);
    });
  });

  describe(`fault cards: ${name}, trade updates`, () => {
    const update = (count: number): TradeUpdate => ({
      event: `e${count}`,
      at: count as EpochMs,
      order: { clientOrderId: id(`o${count}`) } as TradeUpdate['order'],
    });
    const heard = async (kind: BrokerFaultKind): Promise<readonly string[]> => {
      const told = (async function* () {
        for (const count of [1, 2, 3]) yield update(count);
      })();
      const line = faultyBroker({ tradeUpdates: () => told } as never, oneFault('tradeUpdates', 2, { kind }));
      const events: string[] = [];
      try {
        for await (const { event } of line.tradeUpdates(new AbortController().signal)) events.push(event);
      } catch (error) {
        events.push((error as Error).name);
      }
      return events;
    };

    test.each([
      ['request-lost', ['e1', 'e3']],
      ['reply-lost', ['e1', 'e3']],
      ['throttled', ['e1', 'e3']],
      ['delayed', ['e1', 'e3', 'e2']],
      ['duplicated', ['e1', 'e2', 'e2', 'e3']],
      ['crash-before', ['e1', 'ProcessDied']],
      ['crash-after', ['e1', 'e2', 'ProcessDied']],
    ] as const)('BRF-08 the second message is %s', async (kind, events) => {
      expect(await heard(kind)).toEqual(events);
    });
  });
}
