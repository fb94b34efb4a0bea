/** Contract cards of EventBridge Scheduler: what fires, when, with which input, as whom; and its REST protocol by the SDK. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../../../../apps/local-cloud/service.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';
import { queueArnOf, queueUrlOf, SmallCloud, textOf } from '../events/small-cloud.ts';
import { clientDefaults, sdkOverWire } from '../sdk-over-wire.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:start-cycle';
const ROLE = 'arn:aws:iam::111122223333:role/schedules';
const ARN = 'arn:aws:scheduler:us-east-1:111122223333:schedule/default/cycle';
const instant = (iso: string): EpochMs => Date.parse(iso) as EpochMs;
const OFF = { Mode: 'OFF' } as const;
/** 15:45 in New York on Monday 2026-01-05. */
const AT = instant('2026-01-05T20:45:00Z');
let cloud: SmallCloud;

function declare(target: Record<string, unknown> = {}, schedule: Record<string, unknown> = {}): void {
  cloud.declare('AWS::Scheduler::Schedule', 'cycle', {
    Name: 'cycle',
    ScheduleExpression: 'cron(45 15 ? * MON-FRI *)',
    ScheduleExpressionTimezone: 'America/New_York',
    FlexibleTimeWindow: OFF,
    Target: { Arn: FUNCTION, RoleArn: ROLE, ...target },
    ...schedule,
  });
}

async function deadLetter(): Promise<{ Body: string; attributes: Record<string, string> }> {
  const input = { QueueUrl: queueUrlOf('dead'), MessageAttributeNames: ['All'] };
  const { Messages } = await cloud.run<{ Messages: { Body: string; MessageAttributes: Record<string, { StringValue: string }> }[] }>(
    'sqs',
    'ReceiveMessage',
    input,
  );
  const { Body, MessageAttributes } = Messages[0]!;
  return { Body, attributes: Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue])) };
}

beforeEach(() => {
  cloud = new SmallCloud();
  cloud.declare('AWS::SQS::Queue', 'dead', { QueueName: 'dead' });
});

describe('firing', () => {
  test('SCH-60 calls the target as its role, with the context attributes filled in', async () => {
    const Input =
      '{"time":"<aws.scheduler.scheduled-time>","arn":"<aws.scheduler.schedule-arn>","try":"<aws.scheduler.attempt-number>","id":"<aws.scheduler.execution-id>"}';
    declare({ Input });
    await cloud.scheduler.fireOnce('cycle', AT);
    const { caller, operation, input } = cloud.outside[0]!;
    expect(caller).toEqual({ kind: 'role', roleArn: ROLE, session: 'scheduler' });
    expect([operation, input.FunctionName, input.InvocationType]).toEqual(['Invoke', FUNCTION, 'Event']);
    expect(JSON.parse(textOf(input.Payload))).toEqual({
      time: '2026-01-05T20:45:00Z',
      arn: ARN,
      try: '1',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('SCH-61 twice for the same time gives the same scheduled time twice, as at-least-once delivery may', async () => {
    declare({ Input: '<aws.scheduler.scheduled-time>' });
    await cloud.scheduler.fireOnce('cycle', AT);
    await cloud.scheduler.fireOnce('cycle', AT);
    expect(cloud.outside.map(({ input }) => textOf(input.Payload))).toEqual(['2026-01-05T20:45:00Z', '2026-01-05T20:45:00Z']);
  });

  test('SCH-62 a retry counts its attempt and keeps the execution id; a failure that lasts is a dead letter', async () => {
    const Input = '{"try":<aws.scheduler.attempt-number>,"id":"<aws.scheduler.execution-id>"}';
    declare({ Input, RetryPolicy: { MaximumRetryAttempts: 1 }, DeadLetterConfig: { Arn: queueArnOf('dead') } });
    cloud.failOutside = () => new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    await cloud.scheduler.fireOnce('cycle', AT);
    const payloads = cloud.outside.map(({ input }) => JSON.parse(textOf(input.Payload)));
    expect(payloads.map((payload) => payload.try)).toEqual([1, 2]);
    const { attributes } = await deadLetter();
    expect(attributes).toEqual({
      ERROR_CODE: 'TooManyRequestsException',
      ERROR_MESSAGE: 'Rate Exceeded.',
      EXECUTION_ID: payloads[0].id,
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: '1',
      SCHEDULED_TIME: '2026-01-05T20:45:00Z',
      SCHEDULE_ARN: ARN,
      TARGET_ARN: FUNCTION,
    });
    expect(payloads[1].id).toBe(payloads[0].id);
    expect(cloud.asked).toContain(`${ROLE} sqs:SendMessage ${queueArnOf('dead')}`);
  });

  test('SCH-63 a denied call is a dead letter at once', async () => {
    declare({ DeadLetterConfig: { Arn: queueArnOf('dead') } });
    cloud.failOutside = () => new AwsError('AccessDeniedException', 'not authorized to perform: lambda:InvokeFunction', 403);
    await cloud.scheduler.fireOnce('cycle', AT);
    expect(cloud.outside).toHaveLength(1);
    expect((await deadLetter()).attributes).toMatchObject({ ERROR_CODE: 'AccessDeniedException', RETRY_ATTEMPTS: '0' });
  });

  test('SCH-64 without an input the target gets the event of Scheduler', async () => {
    declare();
    await cloud.scheduler.fireOnce('cycle', AT);
    const event = JSON.parse(textOf(cloud.outside[0]!.input.Payload));
    expect(event).toMatchObject({
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      time: '2026-01-05T20:45:00Z',
      resources: [ARN],
    });
  });

  test('SCH-65 state machines, queues, topics and buses are templated targets', async () => {
    const machine = 'arn:aws:states:us-east-1:111122223333:stateMachine:trading-cycle';
    cloud.declare('AWS::SNS::Topic', 'alerts', { TopicName: 'alerts' });
    cloud.declare('AWS::Events::Archive', 'archive', {
      ArchiveName: 'all',
      SourceArn: 'arn:aws:events:us-east-1:111122223333:event-bus/default',
    });
    for (const target of [
      { Arn: machine },
      { Arn: queueArnOf('dead') },
      { Arn: 'arn:aws:sns:us-east-1:111122223333:alerts' },
      { Arn: 'arn:aws:events:us-east-1:111122223333:event-bus/default', EventBridgeParameters: { DetailType: 'Tick', Source: 'ballast' } },
    ]) {
      declare({ ...target, Input: '{"a":1}' });
      await cloud.scheduler.fireOnce('cycle', AT);
    }
    expect(cloud.outside.map(({ operation, input }) => [operation, input])).toEqual([
      ['StartExecution', { stateMachineArn: machine, input: '{"a":1}' }],
    ]);
    expect(cloud.sns.messagesOf('arn:aws:sns:us-east-1:111122223333:alerts')).toHaveLength(1);
    expect(cloud.events.archivedEvents('all')).toMatchObject([{ 'detail-type': 'Tick', source: 'ballast', detail: { a: 1 } }]);
    const { Messages } = await cloud.run<{ Messages: { Body: string }[] }>('sqs', 'ReceiveMessage', { QueueUrl: queueUrlOf('dead') });
    expect(Messages[0]!.Body).toBe('{"a":1}');
  });

  test('SCH-66 the universal target calls any operation that changes something, and no other', async () => {
    declare({ Arn: 'arn:aws:scheduler:::aws-sdk:dynamodb:updateItem', Input: '{"TableName":"policy"}' });
    await cloud.scheduler.fireOnce('cycle', AT);
    expect(cloud.outside[0]).toMatchObject({ service: 'dynamodb', operation: 'UpdateItem', input: { TableName: 'policy' } });
    expect(() => declare({ Arn: 'arn:aws:scheduler:::aws-sdk:dynamodb:getItem', Input: '{}' })).toThrow('read-only');
  });
});

describe('times', () => {
  test('SCH-67 what is due in a span, in New York across the autumn change', () => {
    declare();
    declare({}, { Name: 'weekly', ScheduleExpression: 'cron(0 12 ? * FRI *)', ScheduleExpressionTimezone: 'UTC' });
    declare({}, { Name: 'off', ScheduleExpression: 'rate(1 minute)', State: 'DISABLED' });
    const due = cloud.scheduler.dueBetween(instant('2026-10-30T00:00Z'), instant('2026-11-02T20:45:00.001Z'));
    expect(due.map(({ scheduleName, scheduledTime }) => `${scheduleName} ${new Date(scheduledTime).toISOString()}`)).toEqual([
      'weekly 2026-10-30T12:00:00.000Z',
      'cycle 2026-10-30T19:45:00.000Z',
      'cycle 2026-11-02T20:45:00.000Z',
    ]);
    expect(cloud.scheduler.dueBetween(instant('2026-11-02T20:45Z'), instant('2026-11-02T20:46Z'))).toHaveLength(1);
    expect(cloud.scheduler.dueBetween(instant('2026-11-02T20:44Z'), instant('2026-11-02T20:45Z'))).toHaveLength(0);
  });

  test('SCH-68 start and end dates bound the firings', () => {
    declare({}, { ScheduleExpression: 'rate(1 hour)', StartDate: '2026-02-01T00:30:00Z', EndDate: '2026-02-01T02:30:00Z' });
    const due = cloud.scheduler.dueBetween(instant('2026-01-01T00:00Z'), instant('2026-03-01T00:00Z'));
    expect(due.map(({ scheduledTime }) => new Date(scheduledTime).toISOString().slice(11, 16))).toEqual(['00:30', '01:30', '02:30']);
  });

  test('SCH-69 nothing fires by itself until armed; then by the cloud clock, until disarmed', async () => {
    declare();
    await cloud.host.clock.sleep(7 * 86_400_000);
    expect(cloud.outside).toHaveLength(0);
    cloud.scheduler.arm();
    await cloud.host.clock.sleep(7 * 86_400_000);
    cloud.scheduler.disarm();
    await cloud.host.clock.sleep(7 * 86_400_000);
    await cloud.settle();
    expect(cloud.outside).toHaveLength(5);
  });

  test('SCH-70 an armed scheduler with nothing due moves no clock', async () => {
    const before = cloud.host.clock.now();
    cloud.scheduler.arm();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(cloud.host.clock.now()).toBe(before);
    cloud.scheduler.disarm();
  });

  test('SCH-71 a flexible window delays a firing by part of it, and the scheduled time stays', async () => {
    declare(
      { Input: '<aws.scheduler.scheduled-time>' },
      { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 }, ScheduleExpression: 'at(2026-01-05T15:45:00)' },
    );
    cloud.scheduler.arm();
    await cloud.host.clock.sleep(AT - cloud.host.clock.now() + 1);
    expect(cloud.outside).toHaveLength(0);
    await cloud.settle();
    cloud.scheduler.disarm();
    expect(textOf(cloud.outside[0]!.input.Payload)).toBe('2026-01-05T20:45:00Z');
    expect(cloud.host.clock.now()).toBeLessThanOrEqual(AT + 3_600_000);
  });

  test('SCH-72 a one-time schedule that asks for it is deleted after its firing', async () => {
    declare({}, { ScheduleExpression: 'at(2026-01-05T15:45:00)', ActionAfterCompletion: 'DELETE' });
    cloud.scheduler.arm();
    await cloud.host.clock.sleep(86_400_000);
    await cloud.settle();
    cloud.scheduler.disarm();
    expect(cloud.outside).toHaveLength(1);
    await expect(cloud.run('scheduler', 'GetSchedule', { Name: 'cycle' })).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});

describe('declarations', () => {
  test('SCH-73 an operator’s change lasts over a restart until the template changes; a schedule no longer declared is gone', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ballast-scheduler-'));
    const open = async (schedule: Record<string, unknown> | undefined): Promise<void> => {
      await cloud.close();
      cloud = new SmallCloud({ directory });
      if (schedule) declare({}, schedule);
      cloud.start();
    };
    const get = () => cloud.run<{ State: string }>('scheduler', 'GetSchedule', { Name: 'cycle' });
    await open({});
    await cloud.run('scheduler', 'UpdateSchedule', { ...(await get()), State: 'DISABLED' });
    await open({});
    expect((await get()).State).toBe('DISABLED');
    await open({ ScheduleExpression: 'rate(1 day)' });
    expect((await get()).State).toBe('ENABLED');
    await open(undefined);
    await expect(get()).rejects.toThrow('does not exist');
    await cloud.close();
  });

  test.each([
    [
      'a target it cannot reach',
      { Target: { Arn: 'arn:aws:kinesis:us-east-1:111122223333:stream/s', RoleArn: ROLE } },
      'targets of service kinesis',
    ],
    ['a target without a role', { Target: { Arn: FUNCTION } }, 'an Arn and a RoleArn'],
    ['a flexible window without minutes', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, 'between 1 and 1440'],
    ['an expression it cannot read', { ScheduleExpression: 'cron(0 9 * * * *)' }, 'Invalid Schedule Expression'],
    ['a property it does not honour', { Colour: 'red' }, 'schedule property Colour'],
  ])('SCH-74 refuses %s', (_what, schedule, reason) => {
    expect(() => declare({}, schedule)).toThrow(reason);
  });
});

test('SCH-75 a group may be declared after its schedule, and one never declared stops the boot', () => {
  declare({}, { GroupName: 'desk' });
  expect(() => cloud.start()).toThrow('Schedule group desk does not exist');
  cloud.declare('AWS::Scheduler::ScheduleGroup', 'desk', { Name: 'desk' });
  cloud.start();
  expect(cloud.scheduler.dueBetween(AT, (AT + 1) as EpochMs)).toEqual([{ scheduleName: 'desk/cycle', scheduledTime: AT }]);
});

describe('through the SDK', () => {
  test('SCH-80 speaks REST JSON: schedules, groups, dates, errors', async () => {
    const client = new SchedulerClient({
      ...clientDefaults,
      requestHandler: sdkOverWire(cloud.scheduler, cloud.contextFor({ kind: 'operator' })),
    });
    await client.send(new CreateScheduleGroupCommand({ Name: 'desk' }));
    const schedule = {
      Name: 'once',
      GroupName: 'desk',
      ScheduleExpression: 'rate(1 day)',
      FlexibleTimeWindow: OFF,
      StartDate: new Date(Date.UTC(2026, 1, 1)),
      Target: { Arn: FUNCTION, RoleArn: ROLE },
    };
    const { ScheduleArn } = await client.send(new CreateScheduleCommand(schedule));
    expect(ScheduleArn).toBe('arn:aws:scheduler:us-east-1:111122223333:schedule/desk/once');
    expect(cloud.asked).toContain(`operator iam:PassRole ${ROLE}`);
    await expect(client.send(new CreateScheduleCommand(schedule))).rejects.toMatchObject({ name: 'ConflictException' });
    await client.send(new UpdateScheduleCommand({ ...schedule, State: 'DISABLED' }));
    const got = await client.send(new GetScheduleCommand({ Name: 'once', GroupName: 'desk' }));
    expect(got).toMatchObject({
      State: 'DISABLED',
      StartDate: schedule.StartDate,
      Target: schedule.Target,
      ScheduleExpressionTimezone: 'UTC',
    });
    const { Schedules } = await client.send(new ListSchedulesCommand({ GroupName: 'desk' }));
    expect(Schedules).toMatchObject([{ Name: 'once', GroupName: 'desk', Target: { Arn: FUNCTION } }]);
    await client.send(new DeleteScheduleCommand({ Name: 'once', GroupName: 'desk' }));
    await expect(client.send(new GetScheduleCommand({ Name: 'once', GroupName: 'desk' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await client.send(new DeleteScheduleGroupCommand({ Name: 'desk' }));
    expect((await client.send(new ListScheduleGroupsCommand({}))).ScheduleGroups?.map(({ Name }) => Name)).toEqual(['default']);
  });
});
