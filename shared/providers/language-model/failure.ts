/** What a failed call to a language model's service means for us: whether it may pass, how long to wait, and its name in the record. */
import { APICallError } from 'ai';
import type { UnreadReason } from './news-reader.ts';

export interface Failure {
  readonly reason: UnreadReason;
  readonly mayPass: boolean;
  /** As the service asked; absent when it did not say. */
  readonly retryAfterMs?: number;
  /** The status and no text of the service: an error text can repeat the request, and with it its key. */
  readonly details: Readonly<Record<string, unknown>>;
}

export function failureOf(error: unknown): Failure {
  if (isTimeout(error)) return { reason: 'timed-out', mayPass: true, details: {} };
  if (!APICallError.isInstance(error)) return { reason: 'service-failed', mayPass: false, details: { error: nameOf(error) } };
  const status = error.statusCode;
  if (status === undefined) return { reason: 'service-failed', mayPass: true, details: { error: nameOf(error.cause) } };
  const details = { status };
  if (status === 401 || status === 403) return { reason: 'not-authorised', mayPass: false, details };
  if (status === 429) return { reason: 'throttled', mayPass: true, details, ...retryAfter(error) };
  if (status === 408 || status >= 500) return { reason: 'service-failed', mayPass: true, details, ...retryAfter(error) };
  // A 200 whose body is no chat completion; asked again, it is as likely to be one as not.
  if (status < 300) return { reason: 'answer-unreadable', mayPass: false, details };
  return { reason: 'request-refused', mayPass: false, details };
}

/** The abort of our own timer, wherever in the chain of causes the library put it. */
function isTimeout(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) if (at.name === 'TimeoutError') return true;
  return false;
}

/** In seconds, or in milliseconds by the header that OpenAI's own service sends; a date is left aside. */
function retryAfter({ responseHeaders = {} }: APICallError): { retryAfterMs?: number } {
  const ms = Number(responseHeaders['retry-after-ms'] ?? Number.NaN);
  if (ms >= 0) return { retryAfterMs: ms };
  const seconds = Number(responseHeaders['retry-after'] ?? Number.NaN);
  return seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {};
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
