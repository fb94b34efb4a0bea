import { describe, expect, test } from 'vitest';
import { TransientFailure } from '../../../shared/kernel/errors.ts';
import { awsCall, cancellationCodes, httpStatusOf, isNamed } from '../../../shared/stores/aws-errors.ts';

const awsError = (name: string, members: object = {}): Error => Object.assign(new Error(`${name} happened`), { name, ...members });
const failing = (error: unknown) => awsCall('Reading things', () => Promise.reject(error as Error));

describe('an AWS call', () => {
  test('gives what the call gives', async () => {
    expect(await awsCall('Reading things', () => Promise.resolve(7))).toBe(7);
  });

  test.each([
    ['DynamoDB is throttled', awsError('ProvisionedThroughputExceededException', { $metadata: { httpStatusCode: 400 } })],
    ['an account limit is reached', awsError('RequestLimitExceeded')],
    ['two transactions meet', awsError('TransactionConflictException')],
    ['the same transaction is under way', awsError('TransactionInProgressException')],
    ['S3 asks to slow down', awsError('SlowDown', { $metadata: { httpStatusCode: 503 } })],
    ['two conditional writes meet in S3', awsError('ConditionalRequestConflict', { $metadata: { httpStatusCode: 409 } })],
    ['a service fails inside', awsError('SomethingNew', { $metadata: { httpStatusCode: 500 } })],
    ['a service asks for fewer calls', awsError('SomethingNew', { $metadata: { httpStatusCode: 429 } })],
    ['the SDK’s model calls it retryable', awsError('SomethingNew', { $retryable: { throttling: true } })],
    ['the request timed out', awsError('TimeoutError')],
    ['the connection was reset', awsError('Error', { code: 'ECONNRESET' })],
    ['nobody listens', awsError('Error', { code: 'ECONNREFUSED' })],
  ])('is a TransientFailure that keeps its cause when %s', async (_, error) => {
    await expect(failing(error)).rejects.toThrow(TransientFailure);
    await expect(failing(error)).rejects.toMatchObject({ message: `Reading things did not go through: ${error.message}`, cause: error });
  });

  test.each([
    ['permission is missing', awsError('AccessDeniedException', { $metadata: { httpStatusCode: 400 } })],
    ['S3 denies', awsError('AccessDenied', { $metadata: { httpStatusCode: 403 } })],
    ['the request is wrong', awsError('ValidationException', { $metadata: { httpStatusCode: 400 } })],
    ['a condition fails', awsError('ConditionalCheckFailedException', { $metadata: { httpStatusCode: 400 } })],
    ['a transaction is cancelled', awsError('TransactionCanceledException', { $metadata: { httpStatusCode: 400 } })],
    ['a table is absent', awsError('ResourceNotFoundException', { $metadata: { httpStatusCode: 400 } })],
    ['an object is taken', awsError('PreconditionFailed', { $metadata: { httpStatusCode: 412 } })],
    ['the SDK has the member but no say', awsError('ValidationException', { $retryable: undefined })],
    ['our own code fails', new TypeError('undefined is not a function')],
    ['what is thrown is no error', 'text'],
  ])('passes the error on as it is when %s', async (_, error) => {
    await expect(failing(error)).rejects.toBe(error);
  });
});

describe('what an AWS error says', () => {
  test('its name', () => {
    expect(isNamed(awsError('PreconditionFailed'), 'Other', 'PreconditionFailed')).toBe(true);
    expect(isNamed(awsError('PreconditionFailed'), 'Other')).toBe(false);
    expect(isNamed({ name: 'PreconditionFailed' }, 'PreconditionFailed')).toBe(false);
  });

  test('its status', () => {
    expect(httpStatusOf(awsError('X', { $metadata: { httpStatusCode: 412 } }))).toBe(412);
    expect(httpStatusOf(new Error('x'))).toBeUndefined();
    expect(httpStatusOf(undefined)).toBeUndefined();
  });

  test('why a transaction was cancelled, part by part', () => {
    const CancellationReasons = [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }, {}];
    expect(cancellationCodes(awsError('TransactionCanceledException', { CancellationReasons }))).toEqual([
      'None',
      'ConditionalCheckFailed',
      undefined,
    ]);
    expect(cancellationCodes(awsError('TransactionCanceledException'))).toBeUndefined();
    expect(cancellationCodes(awsError('ValidationException', { CancellationReasons }))).toBeUndefined();
  });
});
