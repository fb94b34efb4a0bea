/** Cards SFN-04 to 09: variables, the context object, the simple states, and limits. Cases are those of the AWS documentation where a page is named. */
import { describe, expect, test } from 'vitest';
import { createFakeCloud, type FakeCloudOptions, invokeTask, machineOf, named, STARTS_AT } from './fake-cloud.ts';

async function run(states: Record<string, object>, input: unknown = {}, options: FakeCloudOptions = {}) {
  const cloud = createFakeCloud(options);
  const arn = await cloud.declare('machine', machineOf(states));
  return { cloud, ...(await cloud.run(arn, input, 'run')) };
}

const machineBlock = (states: Record<string, object>): object => ({ StartAt: Object.keys(states)[0], States: states });

describe('SFN-04 variables', () => {
  // workflow-variables.html, "Evaluation order in an assign field": with $x = 3 and $a = 6, x becomes 6 and nextX 3.
  test('assigns from the values at state entry, so that two assignments do not see each other', async () => {
    const { output } = await run({
      Set: { Type: 'Pass', Assign: { x: 3, a: 6 }, Next: 'Swap' },
      Swap: { Type: 'Pass', Assign: { x: '{% $a %}', nextX: '{% $x %}' }, Output: '{% $x %}', Next: 'Read' },
      Read: { Type: 'Pass', Output: { before: '{% $states.input %}', x: '{% $x %}', nextX: '{% $nextX %}' }, End: true },
    });
    expect(output).toEqual({ before: 3, x: 6, nextX: 3 });
  });

  test('are read but not changed by branches and iterations, whose own stay inside', async () => {
    const { output } = await run({
      Set: { Type: 'Pass', Assign: { x: 42 }, Next: 'Both' },
      Both: {
        Type: 'Parallel',
        Branches: [
          machineBlock({
            A: { Type: 'Pass', Assign: { inner: '{% $x + 1 %}' }, Next: 'B' },
            B: { Type: 'Pass', Output: '{% $inner %}', End: true },
          }),
          machineBlock({
            C: { Type: 'Pass', Assign: { inner: '{% $x + 2 %}' }, Next: 'D' },
            D: { Type: 'Pass', Output: '{% $inner %}', End: true },
          }),
        ],
        Next: 'Each',
      },
      Each: {
        Type: 'Map',
        ItemProcessor: machineBlock({
          E: { Type: 'Pass', Assign: { inner: '{% $states.input %}' }, Next: 'F' },
          F: { Type: 'Pass', Output: '{% $inner + $x %}', End: true },
        }),
        Next: 'After',
      },
      After: { Type: 'Pass', Output: { mapped: '{% $states.input %}', leaked: '{% $exists($inner) %}', x: '{% $x %}' }, End: true },
    });
    expect(output).toEqual({ mapped: [85, 86], leaked: false, x: 42 });
  });

  test('take the result of a Task, and of a Parallel or Map as a whole', async () => {
    const { output } = await run(
      {
        Price: invokeTask('price', { Assign: { price: '{% $states.result.Payload.price %}' }, Next: 'Twice' }),
        Twice: {
          Type: 'Map',
          Items: [1, 2],
          ItemProcessor: machineBlock({ P: { Type: 'Pass', Output: '{% $states.input * $price %}', End: true } }),
          Assign: { all: '{% $states.result %}' },
          Output: {},
          Next: 'Done',
        },
        Done: { Type: 'Succeed', Output: '{% $all %}' },
      },
      {},
      { functions: { price: () => ({ price: 10 }) } },
    );
    expect(output).toEqual([10, 20]);
  });
});

describe('SFN-05 the context object', () => {
  // input-output-contextobject.html: the members and their form.
  test('names execution, machine and state', async () => {
    const { output, executionArn } = await run({ Only: { Type: 'Pass', Output: '{% $states.context %}', End: true } }, { a: 1 });
    expect(output).toEqual({
      Execution: {
        Id: executionArn,
        Input: { a: 1 },
        Name: 'run',
        RoleArn: 'arn:aws:iam::111111111111:role/cycle-machine',
        StartTime: '2019-06-14T19:45:00.000Z',
        RedriveCount: 0,
      },
      StateMachine: { Id: 'arn:aws:states:us-east-1:111111111111:stateMachine:machine', Name: 'machine' },
      State: { Name: 'Only', EnteredTime: '2019-06-14T19:45:00.000Z', RetryCount: 0 },
    });
  });

  test('counts the retries of the state', async () => {
    let calls = 0;
    const { output } = await run(
      {
        Call: invokeTask('flaky', {
          Retry: [{ ErrorEquals: ['Flaky'] }],
          Arguments: { FunctionName: 'flaky', Payload: '{% $states.context.State.RetryCount %}' },
          End: true,
        }),
      },
      {},
      {
        functions: {
          flaky: ({ payload }) => {
            if (++calls < 3) throw named('Flaky');
            return payload;
          },
        },
      },
    );
    expect(output).toBe(2);
  });

  test('gives index and value of a Map item, and the key of an object member', async () => {
    const selector = { index: '{% $states.context.Map.Item.Index %}', value: '{% $states.context.Map.Item.Value %}' };
    const each = (Items: unknown, ItemSelector: object) => ({
      Type: 'Map',
      Items,
      ItemSelector,
      ItemProcessor: machineBlock({ P: { Type: 'Pass', End: true } }),
      End: true,
    });
    expect((await run({ Each: each(['a', 'b'], selector) })).output).toEqual([
      { index: 0, value: 'a' },
      { index: 1, value: 'b' },
    ]);
    expect((await run({ Each: each({ AAPL: 5 }, { ...selector, key: '{% $states.context.Map.Item.Key %}' }) })).output).toEqual([
      { index: 0, value: 5, key: 'AAPL' },
    ]);
  });
});

describe('SFN-06 Choice', () => {
  // transforming-data.html, "Choice state" after conversion to JSONata.
  const checkPrice = {
    Type: 'Choice',
    Default: 'Pause',
    Choices: [{ Condition: '{% $current_price <= $states.input.desired_price %}', Next: 'Send Notification' }],
  };
  const states = {
    Set: { Type: 'Pass', Assign: { current_price: 100 }, Next: 'Check Price' },
    'Check Price': checkPrice,
    'Send Notification': { Type: 'Pass', Output: 'sent', End: true },
    Pause: { Type: 'Pass', Output: 'paused', End: true },
  };

  test('follows the first rule that holds, and Default when none does', async () => {
    expect((await run(states, { desired_price: 100 })).output).toBe('sent');
    expect((await run(states, { desired_price: 99 })).output).toBe('paused');
  });

  test("uses a rule's own Assign and Output, and the state's only for Default", async () => {
    const choice = {
      Type: 'Choice',
      Assign: { by: 'default' },
      Output: 'default',
      Default: 'End',
      Choices: [
        { Condition: '{% $states.input = 1 %}', Assign: { by: 'rule' }, Output: 'rule', Next: 'End' },
        { Condition: '{% $states.input = 2 %}', Next: 'End' },
      ],
    };
    const end = { Type: 'Succeed', Output: { output: '{% $states.input %}', by: '{% $exists($by) ? $by : null %}' } };
    const results = await Promise.all([1, 2, 3].map(async (input) => (await run({ Choose: choice, End: end }, input)).output));
    expect(results).toEqual([
      { output: 'rule', by: 'rule' },
      { output: 2, by: null },
      { output: 'default', by: 'default' },
    ]);
  });

  test('fails with States.NoChoiceMatched when nothing matches and there is no Default', async () => {
    const { error } = await run({
      Choose: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'End' }] },
      End: { Type: 'Succeed' },
    });
    expect(error).toBe('States.NoChoiceMatched');
  });

  test('refuses a condition that is not true or false', async () => {
    const { error, cause } = await run({
      Choose: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'End' }] },
      End: { Type: 'Succeed' },
    });
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toContain("Expected 'boolean'");
  });
});

describe('SFN-07 Wait', () => {
  test('waits for seconds, given or evaluated', async () => {
    const { cloud } = await run(
      { A: { Type: 'Wait', Seconds: 10, Next: 'B' }, B: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', End: true } },
      { seconds: 86_400 * 60 },
    );
    expect(cloud.clock.now() - STARTS_AT).toBe(10_000 + 86_400_000 * 60);
  });

  test('waits until an instant, and not at all for one that is past', async () => {
    const { cloud } = await run(
      {
        A: { Type: 'Wait', Timestamp: '2019-06-14T20:00:00Z', Next: 'B' },
        B: { Type: 'Wait', Timestamp: '{% $states.input.at %}', End: true },
      },
      { at: '2016-03-14T01:59:00Z' },
    );
    expect(cloud.clock.now()).toBe(Date.UTC(2019, 5, 14, 20));
  });

  test('refuses what is no instant', async () => {
    expect((await run({ A: { Type: 'Wait', Timestamp: '{% $states.input.at %}', End: true } }, { at: 'tomorrow' })).error).toBe(
      'States.QueryEvaluationError',
    );
  });
});

describe('SFN-08 Succeed and Fail', () => {
  // concepts-error-handling / state-fail.html: Error and Cause take JSONata.
  test('a Fail state fails the execution with its Error and Cause', async () => {
    const { status, error, cause } = await run(
      { Stop: { Type: 'Fail', Error: '{% $states.input.error %}', Cause: "{% 'because ' & $states.input.why %}" } },
      { error: 'ErrorA', why: 'of rain' },
    );
    expect({ status, error, cause }).toEqual({ status: 'FAILED', error: 'ErrorA', cause: 'because of rain' });
  });

  test('a Fail state may leave both out', async () => {
    const { status, error } = await run({ Stop: { Type: 'Fail' } });
    expect({ status, error }).toEqual({ status: 'FAILED', error: undefined });
  });
});

describe('SFN-09 limits', () => {
  test('an output above 256 KiB is States.DataLimitExceeded, which States.ALL does not catch', async () => {
    const big = invokeTask('big', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }], Next: 'Done' });
    const { error } = await run({ Call: big, Done: { Type: 'Succeed' } }, {}, { functions: { big: () => 'x'.repeat(262_144) } });
    expect(error).toBe('States.DataLimitExceeded');
  });

  test('an execution ends at 25,000 history events, the last one its failure', async () => {
    const { cloud, executionArn, error, cause } = await run({
      Spin: { Type: 'Pass', Next: 'Again' },
      Again: { Type: 'Pass', Next: 'Spin' },
    });
    expect({ error, cause }).toEqual({
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    const [last] = await cloud.history(executionArn, { reverseOrder: true, maxResults: 1 });
    expect(last).toMatchObject({ id: 25_000, type: 'ExecutionFailed' });
  });
});
