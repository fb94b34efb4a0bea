import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import type { BallastEvent } from '../../../shared/contracts/events.ts';
import { ContractViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { EventPublisher } from '../../../shared/stores/events.ts';

const bus = mockClient(EventBridgeClient);
const publisher = new EventPublisher(new EventBridgeClient({ region: 'us-east-1' }), 'ballast-dev');

const refused = (n: number): BallastEvent => ({
  type: 'CycleRefused',
  detail: {
    eventId: `cycle-${n}/refused`,
    at: '2019-06-14T19:45:00Z',
    cycleId: `cycle-${n}`,
    summary: 'Refused.',
    reason: 'market-closed',
  },
});

const answer = (...codes: (string | undefined)[]) => ({
  Entries: codes.map((ErrorCode) => (ErrorCode ? { ErrorCode, ErrorMessage: 'because' } : { EventId: 'e' })),
  FailedEntryCount: codes.filter(Boolean).length,
});

beforeEach(() => {
  bus.reset();
});

describe('publishing events', () => {
  test('puts type, detail and source on the bus', async () => {
    bus.on(PutEventsCommand).resolves(answer(undefined));
    await publisher.publish([refused(1)]);
    const { Detail, ...entry } = bus.commandCalls(PutEventsCommand)[0]!.args[0].input.Entries![0]!;
    expect(entry).toEqual({ EventBusName: 'ballast-dev', Source: 'ballast', DetailType: 'CycleRefused' });
    expect(JSON.parse(Detail!)).toEqual(refused(1).detail);
  });

  test('calls in tens, in order, and not at all for none', async () => {
    bus.on(PutEventsCommand).resolves(answer(undefined));
    await publisher.publish([]);
    expect(bus.calls()).toHaveLength(0);
    await publisher.publish(Array.from({ length: 21 }, (_, i) => refused(i)));
    const batches = bus.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries!);
    expect(batches.map((entries) => entries.length)).toEqual([10, 10, 1]);
    expect(JSON.parse(batches[2]![0]!.Detail!)).toMatchObject({ cycleId: 'cycle-20' });
  });

  test('sends nothing when one of the events is outside its schema', async () => {
    const nameless = { ...refused(2), detail: { ...refused(2).detail, summary: '' } } as BallastEvent;
    await expect(publisher.publish([refused(1), nameless])).rejects.toThrow(ContractViolation);
    expect(bus.calls()).toHaveLength(0);
  });

  test.each(['ThrottlingException', 'InternalFailure', 'InternalException'])(
    'is tried again when the bus refuses an event with %s',
    async (code) => {
      bus.on(PutEventsCommand).resolves(answer(undefined, code));
      await expect(publisher.publish([refused(1), refused(2)])).rejects.toThrow(TransientFailure);
    },
  );

  test.each(['MalformedDetail', 'InvalidArgument', 'NotAuthorizedForSourceException'])(
    'is not tried again when it never will: %s',
    async (code) => {
      bus.on(PutEventsCommand).resolves(answer(code));
      await expect(publisher.publish([refused(1)])).rejects.toThrow(ContractViolation);
      await expect(publisher.publish([refused(1)])).rejects.toThrow(`${code} because`);
    },
  );

  test('is a TransientFailure when the bus is not reached', async () => {
    bus.on(PutEventsCommand).rejects(Object.assign(new Error('later'), { name: 'ThrottlingException' }));
    await expect(publisher.publish([refused(1)])).rejects.toThrow(TransientFailure);
  });
});
