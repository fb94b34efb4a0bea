/**
 * Contract cards of Lambda on worker threads: a function whose template says that it computes heavily runs in a thread of its own, and nobody who calls
 * it can tell.
 *
 * WRK-01 it runs on another thread, in an environment of its own variables
 * WRK-02 its calls are made as its role, and a missing grant is refused by name
 * WRK-03 its time is the cloud's, which stands still while it computes and passes in its calls
 * WRK-04 what it keeps in memory stays warm, and goes with its thread
 * WRK-05 an error, an uncaught error, an exit and a deadline end as they do in process
 * WRK-06 as many run at once as there are threads, and the others wait without time passing
 * WRK-07 a planned crash in the middle of a call ends the invocation and the thread
 */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import type { LocalCloudOptions } from '../../../../apps/local-cloud/cloud.ts';
import { computesHeavily } from '../../../../shared/contracts/names/index.ts';
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

/** What a bundle has of its host, and of DynamoDB through the client configuration that the host gives. */
const prelude = `
  const host = () => globalThis[Symbol.for('ballast.runtime-host')].getStore();
  const dynamo = async (operation, input) => {
    const { requestHandler } = host().awsClientConfig();
    const headers = {
      host: 'dynamodb.local', 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.' + operation,
    };
    const request = { method: 'POST', path: '/', query: {}, headers, hostname: 'dynamodb.local', body: JSON.stringify(input) };
    const { response } = await requestHandler.handle(request);
    return { status: response.statusCode, ...JSON.parse(Buffer.from(response.body).toString()) };
  };`;

const heavy = (name: string, code: string, statements: readonly object[] = [], properties: object = {}): Resources => {
  const { [name]: fn, ...rest } = scratchFunction(name, prelude + code, statements, properties);
  return { ...rest, [name]: { ...fn!, Metadata: { [computesHeavily]: true } } };
};

async function boot(resources: Resources, options: Partial<LocalCloudOptions> = {}): Promise<Scratch> {
  const scratch = await bootScratch(resources, { workers: 1, ...options });
  onTestFinished(() => scratch.cloud.close());
  return scratch;
}

async function invoke({ cloud }: Scratch, FunctionName: string, event: unknown = {}) {
  const client = new LambdaClient({ ...cloud.clientConfig(), maxAttempts: 1 });
  const { Payload, FunctionError } = await client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  return { FunctionError, answer: JSON.parse(Buffer.from(Payload ?? []).toString()) };
}

const whereItRuns = `
  import { isMainThread } from 'node:worker_threads';
  export const handler = async (event, context) => ({
    event, isMainThread, own: process.env.TABLE, path: process.env.PATH ?? 'none', name: context.functionName, left: context.getRemainingTimeInMillis(),
  });`;

test('WRK-01 runs on a thread of its own with the variables of its template alone, and in process where the cloud has no threads', async () => {
  const properties = { Environment: { Variables: { TABLE: 'trials', NODE_OPTIONS: '--enable-source-maps' } }, Timeout: 30 };
  const resources = heavy('f', whereItRuns, [], properties);
  const expected = { event: { a: 1 }, isMainThread: false, own: 'trials', path: 'none', name: 'f', left: 30_000 };
  expect((await invoke(await boot(resources), 'f', { a: 1 })).answer).toEqual(expected);
  expect((await invoke(await boot(resources, { workers: 0 }), 'f', { a: 1 })).answer).toMatchObject({ isMainThread: true });
});

test('WRK-01 runs in process what does not compute heavily', async () => {
  expect((await invoke(await boot(scratchFunction('f', whereItRuns)), 'f')).answer).toMatchObject({ isMainThread: true });
});

const putting = `export const handler = async ({ id }) => {
  const before = host().clock.now();
  const { status, message } = await dynamo('PutItem', { TableName: 'trials', Item: { pk: { S: id }, sk: { S: 'x' } } });
  return { status, message, passedMs: host().clock.now() - before, at: before };
};`;
const mayPut = { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: '*' };

test('WRK-02 calls the cloud as its role, and is refused by name what the role may not', async () => {
  const resources = { ...heavy('may', putting, [mayPut]), ...heavy('mayNot', putting), table: scratchTable('trials') };
  const scratch = await boot(resources, { workers: 2 });
  expect((await invoke(scratch, 'may', { id: 'a' })).answer).toMatchObject({ status: 200 });
  const refused = (await invoke(scratch, 'mayNot', { id: 'b' })).answer;
  expect(refused.message).toMatch(/assumed-role\/mayNotRole\/mayNot is not authorized to perform: dynamodb:PutItem/);
});

test("WRK-03 sees the cloud's time, which stands still while it computes and passes while a call is delayed", async () => {
  const resources = { ...heavy('f', putting, [mayPut]), table: scratchTable('trials') };
  const scratch = await boot(resources, { faults: [{ service: 'dynamodb', nth: 2, fault: 'delay', delayMs: 2000 }] });
  // A second sleeper wants time to go on: it must wait for the thread.
  const woken = scratch.clock.sleep(60_000).then(() => scratch.clock.now());
  expect((await invoke(scratch, 'f', { id: 'a' })).answer).toMatchObject({ passedMs: 0, at: STARTS_AT });
  expect((await invoke(scratch, 'f', { id: 'a' })).answer.passedMs).toBe(2000);
  expect(await woken).toBeGreaterThanOrEqual(STARTS_AT + 60_000);
});

test('WRK-04 keeps module state warm, and loses it with the environment', async () => {
  const scratch = await boot(heavy('f', 'let count = 0; export const handler = async () => ++count;'));
  expect((await invoke(scratch, 'f')).answer).toBe(1);
  expect((await invoke(scratch, 'f')).answer).toBe(2);
  scratch.cloud.faults.replace([{ service: 'lambda', operation: 'Invoke', nth: 1, fault: 'crash-before' }]);
  expect((await invoke(scratch, 'f')).answer.errorType).toBe('Runtime.ExitError');
  expect((await invoke(scratch, 'f')).answer).toBe(1);
});

test.each([
  [
    'an error by its class name',
    "class Odd extends Error { name = 'Odd' } export const handler = async () => { throw new Odd('no'); };",
    'Odd',
  ],
  ['a bundle that fails to load', "throw new RangeError('at import'); export const handler = 1;", 'RangeError'],
  ['an answer that is no JSON', 'export const handler = async () => ({ n: 1n });', 'Runtime.MarshalError'],
  ['an answer above 6 MB', "export const handler = async () => 'x'.repeat(7_000_000);", 'Function.ResponseSizeTooLarge'],
])('WRK-05 says what went wrong as in process: %s', async (_what, code, errorType) => {
  const threaded = await invoke(await boot(heavy('f', code)), 'f');
  expect(threaded).toMatchObject({ FunctionError: 'Unhandled', answer: { errorType } });
  const { trace: _threads, ...told } = threaded.answer;
  const { trace: _process, ...inProcess } = (await invoke(await boot(heavy('f', code), { workers: 0 }), 'f')).answer;
  expect(told).toEqual(inProcess);
});

test.each([
  ['an uncaught error', "export const handler = () => new Promise(() => setImmediate(() => { throw new Error('nobody hears'); }));"],
  ['an exit', 'export const handler = () => { process.exit(3); };'],
])('WRK-05 dies of %s alone, and is there again', async (_what, dying) => {
  const code = `let warm = 0; ${dying.replace('export const handler', 'const die')} export const handler = async (event) => event.die ? die() : ++warm;`;
  const scratch = await boot(heavy('f', code));
  await invoke(scratch, 'f');
  expect((await invoke(scratch, 'f', { die: true })).answer.errorType).toBe('Runtime.ExitError');
  expect((await invoke(scratch, 'f')).answer).toBe(1);
});

test('WRK-05 is ended at its deadline also when it never yields, which in process nothing could', async () => {
  const code = 'export const handler = async (event) => { while (event.forever); return 1; };';
  const scratch = await boot(heavy('f', code, [], { Timeout: 2 }));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const endless = invoke(scratch, 'f', { forever: true });
  await vi.waitUntil(() => vi.getTimerCount() > 0);
  await vi.advanceTimersByTimeAsync(12_000);
  expect((await endless).answer).toMatchObject({ errorType: 'Sandbox.Timedout', errorMessage: /after 2.00 seconds/ });
  vi.useRealTimers();
  expect((await invoke(scratch, 'f')).answer).toBe(1);
});

test.each([0, 1, 2])('WRK-06 gives the same answers with %i threads, in the order of the questions', async (workers) => {
  const code = `import { threadId } from 'node:worker_threads';
    export const handler = async ({ n }) => { let sum = 0; for (let i = 0; i < 50_000 * (4 - n); i++) sum += i % n; return { sum, threadId }; };`;
  const scratch = await boot(heavy('f', code), { workers });
  const answers = await Promise.all([1, 2, 3].map((n) => invoke(scratch, 'f', { n })));
  expect(answers.map(({ answer }) => answer.sum)).toEqual(sums);
  expect(new Set(answers.map(({ answer }) => answer.threadId)).size).toBe(Math.max(1, workers));
  expect(scratch.clock.now()).toBe(STARTS_AT);
});
/** Σ (i mod n) for i below 150,000, 100,000 and 50,000, n being 1, 2 and 3: by hand, from whole cycles of n. */
const sums = [0, 50_000, 49_999];

test('WRK-07 dies in the middle of a call, with what it held', async () => {
  const code = `let calls = 0; ${putting.replace('const before', 'calls++; const before').replace('passedMs', 'calls, passedMs')}`;
  const resources = { ...heavy('f', code, [mayPut]), table: scratchTable('trials') };
  const scratch = await boot(resources, { faults: [{ caller: 'f', operation: 'PutItem', nth: 2, fault: 'crash-after' }] });
  expect((await invoke(scratch, 'f', { id: 'a' })).answer.calls).toBe(1);
  expect((await invoke(scratch, 'f', { id: 'b' })).answer.errorType).toBe('Runtime.ExitError');
  expect((await invoke(scratch, 'f', { id: 'c' })).answer.calls).toBe(1);
});
