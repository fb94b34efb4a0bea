/**
 * Contract cards of a consumer of the bus, on the local DynamoDB.
 *
 * CON-01 an event that was dealt with is not dealt with again, however late it comes back
 * CON-02 two deliveries at once may both be dealt with, and leave one mark
 * CON-03 work cut off half-way is done again; the mark is set after it
 * CON-04 order means nothing to what is marked
 * CON-05 members of a newer producer are dropped, missing ones and unknown words are refused at the event
 * CON-06 what it does not hear is refused, and nothing is marked
 * CON-07 each consumer has its own marks, and two types of one id are two events
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventCatalogue } from '../../../shared/contracts/event-catalogue.ts';
import type { BallastEvent } from '../../../shared/contracts/events.ts';
import { fixedClock } from '../../../shared/kernel/clock.ts';
import { ContractViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { defineConsumer } from '../../../shared/runtime/event-consumer.ts';
import { HostLogger } from '../../../shared/runtime/logger.ts';
import { ConsumedEvents, markKeptDays } from '../../../shared/stores/consumed-events.ts';
import { expectOrderFree, type StreamFold } from '../../support/event-streams.ts';
import { testNow, testRuntimeHost } from '../../unit/runtime/runtime-bench.ts';
import { type LocalTables, localTables } from '../stores/local-tables.ts';

let tables: LocalTables;
let consumed: ConsumedEvents;

beforeEach(async () => {
  tables = await localTables('operations');
  consumed = new ConsumedEvents(tables.table('operations'));
});

afterEach(() => tables.close());

const hears = ['CycleCompleted', 'CycleRefused'] as const;
type Heard = Extract<BallastEvent, { type: (typeof hears)[number] }>;
const completed = { 'detail-type': 'CycleCompleted', detail: { ...eventCatalogue.CycleCompleted.example } };
const refused = { 'detail-type': 'CycleRefused', detail: { ...eventCatalogue.CycleRefused.example } };

/** A consumer that keeps the last word on each cycle, and what it was given. */
function recorder(name = 'test/recorder', work: (event: Heard) => Promise<void> = async () => {}, marks: ConsumedEvents = consumed) {
  const given: Heard[] = [];
  const consumer = defineConsumer({
    ...{ name, needs: {}, hears },
    async run(event) {
      given.push(event);
      await work(event);
    },
  });
  const met = { consumedEvents: marks, clock: fixedClock(testNow), log: new HostLogger(name, testRuntimeHost()) };
  return { given, deliver: (envelope: { 'detail-type': string; detail: Record<string, unknown> }) => consumer.run(envelope, met) };
}

const marks = () => tables.table('operations').query('consumed#test/recorder');

test('CON-01 deals with an event once, and says so the second time', async () => {
  const { given, deliver } = recorder();
  expect(await deliver(completed)).toEqual({ outcome: 'done' });
  expect(await deliver(completed)).toEqual({ outcome: 'done-before' });
  expect(given).toHaveLength(1);
});

test('CON-01 a mark says when, and expires once nothing can bring the event back', async () => {
  await recorder().deliver(completed);
  expect(await marks()).toEqual([
    {
      ...{ pk: 'consumed#test/recorder', sk: `CycleCompleted#${completed.detail.eventId}`, at: new Date(testNow).toISOString() },
      expiresAt: testNow / 1000 + markKeptDays * 86_400,
    },
  ]);
});

test('CON-02 two deliveries at once both run, and leave what one leaves', async () => {
  let waiting = 0;
  let letGo: () => void = () => {};
  const both = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const { given, deliver } = recorder('test/recorder', async () => {
    if (++waiting === 2) letGo();
    await both;
  });
  expect(await Promise.all([deliver(completed), deliver(completed)])).toEqual([{ outcome: 'done' }, { outcome: 'done' }]);
  expect(given).toHaveLength(2);
  expect(await marks()).toHaveLength(1);
});

test('CON-03 does the work again when it was cut off, and marks it only then', async () => {
  let failures = 1;
  const { given, deliver } = recorder('test/recorder', async () => {
    if (failures-- > 0) throw new TransientFailure('the store did not answer');
  });
  await expect(deliver(completed)).rejects.toThrow(TransientFailure);
  expect(await marks()).toEqual([]);
  expect(await deliver(completed)).toEqual({ outcome: 'done' });
  expect(given).toHaveLength(2);
});

test('CON-03 does the work again when only the mark was lost', async () => {
  tables.beforeNext('PutItem', () => Promise.reject(new Error('the line was cut')));
  const { given, deliver } = recorder();
  await expect(deliver(completed)).rejects.toThrow();
  await deliver(completed);
  expect(given).toHaveLength(2);
});

test('CON-04 the marks of any stream are those of the plain one', async () => {
  const events = Array.from({ length: 6 }, (_, index) => {
    const { 'detail-type': type, detail } = index % 2 === 0 ? completed : refused;
    return { 'detail-type': type, detail: { ...detail, eventId: `cycle-${Math.floor(index / 2)}`, at: `2026-01-0${index + 1}` } };
  });
  interface World extends Pick<ReturnType<typeof recorder>, 'given' | 'deliver'> {
    readonly own: LocalTables;
  }
  const fold: StreamFold<(typeof events)[number], World> = {
    async open() {
      const own = await localTables('operations');
      return { own, ...recorder('test/recorder', async () => {}, new ConsumedEvents(own.table('operations'))) };
    },
    deliver: async ({ deliver }, event) => void (await deliver(event)),
    stateOf: async ({ own, given }) => ({
      marks: await own.table('operations').query('consumed#test/recorder'),
      given: given.map(({ type, detail }) => `${type} ${detail.eventId}`).sort(),
    }),
    close: async ({ own }) => own.close(),
  };
  await expectOrderFree(events, fold, { streams: 10 });
});

test('CON-05 drops what a newer producer adds, deep inside too', async () => {
  const { given, deliver } = recorder();
  await deliver({ ...completed, detail: { ...completed.detail, venue: 'moon', nested: { more: 1 } } });
  expect(given[0]!.detail).toEqual(completed.detail);
});

test.each([
  ['a member is missing', { ...completed.detail, auditHead: undefined }],
  ['a member is of another type', { ...completed.detail, orders: '12' }],
  ['a word is not known', { ...completed.detail, outcome: 'half-traded' }],
  ['it has no id', { ...completed.detail, eventId: '' }],
])('CON-05 refuses an event when %s, and names the member', async (_, detail) => {
  const { given, deliver } = recorder();
  await expect(deliver({ ...completed, detail })).rejects.toThrow(
    /^The event CycleCompleted is outside its schema: (auditHead|orders|outcome|eventId): /,
  );
  expect(given).toEqual([]);
  expect(await marks()).toEqual([]);
});

test('CON-06 refuses what it does not hear', async () => {
  const { deliver } = recorder();
  await expect(deliver({ 'detail-type': 'TradeExecuted', detail: { ...eventCatalogue.TradeExecuted.example } })).rejects.toThrow(
    ContractViolation,
  );
  await expect(deliver({ 'detail-type': 'Nonsense', detail: {} })).rejects.toThrow('CycleCompleted, CycleRefused, not Nonsense');
  expect(await marks()).toEqual([]);
});

test('CON-07 another consumer hears the same event for itself', async () => {
  const [first, second] = [recorder('test/first'), recorder('test/second')];
  await first.deliver(completed);
  expect(await second.deliver(completed)).toEqual({ outcome: 'done' });
});

test('CON-07 two types that share an id are two events', async () => {
  const { given, deliver } = recorder();
  await deliver({ ...completed, detail: { ...completed.detail, eventId: 'same' } });
  expect(await deliver({ ...refused, detail: { ...refused.detail, eventId: 'same' } })).toEqual({ outcome: 'done' });
  expect(given.map(({ type }) => type)).toEqual(['CycleCompleted', 'CycleRefused']);
});
