/** Contract cards of Lambda: invoking, errors, timeouts, limits, isolation, and what a handler sees. Shapes are those of the Lambda developer guide. */
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { afterAll, describe, expect, test, vi } from 'vitest';
import {
  bootScratch,
  type Resources,
  removeScratch,
  type Scratch,
  STARTS_AT,
  scratchFunction,
  scratchTable,
} from '../gateway/scratch-assembly.ts';

afterAll(removeScratch);

const HOST = `const host = () => globalThis[Symbol.for('ballast.runtime-host')].getStore();`;

const invoke = async ({ cloud }: Scratch, FunctionName: string, event: unknown = {}, more: object = {}) => {
  const client = new LambdaClient({ ...cloud.clientConfig(), maxAttempts: 1 });
  const { Payload, ...reply } = await client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), ...more }));
  const text = Buffer.from(Payload ?? []).toString();
  return { ...reply, answer: text === '' ? undefined : JSON.parse(text) };
};

test('LAM-01 gives the event to the handler and its answer back', async () => {
  const scratch = await bootScratch(scratchFunction('echo', 'export const handler = async (event) => ({ event });'));
  expect(await invoke(scratch, 'echo', { a: 1 })).toMatchObject({
    StatusCode: 200,
    ExecutedVersion: '$LATEST',
    answer: { event: { a: 1 } },
  });
  expect(await invoke(scratch, 'arn:aws:lambda:us-east-1:000000000000:function:echo')).toMatchObject({
    StatusCode: 200,
    answer: { event: {} },
  });
});

test('LAM-02 shows the handler its context, its environment, the time of the cloud, and nothing of another function', async () => {
  const code = `${HOST}
    export const handler = async (event, context) => ({
      name: context.functionName, version: context.functionVersion, arn: context.invokedFunctionArn, memory: context.memoryLimitInMB,
      remainingMs: context.getRemainingTimeInMillis(), requestId: context.awsRequestId,
      table: host().env.TABLE, region: host().env.AWS_REGION, own: host().env.AWS_LAMBDA_FUNCTION_NAME, now: host().clock.now(),
    });`;
  const scratch = await bootScratch({
    ...scratchFunction('first', code, [], { Environment: { Variables: { TABLE: 'policy' } }, MemorySize: 512, Timeout: 30 }),
    ...scratchFunction('second', code),
  });
  const { answer } = await invoke(scratch, 'first');
  expect(answer).toMatchObject({
    name: 'first',
    version: '$LATEST',
    memory: '512',
    remainingMs: 30_000,
    table: 'policy',
    region: 'us-east-1',
    own: 'first',
    now: STARTS_AT,
  });
  expect(answer.arn).toBe('arn:aws:lambda:us-east-1:000000000000:function:first');
  expect((await invoke(scratch, 'second')).answer).toMatchObject({ own: 'second' });
});

test('LAM-03 keeps module state warm between invocations, and apart between functions and clouds', async () => {
  const counter = 'let count = 0; export const handler = async () => ++count;';
  const resources = { ...scratchFunction('one', counter), ...scratchFunction('two', counter) };
  const scratch = await bootScratch(resources);
  expect((await invoke(scratch, 'one')).answer).toBe(1);
  expect((await invoke(scratch, 'one')).answer).toBe(2);
  expect((await invoke(scratch, 'two')).answer).toBe(1);
  expect((await invoke(await bootScratch(resources), 'one')).answer).toBe(1);
});

describe('a function error', () => {
  test.each([
    [
      'an error by its class name',
      "class OutOfRange extends Error { name = 'OutOfRange' } export const handler = async () => { throw new OutOfRange('too far'); };",
      { errorType: 'OutOfRange', errorMessage: 'too far' },
    ],
    [
      'an error thrown at once',
      "export const handler = () => { throw new TypeError('no'); };",
      { errorType: 'TypeError', errorMessage: 'no' },
    ],
    ['a thrown text', "export const handler = async () => { throw 'plain'; };", { errorType: 'string', errorMessage: 'plain', trace: [] }],
    [
      'a bundle that fails to load',
      "throw new Error('at import'); export const handler = 1;",
      { errorType: 'Error', errorMessage: 'at import' },
    ],
    [
      'a handler that is not there',
      'export const other = 1;',
      { errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.handler is undefined or not exported' },
    ],
    [
      'a handler with a callback',
      'export const handler = (event, context, callback) => callback();',
      { errorType: 'Runtime.CallbackHandlerDeprecated' },
    ],
    ['an answer that is no JSON', 'export const handler = async () => ({ n: 1n });', { errorType: 'Runtime.MarshalError' }],
    ['an answer above 6 MB', "export const handler = async () => 'x'.repeat(7_000_000);", { errorType: 'Function.ResponseSizeTooLarge' }],
  ])('LAM-04 is status 200 with FunctionError Unhandled: %s', async (_what, code, expected) => {
    const scratch = await bootScratch(scratchFunction('f', code));
    const reply = await invoke(scratch, 'f');
    expect(reply).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled', answer: expected });
    expect(scratch.eventNames()).toContain('InvokeFailed');
  });

  test('LAM-05 carries the stack as a list of lines', async () => {
    const scratch = await bootScratch(scratchFunction('f', "export const handler = async () => { throw new RangeError('r'); };"));
    const { answer } = await invoke(scratch, 'f');
    expect(answer.trace[0]).toBe('RangeError: r');
    expect(answer.trace.length).toBeGreaterThan(1);
  });
});

describe('a timeout', () => {
  const timedOut = {
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 5\.00 seconds$/),
  };

  test('LAM-06 comes by the time of the cloud when what the handler waits for takes that time', async () => {
    const code = `${HOST} import { DynamoDBClient, GetItemCommand } from '${import.meta.resolve('@aws-sdk/client-dynamodb')}';
      export const handler = async () => {
        const client = new DynamoDBClient(host().awsClientConfig());
        return (await client.send(new GetItemCommand({ TableName: 'policy', Key: { pk: { S: 'a' }, sk: { S: 'b' } } }))).Item ?? null;
      };`;
    const scratch = await bootScratch(
      {
        Policy: scratchTable('policy'),
        ...scratchFunction('f', code, [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' }], { Timeout: 5 }),
      },
      {
        faults: [
          { service: 'dynamodb', caller: 'f', nth: 1, fault: 'delay', delayMs: 4900 },
          { service: 'dynamodb', caller: 'f', nth: 2, fault: 'delay', delayMs: 5100 },
        ],
      },
    );
    expect(await invoke(scratch, 'f')).toMatchObject({ answer: null });
    expect(scratch.clock.now() - STARTS_AT).toBe(4900);
    expect(await invoke(scratch, 'f')).toMatchObject({ FunctionError: 'Unhandled', answer: timedOut });
    expect(scratch.clock.now() - STARTS_AT).toBe(4900 + 5000);
  });

  test('LAM-15 does not hold up a function that waits for another which waits for time to pass', async () => {
    const caller = `${HOST} import { LambdaClient, InvokeCommand } from '${import.meta.resolve('@aws-sdk/client-lambda')}';
      export const handler = async () => {
        const { Payload } = await new LambdaClient(host().awsClientConfig()).send(new InvokeCommand({ FunctionName: 'inner' }));
        return JSON.parse(Buffer.from(Payload).toString());
      };`;
    const inner = `${HOST} import { DynamoDBClient, ListTablesCommand } from '${import.meta.resolve('@aws-sdk/client-dynamodb')}';
      export const handler = async () => (await new DynamoDBClient(host().awsClientConfig()).send(new ListTablesCommand({}))).TableNames;`;
    const scratch = await bootScratch(
      {
        ...scratchFunction('outer', caller, [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' }], { Timeout: 60 }),
        ...scratchFunction('inner', inner, [{ Effect: 'Allow', Action: 'dynamodb:ListTables', Resource: '*' }], { Timeout: 60 }),
      },
      { faults: [{ service: 'dynamodb', fault: 'delay', delayMs: 20_000 }] },
    );
    expect(await invoke(scratch, 'outer')).toMatchObject({ answer: [] });
    expect(scratch.clock.now() - STARTS_AT).toBe(20_000);
  });

  test('LAM-07 comes by real time to a handler that hangs, and takes its memory with it', async () => {
    const code =
      'let count = 0; export const handler = async (event) => { count++; if (event.hang) await new Promise(() => {}); return count; };';
    const scratch = await bootScratch(scratchFunction('slow', code, [], { Timeout: 5 }));
    expect((await invoke(scratch, 'slow')).answer).toBe(1);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const hanging = invoke(scratch, 'slow', { hang: true });
      await vi.advanceTimersByTimeAsync(15_001);
      expect(await hanging).toMatchObject({ FunctionError: 'Unhandled', answer: timedOut });
    } finally {
      vi.useRealTimers();
    }
    expect((await invoke(scratch, 'slow')).answer).toBe(1);
  });
});

describe('limits', () => {
  test('LAM-08 refuses what is too large, is no JSON, or names no function', async () => {
    const scratch = await bootScratch(scratchFunction('f', 'export const handler = async () => 1;'));
    await expect(invoke(scratch, 'f', 'x'.repeat(6_291_456))).rejects.toMatchObject({
      name: 'RequestTooLargeException',
      message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
      $metadata: { httpStatusCode: 413 },
    });
    await expect(invoke(scratch, 'f', 'x'.repeat(1_048_576), { InvocationType: 'Event' })).rejects.toMatchObject({
      name: 'RequestTooLargeException',
    });
    await expect(invoke(scratch, 'f', {}, { Payload: '{' })).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
    await expect(invoke(scratch, 'nobody')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody',
      $metadata: { httpStatusCode: 404 },
    });
    expect(await invoke(scratch, 'f', {}, { InvocationType: 'DryRun' })).toMatchObject({ StatusCode: 204 });
  });

  test('LAM-09 refuses an invocation above the reserved concurrency', async () => {
    const code = 'export const handler = async () => { await new Promise((resolve) => setTimeout(resolve, 20)); return 1; };';
    const scratch = await bootScratch(scratchFunction('single', code, [], { ReservedConcurrentExecutions: 1 }));
    const first = invoke(scratch, 'single');
    await expect(invoke(scratch, 'single')).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      $metadata: { httpStatusCode: 429 },
    });
    expect((await first).answer).toBe(1);
    expect((await invoke(scratch, 'single')).answer).toBe(1);
  });
});

describe('versions, aliases and permissions', () => {
  const published: Resources = {
    ...scratchFunction(
      'f',
      'export const handler = async (event, { invokedFunctionArn, functionVersion }) => ({ invokedFunctionArn, functionVersion });',
    ),
    fVersionA1: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'f' } } },
    fAlias: {
      Type: 'AWS::Lambda::Alias',
      Properties: { FunctionName: { Ref: 'f' }, FunctionVersion: { 'Fn::GetAtt': ['fVersionA1', 'Version'] }, Name: 'live' },
    },
    fPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': ['f', 'Arn'] },
        Principal: 'events.amazonaws.com',
        SourceArn: 'arn:aws:events:us-east-1:000000000000:rule/r',
      },
    },
  };

  test('LAM-10 an alias leads to its version, and an unknown qualifier to nothing', async () => {
    const scratch = await bootScratch(published);
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
    expect(await invoke(scratch, 'f', {}, { Qualifier: 'live' })).toMatchObject({
      ExecutedVersion: '1',
      answer: { invokedFunctionArn: `${arn}:live`, functionVersion: '1' },
    });
    expect(await invoke(scratch, `${arn}:1`)).toMatchObject({ ExecutedVersion: '1' });
    await expect(invoke(scratch, 'f:2')).rejects.toThrow(`Function not found: ${arn}:2`);
  });

  test('LAM-11 a permission lets the service in for its source, and for no other', async () => {
    const { cloud } = await bootScratch(published);
    const rule = (name: string) =>
      ({ kind: 'service', service: 'events', sourceArn: `arn:aws:events:us-east-1:000000000000:rule/${name}` }) as const;
    await cloud.call(rule('r'), 'lambda', 'Invoke', { FunctionName: 'f' });
    await expect(cloud.call(rule('s'), 'lambda', 'Invoke', { FunctionName: 'f' })).rejects.toThrow(
      'because no resource-based policy allows the lambda:InvokeFunction action',
    );
    await expect(cloud.call(rule('r'), 'lambda', 'Invoke', { FunctionName: 'f:live' })).rejects.toThrow('function:f:live');
  });
});

test('LAM-12 lists and describes functions', async () => {
  const { cloud } = await bootScratch({
    ...scratchFunction('a', 'export const handler = async () => 1;'),
    ...scratchFunction('b', 'export const handler = async () => 1;', [], { Timeout: 60 }),
  });
  const client = new LambdaClient(cloud.clientConfig());
  expect((await client.send(new ListFunctionsCommand({}))).Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['a', 'b']);
  expect(cloud.functionNames()).toEqual(['a', 'b']);
  expect(await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'b' }))).toMatchObject({
    Timeout: 60,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
  });
});

test.each([
  ['another runtime', { Runtime: 'nodejs22.x' }, 'runtime nodejs22.x (app/f): functions run on nodejs24.x'],
  ['a VPC', { VpcConfig: {} }, 'function property VpcConfig (app/f)'],
  ['inline code', { Code: { ZipFile: 'x' } }, 'code that is no asset (app/f)'],
])('LAM-13 refuses by name %s', async (_what, properties, message) => {
  await expect(bootScratch(scratchFunction('f', 'export const handler = 1;', [], properties))).rejects.toThrow(message);
});

test('LAM-14 a handler reaches nothing outside this machine, and its log lines reach the host', async () => {
  const code = `${HOST} export const handler = async () => { host().writeLog('a line'); await host().fetch('https://api.example.com/v2/orders'); };`;
  const scratch = await bootScratch(scratchFunction('f', code));
  expect((await invoke(scratch, 'f')).answer).toMatchObject({
    errorType: 'TypeError',
    errorMessage: 'The local cloud lets no function reach api.example.com: it was booted without a fetch of its own.',
  });
  expect(scratch.events.find(({ event }) => event === 'LogLine')?.details).toEqual({ functionName: 'f', line: 'a line' });
});
