/** Cards SFN-20, 21 and 24: invoking functions, the names of errors, and time limits. */
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../../apps/local-cloud/service.ts';
import { invokeTask, named, ROLE, STARTS_AT } from './fake-cloud.ts';
import { failing, run } from './run-machine.ts';

describe('SFN-20 lambda:invoke', () => {
  // connect-lambda.html: the result of the optimized integration, and of a function ARN as the Resource.
  test('gives the whole reply, with the payload parsed', async () => {
    const { output, cloud } = await run(
      { Call: invokeTask('work', { Output: '{% $states.result %}', End: true }) },
      { functions: { work: ({ payload }) => ({ got: payload }) } },
      { a: 1 },
    );
    expect(output).toEqual({
      ExecutedVersion: '$LATEST',
      Payload: { got: { a: 1 } },
      StatusCode: 200,
      SdkHttpMetadata: { HttpStatusCode: 200 },
    });
    expect(cloud.calls).toMatchObject([
      { service: 'lambda', operation: 'Invoke', input: { FunctionName: 'work', InvocationType: 'RequestResponse' } },
    ]);
  });

  test('is called as the role of the machine, the session named after the execution', async () => {
    const { cloud } = await run({ Call: invokeTask('work') }, { functions: { work: () => 1 } });
    expect(cloud.calls[0]!.caller).toEqual({ kind: 'role', roleArn: ROLE, session: 'run' });
  });

  test('gives the payload alone for the ARN of a function, whose arguments default to the input', async () => {
    const Resource = 'arn:aws:lambda:us-east-1:111111111111:function:work';
    expect(
      (await run({ Call: { Type: 'Task', Resource, End: true } }, { functions: { work: ({ payload }) => [payload] } }, 5)).output,
    ).toEqual([5]);
  });
});

describe('SFN-21 error names', () => {
  // concepts-error-handling.html and connect-lambda.html, "Error handling"; the shapes of the causes as recorded from AWS.
  test('a function error is named by its errorType, its payload the cause', async () => {
    const { error, cause } = await run({ Call: invokeTask('work') }, failing(named('TransientFailure', 'no answer')));
    expect(error).toBe('TransientFailure');
    expect(JSON.parse(cause!)).toEqual({ errorType: 'TransientFailure', errorMessage: 'no answer', trace: [] });
  });

  test.each([
    [new AwsError('TooManyRequestsException', 'Rate exceeded', 429), 'Lambda.TooManyRequestsException'],
    [new AwsError('ThrottlingException', 'Rate exceeded', 429), 'Lambda.TooManyRequestsException'],
    [new AwsError('ServiceException', 'oops', 500), 'Lambda.ServiceException'],
    [new AwsError('InternalFailure', 'oops', 500), 'Lambda.ServiceException'],
    [new AwsError('AWSLambdaException', 'oops', 400), 'Lambda.AWSLambdaException'],
    [new AwsError('ResourceNotFoundException', 'Function not found', 404), 'Lambda.ResourceNotFoundException'],
    [
      new AwsError(
        'AccessDeniedException',
        'User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: lambda:InvokeFunction on resource: f',
        403,
      ),
      'States.Permissions',
    ],
  ])('an answer %s of the service becomes %s', async (refusal, name) => {
    const { error, cause } = await run({ Call: invokeTask('work') }, failing(refusal));
    expect(error).toBe(name);
    expect(cause).toContain(refusal.message);
  });

  test('no answer at all is Lambda.SdkClientException', async () => {
    const drop = () => {
      throw new Error('the request was dropped');
    };
    expect((await run({ Call: invokeTask('work') }, { services: { 'lambda:Invoke': drop } })).error).toBe('Lambda.SdkClientException');
  });

  test('a function error without a type is Lambda.Unknown', async () => {
    const reply = { StatusCode: 200, FunctionError: 'Unhandled', Payload: new Uint8Array(Buffer.from('{}')) };
    expect((await run({ Call: invokeTask('work') }, { services: { 'lambda:Invoke': () => reply } })).error).toBe('Lambda.Unknown');
  });
});

describe('SFN-24 timeouts', () => {
  const slow = { functions: { work: ({ clock }: { clock: { sleep(ms: number): Promise<void> } }) => clock.sleep(3_600_000) } };

  test('a Task that outlasts TimeoutSeconds is States.Timeout at that second', async () => {
    const { cloud, error, executionArn } = await run({ Call: invokeTask('work', { TimeoutSeconds: '{% 2 + 3 %}', End: true }) }, slow);
    expect(error).toBe('States.Timeout');
    const event = (await cloud.history(executionArn)).find(({ type }) => type === 'TaskTimedOut')!;
    expect(event.timestamp.getTime() - STARTS_AT).toBe(5000);
  });

  test('a machine that outlasts its TimeoutSeconds is TIMED_OUT, whatever it is doing', async () => {
    for (const state of [invokeTask('work'), { Type: 'Wait', Seconds: 3600, End: true }]) {
      const { status, cloud, executionArn } = await run({ Only: state }, slow, {}, { TimeoutSeconds: 900 });
      expect(status).toBe('TIMED_OUT');
      const last = (await cloud.history(executionArn)).at(-1)!;
      expect(last.type).toBe('ExecutionTimedOut');
      expect(last.timestamp.getTime() - STARTS_AT).toBe(900_000);
    }
  });

  test('a Catch cannot stop the timeout of the machine', async () => {
    const states = {
      Only: invokeTask('work', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }], Next: 'Done' }),
      Done: { Type: 'Succeed' },
    };
    expect((await run(states, slow, {}, { TimeoutSeconds: 60 })).status).toBe('TIMED_OUT');
  });
});
