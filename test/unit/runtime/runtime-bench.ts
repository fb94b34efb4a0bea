/** A host to lend to a handler: what the machine would give it, and what it wrote. */
import type { Context } from 'aws-lambda';
import { fixedClock } from '../../../shared/kernel/clock.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import type { RuntimeHost } from '../../../shared/runtime/host.ts';

export interface TestRuntimeHost extends RuntimeHost {
  /** Log lines, as text. */
  readonly lines: string[];
}

export const testNow = Date.UTC(2019, 5, 14, 19, 45) as EpochMs;

export function testRuntimeHost(env: Record<string, string> = {}, fetch: typeof globalThis.fetch = unreachable): TestRuntimeHost {
  const lines: string[] = [];
  return {
    env,
    clock: fixedClock(testNow),
    awsClientConfig: () => ({ region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 }),
    fetch,
    writeLog: (line) => lines.push(line),
    lines,
  };
}

const unreachable = async (): Promise<Response> => {
  throw new Error('nothing is reached from here');
};

export const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'ballast-dev-test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:ballast-dev-test',
  memoryLimitInMB: '256',
  awsRequestId: '00000000-0000-4000-a000-000000000001',
  logGroupName: '/aws/lambda/test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => 1000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};
