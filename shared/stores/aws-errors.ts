/**
 * What an AWS error means to a cycle: worth another try, or not. Everything else passes through under its own name,
 * so that an AccessDeniedException reaches the operator as AWS worded it.
 */
import { TransientFailure } from '../kernel/errors.ts';

const transientCodes = new Set([
  // S3's answer to two conditional writes at once.
  'ConditionalRequestConflict',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'InternalError',
  'InternalException',
  'InternalFailure',
  'InternalServerError',
  'InternalServerException',
  'LimitExceededException',
  'NetworkingError',
  'OperationAborted',
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

export const isTransientCode = (code: string): boolean => transientCodes.has(code);

export const httpStatusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;

/** Why each part of a DynamoDB transaction was cancelled, in the order of its parts; undefined for any other error. */
export function cancellationCodes(error: unknown): readonly (string | undefined)[] | undefined {
  if (!isNamed(error, 'TransactionCanceledException')) return undefined;
  const { CancellationReasons } = error as { CancellationReasons?: readonly { readonly Code?: string }[] };
  return CancellationReasons?.map(({ Code }) => Code);
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, $retryable } = error as { code?: string; $retryable?: unknown };
  const status = httpStatusOf(error) ?? 0;
  return isTransientCode(error.name) || isTransientCode(code ?? '') || $retryable !== undefined || status >= 500 || status === 429;
}
