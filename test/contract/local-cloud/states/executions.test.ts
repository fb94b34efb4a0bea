/** Cards SFN-60 to 62 and 65 to 67: the API around executions, and what survives a restart. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { AuthorizationRequest } from '../../../../apps/local-cloud/service.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';
import { createFakeCloud, type FakeCloudOptions, invokeTask, machineOf, named, STARTS_AT } from './fake-cloud.ts';

const pass = machineOf({ Only: { Type: 'Pass', End: true } });
const wait = machineOf({ Only: { Type: 'Wait', Seconds: 3600, End: true } });
const directories: string[] = [];

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'ballast-states-'));
  directories.push(path);
  return path;
}

afterEach(() => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true });
});

async function cloudWith(definition: object, options: FakeCloudOptions = {}) {
  const cloud = createFakeCloud(options);
  return { cloud, arn: await cloud.declare('machine', definition) };
}

describe('SFN-60 names', () => {
  // API_StartExecution.html: idempotent for the same name and input while running, else ExecutionAlreadyExists; names are free again after 90 days.
  test('a name is refused for 90 days after its execution closed, and free then', async () => {
    const { cloud, arn } = await cloudWith(pass);
    await cloud.run(arn, {}, 'cycle-2019-06-14');
    const again = () => cloud.send('StartExecution', { stateMachineArn: arn, name: 'cycle-2019-06-14' });
    await expect(again()).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    cloud.clock.travelTo((STARTS_AT + 90 * 86_400_000 - 1) as EpochMs);
    await expect(again()).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    cloud.clock.travelTo((STARTS_AT + 90 * 86_400_000) as EpochMs);
    await expect(again()).resolves.toMatchObject({ executionArn: expect.stringContaining(':execution:machine:cycle-2019-06-14') });
    await cloud.settle();
  });

  test('the same name and input give the running execution, another input is refused', async () => {
    const { cloud, arn } = await cloudWith(wait);
    const first = await cloud.send('StartExecution', { stateMachineArn: arn, name: 'one', input: '{"a":1}' });
    expect(await cloud.send('StartExecution', { stateMachineArn: arn, name: 'one', input: '{"a":1}' })).toEqual(first);
    await expect(cloud.send('StartExecution', { stateMachineArn: arn, name: 'one', input: '{"a":2}' })).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
    });
    await cloud.settle();
    expect(cloud.events.filter(({ event }) => event === 'ExecutionStarted')).toHaveLength(1);
  });

  test.each([
    '',
    'x'.repeat(81),
    'has space',
    'a<b',
    'a>b',
    'a{b',
    'a}b',
    'a[b',
    'a]b',
    'a?b',
    'a*b',
    ...'"#%\\^|~`$&,;:/',
    'tab\t',
    'bell\u0007',
    'c1\u0085',
  ])('refuses the name %j', async (name) => {
    const { cloud, arn } = await cloudWith(pass);
    await expect(cloud.send('StartExecution', { stateMachineArn: arn, name })).rejects.toMatchObject({ code: 'InvalidName' });
  });

  test('takes a name of 80 characters with dots, dashes and letters of any script', async () => {
    const { cloud, arn } = await cloudWith(pass);
    expect((await cloud.run(arn, {}, 'cycle-2019-06-14T1545.é_+@=!()'.padEnd(80, 'x'))).status).toBe('SUCCEEDED');
  });
});

describe('SFN-61 StartExecution', () => {
  test('refuses input that is no JSON or too long, and machines that do not exist', async () => {
    const { cloud, arn } = await cloudWith(pass);
    await expect(cloud.send('StartExecution', { stateMachineArn: arn, input: '{' })).rejects.toMatchObject({
      code: 'InvalidExecutionInput',
    });
    await expect(cloud.send('StartExecution', { stateMachineArn: arn, input: JSON.stringify('x'.repeat(262_143)) })).rejects.toMatchObject({
      code: 'ValidationException',
    });
    await expect(cloud.send('StartExecution', { stateMachineArn: `${arn}x` })).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
    await expect(cloud.send('StartExecution', { stateMachineArn: 'machine' })).rejects.toMatchObject({ code: 'InvalidArn' });
    await expect(cloud.send('StartExecution', {})).rejects.toMatchObject({ code: 'ValidationException' });
  });

  test('starts through a version and an alias, which keep the definition they were published with', async () => {
    const { cloud, arn } = await cloudWith(machineOf({ Only: { Type: 'Pass', Output: 'old', End: true } }));
    const declare = (logicalId: string, type: string, properties: object) =>
      cloud.service.declare({
        stack: 's',
        logicalId,
        type: `AWS::StepFunctions::StateMachine${type}`,
        properties: properties as Record<string, unknown>,
        metadata: {},
      });
    const version = await declare('V1', 'Version', { StateMachineArn: arn });
    expect((await declare('V1', 'Version', { StateMachineArn: arn })).ref).toBe(version.ref);
    const alias = await declare('Live', 'Alias', {
      Name: 'live',
      RoutingConfiguration: [{ StateMachineVersionArn: version.ref, Weight: 100 }],
    });
    expect([version.ref, alias.ref]).toEqual([`${arn}:1`, `${arn}:live`]);
    await cloud.declare('machine', machineOf({ Only: { Type: 'Pass', Output: 'new', End: true } }));
    expect((await cloud.run(arn)).output).toBe('new');
    expect(await cloud.run(alias.ref)).toMatchObject({
      output: 'old',
      stateMachineAliasArn: alias.ref,
      stateMachineVersionArn: version.ref,
    });
    expect((await cloud.send('ListExecutions', { stateMachineArn: alias.ref })).executions).toHaveLength(1);
    expect((await declare('V2', 'Version', { StateMachineArn: arn })).ref).toBe(`${arn}:2`);
    await expect(cloud.send('StartExecution', { stateMachineArn: `${arn}:7` })).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
  });

  test('StartSyncExecution and anything unknown are refused by name', async () => {
    const { cloud } = await cloudWith(pass);
    await expect(cloud.send('StartSyncExecution', {})).rejects.toMatchObject({
      code: 'NotEmulated',
      message: expect.stringContaining('EXPRESS'),
    });
    await expect(cloud.send('CreateActivity', {})).rejects.toMatchObject({
      code: 'NotEmulated',
      message: expect.stringContaining('CreateActivity'),
    });
  });
});

describe('SFN-62 StopExecution', () => {
  test('aborts at once what is running, with error and cause', async () => {
    const { cloud, arn } = await cloudWith(wait);
    const { executionArn } = await cloud.send('StartExecution', { stateMachineArn: arn });
    await cloud.clock.sleep(1000);
    await cloud.send('StopExecution', { executionArn, error: 'Halted', cause: 'by the operator' });
    await cloud.settle();
    expect(await cloud.send('DescribeExecution', { executionArn })).toMatchObject({
      status: 'ABORTED',
      error: 'Halted',
      cause: 'by the operator',
    });
    expect((await cloud.history(String(executionArn))).map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'ExecutionAborted',
    ]);
    expect(cloud.clock.now() - STARTS_AT).toBe(1000);
  });

  test('leaves a closed execution as it is and refuses an unknown one', async () => {
    const { cloud, arn } = await cloudWith(pass);
    const { executionArn } = await cloud.run(arn);
    await cloud.send('StopExecution', { executionArn });
    expect(await cloud.send('DescribeExecution', { executionArn })).toMatchObject({ status: 'SUCCEEDED' });
    await expect(cloud.send('StopExecution', { executionArn: `${executionArn}x` })).rejects.toMatchObject({
      code: 'ExecutionDoesNotExist',
    });
  });
});

describe('SFN-65 authorisation', () => {
  test('asks for the action on the machine or the execution, a qualifier as a condition', async () => {
    const asked: AuthorizationRequest[] = [];
    const { cloud, arn } = await cloudWith(pass, { authorize: (request) => asked.push(request) });
    await cloud.service.declare({
      stack: 's',
      logicalId: 'V',
      type: 'AWS::StepFunctions::StateMachineVersion',
      properties: { StateMachineArn: arn },
      metadata: {},
    });
    const { executionArn } = await cloud.run(arn);
    await cloud.run(`${arn}:1`);
    await cloud.history(executionArn);
    await cloud.send('StopExecution', { executionArn });
    const execution = (action: string) => ({ action: `states:${action}`, resource: executionArn });
    expect(asked).toEqual([
      { action: 'states:StartExecution', resource: arn },
      execution('DescribeExecution'),
      { action: 'states:StartExecution', resource: arn, conditions: { 'states:StateMachineQualifier': '1' } },
      { action: 'states:DescribeExecution', resource: expect.stringContaining(':execution:machine:') },
      execution('GetExecutionHistory'),
      execution('StopExecution'),
    ]);
  });
});

describe('SFN-66 what the operator sees', () => {
  test('one line for every state entered, left, failed and retried', async () => {
    let calls = 0;
    const work = () => {
      if (++calls === 1) throw named('Flaky');
      return 1;
    };
    const { cloud, arn } = await cloudWith(
      machineOf({ Call: invokeTask('work', { Retry: [{ ErrorEquals: ['Flaky'] }], Next: 'Stop' }), Stop: { Type: 'Fail', Error: 'Over' } }),
      { functions: { work } },
    );
    const { executionArn } = await cloud.run(arn, {}, 'run');
    expect(cloud.events.map(({ event, details }) => [event, details.state])).toEqual([
      ['ExecutionStarted', undefined],
      ['TaskStateEntered', 'Call'],
      ['StateRetried', 'Call'],
      ['TaskStateExited', 'Call'],
      ['FailStateEntered', 'Stop'],
      ['StateFailed', 'Stop'],
      ['ExecutionFailed', undefined],
    ]);
    expect(cloud.events[2]!.details).toMatchObject({
      executionArn,
      executionName: 'run',
      machine: 'machine',
      error: 'Flaky',
      retryCount: 1,
      delayMs: 1000,
    });
  });
});

describe('SFN-67 restarts', () => {
  test('a name is still refused and the history still read after a restart', async () => {
    const storage = directory();
    const first = await cloudWith(pass, { storage });
    const { executionArn } = await first.cloud.run(first.arn, { a: 1 }, 'cycle');
    const before = await first.cloud.history(executionArn);
    await first.cloud.service.close();
    const second = await cloudWith(pass, { storage });
    await second.cloud.service.start?.();
    await expect(second.cloud.send('StartExecution', { stateMachineArn: second.arn, name: 'cycle' })).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
    });
    expect(await second.cloud.history(executionArn)).toEqual(before);
    await second.cloud.service.close();
  });

  test('an execution that was running when the process was killed is ABORTED with a cause that says so', async () => {
    const storage = directory();
    const first = await cloudWith(wait, { storage });
    const { executionArn } = await first.cloud.send('StartExecution', { stateMachineArn: first.arn, name: 'cycle' });
    // No close, no settle: the first process is gone.
    const second = await cloudWith(wait, { storage });
    await second.cloud.service.start?.();
    expect(await second.cloud.send('DescribeExecution', { executionArn })).toMatchObject({
      status: 'ABORTED',
      cause: 'the local cloud stopped while this execution ran',
    });
    expect((await second.cloud.history(String(executionArn))).at(-1)).toMatchObject({ type: 'ExecutionAborted' });
    await second.cloud.service.close();
  });

  test('a journal that was torn is refused with what to do about it', () => {
    const storage = directory();
    writeFileSync(join(storage, 'executions.jsonl'), '0badc0de {"kind":"st');
    expect(() => createFakeCloud({ storage })).toThrow(/ends in half a record/);
  });
});
