import { describe, expect, test } from 'vitest';
import { StateFailure } from '../../../../apps/local-cloud/states/failure.ts';
import { matchesError, RetryPlan, retryDelayMs } from '../../../../apps/local-cloud/states/retry.ts';

const failure = (error: string | undefined, aliases: string[] = []) => new StateFailure(error, 'cause', { aliases });

describe('matchesError', () => {
  // AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows", table of error names.
  test.each<[string[], string | undefined, boolean]>([
    [['Mine'], 'Mine', true],
    [['Other', 'Mine'], 'Mine', true],
    [['Min'], 'Mine', false],
    [['States.ALL'], 'Mine', true],
    [['States.ALL'], 'States.Timeout', true],
    [['States.ALL'], 'States.Permissions', true],
    [['States.ALL'], undefined, true],
    [['States.ALL'], 'States.Runtime', false],
    [['States.Runtime'], 'States.Runtime', false],
    [['States.ALL'], 'States.DataLimitExceeded', false],
    [['States.DataLimitExceeded'], 'States.DataLimitExceeded', true],
    [['States.TaskFailed'], 'Mine', true],
    [['States.TaskFailed'], 'Sandbox.Timedout', true],
    [['States.TaskFailed'], 'States.Timeout', false],
    [['States.TaskFailed'], 'States.DataLimitExceeded', false],
  ])('%j for %s is %s', (names, error, matches) => {
    expect(matchesError(names, failure(error))).toBe(matches);
  });

  test('a missed heartbeat matches both of its names', () => {
    const missed = failure('States.Timeout', ['States.HeartbeatTimeout']);
    expect(matchesError(['States.HeartbeatTimeout'], missed)).toBe(true);
    expect(matchesError(['States.Timeout'], missed)).toBe(true);
  });
});

describe('retryDelayMs', () => {
  test('jitter draws from zero to the delay and no further', () => {
    const retrier = { ErrorEquals: ['A'], IntervalSeconds: 4, JitterStrategy: 'FULL' as const };
    expect(retryDelayMs(retrier, 1, () => 0)).toBe(0);
    expect(retryDelayMs(retrier, 1, () => 0.5)).toBe(4000);
    expect(retryDelayMs(retrier, 1, () => 0.999_999)).toBeLessThan(8000);
  });

  test('jitter applies to the capped delay', () => {
    expect(retryDelayMs({ ErrorEquals: ['A'], IntervalSeconds: 4, MaxDelaySeconds: 6, JitterStrategy: 'FULL' }, 5, () => 0.5)).toBe(3000);
  });
});

describe('RetryPlan', () => {
  test('gives nothing for a failure without a retrier', () => {
    expect(new RetryPlan(undefined, () => 0).next(failure('A'))).toBeUndefined();
  });

  test('counts retries of the state over all its retriers', () => {
    const plan = new RetryPlan([{ ErrorEquals: ['A'] }, { ErrorEquals: ['B'] }], () => 0);
    expect([plan.next(failure('A')), plan.next(failure('B')), plan.next(failure('A'))]).toEqual([
      { delayMs: 1000, retryCount: 1 },
      { delayMs: 1000, retryCount: 2 },
      { delayMs: 2000, retryCount: 3 },
    ]);
  });
});
