/** Contract cards of the topics: what subscribers get, what filters let through, and the query protocol by the SDK. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../../../../apps/local-cloud/service.ts';
import { queueArnOf, queueUrlOf, SmallCloud, textOf } from '../events/small-cloud.ts';
import { clientDefaults, sdkOverWire } from '../sdk-over-wire.ts';

const TopicArn = 'arn:aws:sns:us-east-1:111122223333:alerts';
const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:on-alert';
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/5b1e3a52-0d3c-4c8e-9a9d-2f3c5c7a1b00';
let cloud: SmallCloud;
let client: SNSClient;

function open(topic: Record<string, unknown> = {}, directory?: string): void {
  cloud = new SmallCloud(directory === undefined ? {} : { directory });
  cloud.declare('AWS::SQS::Queue', 'inbox', { QueueName: 'inbox' });
  cloud.declare('AWS::SNS::Topic', 'alerts', { TopicName: 'alerts', DisplayName: 'Alerts & more', ...topic });
  client = new SNSClient({ ...clientDefaults, requestHandler: sdkOverWire(cloud.sns, cloud.contextFor({ kind: 'operator' })) });
}

const subscribe = (logicalId: string, properties: Record<string, unknown>) =>
  cloud.declare('AWS::SNS::Subscription', logicalId, { TopicArn, ...properties });
const toInbox = (rest: Record<string, unknown> = {}) => subscribe('inbox-sub', { Protocol: 'sqs', Endpoint: queueArnOf('inbox'), ...rest });

async function inbox(): Promise<{ Body: string; MessageAttributes?: Record<string, unknown> }[]> {
  await cloud.settle();
  const input = { QueueUrl: queueUrlOf('inbox'), MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  const { Messages = [] } = await cloud.run<{ Messages?: { Body: string }[] }>('sqs', 'ReceiveMessage', input);
  return Messages;
}

beforeEach(() => open());

describe('delivery', () => {
  test('SNS-01 a queue gets the notification, sent by SNS for the topic', async () => {
    toInbox();
    const { MessageId } = await client.send(
      new PublishCommand({
        TopicArn,
        Subject: 'Halted',
        Message: 'drawdown <limit> & "more"',
        MessageAttributes: { level: { DataType: 'String', StringValue: 'high' } },
      }),
    );
    const [message] = await inbox();
    expect(JSON.parse(message!.Body)).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn,
      Subject: 'Halted',
      Message: 'drawdown <limit> & "more"',
      Timestamp: '2026-01-05T15:45:00.000Z',
      MessageAttributes: { level: { Type: 'String', Value: 'high' } },
    });
    expect(cloud.asked).toContain(`sns.amazonaws.com sqs:SendMessage ${queueArnOf('inbox')}`);
  });

  test('SNS-02 raw delivery hands over the body alone, attributes beside it', async () => {
    toInbox({ RawMessageDelivery: true });
    const blob = { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) };
    await client.send(new PublishCommand({ TopicArn, Message: 'plain', MessageAttributes: { blob } }));
    const [message] = await inbox();
    expect(message!.Body).toBe('plain');
    expect(message!.MessageAttributes).toMatchObject({ blob: { DataType: 'Binary' } });
  });

  test('SNS-03 a function is invoked with the event AWS shapes', async () => {
    subscribe('function-sub', { Protocol: 'lambda', Endpoint: FUNCTION });
    await client.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    await cloud.settle();
    const { caller, input } = cloud.outside[0]!;
    expect(caller).toEqual({ kind: 'service', service: 'sns.amazonaws.com', sourceArn: TopicArn });
    expect(JSON.parse(textOf(input.Payload))).toMatchObject({
      Records: [
        {
          EventSource: 'aws:sns',
          EventVersion: '1.0',
          Sns: { Type: 'Notification', TopicArn, Message: 'hello', Subject: null, MessageAttributes: {} },
        },
      ],
    });
  });

  test('SNS-04 mail and web subscribers are shown to the operator with their own body', async () => {
    subscribe('mail', { Protocol: 'email', Endpoint: 'desk@example.com' });
    await client.send(
      new PublishCommand({ TopicArn, MessageStructure: 'json', Message: JSON.stringify({ default: 'long', email: 'short' }) }),
    );
    expect(cloud.observed).toMatchObject([
      { service: 'sns', event: 'NotificationRecorded', details: { endpoint: 'desk@example.com', body: 'short' } },
    ]);
  });

  test('SNS-05 a subscriber that fails is retried, and its dead letters kept', async () => {
    subscribe('function-sub', { Protocol: 'lambda', Endpoint: FUNCTION, RedrivePolicy: { deadLetterTargetArn: queueArnOf('inbox') } });
    cloud.failOutside = (nth) =>
      nth < 3 ? new AwsError('TooManyRequestsException', 'busy', 429) : new AwsError('ResourceNotFoundException', 'no such function', 404);
    await client.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    const [letter] = await inbox();
    expect(cloud.outside).toHaveLength(3);
    expect(JSON.parse(letter!.Body)).toMatchObject({ Message: 'hello' });
    expect(letter!.MessageAttributes).toMatchObject({ ERROR_CODE: { StringValue: 'ResourceNotFoundException' } });
  });
});

describe('filters', () => {
  const level = (StringValue: string) => ({ level: { DataType: 'String', StringValue } });

  test('SNS-06 over attributes let through what they name', async () => {
    toInbox({ FilterPolicy: { level: ['high', { prefix: 'crit' }] }, RawMessageDelivery: 'true' });
    await client.send(new PublishCommand({ TopicArn, Message: 'none' }));
    await client.send(new PublishCommand({ TopicArn, Message: 'low', MessageAttributes: level('low') }));
    await client.send(new PublishCommand({ TopicArn, Message: 'critical', MessageAttributes: level('critical') }));
    expect((await inbox()).map(({ Body }) => Body)).toEqual(['critical']);
  });

  test('SNS-07 over attributes read numbers as numbers and lists as lists', async () => {
    toInbox({ FilterPolicy: { loss: [{ numeric: ['>=', 5] }], desks: ['rates'] }, RawMessageDelivery: true });
    const desks = { DataType: 'String.Array', StringValue: '["equities","rates"]' };
    await client.send(
      new PublishCommand({ TopicArn, Message: 'four', MessageAttributes: { loss: { DataType: 'Number', StringValue: '4' }, desks } }),
    );
    await client.send(
      new PublishCommand({ TopicArn, Message: 'five', MessageAttributes: { loss: { DataType: 'Number', StringValue: '5' }, desks } }),
    );
    expect((await inbox()).map(({ Body }) => Body)).toEqual(['five']);
  });

  test('SNS-08 over the body read it as JSON; text passes none', async () => {
    toInbox({ FilterPolicy: { detail: { state: ['HALTED'] } }, FilterPolicyScope: 'MessageBody', RawMessageDelivery: true });
    const halted = '{"detail":{"state":"HALTED"}}';
    for (const Message of ['HALTED', '{"detail":{"state":"RUNNING"}}', halted])
      await client.send(new PublishCommand({ TopicArn, Message }));
    expect((await inbox()).map(({ Body }) => Body)).toEqual([halted]);
  });

  test('SNS-09 that do not compile are refused', () => {
    expect(() => toInbox({ FilterPolicy: { level: 'high' } })).toThrow('"level" must be an object or an array');
  });
});

describe('topics', () => {
  test('SNS-10 keep what was published, over a restart', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ballast-sns-'));
    open({}, directory);
    await client.send(new PublishCommand({ TopicArn, Subject: 'Halted', Message: 'one' }));
    await cloud.close();
    open({}, directory);
    expect(cloud.sns.messagesOf(TopicArn)).toMatchObject([{ subject: 'Halted', bodies: { default: 'one' }, topicArn: TopicArn }]);
    await cloud.close();
  });

  test('SNS-11 keep the last thousand', async () => {
    for (let count = 0; count < 1005; count++) await cloud.run('sns', 'Publish', { TopicArn, Message: String(count) });
    const kept = cloud.sns.messagesOf(TopicArn);
    expect(kept).toHaveLength(1000);
    expect(kept[0]!.bodies.default).toBe('5');
  });

  test('SNS-12 ask for the topic, and for the key where one of the customer’s encrypts', async () => {
    open({ KmsMasterKeyId: KEY });
    await client.send(new PublishCommand({ TopicArn, Message: 'one' }));
    expect(cloud.asked).toEqual([`operator sns:Publish ${TopicArn}`, `operator kms:GenerateDataKey ${KEY}`, `operator kms:Decrypt ${KEY}`]);
    cloud.denies = () => true;
    await expect(client.send(new PublishCommand({ TopicArn, Message: 'one' }))).rejects.toMatchObject({
      name: 'AuthorizationErrorException',
    });
  });

  test('SNS-13 a batch answers for each entry alone', async () => {
    const answer = await client.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: [
          { Id: 'a', Message: 'one' },
          { Id: 'b', Message: 'two', Subject: 'x'.repeat(101) },
        ],
      }),
    );
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['a']);
    expect(answer.Failed).toMatchObject([{ Id: 'b', Code: 'InvalidParameter', SenderFault: true }]);
  });

  test('SNS-14 subscriptions come and go through the API', async () => {
    const { SubscriptionArn } = await client.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: queueArnOf('inbox'),
        Attributes: { RawMessageDelivery: 'true' },
        ReturnSubscriptionArn: true,
      }),
    );
    const list = async () => (await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions;
    expect(await list()).toEqual([{ SubscriptionArn, Owner: '111122223333', Protocol: 'sqs', Endpoint: queueArnOf('inbox'), TopicArn }]);
    await client.send(new PublishCommand({ TopicArn, Message: 'plain' }));
    expect((await inbox())[0]!.Body).toBe('plain');
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    expect(await list()).toEqual([]);
  });

  test('SNS-15 are listed and described, policy and all', async () => {
    cloud.declare('AWS::SNS::TopicPolicy', 'p', { Topics: [TopicArn], PolicyDocument: { Statement: [] } });
    expect((await client.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn }]);
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes).toMatchObject({ TopicArn, DisplayName: 'Alerts & more', Policy: '{"Statement":[]}' });
    expect(cloud.sns.resourcePolicies().get(TopicArn)).toBe('{"Statement":[]}');
  });

  test('SNS-16 refuse what is wrong, as SNS does, and by name what is not emulated', async () => {
    await expect(client.send(new PublishCommand({ TopicArn: `${TopicArn}-none`, Message: 'x' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    await expect(client.send(new PublishCommand({ TopicArn, Message: '' }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(() => open({ FifoTopic: true })).toThrow('does not emulate sns FIFO topics');
    await expect(cloud.run('sns', 'CreatePlatformApplication')).rejects.toThrow('does not emulate sns CreatePlatformApplication');
  });
});
