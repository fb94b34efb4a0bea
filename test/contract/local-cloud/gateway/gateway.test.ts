/** Contract cards of the gateway: real SDK clients in process and over HTTP, and what they see when calls go wrong. */

import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListEventBusesCommand } from '@aws-sdk/client-eventbridge';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, describe, expect, test } from 'vitest';
import { operator } from '../../../../apps/local-cloud/cloud.ts';
import { type HttpListener, serveHttp } from '../../../../apps/local-cloud/gateway/http-server.ts';
import { retriesAtOnce } from '../../../../apps/local-cloud/gateway/retries-at-once.ts';
import type { AwsClientConfig } from '../../../../shared/runtime/host.ts';
import {
  bootScratch,
  type Resources,
  removeScratch,
  type Scratch,
  scratchDirectory,
  scratchFunction,
  scratchRole,
  scratchTable,
} from './scratch-assembly.ts';

const listeners: HttpListener[] = [];
afterAll(async () => {
  for (const listener of listeners) await listener.close();
  removeScratch();
});

const resources: Resources = {
  Policy: scratchTable('policy'),
  Lake: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'lake' } },
  ...scratchRole('reader', 'lambda.amazonaws.com', [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' }]),
};
const Key = { pk: { S: 'control' }, sk: { S: 'trading' } };
const addOne = new UpdateItemCommand({
  TableName: 'policy',
  Key,
  UpdateExpression: 'ADD n :one',
  ExpressionAttributeValues: { ':one': { N: '1' } },
  ReturnValues: 'ALL_NEW',
});
const count = async ({ cloud }: Scratch): Promise<string | undefined> =>
  (await new DynamoDBClient(cloud.clientConfig()).send(new GetItemCommand({ TableName: 'policy', Key }))).Item?.n?.N;

async function overHttp(scratch: Scratch, accessKeyId = 'anyone'): Promise<AwsClientConfig & { endpoint: string }> {
  const listener = await serveHttp(scratch.cloud, { port: 0 });
  listeners.push(listener);
  return { region: 'us-east-1', endpoint: listener.url, credentials: { accessKeyId, secretAccessKey: 'any' }, maxAttempts: 1 };
}

describe.each(['in process', 'over HTTP'])('%s', (way) => {
  const configFor = async (scratch: Scratch) => (way === 'in process' ? scratch.cloud.clientConfig() : overHttp(scratch));

  test('GTW-01 every service answers its own client', async () => {
    const config = await configFor(await bootScratch(resources));
    expect((await new DynamoDBClient(config).send(new ListTablesCommand({}))).TableNames).toEqual(['policy']);
    await Promise.all([
      new S3Client(config).send(new PutObjectCommand({ Bucket: 'lake', Key: 'a', Body: 'x' })),
      new SFNClient(config).send(new ListStateMachinesCommand({})),
      new EventBridgeClient(config).send(new ListEventBusesCommand({})),
      new SchedulerClient(config).send(new ListSchedulesCommand({})),
      new LambdaClient(config).send(new ListFunctionsCommand({})),
      new SQSClient(config).send(new ListQueuesCommand({})),
      new SNSClient(config).send(new ListTopicsCommand({})),
      new KMSClient(config).send(new ListKeysCommand({})),
      new SecretsManagerClient(config).send(new ListSecretsCommand({})),
      new SSMClient(config).send(new GetParametersCommand({ Names: ['absent'] })),
    ]);
  });

  test('GTW-02 objects come back byte for byte, streamed, with query, headers and metadata', async () => {
    const client = new S3Client(await configFor(await bootScratch(resources)));
    const body = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251));
    await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'dir/a b+c.bin', Body: body, Metadata: { cycle: '1' } }));
    const reply = await client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'dir/a b+c.bin', Range: 'bytes=10-69999' }));
    expect(reply.Metadata).toEqual({ cycle: '1' });
    expect(Buffer.from(await reply.Body!.transformToByteArray())).toEqual(body.subarray(10));
    expect(await client.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'dir/a b+c.bin' }))).toMatchObject({ ContentLength: 70_000 });
  });

  test('GTW-03 an error arrives as the class, status and members that AWS gives it', async () => {
    const client = new DynamoDBClient(await configFor(await bootScratch(resources)));
    const conditional = new PutItemCommand({
      TableName: 'policy',
      Item: { ...Key, n: { N: '1' } },
      ConditionExpression: 'attribute_exists(pk)',
    });
    await expect(client.send(conditional)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      $metadata: { httpStatusCode: 400, requestId: expect.any(String) },
    });
  });
});

describe('over HTTP', () => {
  test('GTW-04 the access key of a role makes the caller that role; any other is the operator', async () => {
    const scratch = await bootScratch(resources);
    const reader = new DynamoDBClient(await overHttp(scratch, scratch.cloud.accessKeyFor('reader')));
    await reader.send(new GetItemCommand({ TableName: 'policy', Key }));
    await expect(reader.send(addOne)).rejects.toThrow('assumed-role/reader/http is not authorized to perform: dynamodb:UpdateItem');
    await new DynamoDBClient(await overHttp(scratch)).send(addOne);
    expect(await count(scratch)).toBe('1');
  });

  test('GTW-05 takes a body of 30 MB', async () => {
    const client = new S3Client(await overHttp(await bootScratch(resources)));
    const body = Buffer.alloc(30_000_000, 7);
    await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'large', Body: body }));
    expect((await client.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'large' }))).ContentLength).toBe(body.length);
  });

  test('GTW-06 a port in use is one line that says what to do', async () => {
    const { cloud } = await bootScratch(resources);
    const first = await serveHttp(cloud, { port: 0 });
    listeners.push(first);
    await expect(serveHttp(cloud, { port: first.port })).rejects.toMatchObject({
      name: 'ContractViolation',
      message: `port ${first.port} on 127.0.0.1 is in use: stop what listens there, or give another with --port`,
    });
  });

  test('GTW-07 a service that is not here is refused by name', async () => {
    const { endpoint } = await overHttp(await bootScratch(resources));
    const reply = await fetch(endpoint, {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/ec2/aws4_request' },
    });
    expect(reply.status).toBe(501);
    expect(await reply.json()).toMatchObject({ __type: 'NotEmulated', message: expect.stringContaining('"ec2"') });
  });

  test('GTW-08 answers what is under way before it closes', async () => {
    const scratch = await bootScratch(resources, {
      faults: [{ service: 'dynamodb', operation: 'UpdateItem', fault: 'delay', delayMs: 1000 }],
    });
    const listener = await serveHttp(scratch.cloud, { port: 0 });
    const client = new DynamoDBClient({
      region: 'us-east-1',
      endpoint: listener.url,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const answered = client.send(addOne);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all([listener.close(), answered]);
    client.destroy();
    expect(await count(scratch)).toBe('1');
  });

  test('GTW-09 a dropped reply breaks the connection', async () => {
    const scratch = await bootScratch(resources, { faults: [{ operation: 'UpdateItem', nth: 1, fault: 'drop-reply' }] });
    const client = new DynamoDBClient(await overHttp(scratch));
    await expect(client.send(addOne)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await count(scratch)).toBe('1');
  });
});

describe('a planned fault', () => {
  const struck = async (fault: 'drop-request' | 'drop-reply' | 'duplicate' | 'throttle', attemptsMax: number) => {
    const scratch = await bootScratch(resources, { faults: [{ service: 'dynamodb', operation: 'UpdateItem', nth: 1, fault }] });
    const outcome = await new DynamoDBClient({ ...scratch.cloud.clientConfig(), retryStrategy: retriesAtOnce(attemptsMax) })
      .send(addOne)
      .then(
        ({ Attributes }) => Attributes?.n?.N,
        (error: Error & { code?: string }) => error.code ?? error.name,
      );
    expect(scratch.eventNames()).toContain('FaultStruck');
    return { outcome, count: await count(scratch) };
  };

  test('GTW-10 that drops the request leaves nothing done, and a retry mends it', async () => {
    expect(await struck('drop-request', 1)).toEqual({ outcome: 'ECONNRESET', count: undefined });
    expect(await struck('drop-request', 2)).toEqual({ outcome: '1', count: '1' });
  });

  test('GTW-11 that drops the reply leaves it done, and a retry does it twice', async () => {
    expect(await struck('drop-reply', 1)).toEqual({ outcome: 'ECONNRESET', count: '1' });
    expect(await struck('drop-reply', 2)).toEqual({ outcome: '2', count: '2' });
  });

  test('GTW-12 that duplicates does it twice and shows the first answer', async () => {
    expect(await struck('duplicate', 1)).toEqual({ outcome: '1', count: '2' });
  });

  test('GTW-13 that throttles answers in the words of the service', async () => {
    expect(await struck('throttle', 1)).toEqual({ outcome: 'ProvisionedThroughputExceededException', count: undefined });
    expect(await struck('throttle', 2)).toEqual({ outcome: '1', count: '1' });
  });

  const writer = `import { DynamoDBClient, UpdateItemCommand } from '${import.meta.resolve('@aws-sdk/client-dynamodb')}';
    export const handler = async () => {
      const client = new DynamoDBClient(globalThis[Symbol.for('ballast.runtime-host')].getStore().awsClientConfig());
      await client.send(new UpdateItemCommand({ TableName: 'policy', Key: ${JSON.stringify(Key)}, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } }));
      await client.send(new UpdateItemCommand({ TableName: 'policy', Key: ${JSON.stringify(Key)}, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } }));
      return 'both written';
    };`;
  const functions = {
    ...resources,
    ...scratchFunction('writer', writer, [{ Effect: 'Allow', Action: 'dynamodb:UpdateItem', Resource: '*' }]),
  };

  test.each([
    ['before its second write', { service: 'dynamodb', caller: 'writer', nth: 2, fault: 'crash-before' }, '1'],
    ['after its second write', { service: 'dynamodb', caller: 'writer', nth: 2, fault: 'crash-after' }, '2'],
    ['before its handler runs', { service: 'lambda', operation: 'Invoke', target: 'writer', fault: 'crash-before' }, undefined],
    ['after its handler ran', { service: 'lambda', operation: 'Invoke', target: 'writer', fault: 'crash-after' }, '2'],
  ] as const)('GTW-14 kills a function %s', async (_when, fault, written) => {
    const scratch = await bootScratch(functions, { faults: [fault] });
    const { FunctionError, Payload } = (await scratch.cloud.call(operator, 'lambda', 'Invoke', { FunctionName: 'writer' })) as {
      FunctionError: string;
      Payload: Uint8Array;
    };
    expect(FunctionError).toBe('Unhandled');
    expect(JSON.parse(Buffer.from(Payload).toString())).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 1$/),
    });
    expect(await count(scratch)).toBe(written);
  });

  test('GTW-15 with a probability strikes the same calls for the same seed', async () => {
    const strikes = async (seed: number): Promise<boolean[]> => {
      const { cloud } = await bootScratch(resources, { seed, faults: [{ operation: 'ListTables', probability: 0.5, fault: 'throttle' }] });
      const calls = Array.from({ length: 20 }, () =>
        cloud.call(operator, 'dynamodb', 'ListTables', {}).then(
          () => false,
          () => true,
        ),
      );
      return Promise.all(calls);
    };
    const first = await strikes(1);
    expect(first).toContain(true);
    expect(first).toContain(false);
    expect(await strikes(1)).toEqual(first);
    expect(await strikes(2)).not.toEqual(first);
  });
});

describe('storage', () => {
  test('GTW-16 data outlives a kill, and ids do not come twice', async () => {
    const storageDirectory = scratchDirectory();
    const requestIdOf = async ({ cloud }: Scratch) => (await new DynamoDBClient(cloud.clientConfig()).send(addOne)).$metadata.requestId;
    const first = await requestIdOf(await bootScratch(resources, { storageDirectory }));
    const second = await bootScratch(resources, { storageDirectory });
    expect(await count(second)).toBe('1');
    expect(await requestIdOf(second)).not.toBe(first);
  });

  test('GTW-17 two fresh clouds of one seed give the same ids', async () => {
    const requestIdOf = async ({ cloud }: Scratch) => (await new DynamoDBClient(cloud.clientConfig()).send(addOne)).$metadata.requestId;
    expect(await requestIdOf(await bootScratch(resources))).toBe(await requestIdOf(await bootScratch(resources)));
  });
});
