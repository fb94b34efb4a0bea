/** Contract cards of asynchronous invocation: retries, dead letters, destinations, and what survives a kill. */
import { afterAll, describe, expect, test } from 'vitest';
import { operator } from '../../../../apps/local-cloud/cloud.ts';
import {
  bootScratch,
  type Resources,
  removeScratch,
  type Scratch,
  STARTS_AT,
  scratchDirectory,
  scratchFunction,
  writeAssembly,
} from '../gateway/scratch-assembly.ts';

afterAll(removeScratch);

const queueArn = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });
const mayDeadLetter = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' };
const queues: Resources = {
  Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
  Done: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'done' } },
};

/** Remembers on `globalThis` when it ran, and fails as often as the event says. */
const FLAKY = `
  let runs = 0;
  export const handler = async (event) => {
    globalThis[Symbol.for(event.log)].push(globalThis[Symbol.for('ballast.runtime-host')].getStore().clock.now());
    if (++runs <= event.failures) throw new Error('failure ' + runs);
    return { runs };
  };`;

let logs = 0;
function runLog(): { name: string; times: number[] } {
  const name = `async-test-${++logs}`;
  const times: number[] = [];
  Object.assign(globalThis, { [Symbol.for(name)]: times });
  return { name, times };
}

const invokeLater = ({ cloud }: Scratch, FunctionName: string, event: object) =>
  cloud.call(operator, 'lambda', 'Invoke', { FunctionName, InvocationType: 'Event', Payload: JSON.stringify(event) });

interface Received {
  Body: string;
  MessageAttributes?: Record<string, { StringValue: string }>;
}

async function received({ cloud }: Scratch, queue: string): Promise<Received[]> {
  const input = { QueueUrl: `http://127.0.0.1/000000000000/${queue}`, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  return ((await cloud.call(operator, 'sqs', 'ReceiveMessage', input)) as { Messages?: Received[] }).Messages ?? [];
}

test('LAM-20 answers 202 at once, and runs the event again after one minute and after two more', async () => {
  const scratch = await bootScratch({
    ...queues,
    ...scratchFunction('f', FLAKY, [mayDeadLetter], { DeadLetterConfig: { TargetArn: queueArn('Dead') } }),
  });
  const { name, times } = runLog();
  expect(await invokeLater(scratch, 'f', { log: name, failures: 2 })).toMatchObject({ StatusCode: 202 });
  await scratch.cloud.settle();
  expect(times.map((at) => at - STARTS_AT)).toEqual([0, 60_000, 180_000]);
  expect(await received(scratch, 'dead')).toEqual([]);
});

test('LAM-21 dead-letters the event itself after the third failure, with the request, the code and the error', async () => {
  const scratch = await bootScratch({
    ...queues,
    ...scratchFunction('f', FLAKY, [mayDeadLetter], { DeadLetterConfig: { TargetArn: queueArn('Dead') } }),
  });
  const { name } = runLog();
  await invokeLater(scratch, 'f', { log: name, failures: 9 });
  await scratch.cloud.settle();
  const [message] = await received(scratch, 'dead');
  expect(JSON.parse(message!.Body)).toEqual({ log: name, failures: 9 });
  expect(message!.MessageAttributes).toMatchObject({
    RequestID: { StringValue: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    ErrorCode: { StringValue: '200' },
    ErrorMessage: { StringValue: 'failure 3' },
  });
  expect(scratch.eventNames().filter((event) => event.startsWith('Async'))).toEqual([
    'AsyncInvokeRetried',
    'AsyncInvokeRetried',
    'AsyncInvokeFailed',
  ]);
});

test('LAM-22 sends the envelope of success or failure to the destinations of its event invoke configuration', async () => {
  const scratch = await bootScratch({
    ...queues,
    ...scratchFunction('f', FLAKY, [mayDeadLetter]),
    Config: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'f' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: queueArn('Dead') }, OnSuccess: { Destination: queueArn('Done') } },
      },
    },
  });
  const { name, times } = runLog();
  await invokeLater(scratch, 'f', { log: name, failures: 1 });
  await scratch.cloud.settle();
  await invokeLater(scratch, 'f', { log: name, failures: 1 });
  await scratch.cloud.settle();
  expect(times).toHaveLength(2);
  expect(JSON.parse((await received(scratch, 'dead'))[0]!.Body)).toMatchObject({
    version: '1.0',
    timestamp: new Date(STARTS_AT).toISOString(),
    requestContext: {
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 1,
    },
    requestPayload: { log: name, failures: 1 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'Error', errorMessage: 'failure 1' },
  });
  expect(JSON.parse((await received(scratch, 'done'))[0]!.Body)).toMatchObject({
    requestContext: { condition: 'Success' },
    responsePayload: { runs: 2 },
  });
});

test('LAM-23 gives an event up that would be too old, and says so', async () => {
  const scratch = await bootScratch({
    ...queues,
    ...scratchFunction('f', FLAKY, [mayDeadLetter], { DeadLetterConfig: { TargetArn: queueArn('Dead') } }),
    Config: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'f' }, Qualifier: '$LATEST', MaximumEventAgeInSeconds: 90 },
    },
  });
  const { name, times } = runLog();
  await invokeLater(scratch, 'f', { log: name, failures: 9 });
  await scratch.cloud.settle();
  expect(times.map((at) => at - STARTS_AT)).toEqual([0, 60_000]);
  expect(scratch.events.find(({ event }) => event === 'AsyncInvokeFailed')?.details).toMatchObject({ condition: 'EventAgeExceeded' });
  expect(await received(scratch, 'dead')).toHaveLength(1);
});

test('LAM-24 waits for a free place when the function is at its reserved concurrency, without using up retries', async () => {
  const scratch = await bootScratch({
    ...queues,
    ...scratchFunction('f', FLAKY, [mayDeadLetter], { ReservedConcurrentExecutions: 0, DeadLetterConfig: { TargetArn: queueArn('Dead') } }),
  });
  const { name, times } = runLog();
  await invokeLater(scratch, 'f', { log: name, failures: 0 });
  await scratch.cloud.settle();
  expect(times).toEqual([]);
  expect((scratch.clock.now() - STARTS_AT) / 3_600_000).toBeGreaterThan(5.8);
  expect((await received(scratch, 'dead'))[0]!.MessageAttributes).toMatchObject({
    ErrorCode: { StringValue: '429' },
    ErrorMessage: { StringValue: 'EventAgeExceeded' },
  });
});

describe('LAM-25 a function whose role may not', () => {
  test('send to its dead-letter queue is refused at boot, as CreateFunction refuses it', async () => {
    const boot = bootScratch({ ...queues, ...scratchFunction('f', FLAKY, [], { DeadLetterConfig: { TargetArn: queueArn('Dead') } }) });
    await expect(boot).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
      message: expect.stringMatching(
        /permissions to call SendMessage on SQS .* not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs/,
      ),
    });
  });

  test('trace is refused at boot when it is traced', async () => {
    const boot = bootScratch(scratchFunction('f', FLAKY, [], { TracingConfig: { Mode: 'Active' } }));
    await expect(boot).rejects.toThrow(/permissions to call PutTraceSegments on XRAY .* not authorized to perform: xray:PutTraceSegments/);
  });

  test('write its logs runs all the same, and the boot says what is missing', async () => {
    const scratch = await bootScratch(scratchFunction('f', FLAKY));
    expect(scratch.events.find(({ event }) => event === 'LogsRefused')?.details.because).toContain(
      'is not authorized to perform: logs:CreateLogStream',
    );
  });
});

test('LAM-26 an accepted event is still run by the next boot when the process was killed before it ran', async () => {
  const storageDirectory = scratchDirectory();
  const assemblyDirectory = writeAssembly({ app: { resources: scratchFunction('f', FLAKY) } });
  const { name, times } = runLog();
  const killed = await bootScratch({}, { assemblyDirectory, storageDirectory });
  await invokeLater(killed, 'f', { log: name, failures: 1 });
  await killed.cloud.close();
  expect(times.length).toBeLessThan(2);

  const next = await bootScratch({}, { assemblyDirectory, storageDirectory });
  await next.cloud.settle();
  expect(times.length).toBeGreaterThan(1);
  await next.cloud.close();
  const quiet = await bootScratch({}, { assemblyDirectory, storageDirectory });
  const before = times.length;
  await quiet.cloud.settle();
  expect(times).toHaveLength(before);
});
