import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../../apps/local-cloud/service.ts';
import { clientDefaults, sdkOverWire } from '../sdk-over-wire.ts';
import { cloudWithRule, entry, FUNCTION, put } from './orders-rule.ts';
import { queueArnOf, queueUrlOf, ruleArn, type SmallCloud, textOf } from './small-cloud.ts';

const ROLE = 'arn:aws:iam::111122223333:role/starts-machines';

interface DeadLetter {
  readonly Body: string;
  readonly MessageAttributes: Record<string, { StringValue: string }>;
}

async function deadLetters(cloud: SmallCloud): Promise<{ body: Record<string, unknown>; attributes: Record<string, string> }[]> {
  const input = { QueueUrl: queueUrlOf('dead'), MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  const { Messages = [] } = await cloud.run<{ Messages?: DeadLetter[] }>('sqs', 'ReceiveMessage', input);
  return Messages.map(({ Body, MessageAttributes }) => ({
    body: JSON.parse(Body),
    attributes: Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue])),
  }));
}

describe('PutEvents', () => {
  test('EVB-60 wraps the detail into the envelope and hands it to a function, as the rule', async () => {
    const cloud = cloudWithRule({ Arn: FUNCTION });
    const { Entries } = await put(cloud, { ...entry, Resources: ['arn:x'], Time: new Date(Date.UTC(2026, 0, 5, 14, 30, 1)) });
    expect(cloud.outside).toHaveLength(1);
    const { caller, operation, input } = cloud.outside[0]!;
    expect(caller).toEqual({ kind: 'service', service: 'events.amazonaws.com', sourceArn: ruleArn('orders') });
    expect([operation, input.FunctionName, input.InvocationType]).toEqual(['Invoke', FUNCTION, 'Event']);
    expect(JSON.parse(textOf(input.Payload))).toEqual({
      version: '0',
      id: Entries[0]!.EventId,
      'detail-type': 'OrderFilled',
      source: 'ballast',
      account: '111122223333',
      time: '2026-01-05T14:30:01Z',
      region: 'us-east-1',
      resources: ['arn:x'],
      detail: { symbol: 'TRUE', shares: 10 },
    });
  });

  test('EVB-61 answers for each entry alone: one that is wrong fails and the others go out', async () => {
    const cloud = cloudWithRule({ Arn: FUNCTION });
    const answer = await put(
      cloud,
      entry,
      { ...entry, Detail: '[1]' },
      { ...entry, Source: '' },
      { ...entry, Source: 'aws.ec2' },
      { ...entry, EventBusName: 'none' },
    );
    expect(answer.FailedEntryCount).toBe(4);
    expect(answer.Entries.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'InvalidArgument',
      'NotAuthorizedForSourceException',
      'ResourceNotFoundException',
    ]);
    expect(cloud.outside).toHaveLength(1);
  });

  test('EVB-62 refuses more than ten entries and more than 256 KB, and sends nothing', async () => {
    const cloud = cloudWithRule({ Arn: FUNCTION });
    await expect(put(cloud, ...Array.from({ length: 11 }, () => entry))).rejects.toMatchObject({ code: 'ValidationException' });
    await expect(put(cloud)).rejects.toMatchObject({ code: 'ValidationException' });
    const large = { ...entry, Detail: JSON.stringify({ text: 'x'.repeat(256 * 1024) }) };
    await expect(put(cloud, entry, large)).rejects.toThrow('over the limit');
    expect(cloud.outside).toHaveLength(0);
  });

  test('EVB-63 asks for events:PutEvents on the bus, and a denial stops all entries', async () => {
    const cloud = cloudWithRule({ Arn: FUNCTION });
    cloud.declare('AWS::Events::EventBus', 'bus', { Name: 'trading' });
    cloud.denies = ({ resource }) => resource.endsWith('event-bus/trading');
    await expect(put(cloud, entry, { ...entry, EventBusName: 'trading' })).rejects.toMatchObject({ code: 'AccessDeniedException' });
    expect(cloud.outside).toHaveLength(0);
    expect(cloud.asked).toContain('operator events:PutEvents arn:aws:events:us-east-1:111122223333:event-bus/trading');
  });

  test('EVB-64 a disabled rule and a rule of another bus get nothing', async () => {
    const cloud = cloudWithRule({ Arn: FUNCTION }, { State: 'DISABLED' });
    cloud.declare('AWS::Events::EventBus', 'bus', { Name: 'trading' });
    await put(cloud, entry, { ...entry, EventBusName: 'trading' });
    expect(cloud.outside).toHaveLength(0);
    await cloud.run('events', 'EnableRule', { Name: 'orders' });
    await put(cloud, entry);
    expect(cloud.outside).toHaveLength(1);
  });
});

describe('targets', () => {
  test('EVB-65 a state machine is started as the target role', async () => {
    const machine = 'arn:aws:states:us-east-1:111122223333:stateMachine:trading-cycle';
    const cloud = cloudWithRule({ Arn: machine, RoleArn: ROLE, Input: '{"mode":"paper"}' });
    await put(cloud, entry);
    expect(cloud.outside).toEqual([
      {
        caller: { kind: 'role', roleArn: ROLE, session: 'events' },
        service: 'states',
        operation: 'StartExecution',
        input: { stateMachineArn: machine, input: '{"mode":"paper"}' },
      },
    ]);
  });

  test('EVB-66 a queue, a topic and another bus are reached, and a log group is shown to the operator', async () => {
    const cloud = cloudWithRule({ Arn: queueArnOf('inbox'), InputPath: '$.detail.symbol' });
    cloud.declare('AWS::SQS::Queue', 'inbox', { QueueName: 'inbox' });
    cloud.declare('AWS::SNS::Topic', 'alerts', { TopicName: 'alerts' });
    cloud.declare('AWS::Events::EventBus', 'bus', { Name: 'audit' });
    const rule = (name: string, Arn: string, bus?: string) =>
      cloud.declare('AWS::Events::Rule', name, {
        Name: name,
        EventPattern: { source: ['ballast'] },
        Targets: [{ Id: name, Arn }],
        ...(bus ? { EventBusName: bus } : {}),
      });
    rule('to-topic', 'arn:aws:sns:us-east-1:111122223333:alerts');
    rule('to-bus', 'arn:aws:events:us-east-1:111122223333:event-bus/audit');
    rule('to-log', 'arn:aws:logs:us-east-1:111122223333:log-group:/audit', 'audit');
    await put(cloud, entry);
    const { Messages } = await cloud.run<{ Messages: { Body: string }[] }>('sqs', 'ReceiveMessage', { QueueUrl: queueUrlOf('inbox') });
    expect(Messages[0]!.Body).toBe('"TRUE"');
    expect(cloud.sns.messagesOf('arn:aws:sns:us-east-1:111122223333:alerts')).toHaveLength(1);
    expect(cloud.observed.filter(({ event }) => event === 'LogEvent')).toHaveLength(1);
  });

  /** Outputs as in the user guide, "Input Transform Examples"; the instance and state are the guide's. */
  test.each([
    ['EVB-67', '"instance <instance> is in <state>"', '"instance i-0123456789 is in RUNNING"'],
    [
      'EVB-68',
      '{"instance" : <instance>, "state": [9, <state>, true], "Transformed" : "Yes"}',
      '{"instance":"i-0123456789","state":[9,"RUNNING",true],"Transformed":"Yes"}',
    ],
    [
      'EVB-69',
      '{"instanceStatus": "instance \\"<instance>\\" is in <state>"}',
      '{"instanceStatus":"instance \\"i-0123456789\\" is in RUNNING"}',
    ],
    [
      'EVB-70',
      '{"ruleArn": <aws.events.rule-arn>, "ruleName": <aws.events.rule-name>}',
      `{"ruleArn":"${ruleArn('orders')}","ruleName":"orders"}`,
    ],
    ['EVB-71', '"<aws.events.rule-name> triggered, <missing>"', '"orders triggered, "'],
  ])('%s an input template fills its variables: %s', async (_id, InputTemplate, output) => {
    const InputPathsMap = { instance: '$.detail.instance-id', state: '$.detail.state', missing: '$.detail.nothing' };
    const cloud = cloudWithRule({ Arn: FUNCTION, InputTransformer: { InputPathsMap, InputTemplate } });
    await put(cloud, { ...entry, Detail: '{"instance-id":"i-0123456789","state":"RUNNING"}' });
    expect(textOf(cloud.outside[0]!.input.Payload)).toBe(output);
  });

  test('EVB-72 refuses by name a target it cannot reach and a property it does not honour', () => {
    expect(() => cloudWithRule({ Arn: 'arn:aws:kinesis:us-east-1:111122223333:stream/s' })).toThrow(
      'does not emulate events targets of service kinesis',
    );
    expect(() => cloudWithRule({ Arn: FUNCTION, EcsParameters: {} })).toThrow('target member EcsParameters');
    expect(() => cloudWithRule({ Arn: FUNCTION }, { Colour: 'red' })).toThrow('property Colour');
  });
});

describe('failed deliveries', () => {
  const busy = new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
  const withDeadLetters = { Arn: FUNCTION, DeadLetterConfig: { Arn: queueArnOf('dead') } };

  test('EVB-73 are retried with growing waits on the cloud clock until the target takes the event', async () => {
    const cloud = cloudWithRule({ Arn: FUNCTION });
    cloud.failOutside = (nth) => (nth <= 4 ? busy : undefined);
    const startedAt = cloud.host.clock.now();
    await put(cloud, entry);
    expect(cloud.outside).toHaveLength(5);
    const waits = cloud.observed.filter(({ event }) => event === 'DeliveryRetried').map(({ details }) => details.waitMs as number);
    expect(waits).toHaveLength(4);
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(500 * 2 ** index);
      expect(wait).toBeLessThanOrEqual(1000 * 2 ** index);
    }
    expect(cloud.host.clock.now() - startedAt).toBe(waits.reduce((sum, wait) => sum + wait, 0));
  });

  test('EVB-74 go to the dead-letter queue when the retries are used up', async () => {
    const cloud = cloudWithRule({ ...withDeadLetters, RetryPolicy: { MaximumRetryAttempts: 2 } });
    cloud.failOutside = () => busy;
    await put(cloud, entry);
    expect(cloud.outside).toHaveLength(3);
    const [letter] = await deadLetters(cloud);
    expect(letter!.body).toMatchObject({ source: 'ballast', detail: { symbol: 'TRUE' } });
    expect(letter!.attributes).toEqual({
      RULE_ARN: ruleArn('orders'),
      TARGET_ARN: FUNCTION,
      ERROR_CODE: 'THROTTLING',
      ERROR_MESSAGE: 'Rate Exceeded.',
      RETRY_ATTEMPTS: '2',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
    });
  });

  test('EVB-75 go to the dead-letter queue when the event is too old', async () => {
    const cloud = cloudWithRule({ ...withDeadLetters, RetryPolicy: { MaximumEventAgeInSeconds: 60 } });
    cloud.failOutside = () => busy;
    const startedAt = cloud.host.clock.now();
    await put(cloud, entry);
    expect((await deadLetters(cloud))[0]!.attributes.EXHAUSTED_RETRY_CONDITION).toBe('MaximumEventAgeInSeconds');
    expect(cloud.host.clock.now() - startedAt).toBeLessThanOrEqual(60_000);
  });

  test.each([
    ['EVB-76', new AwsError('AccessDeniedException', 'not authorized to perform: lambda:InvokeFunction', 403), 'NO_PERMISSIONS'],
    ['EVB-77', new AwsError('ResourceNotFoundException', 'Function not found', 404), 'NO_RESOURCE'],
  ])('%s without permission or without a resource are dead letters at once', async (_id, error, code) => {
    const cloud = cloudWithRule(withDeadLetters);
    cloud.failOutside = () => error;
    await put(cloud, entry);
    expect(cloud.outside).toHaveLength(1);
    const [letter] = await deadLetters(cloud);
    expect(letter!.attributes).toMatchObject({ ERROR_CODE: code, RETRY_ATTEMPTS: '0' });
    expect(letter!.attributes).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
  });

  test('EVB-78 without a queue are dropped, with a line for the operator', async () => {
    const cloud = cloudWithRule({ Arn: FUNCTION, RetryPolicy: { MaximumRetryAttempts: 0 } });
    cloud.failOutside = () => busy;
    await put(cloud, entry);
    expect(cloud.observed.at(-1)).toMatchObject({
      service: 'events',
      event: 'DeliveryDropped',
      details: { rule: 'orders', code: 'THROTTLING' },
    });
  });

  test('EVB-79 by default end after 185 retries or 24 hours of cloud time', async () => {
    const cloud = cloudWithRule(withDeadLetters);
    cloud.failOutside = () => busy;
    const startedAt = cloud.host.clock.now();
    await put(cloud, entry);
    expect(cloud.outside).toHaveLength(186);
    expect(cloud.host.clock.now() - startedAt).toBeLessThanOrEqual(24 * 3_600_000);
  });
});

describe('through the SDK', () => {
  test('EVB-90 speaks the JSON protocol: events, patterns, rules, errors', async () => {
    const cloud = cloudWithRule({ Arn: FUNCTION });
    const client = new EventBridgeClient({
      ...clientDefaults,
      requestHandler: sdkOverWire(cloud.events, cloud.contextFor({ kind: 'operator' })),
    });
    const answer = await client.send(new PutEventsCommand({ Entries: [{ ...entry, Time: new Date(Date.UTC(2026, 0, 2)) }] }));
    expect(answer.FailedEntryCount).toBe(0);
    await cloud.settle();
    expect(JSON.parse(textOf(cloud.outside[0]!.input.Payload)).time).toBe('2026-01-02T00:00:00Z');
    const tried = await client.send(new TestEventPatternCommand({ EventPattern: '{"a":[1]}', Event: '{"a":1}' }));
    expect(tried.Result).toBe(true);
    expect((await client.send(new ListRulesCommand({}))).Rules?.map(({ Name }) => Name)).toEqual(['orders']);
    await expect(client.send(new DescribeRuleCommand({ Name: 'none' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(client.send(new TestEventPatternCommand({ EventPattern: '{}', Event: '{}' }))).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
    });
  });
});
