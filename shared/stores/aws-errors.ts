/**
 * What an AWS error means to a cycle: worth another try, or not. Everything else passes through under its own name,
 * so that an AccessDeniedException reaches the operator as AWS worded it.
 */
import { TransientFailure } from '../kernel/errors.ts';

const transientNames = new Set([
  'InternalServerError',
  'InternalServerException',
  'InternalError',
  'LimitExceededException',
  'NetworkingError',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestTimeout',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'SlowDown',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

const transientCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** Runs one AWS call; throws `TransientFailure` with the cause where a retry may help. */
export async function awsCall<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isTransient(error)) throw new TransientFailure(`${what} did not go through: ${(error as Error).message}`, {}, { cause: error });
    throw error;
  }
}

export const isNamed = (error: unknown, ...names: readonly string[]): error is Error =>
  error instanceof Error && names.includes(error.name);

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, $metadata } = error as { code?: string; $metadata?: { httpStatusCode?: number } };
  return transientNames.has(error.name) || transientCodes.has(code ?? '') || ($metadata?.httpStatusCode ?? 0) >= 500;
}
