/**
 * The SDK's standard rules for trying again, without the waits between: those are real time, and the local cloud's time is its own. What is
 * throttled or transient is tried so many times in all; anything else is the caller's to see at once.
 */
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

type Strategy = Extract<NonNullable<DynamoDBClientConfig['retryStrategy']>, { acquireInitialRetryToken: unknown }>;
type Token = Awaited<ReturnType<Strategy['acquireInitialRetryToken']>>;

export const retriesAtOnce = (attemptsMax: number): Strategy => ({
  acquireInitialRetryToken: async () => tokenAfter(0),
  refreshRetryTokenForRetry: async (token, { errorType }) => {
    const retries = token.getRetryCount() + 1;
    const isWorthIt = errorType === 'TRANSIENT' || errorType === 'THROTTLING';
    // The SDK then throws what the call failed with.
    if (!isWorthIt || retries >= attemptsMax) throw new Error('No retry is left');
    return tokenAfter(retries);
  },
  recordSuccess: () => {},
});

const tokenAfter = (retries: number): Token => ({ getRetryCount: () => retries, getRetryDelay: () => 0 });
