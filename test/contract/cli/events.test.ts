/** `ballast events` on a fund in memory: what was on the bus, replays, and dead letters until they are dealt with. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventCatalogue } from '../../../shared/contracts/event-catalogue.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { bootFund, named, session, type TestFund } from '../../support/boot-fund.ts';
import { bootSmall } from '../../support/small-fund.ts';
import { oneLine } from './support/cli.ts';
import { onFund } from './support/in-memory.ts';

let fund: TestFund;

/** Where the clock of a fund stands that has not traded. */
const today = '2025-01-01';

afterEach(() => fund[Symbol.asyncDispose]());

const events = (...argv: string[]) => onFund(fund, 'events', ...argv);
const json = async <Document>(...argv: string[]): Promise<Document> => JSON.parse((await events(...argv, '--json')).stdout) as Document;

interface Letter {
  readonly id: string;
  readonly origin: { readonly kind: string; readonly ruleArn?: string };
  readonly error: { readonly code: string; readonly message: string };
  readonly event?: { readonly 'detail-type': string };
}
const letters = async (): Promise<Letter[]> => (await json<{ letters: Letter[] }>('dead-letters')).letters;

async function controlState(): Promise<string> {
  const control = await fund.fund.control.read();
  return isRefusal(control) ? control.reason : control.state;
}

async function stopRequested(): Promise<void> {
  await fund.fund.events.publish([{ type: 'StopRequested', detail: { ...eventCatalogue.StopRequested.example } }]);
  await fund.fund.cloud.settle();
}

/** As Lambda, EventBridge and Scheduler write them. */
async function letter(body: object, attributes: Readonly<Record<string, string>>): Promise<void> {
  const { QueueUrl } = await fund.call<{ QueueUrl: string }>('sqs', 'GetQueueUrl', { QueueName: named('dead-letters') });
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
  await fund.call('sqs', 'SendMessage', { QueueUrl, MessageBody: JSON.stringify(body), MessageAttributes });
}

describe('the archive', () => {
  beforeEach(async () => {
    fund = await bootSmall();
    await fund.cycle();
    await fund.fund.cloud.settle();
  });

  test('lists what was on the bus, with the line that each event carries for a person', async () => {
    const { code, stdout } = await events();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^UTC +event +what happened\n/);
    expect(stdout).toMatch(/2024-12-02 20:45 {2}CycleCompleted +Cycle cycle-2024-12-02T20-45-00Z: \d+ decisions/);
  });

  test('is narrowed by type and by time', async () => {
    const types = async (...argv: string[]) =>
      (await json<{ events: { 'detail-type': string }[] }>(...argv)).events.map((event) => event['detail-type']);
    expect(await types('--type', 'CycleCompleted')).toEqual(['CycleCompleted']);
    expect(await types('--since', session)).toEqual(expect.arrayContaining(['TradeExecuted', 'CycleCompleted']));
    expect(await types('--type', 'TradeExecuted', '--since', '2024-12-03')).toEqual([]);
    expect((await events('--type', 'TradeExecuted', '--since', '2024-12-03')).stdout).toBe('No such event is in the archive.\n');
  });
});

describe('a replay', () => {
  beforeEach(async () => {
    fund = await bootFund({ data: false });
    await fund.fund.cloud.settle();
  });

  test('is not asked for a type that there is not, or a time that is none', async () => {
    expect((await events('--type', 'CycleComplete')).stderr).toMatch(oneLine(/Near: CycleCompleted/));
    expect((await events('--since', 'yesterday')).stderr).toMatch(oneLine(/It must be a day, YYYY-MM-DD, or an instant/));
    expect((await events('replay', '--from', '2024-12-03', '--to', '2024-12-02')).stderr).toMatch(oneLine(/--to lies before --from/));
  });

  test('is replayed to a rule by name, which then hears it again', async () => {
    await stopRequested();
    expect(await controlState()).toBe('HALTED');
    await onFund(fund, 'resume', '--after-halt');
    const { code, stdout } = await events('replay', '--from', today, '--to', today, '--to-rule', 'stop-requested');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Replayed 2025-01-01 00:00:00 to 2025-01-01 23:59:59 UTC to stop-requested. Consumers dropped what they had dealt with.\n',
    });
    await fund.fund.cloud.settle();
    expect(await controlState()).toBe('HALTED');
  });

  test('a replay that nobody is named for tells no person again and stops nothing', async () => {
    await stopRequested();
    await onFund(fund, 'resume', '--after-halt');
    await events('replay', '--from', today, '--to', today);
    await fund.fund.cloud.settle();
    expect(await controlState()).toBe('RUNNING');
    const { stderr, code } = await events('replay', '--from', today, '--to', today, '--to-rule', 'nobody');
    expect(code).toBe(2);
    expect(stderr).toMatch(oneLine(/There is no rule nobody. The bus has .*stop-requested/));
  });
});

const toStop = { service: 'lambda', operation: 'Invoke', target: named('orders-request-stop') };

describe('dead letters', () => {
  beforeEach(async () => {
    fund = await bootFund({ data: false });
    await fund.fund.cloud.settle();
  });

  test('none is one line, in a list and in a redrive', async () => {
    expect(await events('dead-letters')).toEqual({ code: 0, stdout: 'No dead letter waits.\n', stderr: '' });
    expect(await events('redrive', '--all')).toEqual({ code: 0, stdout: 'No dead letter waits.\n', stderr: '' });
  });

  test('a call that kept failing stays until its function has done its work', async () => {
    fund.failing({ ...toStop, fault: 'crash-before' });
    await stopRequested();
    const [waiting, ...others] = await letters();
    expect(others).toEqual([]);
    expect(waiting).toMatchObject({ origin: { kind: 'call' }, event: { 'detail-type': 'StopRequested' } });

    const failed = await events('redrive', '--id', waiting!.id);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/failed, it stays: orders-request-stop: /);
    expect(await letters()).toMatchObject([{ id: waiting!.id }]);
    expect(await controlState()).toBe('RUNNING');

    fund.failing();
    const done = await events('redrive', '--all');
    expect(done).toMatchObject({ code: 0, stdout: `${waiting!.id} done: orders-request-stop.\n` });
    expect(await controlState()).toBe('HALTED');
    expect(await letters()).toEqual([]);
  });

  test('an event that its rule could not deliver goes to that rule’s function alone', async () => {
    fund.failing({ ...toStop, caller: 'events.amazonaws.com', fault: 'throttle' });
    await stopRequested();
    expect(await letters()).toMatchObject([
      { origin: { kind: 'rule', ruleArn: expect.stringContaining('stop-requested') as string }, error: { code: 'THROTTLING' } },
    ]);
    expect((await events('dead-letters')).stdout).toMatch(/rule stop-requested to orders-request-stop +StopRequested +THROTTLING/);
    fund.failing();
    expect((await events('redrive', '--all')).stdout).toMatch(/ done: orders-request-stop\.\n$/);
    expect(await controlState()).toBe('HALTED');
  });

  test('what a rule makes a text of is pointed at a replay instead', async () => {
    fund.failing({ service: 'sns', operation: 'Publish', fault: 'throttle' });
    await stopRequested();
    fund.failing();
    const [toTopic] = (await letters()).filter(({ origin }) => origin.ruleArn?.endsWith('trading-stopped'));
    const { code, stdout } = await events('redrive', '--id', toTopic!.id);
    expect(code).toBe(3);
    expect(stdout).toMatch(/ stays: .*Instead: ballast events replay --from \S+ --to \S+ --to-rule trading-stopped\n$/);
  });

  test('a schedule’s letter goes to what it starts, which judges for itself whether it is too late', async () => {
    const starter = `arn:aws:lambda:us-east-1:000000000000:function:${named('trading-start-cycle')}`;
    const attributes = {
      SCHEDULE_ARN: `arn:aws:scheduler:us-east-1:000000000000:schedule/default/${named('cycle-1545')}`,
      TARGET_ARN: starter,
    };
    await letter({ scheduledAt: '2020-01-06T20:45:00Z' }, { ...attributes, ERROR_CODE: 'Throttled', ERROR_MESSAGE: 'too busy' });
    expect((await events('dead-letters')).stdout).toMatch(/schedule cycle-1545 to trading-start-cycle +Throttled too busy/);
    expect((await events('redrive', '--all')).stdout).toMatch(/ done: trading-start-cycle\.\n$/);
    expect(await fund.fund.audit.cycles()).toEqual([]);
  });

  test('a call that is no event needs a person to name its function', async () => {
    await letter({ scheduledAt: '2020-01-06T20:45:00Z' }, { RequestID: 'r1', ErrorCode: '200', ErrorMessage: 'it broke' });
    const [{ id } = { id: '' }] = await letters();
    const unnamed = await events('redrive', '--all');
    expect(unnamed).toMatchObject({
      code: 3,
      stdout: `${id} stays: AWS does not say which function was called: name it with --function.\n`,
    });
    expect((await events('redrive', '--id', id, '--function', 'trading/start-cycle')).stdout).toBe(`${id} done: trading-start-cycle.\n`);
  });

  test('a piece of a stream holds no record to send', async () => {
    await letter(
      {
        requestContext: {
          requestId: 'r',
          functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${named('audit-archive-audit')}`,
          condition: 'RetryAttemptsExhausted',
        },
        DDBStreamBatchInfo: { startSequenceNumber: '1', endSequenceNumber: '7', batchSize: 7 },
      },
      {},
    );
    expect((await events('dead-letters')).stdout).toMatch(/stream to audit-archive-audit +RetryAttemptsExhausted/);
    expect((await events('redrive', '--all')).stdout).toMatch(
      / stays: The letter holds no record: audit-archive-audit missed 1–7 of a stream/,
    );
  });

  test('says what it needs to be told', async () => {
    expect((await events('redrive')).stderr).toMatch(oneLine(/Say which: --id <id>, .*, or --all/));
    expect((await events('redrive', '--all', '--function', 'trading/start-cycle')).stderr).toMatch(oneLine(/--function goes with --id/));
    expect((await events('redrive', '--id', 'nobody')).stderr).toMatch(oneLine(/No dead letter has the id nobody; 0 wait/));
  });
});
