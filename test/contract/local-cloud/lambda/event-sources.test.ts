/** Contract cards of event source mappings: table streams and queues to functions. */
import { afterAll, describe, expect, test } from 'vitest';
import { operator } from '../../../../apps/local-cloud/cloud.ts';
import {
  bootScratch,
  type Resources,
  removeScratch,
  type Scratch,
  scratchDirectory,
  scratchFunction,
  scratchTable,
  writeAssembly,
} from '../gateway/scratch-assembly.ts';

afterAll(removeScratch);

const streamGrants = {
  Effect: 'Allow',
  Action: ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream'],
  Resource: { 'Fn::GetAtt': ['Ledger', 'StreamArn'] },
};
const listStreams = { Effect: 'Allow', Action: 'dynamodb:ListStreams', Resource: '*' };
const mayTell = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['Dead', 'Arn'] } };

/** Writes down the batches it is given; fails on keys that the test marks as bad. */
const COLLECTOR = (name: string) => `
  export const handler = async (event) => {
    const { batches, bad } = globalThis[Symbol.for('${name}')];
    const keys = event.Records.map((record) => record.dynamodb?.Keys.pk.S ?? record.body);
    batches.push(keys);
    globalThis[Symbol.for('${name}')].last = event;
    if (globalThis[Symbol.for('${name}')].reports) {
      return { batchItemFailures: event.Records.filter((record, index) => bad.has(keys[index])).map((record) => ({ itemIdentifier: record.dynamodb?.SequenceNumber ?? record.messageId })) };
    }
    if (keys.some((key) => bad.has(key))) throw new Error('bad batch');
  };`;

interface Collected {
  name: string;
  batches: string[][];
  bad: Set<string>;
  reports: boolean;
  last?: { Records: Record<string, unknown>[] };
}

let collectors = 0;
function collector(bad: string[] = [], reports = false): Collected {
  const collected: Collected = { name: `mapping-test-${++collectors}`, batches: [], bad: new Set(bad), reports };
  Object.assign(globalThis, { [Symbol.for(collected.name)]: collected });
  return collected;
}

const streamed = ({ name }: Collected, mapping: object = {}, statements: object[] = [streamGrants, listStreams, mayTell]): Resources => ({
  Ledger: scratchTable('ledger', { StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } }),
  Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
  ...scratchFunction('f', COLLECTOR(name), statements),
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    DependsOn: ['fRolePolicy'],
    Properties: {
      FunctionName: { Ref: 'f' },
      EventSourceArn: { 'Fn::GetAtt': ['Ledger', 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 10,
      ...mapping,
    },
  },
});

async function put({ cloud }: Scratch, ...keys: string[]): Promise<void> {
  const TransactItems = keys.map((pk) => ({ Put: { TableName: 'ledger', Item: { pk: { S: pk }, sk: { S: '-' } } } }));
  await cloud.call(operator, 'dynamodb', 'TransactWriteItems', { TransactItems });
}

const bodies = async ({ cloud }: Scratch, queue: string): Promise<string[]> => {
  const input = { QueueUrl: `http://127.0.0.1/000000000000/${queue}`, MaxNumberOfMessages: 10 };
  return (((await cloud.call(operator, 'sqs', 'ReceiveMessage', input)) as { Messages?: { Body: string }[] }).Messages ?? []).map(
    ({ Body }) => Body,
  );
};

describe('a table stream', () => {
  test('LAM-30 reaches the function in order, in batches of at most its size, in the shape of a stream event', async () => {
    const collected = collector();
    const scratch = await bootScratch(streamed(collected, { BatchSize: 2 }));
    await put(scratch, 'a', 'b', 'c');
    await scratch.cloud.settle();
    expect(collected.batches.flat()).toEqual(['a', 'b', 'c']);
    expect(Math.max(...collected.batches.map((batch) => batch.length))).toBe(2);
    expect(collected.last?.Records[0]).toMatchObject({
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: { Keys: { pk: { S: 'c' } }, NewImage: { pk: { S: 'c' }, sk: { S: '-' } }, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
  });

  test('LAM-31 stands still at a failing batch until its retries are used up, then tells its destination where it was', async () => {
    const collected = collector(['b']);
    const scratch = await bootScratch(
      streamed(collected, {
        MaximumRetryAttempts: 2,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Dead', 'Arn'] } } },
      }),
    );
    await put(scratch, 'a', 'b');
    await scratch.cloud.settle();
    await put(scratch, 'c');
    await scratch.cloud.settle();
    expect(collected.batches).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], ['c']]);
    const [body] = await bodies(scratch, 'dead');
    expect(JSON.parse(body!)).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
      responseContext: { functionError: 'Unhandled' },
      DDBStreamBatchInfo: { batchSize: 2, streamArn: expect.stringContaining('table/ledger/stream/') },
    });
  });

  test('LAM-32 is halved around a bad record when the mapping bisects', async () => {
    const collected = collector(['c']);
    const scratch = await bootScratch(streamed(collected, { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0 }));
    await put(scratch, 'a', 'b', 'c', 'd');
    await scratch.cloud.settle();
    expect(collected.batches).toEqual([['a', 'b', 'c', 'd'], ['a', 'b'], ['c', 'd'], ['c'], ['d']]);
  });

  test('LAM-33 goes on from the first record that the function reports as failed', async () => {
    const collected = collector(['b'], true);
    const scratch = await bootScratch(streamed(collected, { FunctionResponseTypes: ['ReportBatchItemFailures'], MaximumRetryAttempts: 1 }));
    await put(scratch, 'a', 'b', 'c');
    await scratch.cloud.settle();
    expect(collected.batches).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
  });

  test('LAM-34 shows only what its filter wants', async () => {
    const collected = collector();
    const filter = {
      Filters: [{ Pattern: JSON.stringify({ eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'order' }] } } } }) }],
    };
    const scratch = await bootScratch(streamed(collected, { FilterCriteria: filter }));
    await put(scratch, 'order-1', 'fill-1', 'order-2');
    await scratch.cloud.settle();
    expect(collected.batches).toEqual([['order-1', 'order-2']]);
  });

  test('LAM-35 is taken up after a restart where it was left, without leaving a record out', async () => {
    const collected = collector();
    const storageDirectory = scratchDirectory();
    const assemblyDirectory = writeAssembly({ app: { resources: streamed(collected) } });
    const first = await bootScratch({}, { assemblyDirectory, storageDirectory });
    await put(first, 'a');
    await first.cloud.settle();
    await put(first, 'b');
    await first.cloud.close();
    const second = await bootScratch({}, { assemblyDirectory, storageDirectory });
    await second.cloud.settle();
    await put(second, 'c');
    await second.cloud.settle();
    expect([...new Set(collected.batches.flat())]).toEqual(['a', 'b', 'c']);
    expect(collected.batches.flat().filter((key) => key === 'a')).toHaveLength(1);
  });

  test('LAM-36 without the grants to read it stops the boot, naming action and stream', async () => {
    await expect(bootScratch(streamed(collector(), {}, [listStreams]))).rejects.toThrow(
      /assumed-role\/fRole\/f is not authorized to perform: dynamodb:GetRecords on resource: arn:aws:dynamodb:us-east-1:000000000000:table\/ledger\/stream\//,
    );
  });
});

describe('a queue', () => {
  const queueGrants = {
    Effect: 'Allow',
    Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    Resource: { 'Fn::GetAtt': ['Work', 'Arn'] },
  };
  const queued = ({ name }: Collected, mapping: object = {}, statements: object[] = [queueGrants]): Resources => ({
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
    Work: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'work',
        VisibilityTimeout: 60,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
      },
    },
    ...scratchFunction('f', COLLECTOR(name), statements),
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: { Ref: 'f' }, EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] }, ...mapping },
    },
  });
  const send = ({ cloud }: Scratch, MessageBody: string, more: object = {}) =>
    cloud.call(operator, 'sqs', 'SendMessage', { QueueUrl: 'http://127.0.0.1/000000000000/work', MessageBody, ...more });

  test('LAM-37 is read when something is sent to it, and what the function took is deleted', async () => {
    const collected = collector();
    const scratch = await bootScratch(queued(collected));
    await send(scratch, 'one', { MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } } });
    await scratch.cloud.settle();
    await send(scratch, 'later', { DelaySeconds: 30 });
    await scratch.cloud.settle();
    expect(collected.batches).toEqual([['one'], ['later']]);
    expect(collected.last?.Records[0]).toMatchObject({
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:work',
      body: 'later',
      md5OfBody: expect.any(String),
    });
    expect(await bodies(scratch, 'work')).toEqual([]);
  });

  test('LAM-38 shows a failed message again after its visibility timeout, and dead-letters it after its receives', async () => {
    const collected = collector(['bad']);
    const scratch = await bootScratch(queued(collected));
    await send(scratch, 'bad');
    await scratch.cloud.settle();
    expect(collected.batches).toEqual([['bad'], ['bad']]);
    expect(await bodies(scratch, 'dead')).toEqual(['bad']);
  });

  test('LAM-39 keeps only the messages that the function reports as failed', async () => {
    const collected = collector(['bad'], true);
    const scratch = await bootScratch(queued(collected, { FunctionResponseTypes: ['ReportBatchItemFailures'] }));
    const Entries = ['good', 'bad'].map((MessageBody) => ({ Id: MessageBody, MessageBody }));
    await scratch.cloud.call(operator, 'sqs', 'SendMessageBatch', { QueueUrl: 'http://127.0.0.1/000000000000/work', Entries });
    await scratch.cloud.settle();
    expect(collected.batches.flat().filter((body) => body === 'good')).toHaveLength(1);
    expect(collected.batches.flat().filter((body) => body === 'bad')).toHaveLength(2);
  });

  test('LAM-40 without the grants to read it stops the boot', async () => {
    await expect(bootScratch(queued(collector(), {}, []))).rejects.toThrow(
      'is not authorized to perform: sqs:ReceiveMessage on resource: arn:aws:sqs:us-east-1:000000000000:work',
    );
  });
});
