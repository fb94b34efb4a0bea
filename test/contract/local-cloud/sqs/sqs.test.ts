/** Contract cards of the queues, through the SDK, which checks body digests itself. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { EpochMs } from '../../../../shared/kernel/units.ts';
import { queueArnOf, queueUrlOf, SmallCloud } from '../events/small-cloud.ts';
import { clientDefaults, sdkOverWire } from '../sdk-over-wire.ts';

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/5b1e3a52-0d3c-4c8e-9a9d-2f3c5c7a1b00';
const QueueUrl = queueUrlOf('work');
let cloud: SmallCloud;
let client: SQSClient;

function open(properties: Record<string, unknown> = {}, directory?: string): void {
  cloud = new SmallCloud(directory === undefined ? {} : { directory });
  cloud.declare('AWS::SQS::Queue', 'dead', { QueueName: 'dead' });
  cloud.declare('AWS::SQS::Queue', 'work', { QueueName: 'work', ...properties });
  const requestHandler = sdkOverWire(cloud.sqs, cloud.contextFor({ kind: 'operator' }));
  client = new SQSClient({ ...clientDefaults, useQueueUrlAsEndpoint: false, requestHandler });
}

const send = (MessageBody: string, rest: Partial<SendMessageCommandInput> = {}) =>
  client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...rest }));
async function receive(rest: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'], ...rest }),
  );
  return Messages;
}
const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);
const pass = (ms: number): void => cloud.host.clock.travelTo((cloud.host.clock.now() + ms) as EpochMs);

beforeEach(() => open());

describe('messages', () => {
  test('SQS-01 a received message is hidden for its visibility timeout, then counts one receive more', async () => {
    await send('one');
    const [first] = await receive();
    expect(first!.Attributes).toMatchObject({ ApproximateReceiveCount: '1', SentTimestamp: String(cloud.host.clock.now()) });
    expect(await receive()).toEqual([]);
    pass(30_000);
    const [second] = await receive();
    expect(second!.MessageId).toBe(first!.MessageId);
    expect(second!.Attributes!.ApproximateReceiveCount).toBe('2');
  });

  test('SQS-02 only the receipt of the last receive deletes', async () => {
    await send('one');
    const [first] = await receive({ VisibilityTimeout: 1 });
    pass(1000);
    const [second] = await receive({ VisibilityTimeout: 1 });
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first!.ReceiptHandle }));
    pass(1000);
    expect(await receive({ VisibilityTimeout: 0 })).toHaveLength(1);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: second!.ReceiptHandle }));
    const [third] = await receive({ VisibilityTimeout: 0 });
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: third!.ReceiptHandle }));
    expect(await receive()).toEqual([]);
  });

  test('SQS-03 changing the visibility to zero shows a message at once, and is refused for one that is visible', async () => {
    await send('one');
    const [message] = await receive();
    const change = () =>
      client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: message!.ReceiptHandle, VisibilityTimeout: 0 }));
    await change();
    await expect(change()).rejects.toMatchObject({ name: 'MessageNotInflight' });
    expect(await receive()).toHaveLength(1);
  });

  test('SQS-04 a delayed message shows after its delay, and one too old is gone', async () => {
    open({ MessageRetentionPeriod: 60 });
    await send('late', { DelaySeconds: 10 });
    expect(await receive()).toEqual([]);
    pass(10_000);
    expect(bodies(await receive({ VisibilityTimeout: 0 }))).toEqual(['late']);
    pass(50_000);
    expect(await receive()).toEqual([]);
  });

  test('SQS-05 a long poll ends when a message arrives, and otherwise after its wait', async () => {
    const startedAt = cloud.host.clock.now();
    expect(await receive({ WaitTimeSeconds: 20 })).toEqual([]);
    expect(cloud.host.clock.now() - startedAt).toBe(20_000);
    const [messages] = await Promise.all([receive({ WaitTimeSeconds: 20 }), send('arrived')]);
    expect(bodies(messages)).toEqual(['arrived']);
    expect(cloud.host.clock.now() - startedAt).toBe(20_000);
  });

  test('SQS-06 a long poll waits for a delayed message within its time', async () => {
    await send('late', { DelaySeconds: 5 });
    const startedAt = cloud.host.clock.now();
    expect(bodies(await receive({ WaitTimeSeconds: 20 }))).toEqual(['late']);
    expect(cloud.host.clock.now() - startedAt).toBe(5000);
  });

  /** Digests as moto's test-suite pins them for these attributes (tests/test_sqs/test_sqs.py). */
  test('SQS-07 attributes come back as asked for, with their digest', async () => {
    const timestamp = { DataType: 'Number', StringValue: '1493147359900' };
    const sent = await send('one', { MessageAttributes: { timestamp } });
    expect(sent.MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c');
    const other = await send('two', {
      DelaySeconds: 900,
      MessageAttributes: { timestamp: { ...timestamp, StringValue: '1493147359901' } },
    });
    expect(other.MD5OfMessageAttributes).toBe('994258b45346a2cc3f9cbb611aa7af30');
    const [without] = await receive({ VisibilityTimeout: 0 });
    expect(without).not.toHaveProperty('MessageAttributes');
    const [message] = await receive({ MessageAttributeNames: ['time.*'] });
    expect(message!.MessageAttributes).toEqual({ timestamp });
    expect(message!.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
  });

  test('SQS-08 bytes survive as an attribute, over a restart too', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ballast-sqs-'));
    open({}, directory);
    await send('one', { MessageAttributes: { blob: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255, 7]) } } });
    await send('two');
    await cloud.close();
    open({}, directory);
    const messages = await receive({ MessageAttributeNames: ['All'] });
    expect(bodies(messages)).toEqual(['one', 'two']);
    expect([...messages[0]!.MessageAttributes!.blob!.BinaryValue!]).toEqual([0, 255, 7]);
    await cloud.close();
  });

  test('SQS-09 batches answer for each entry alone', async () => {
    const answer = await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', MessageBody: 'one' },
          { Id: 'b', MessageBody: 'bad\u0001' },
        ],
      }),
    );
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['a']);
    expect(answer.Failed).toMatchObject([{ Id: 'b', Code: 'InvalidMessageContents' }]);
    const messages = await receive();
    const Entries = messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId!, ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    pass(60_000);
    expect(await receive()).toEqual([]);
    const twice = [
      { Id: 'a', MessageBody: 'x' },
      { Id: 'a', MessageBody: 'y' },
    ];
    await expect(client.send(new SendMessageBatchCommand({ QueueUrl, Entries: twice }))).rejects.toMatchObject({
      name: 'BatchEntryIdsNotDistinct',
    });
  });
});

describe('redrive', () => {
  const redrive = { RedrivePolicy: { deadLetterTargetArn: queueArnOf('dead'), maxReceiveCount: 2 }, VisibilityTimeout: 0 };

  test('SQS-10 a message received too often moves to the dead-letter queue, with its first send time', async () => {
    open(redrive);
    const sentAt = String(cloud.host.clock.now());
    await send('poison', { MessageAttributes: { why: { DataType: 'String', StringValue: 'test' } } });
    for (let times = 0; times < 2; times++) {
      expect(bodies(await receive())).toEqual(['poison']);
      pass(1000);
    }
    expect(await receive()).toEqual([]);
    const [dead] = await receive({ QueueUrl: queueUrlOf('dead'), MessageAttributeNames: ['All'] });
    expect(dead).toMatchObject({ Body: 'poison', MessageAttributes: { why: { StringValue: 'test' } } });
    expect(dead!.Attributes).toMatchObject({
      DeadLetterQueueSourceArn: queueArnOf('work'),
      SentTimestamp: sentAt,
      ApproximateReceiveCount: '3',
    });
  });

  test('SQS-11 a dead letter is in one queue only after a restart', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ballast-sqs-'));
    open(redrive, directory);
    await send('poison');
    for (let times = 0; times < 3; times++) await receive();
    await cloud.close();
    open(redrive, directory);
    expect(await receive()).toEqual([]);
    expect(await receive({ QueueUrl: queueUrlOf('dead') })).toHaveLength(1);
    await cloud.close();
  });
});

describe('FIFO queues', () => {
  const fifo = queueUrlOf('line.fifo');
  const sendTo = (MessageBody: string, MessageGroupId: string) => send(MessageBody, { QueueUrl: fifo, MessageGroupId });

  beforeEach(() => cloud.declare('AWS::SQS::Queue', 'line', { QueueName: 'line.fifo', FifoQueue: true, ContentBasedDeduplication: true }));

  test('SQS-12 keep a group in order and let other groups pass', async () => {
    await sendTo('a1', 'a');
    await sendTo('a2', 'a');
    await sendTo('b1', 'b');
    const [first] = await receive({ QueueUrl: fifo, MaxNumberOfMessages: 1 });
    expect(first!.Body).toBe('a1');
    expect(bodies(await receive({ QueueUrl: fifo }))).toEqual(['b1']);
    await client.send(new DeleteMessageCommand({ QueueUrl: fifo, ReceiptHandle: first!.ReceiptHandle }));
    expect(bodies(await receive({ QueueUrl: fifo }))).toEqual(['a2']);
  });

  test('SQS-13 drop a duplicate within five minutes and take it after', async () => {
    const first = await sendTo('same', 'a');
    expect((await sendTo('same', 'a')).MessageId).toBe(first.MessageId);
    pass(300_000);
    expect((await sendTo('same', 'a')).MessageId).not.toBe(first.MessageId);
    await expect(send('no group', { QueueUrl: fifo })).rejects.toMatchObject({ name: 'MissingParameter' });
  });
});

describe('queues', () => {
  test('SQS-14 are found by name, listed, counted and purged', async () => {
    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'work' }))).QueueUrl).toBe(QueueUrl);
    expect((await client.send(new ListQueuesCommand({ QueueNamePrefix: 'w' }))).QueueUrls).toEqual([QueueUrl]);
    await send('one');
    await send('two', { DelaySeconds: 60 });
    await send('three');
    await receive({ MaxNumberOfMessages: 1 });
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({
      QueueArn: queueArnOf('work'),
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
      VisibilityTimeout: '30',
    });
    await client.send(new PurgeQueueCommand({ QueueUrl }));
    pass(60_000);
    expect(await receive()).toEqual([]);
  });

  test('SQS-15 that do not exist are refused as SQS does', async () => {
    await expect(receive({ QueueUrl: queueUrlOf('none') })).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  test('SQS-16 ask for the queue, and for the key where one of the customer’s encrypts', async () => {
    open({ KmsMasterKeyId: KEY });
    await send('secret');
    await receive();
    expect(cloud.asked).toEqual([
      `operator sqs:SendMessage ${queueArnOf('work')}`,
      `operator kms:GenerateDataKey ${KEY}`,
      `operator kms:Decrypt ${KEY}`,
      `operator sqs:ReceiveMessage ${queueArnOf('work')}`,
      `operator kms:Decrypt ${KEY}`,
    ]);
    cloud.denies = ({ action }) => action === 'kms:GenerateDataKey';
    await expect(send('secret')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('SQS-17 show their policies, and refuse by name a property or operation not honoured', async () => {
    cloud.declare('AWS::SQS::QueuePolicy', 'p', { Queues: [QueueUrl], PolicyDocument: { Statement: [{ Effect: 'Allow' }] } });
    expect(cloud.sqs.resourcePolicies().get(queueArnOf('work'))).toBe('{"Statement":[{"Effect":"Allow"}]}');
    expect(() => open({ Colour: 'red' })).toThrow('does not emulate sqs queue property Colour');
    await expect(cloud.run('sqs', 'StartMessageMoveTask')).rejects.toThrow('does not emulate sqs StartMessageMoveTask');
  });
});
