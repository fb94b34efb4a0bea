/** Cards SFN-22 and 23: Retry and Catch. */
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../../apps/local-cloud/service.ts';
import { invokeTask, named, STARTS_AT } from './fake-cloud.ts';
import { failing, run } from './run-machine.ts';

describe('SFN-22 Retry', () => {
  const delays = (cloud: { events: readonly { event: string; details: Readonly<Record<string, unknown>> }[] }) =>
    cloud.events.filter(({ event }) => event === 'StateRetried').map(({ details }) => details.delayMs);

  // concepts-error-handling.html, "Retrying after an error": the example retries after 3, 4.5 and 6.75 seconds.
  test('waits as the documented example: 3, 4.5 and 6.75 seconds', async () => {
    const { cloud, status } = await run(
      {
        Call: invokeTask('work', {
          Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 3, MaxAttempts: 3, BackoffRate: 1.5 }],
          End: true,
        }),
      },
      failing(named('Any')),
    );
    expect(status).toBe('FAILED');
    expect(delays(cloud)).toEqual([3000, 4500, 6750]);
    expect(cloud.clock.now() - STARTS_AT).toBe(14_250);
  });

  test('retries three times, after 1, 2 and 4 seconds, when only ErrorEquals is given', async () => {
    const { cloud } = await run(
      { Call: invokeTask('work', { Retry: [{ ErrorEquals: ['States.ALL'] }], End: true }) },
      failing(named('Any')),
    );
    expect(delays(cloud)).toEqual([1000, 2000, 4000]);
  });

  // concepts-error-handling.html: MaxDelaySeconds caps the growing wait.
  test('waits no longer than MaxDelaySeconds', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 3, MaxDelaySeconds: 5, MaxAttempts: 4 }];
    const { cloud } = await run({ Call: invokeTask('work', { Retry, End: true }) }, failing(named('Any')));
    expect(delays(cloud)).toEqual([3000, 5000, 5000, 5000]);
  });

  test('draws the wait from zero to the delay with JitterStrategy FULL, the same for the same seed', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, BackoffRate: 1, MaxAttempts: 20, JitterStrategy: 'FULL' }];
    const jittered = async (seed: number) =>
      delays((await run({ Call: invokeTask('work', { Retry, End: true }) }, { ...failing(named('Any')), seed })).cloud) as number[];
    const drawn = await jittered(1);
    expect(drawn.every((delay) => delay >= 0 && delay < 10_000)).toBe(true);
    expect(new Set(drawn).size).toBe(20);
    expect(await jittered(1)).toEqual(drawn);
    expect(await jittered(2)).not.toEqual(drawn);
  });

  // concepts-error-handling.html: retries are counted for each retrier on its own.
  test('counts each retrier on its own', async () => {
    const sequence = ['A', 'B', 'A', 'B', 'A', 'B'];
    const Retry = [
      { ErrorEquals: ['A'], MaxAttempts: 2, BackoffRate: 1 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 5, IntervalSeconds: 7, BackoffRate: 1 },
    ];
    const work = () => {
      throw named(sequence.shift() ?? 'C');
    };
    const { cloud, error } = await run({ Call: invokeTask('work', { Retry, End: true }) }, { functions: { work } });
    expect(delays(cloud)).toEqual([1000, 7000, 1000, 7000]);
    expect(error).toBe('A');
  });

  test('MaxAttempts 0 never retries that error', async () => {
    const Retry = [{ ErrorEquals: ['ContractViolation'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
    const { cloud } = await run({ Call: invokeTask('work', { Retry, End: true }) }, failing(named('ContractViolation')));
    expect(delays(cloud)).toEqual([]);
  });

  test('goes on from the state once a retry succeeds', async () => {
    let calls = 0;
    const work = () => {
      if (++calls === 1) throw new AwsError('TooManyRequestsException', 'slow down', 429);
      return 'done';
    };
    expect(
      (
        await run(
          { Call: invokeTask('work', { Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'] }], End: true }) },
          { functions: { work } },
        )
      ).output,
    ).toBe('done');
  });
});

describe('SFN-23 Catch', () => {
  const caught = (Catch: object[], rest: object = {}) => ({
    Call: invokeTask('work', { ...rest, Catch, Next: 'Fine' }),
    Fine: { Type: 'Succeed', Output: 'fine' },
    First: { Type: 'Succeed', Output: { first: '{% $states.input %}' } },
    Second: { Type: 'Succeed', Output: { second: '{% $failure %}' } },
  });

  test('takes the first catcher that names the error, its output Error and Cause', async () => {
    const { output } = await run(
      caught([
        { ErrorEquals: ['Other', 'Mine'], Next: 'First' },
        { ErrorEquals: ['States.ALL'], Assign: { failure: 1 }, Next: 'Second' },
      ]),
      failing(named('Mine', 'hm')),
    );
    expect(output).toEqual({ first: { Error: 'Mine', Cause: '{"errorType":"Mine","errorMessage":"hm","trace":[]}' } });
  });

  test('falls to States.ALL, whose Assign sees $states.errorOutput', async () => {
    const { output } = await run(
      caught([
        { ErrorEquals: ['Other'], Next: 'First' },
        { ErrorEquals: ['States.ALL'], Assign: { failure: '{% $states.errorOutput.Error %}' }, Next: 'Second' },
      ]),
      failing(named('Mine')),
    );
    expect(output).toEqual({ second: 'Mine' });
  });

  test('comes after the retries are used up', async () => {
    const { cloud, output } = await run(
      caught(
        [
          { ErrorEquals: ['Mine'], Output: 'gave up', Next: 'First' },
          { ErrorEquals: ['States.ALL'], Assign: { failure: 0 }, Next: 'Second' },
        ],
        { Retry: [{ ErrorEquals: ['Mine'], MaxAttempts: 2 }] },
      ),
      failing(named('Mine')),
    );
    expect(output).toEqual({ first: 'gave up' });
    expect(cloud.calls).toHaveLength(3);
  });

  test('fails the execution when no catcher names the error', async () => {
    const states = caught([
      { ErrorEquals: ['Other'], Next: 'First' },
      { ErrorEquals: ['Another'], Assign: { failure: 0 }, Next: 'Second' },
    ]);
    expect((await run(states, failing(named('Mine')))).error).toBe('Mine');
  });

  // concepts-error-handling.html: States.TaskFailed matches any error name except States.Timeout.
  test('States.TaskFailed matches what a task reports, but no timeout', async () => {
    const Catch = [
      { ErrorEquals: ['States.TaskFailed'], Next: 'First' },
      { ErrorEquals: ['States.Timeout'], Assign: { failure: 'timeout' }, Next: 'Second' },
    ];
    expect((await run(caught(Catch), failing(named('Sandbox.Timedout', 'Task timed out after 3.00 seconds')))).output).toMatchObject({
      first: { Error: 'Sandbox.Timedout' },
    });
    const slow = { functions: { work: ({ clock }: { clock: { sleep(ms: number): Promise<void> } }) => clock.sleep(60_000) } };
    expect((await run(caught(Catch, { TimeoutSeconds: 5 }), slow)).output).toEqual({ second: 'timeout' });
  });

  test('an error of the catcher itself fails the execution', async () => {
    const { error, cause } = await run(
      caught([
        { ErrorEquals: ['Mine'], Output: '{% $nothing %}', Next: 'First' },
        { ErrorEquals: ['States.ALL'], Assign: { failure: 0 }, Next: 'Second' },
      ]),
      failing(named('Mine')),
    );
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toContain("field 'Catch[0]/Output'");
  });
});
