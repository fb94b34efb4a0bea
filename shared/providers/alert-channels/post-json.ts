/**
 * One JSON message to a web address, with the patience that a function has: each attempt has a time-out, and time-outs, broken
 * connections, 429 and 5xx are tried again with growing, jittered waits, until the attempts or the time for all of them are used up.
 *
 * How long to wait is the service's to say: Retry-After in seconds or as an HTTP date (RFC 9110, 10.2.3), or the number of seconds that
 * Discord (`retry_after`) and Telegram (`parameters.retry_after`) put into the body of a 429. A wait that would outlast the time there is
 * is not begun. Without a word from the service: "full jitter", a uniform draw below firstWaitMs · 2^(attempt − 1)
 * (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 *
 * An address here carries a secret in its path. So nothing of the request, and no text of an answer or of an error, leaves this file:
 * a failure is a status, or the name and code of an error. Redirects are not followed: they would take the message elsewhere.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import { tryParseJson } from '../../kernel/json.ts';
import { refuse } from '../../kernel/refusal.ts';
import type { Rng } from '../../kernel/rng.ts';
import type { Delivery, UndeliveredReason } from './alert-sender.ts';

export interface PostLimits {
  readonly timeoutMs: number;
  readonly attemptsMax: number;
  readonly firstWaitMs: number;
  /** For all attempts and the waits between them. */
  readonly totalMs: number;
}

/** Within half of the minute that a function has. */
export const defaultPostLimits: PostLimits = { timeoutMs: 5_000, attemptsMax: 4, firstWaitMs: 500, totalMs: 25_000 };

export interface PostParts {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly limits?: Partial<PostLimits>;
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** What one attempt came to. */
interface Attempt {
  readonly reason: UndeliveredReason | null;
  readonly mayPass: boolean;
  readonly retryAfterMs?: number;
  readonly details: Readonly<Record<string, unknown>>;
}

/** `accepts` says of a 2xx answer's JSON whether the message was taken; Telegram says so in the body. */
export async function postJson(
  url: string,
  body: object,
  { fetch, clock, rng, limits: given, wait = sleep }: PostParts,
  accepts: (answer: unknown) => boolean = () => true,
): Promise<Delivery> {
  const limits = { ...defaultPostLimits, ...given };
  const endsAt = clock.now() + limits.totalMs;
  let waitedMs = 0;
  for (let attempt = 1; ; attempt++) {
    const { reason, mayPass, retryAfterMs, details } = await once(url, body, fetch, clock, limits.timeoutMs, accepts);
    if (reason === null) return { kind: 'delivered', attempts: attempt };
    const pauseMs = retryAfterMs ?? rng.uniform() * limits.firstWaitMs * 2 ** (attempt - 1);
    // A simulated clock stands still while we wait, so what was waited is counted beside it.
    const enoughTime = Math.max(clock.now() - (endsAt - limits.totalMs), waitedMs) + pauseMs < limits.totalMs;
    if (!mayPass || attempt >= limits.attemptsMax || !enoughTime)
      return refuse(reason, { ...details, attempts: attempt, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    await wait(pauseMs);
    waitedMs += pauseMs;
  }
}

async function once(
  url: string,
  body: object,
  fetch: typeof globalThis.fetch,
  clock: Clock,
  timeoutMs: number,
  accepts: (answer: unknown) => boolean,
): Promise<Attempt> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = tryParseJson(await response.text());
    return verdict(response, answer, clock, accepts);
  } catch (error) {
    return brokenOff(error);
  }
}

function verdict({ status, headers }: Response, answer: unknown, clock: Clock, accepts: (answer: unknown) => boolean): Attempt {
  const details = { status };
  if (status >= 200 && status < 300) {
    // Asked again, a service that does not say that it took the message may take it twice: that is better than not at all.
    return accepts(answer) ? { reason: null, mayPass: false, details } : { reason: 'service-failed', mayPass: true, details };
  }
  const asked = retryAfterMs(headers.get('retry-after'), answer, clock);
  const retry = asked === undefined ? {} : { retryAfterMs: asked };
  if (status === 429) return { reason: 'throttled', mayPass: true, details, ...retry };
  if (status === 408 || status >= 500) return { reason: 'service-failed', mayPass: true, details, ...retry };
  if (status === 401 || status === 403 || status === 404) return { reason: 'not-authorised', mayPass: false, details };
  return { reason: 'message-refused', mayPass: false, details };
}

function brokenOff(error: unknown): Attempt {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown; name?: unknown } };
  if (name === 'TimeoutError' || cause?.name === 'TimeoutError') return { reason: 'timed-out', mayPass: true, details: {} };
  const code = [cause?.code, name].find((one) => typeof one === 'string' && /^[A-Za-z0-9_]{1,40}$/.test(one)) ?? 'unknown';
  return { reason: 'unreachable', mayPass: true, details: { code } };
}

/** Undefined when the service did not say, or said what is no time. */
function retryAfterMs(header: string | null, answer: unknown, clock: Clock): number | undefined {
  const { retry_after: discord, parameters } = (typeof answer === 'object' && answer !== null ? answer : {}) as {
    retry_after?: unknown;
    parameters?: { retry_after?: unknown } | null;
  };
  const seconds = [
    discord,
    parameters?.retry_after,
    header !== null && /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) : undefined,
  ].find((one): one is number => typeof one === 'number' && Number.isFinite(one) && one >= 0);
  if (seconds !== undefined) return Math.ceil(seconds * 1000);
  const date = header === null ? Number.NaN : Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock.now());
}
