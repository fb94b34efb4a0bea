/** What a handler's run comes to, as JSON text: its answer, or what it threw, in Lambda's shapes. The same in this process and on a worker thread. */
import { type Handler, RuntimeFailure } from './load-handler.ts';

export interface ErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type Answer =
  | { readonly kind: 'answered'; readonly payload: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'failed'; readonly error: ErrorPayload };

export const RESPONSE_BYTES_MAX = 6_291_556;

/** The members of a handler's context that are data. */
export interface ContextFields {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
}

export interface Order {
  /** JSON text; empty for no event. */
  readonly payload: string;
  readonly context: ContextFields;
  readonly timeoutMs: number;
  readonly deadlineAt: number;
}

/** Never rejects: what goes wrong, loading included, is an answer too. */
export async function answerOf(
  load: () => Promise<Handler>,
  { payload, context, timeoutMs, deadlineAt }: Order,
  now: () => number,
): Promise<Answer> {
  try {
    const event: unknown = payload === '' ? {} : JSON.parse(payload);
    const handler = await load();
    const answer = marshalled(
      await handler(event, {
        ...context,
        callbackWaitsForEmptyEventLoop: true,
        // Never more than there was: a clock that is set back must not make of it a timer longer than timers can be.
        getRemainingTimeInMillis: () => Math.min(timeoutMs, Math.max(0, deadlineAt - now())),
      }),
    );
    return Buffer.byteLength(answer) > RESPONSE_BYTES_MAX ? { kind: 'too-large' } : { kind: 'answered', payload: answer };
  } catch (error) {
    return { kind: 'failed', error: errorPayloadOf(error) };
  }
}

function errorPayloadOf(error: unknown): ErrorPayload {
  if (!(error instanceof Error)) return { errorType: error === null ? 'object' : typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function marshalled(answer: unknown): string {
  try {
    return JSON.stringify(answer) ?? 'null';
  } catch (cause) {
    throw new RuntimeFailure(
      'Runtime.MarshalError',
      `Unable to stringify response body: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}
