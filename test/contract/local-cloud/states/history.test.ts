/** Cards SFN-63 and 64: histories, lists and descriptions. */
import { describe, expect, test } from 'vitest';
import { createFakeCloud, type FakeCloudOptions, invokeTask, machineOf, named, ROLE } from './fake-cloud.ts';

const pass = machineOf({ Only: { Type: 'Pass', End: true } });

async function cloudWith(definition: object, options: FakeCloudOptions = {}) {
  const cloud = createFakeCloud(options);
  return { cloud, arn: await cloud.declare('machine', definition) };
}

describe('SFN-63 history', () => {
  /** `id previousEventId type`, as recorded from AWS by LocalStack's snapshot tests (Apache-2.0), facts only: test_assign_base, test_task_service_lambda, test_timeouts. */
  const shape = (events: readonly { id: number; previousEventId: number; type: string }[]) =>
    events.map(({ id, previousEventId, type }) => `${id} ${previousEventId} ${type}`);

  test('of a task that fails: the first state follows event 0, every event the one before', async () => {
    const { cloud, arn } = await cloudWith(machineOf({ Start: invokeTask('work') }), {
      functions: {
        work: () => {
          throw named('Exception', 'Some exception was raised.');
        },
      },
    });
    const events = await cloud.history((await cloud.run(arn, { a: 1 })).executionArn);
    expect(shape(events)).toEqual([
      '1 0 ExecutionStarted',
      '2 0 TaskStateEntered',
      '3 2 TaskScheduled',
      '4 3 TaskStarted',
      '5 4 TaskFailed',
      '6 5 ExecutionFailed',
    ]);
    expect(events[0]).toMatchObject({
      executionStartedEventDetails: { input: '{"a":1}', inputDetails: { truncated: false }, roleArn: ROLE },
    });
    expect(events[1]).toMatchObject({ stateEnteredEventDetails: { name: 'Start', input: '{"a":1}', inputDetails: { truncated: false } } });
    expect(events[2]).toMatchObject({
      taskScheduledEventDetails: {
        resourceType: 'lambda',
        resource: 'invoke',
        region: 'us-east-1',
        parameters: '{"FunctionName":"work","Payload":{"a":1}}',
      },
    });
    expect(events[4]).toMatchObject({ taskFailedEventDetails: { resourceType: 'lambda', resource: 'invoke', error: 'Exception' } });
    expect(events[5]).toMatchObject({
      executionFailedEventDetails: { error: 'Exception', cause: expect.stringContaining('Some exception was raised.') },
    });
  });

  test('of a Map: an iteration that starts later follows the last state of the one before', async () => {
    const definition = machineOf({
      State0: { Type: 'Pass', Assign: { x: 42 }, Next: 'State1' },
      State1: {
        Type: 'Map',
        Items: [1, 2, 3],
        MaxConcurrency: 1,
        ItemProcessor: { StartAt: 'Inner', States: { Inner: { Type: 'Pass', Assign: { innerX: '{% $x %}' }, End: true } } },
        Next: 'State2',
      },
      State2: { Type: 'Pass', Assign: { final: '{% $x %}' }, End: true },
    });
    const { cloud, arn } = await cloudWith(definition);
    const events = await cloud.history((await cloud.run(arn)).executionArn);
    expect(shape(events).slice(3)).toEqual([
      ...['4 3 MapStateEntered', '5 4 MapStateStarted'],
      ...['6 5 MapIterationStarted', '7 6 PassStateEntered', '8 7 PassStateExited', '9 8 MapIterationSucceeded'],
      ...['10 8 MapIterationStarted', '11 10 PassStateEntered', '12 11 PassStateExited', '13 12 MapIterationSucceeded'],
      ...['14 12 MapIterationStarted', '15 14 PassStateEntered', '16 15 PassStateExited', '17 16 MapIterationSucceeded'],
      ...['18 17 MapStateSucceeded', '19 17 MapStateExited', '20 19 PassStateEntered', '21 20 PassStateExited', '22 21 ExecutionSucceeded'],
    ]);
    expect(events[2]).toMatchObject({
      stateExitedEventDetails: { name: 'State0', assignedVariables: { x: '42' }, assignedVariablesDetails: { truncated: false } },
    });
    expect(events[4]).toMatchObject({ mapStateStartedEventDetails: { length: 3 } });
    expect(events[5]).toMatchObject({ mapIterationStartedEventDetails: { name: 'State1', index: 0 } });
  });

  test('of a Parallel: branches interleave and its exit follows the last branch', async () => {
    const branch = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
    const { cloud, arn } = await cloudWith(machineOf({ State1: { Type: 'Parallel', Branches: [branch('A'), branch('B')], End: true } }));
    expect(shape(await cloud.history((await cloud.run(arn)).executionArn)).slice(1)).toEqual([
      ...['2 0 ParallelStateEntered', '3 2 ParallelStateStarted', '4 3 PassStateEntered', '5 3 PassStateEntered'],
      ...['6 4 PassStateExited', '7 5 PassStateExited', '8 7 ParallelStateSucceeded', '9 7 ParallelStateExited', '10 9 ExecutionSucceeded'],
    ]);
  });

  test('of an expression that fails, and of Choice, Succeed and Fail', async () => {
    const { cloud, arn } = await cloudWith(
      machineOf({
        Which: {
          Type: 'Choice',
          Choices: [
            { Condition: '{% $states.input = 1 %}', Next: 'Good' },
            { Condition: '{% $states.input = 2 %}', Next: 'Bad' },
          ],
          Default: 'Broken',
        },
        Good: { Type: 'Succeed' },
        Bad: { Type: 'Fail', Cause: 'Condition is false' },
        Broken: { Type: 'Pass', Output: { a: '{% $none %}' }, End: true },
      }),
    );
    const of = async (input: number) => cloud.history((await cloud.run(arn, input)).executionArn);
    expect(shape(await of(1)).slice(1)).toEqual([
      '2 0 ChoiceStateEntered',
      '3 2 ChoiceStateExited',
      '4 3 SucceedStateEntered',
      '5 4 SucceedStateExited',
      '6 5 ExecutionSucceeded',
    ]);
    const failed = await of(2);
    expect(shape(failed).slice(3)).toEqual(['4 3 FailStateEntered', '5 4 ExecutionFailed']);
    expect(failed[4]!.executionFailedEventDetails).toEqual({ cause: 'Condition is false' });
    const broken = await of(3);
    expect(shape(broken).slice(3)).toEqual(['4 3 PassStateEntered', '5 4 EvaluationFailed', '6 5 ExecutionFailed']);
    expect(broken[4]!.evaluationFailedEventDetails).toMatchObject({
      error: 'States.QueryEvaluationError',
      location: 'Output/a',
      state: 'Broken',
    });
  });

  test('pages, reverses, and leaves execution data out on request', async () => {
    const { cloud, arn } = await cloudWith(machineOf({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', End: true } }));
    const { executionArn } = await cloud.run(arn);
    const ids: number[] = [];
    let nextToken: unknown;
    do {
      const page = await cloud.send('GetExecutionHistory', {
        executionArn,
        maxResults: 4,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      ids.push(...(page.events as { id: number }[]).map(({ id }) => id));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await cloud.history(executionArn, { reverseOrder: true })).map(({ id }) => id)).toEqual([6, 5, 4, 3, 2, 1]);
    const [bare] = await cloud.history(executionArn, { includeExecutionData: false });
    expect(bare!.executionStartedEventDetails).toEqual({ inputDetails: { truncated: false }, roleArn: ROLE });
    await expect(cloud.send('GetExecutionHistory', { executionArn, nextToken: 'x' })).rejects.toMatchObject({ code: 'InvalidToken' });
  });
});

describe('SFN-64 lists and descriptions', () => {
  test('lists executions newest first, by status, page by page', async () => {
    const { cloud, arn } = await cloudWith(
      machineOf({
        Stop: { Type: 'Choice', Choices: [{ Condition: '{% $states.input %}', Next: 'Good' }], Default: 'Bad' },
        Good: { Type: 'Succeed' },
        Bad: { Type: 'Fail' },
      }),
    );
    for (const [name, input] of Object.entries({ a: true, b: false, c: true })) await cloud.run(arn, input, name);
    const names = async (options: object) =>
      ((await cloud.send('ListExecutions', { stateMachineArn: arn, ...options })).executions as { name: string }[]).map(({ name }) => name);
    expect(await names({})).toEqual(['c', 'b', 'a']);
    expect(await names({ statusFilter: 'SUCCEEDED' })).toEqual(['c', 'a']);
    const { nextToken } = await cloud.send('ListExecutions', { stateMachineArn: arn, maxResults: 2 });
    expect(await names({ maxResults: 2, nextToken })).toEqual(['a']);
  });

  test('describes machines, on their own and of an execution', async () => {
    const { cloud, arn } = await cloudWith(pass);
    const { executionArn } = await cloud.run(arn);
    expect(await cloud.send('DescribeStateMachine', { stateMachineArn: arn })).toMatchObject({
      name: 'machine',
      type: 'STANDARD',
      status: 'ACTIVE',
      roleArn: ROLE,
      definition: JSON.stringify(pass),
    });
    expect(await cloud.send('DescribeStateMachineForExecution', { executionArn })).toMatchObject({
      stateMachineArn: arn,
      definition: JSON.stringify(pass),
    });
    expect((await cloud.send('ListStateMachines', {})).stateMachines).toMatchObject([{ stateMachineArn: arn, name: 'machine' }]);
  });

  test('validates a definition without declaring it', async () => {
    const { cloud } = await cloudWith(pass);
    expect(await cloud.send('ValidateStateMachineDefinition', { definition: JSON.stringify(pass) })).toMatchObject({
      result: 'OK',
      diagnostics: [],
    });
    expect(await cloud.send('ValidateStateMachineDefinition', { definition: '{}' })).toMatchObject({ result: 'FAIL' });
  });
});
