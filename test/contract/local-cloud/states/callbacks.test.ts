/** Card SFN-25: tasks that wait for a callback. */
import { describe, expect, test } from 'vitest';
import { createFakeCloud, machineOf } from './fake-cloud.ts';

describe('SFN-25 callbacks', () => {
  const waiting = (rest: object = {}) => ({
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: { FunctionName: 'ask', Payload: { token: '{% $states.context.Task.Token %}' } },
      End: true,
      ...rest,
    },
  });
  type Answer = (cloud: ReturnType<typeof createFakeCloud>, token: string) => Promise<unknown>;

  async function ask(answer: Answer, rest: object = {}) {
    let refusal: unknown;
    const cloud: ReturnType<typeof createFakeCloud> = createFakeCloud({
      functions: {
        ask: ({ payload }) => {
          const answered = answer(cloud, (payload as { token: string }).token).catch((error: unknown) => {
            refusal = error;
          });
          cloud.host.background(answered);
        },
      },
    });
    const arn = await cloud.declare('machine', machineOf(waiting(rest)));
    const described = await cloud.run(arn);
    return { cloud, ...described, refusal: () => refusal };
  }

  test('SendTaskSuccess gives the result', async () => {
    const { output } = await ask(async (cloud, taskToken) => {
      await cloud.clock.sleep(10_000);
      await cloud.send('SendTaskSuccess', { taskToken, output: '{"approved":true}' });
    });
    expect(output).toEqual({ approved: true });
  });

  test('SendTaskFailure gives error and cause', async () => {
    const { error, cause } = await ask((cloud, taskToken) => cloud.send('SendTaskFailure', { taskToken, error: 'Denied', cause: 'no' }));
    expect({ error, cause }).toEqual({ error: 'Denied', cause: 'no' });
  });

  // As recorded from AWS: a missed heartbeat is TaskTimedOut with States.Timeout; HeartbeatTimeout is a name to catch it by.
  test('a missed heartbeat is States.Timeout, and States.HeartbeatTimeout catches it', async () => {
    const silent: Answer = (cloud) => cloud.clock.sleep(60_000);
    const { error, cloud, executionArn } = await ask(silent, { HeartbeatSeconds: 5, TimeoutSeconds: 600 });
    expect(error).toBe('States.Timeout');
    expect((await cloud.history(executionArn)).at(-2)).toMatchObject({
      type: 'TaskTimedOut',
      taskTimedOutEventDetails: { resource: 'invoke.waitForTaskToken' },
    });
    const caught = createFakeCloud({ functions: { ask: () => null } });
    const states = {
      ...waiting({
        HeartbeatSeconds: 5,
        Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Output: 'missed', Next: 'Done' }],
        Next: 'Done',
        End: undefined,
      }),
      Done: { Type: 'Succeed' },
    };
    expect((await caught.run(await caught.declare('machine', machineOf(states)))).output).toBe('missed');
  });

  test('heartbeats keep a task alive beyond HeartbeatSeconds', async () => {
    const { output } = await ask(
      async (cloud, taskToken) => {
        for (let beat = 0; beat < 4; beat++) {
          await cloud.clock.sleep(4000);
          await cloud.send('SendTaskHeartbeat', { taskToken });
        }
        await cloud.send('SendTaskSuccess', { taskToken, output: '"alive"' });
      },
      { HeartbeatSeconds: 5 },
    );
    expect(output).toBe('alive');
  });

  test('an answer that comes too late, twice or with a made-up token is refused', async () => {
    const late = await ask(
      async (cloud, taskToken) => {
        await cloud.clock.sleep(60_000);
        await cloud.send('SendTaskSuccess', { taskToken, output: '1' });
      },
      { TimeoutSeconds: 5 },
    );
    expect(late.refusal()).toMatchObject({ code: 'TaskTimedOut' });
    const twice = await ask(async (cloud, taskToken) => {
      await cloud.send('SendTaskSuccess', { taskToken, output: '1' });
      await cloud.send('SendTaskSuccess', { taskToken, output: '2' });
    });
    expect(twice.output).toBe(1);
    expect(twice.refusal()).toMatchObject({ code: 'TaskTimedOut' });
    await expect(twice.cloud.send('SendTaskSuccess', { taskToken: 'made up', output: '1' })).rejects.toMatchObject({
      code: 'InvalidToken',
    });
  });

  test('an answer that is no JSON is refused and leaves the task waiting', async () => {
    const { output, refusal } = await ask(async (cloud, taskToken) => {
      await expect(cloud.send('SendTaskSuccess', { taskToken, output: '{' })).rejects.toMatchObject({ code: 'InvalidOutput' });
      await cloud.send('SendTaskSuccess', { taskToken, output: '"second"' });
    });
    expect(refusal()).toBeUndefined();
    expect(output).toBe('second');
  });
});
