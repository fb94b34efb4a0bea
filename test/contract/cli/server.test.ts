/** `ballast local`: one process that has the state open, the AWS SDK as a second way in, commands from other terminals. */
import { DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ballast, ingestedState, newState, oneLine, type Process, reportOf, run, start } from './support/cli.ts';

let state: string;
let server: Process;
let url: string;
let dynamo: DynamoDBClient;

beforeAll(async () => {
  state = await ingestedState();
  server = start(['local', '--port', '0', '--state', state]);
  const greeting = await server.says('Commands in other terminals run here');
  url = /http:\/\/127\.0\.0\.1:\d+/.exec(greeting)![0];
  dynamo = new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } });
});

afterAll(async () => {
  server.child.kill('SIGINT');
  await server.ended;
});

const control = { TableName: 'ballast-dev-policy', Key: { pk: { S: 'control' }, sk: { S: 'trading' } } };
const onServer = (...argv: string[]) => run([...argv, '--state', state]);

/** Sessions in ascending order: a cycle never runs before one that has traded. */
const sessions = ['2024-12-16', '2024-12-17', '2024-12-18', '2024-12-19'].values();

describe('the control item, changed by a plain SDK client,', () => {
  beforeEach(async () => {
    expect(await onServer('resume')).toMatchObject({ code: 0, stdout: expect.stringContaining('RUNNING') as string });
  });

  test.each([
    [
      'set to PAUSED',
      'trading-paused',
      () =>
        dynamo.send(
          new UpdateItemCommand({
            ...control,
            UpdateExpression: 'SET #state = :state, reason = :reason ADD epoch :one',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: { ':state': { S: 'PAUSED' }, ':reason': { S: 'by hand' }, ':one': { N: '1' } },
          }),
        ),
    ],
    ['deleted', 'control-missing', () => dynamo.send(new DeleteItemCommand(control))],
    [
      'garbled',
      'control-malformed',
      () =>
        dynamo.send(
          new PutItemCommand({ TableName: control.TableName, Item: { ...control.Key, state: { S: 'running' }, epoch: { S: 'x' } } }),
        ),
    ],
  ])('%s, stops the next cycle with 3 and without an order', async (_, reason, change) => {
    await change();
    const cycle = await onServer('cycle', '--as-of', sessions.next().value!, '--json');
    expect(cycle).toMatchObject({ code: 3, stderr: '' });
    const { refusal, phases, orders } = reportOf(cycle);
    expect({ reason: refusal?.reason, phases: phases.map(({ name }) => name), orders }).toEqual({
      reason,
      phases: ['rank', 'preflight', 'record-refusal'],
      orders: [],
    });
  });
});

describe('commands from another terminal', () => {
  test('run on the server, and what they change is seen there at once', async () => {
    expect(await onServer('pause', '--reason', 'from another terminal')).toMatchObject({ code: 0 });
    const { Item } = await dynamo.send(new GetItemCommand(control));
    expect(Item).toMatchObject({ state: { S: 'PAUSED' }, reason: { S: 'from another terminal' } });
    await onServer('resume');
    expect(reportOf(await onServer('cycle', '--as-of', sessions.next().value!, '--json')).outcome).toBe('traded');
  });

  test('explain and stress say the same of the fund in an AWS account, reached by its stage, as of the one here', async () => {
    const aws = { AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };
    for (const command of [['explain', 'latest', 'QNOV'], ['stress']]) {
      const here = await onServer(...command);
      expect(here).toMatchObject({ code: 0, stderr: '' });
      expect(await run([...command, '--aws', 'dev'], aws)).toEqual(here);
    }
    const elsewhere = await run(['explain', 'latest', 'QNOV', '--aws', 'paper'], aws);
    expect(elsewhere).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Stage paper is not deployed') as string });
  });

  test('find the server through BALLAST_STATE too', async () => {
    expect(await run(['status', '--json'], { BALLAST_STATE: state })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"control"') as string,
    });
  });

  test('keep their own exit codes and lines', async () => {
    const notThere = expect.stringMatching(oneLine(/there is no file .*ballast-cli-.*nowhere\.csv/)) as string;
    expect(await onServer('ingest', '--data', 'nowhere.csv')).toEqual({ code: 2, stdout: '', stderr: notThere });
    const fresh = expect.stringMatching(oneLine(/--fresh would empty the state under a running "ballast local"/)) as string;
    expect(await onServer('cycle', '--fresh')).toEqual({ code: 2, stdout: '', stderr: fresh });
    const began = expect.stringMatching(oneLine(/began with --seed 1 and keeps it/)) as string;
    expect(await onServer('cycle', '--seed', '9')).toEqual({ code: 2, stdout: '', stderr: began });
  });

  test('cannot be a second server, nor repair what is open', async () => {
    for (const argv of [
      ['local', '--port', '0'],
      ['local', '--repair'],
    ]) {
      const ending = await onServer(...argv);
      expect(ending).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(oneLine(/is in use by "ballast local", process \d+/)) as string,
      });
    }
  });

  test('are taken from nobody but another ballast: not from a web page, not as plain text', async () => {
    const body = JSON.stringify({ argv: ['halt'], cwd: '/', colors: false, interactive: false });
    const asked = [{ 'content-type': 'text/plain' }, { 'content-type': 'application/json', origin: 'http://example.com' }].map(
      async (headers) => (await fetch(`${url}/_ballast/run`, { method: 'POST', headers, body })).status,
    );
    expect(await Promise.all(asked)).toEqual([400, 400]);
    expect(
      (await fetch(`${url}/_ballast/run`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' })).status,
    ).toBe(400);
    expect(JSON.parse((await onServer('status', '--json')).stdout)).toMatchObject({ control: { state: 'RUNNING' } });
  });
});

describe('the end of the server', () => {
  test('Ctrl-C ends it with 0, and the directory is free and whole', async () => {
    const own = newState();
    const short = start(['local', '--port', '0', '--state', own]);
    await short.says('Ctrl-C stops it');
    short.child.kill('SIGINT');
    expect(await short.ended).toMatchObject({ code: 0, stderr: 'Stopping: finishing what is under way.\n' });
    expect(await ballast('status', '--state', own)).toMatchObject({ code: 0 });
  });

  test('a kill leaves the directory free for the next command', async () => {
    const own = newState();
    const short = start(['local', '--port', '0', '--state', own]);
    await short.says('Ctrl-C stops it');
    short.child.kill('SIGKILL');
    await short.ended;
    expect(await run(['status', '--state', own])).toMatchObject({ code: 0 });
  });
});
