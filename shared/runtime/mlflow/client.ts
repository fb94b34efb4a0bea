/**
 * Calls of MLflow's REST API 2.0, one JSON document each way, with retries of what is safe to repeat.
 *
 * Safe to repeat: reading; experiments/create, whose names are unique; runs/update; runs/log-batch, where parameters and tags are idempotent and a
 * metric of the same key, value, time and step is the same point again. runs/create is not: each call makes another run. It is repeated only where
 * the server surely did not take it: the connection was refused, or it answered 429 or 503.
 * Waits: Retry-After in seconds where the server says it, else "full jitter", a uniform draw below firstWaitMs · 2^(attempt − 1) (Marc Brooker,
 * "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 *
 * The address may carry a user and password, and a token may go with each call (MLFLOW_TRACKING_TOKEN): neither is in any refusal. Redirects are not
 * followed: they would take the token elsewhere.
 * Source: https://mlflow.org/docs/latest/rest-api.html. Errors are `{error_code, message}` with a 4xx or 5xx status.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { tryParseJson } from '../../kernel/json.ts';
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Rng } from '../../kernel/rng.ts';

export type MlflowRefusal =
  | 'address-invalid'
  | 'unreachable'
  | 'timed-out'
  | 'not-authorised'
  | 'throttled'
  | 'server-failed'
  | 'request-refused'
  | 'answer-not-understood';

export interface MlflowParts {
  readonly fetch: typeof globalThis.fetch;
  readonly rng: Rng;
  readonly token?: string;
  readonly timeoutMs?: number;
  readonly attemptsMax?: number;
  readonly firstWaitMs?: number;
  readonly wait?: (ms: number) => Promise<unknown>;
}

export interface Call<Answer> {
  readonly method: 'GET' | 'POST';
  /** Below /api/2.0/mlflow/. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly answer: z.ZodType<Answer>;
  /** Asked twice, it does what it does once. */
  readonly isRepeatable: boolean;
}

const errorAnswer = z.object({ error_code: z.string().max(100), message: z.string().optional() });
const waitMsMax = 30_000;

/** What one attempt came to, and whether another may do better. */
type Attempt<Answer> = {
  readonly value: Answer | Refusal<MlflowRefusal>;
  readonly again: 'never' | 'if-repeatable' | 'always';
  readonly waitMs?: number;
};

export class MlflowClient {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #parts: MlflowParts;

  private constructor(base: URL, headers: Readonly<Record<string, string>>, parts: MlflowParts) {
    [this.#base, this.#headers, this.#parts] = [base, headers, parts];
  }

  /** Refuses what is no http or https address. */
  static at(address: string, parts: MlflowParts): MlflowClient | Refusal<MlflowRefusal> {
    const url = URL.parse(address);
    if (url === null || !/^https?:$/.test(url.protocol)) return refuse('address-invalid', { wants: 'http:// or https://' });
    const basic = url.username === '' ? null : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const authorization =
      parts.token !== undefined ? `Bearer ${parts.token}` : basic === null ? null : `Basic ${Buffer.from(basic).toString('base64')}`;
    [url.username, url.password, url.search, url.hash] = ['', '', '', ''];
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return new MlflowClient(url, { 'content-type': 'application/json', ...(authorization !== null && { authorization }) }, parts);
  }

  /** Without user and password: for people to open. */
  get address(): string {
    return this.#base.href;
  }

  async call<Answer>(asked: Call<Answer>): Promise<Answer | Refusal<MlflowRefusal>> {
    const { rng, attemptsMax = 4, firstWaitMs = 250, wait = sleep } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      const { value, again, waitMs } = await this.#once(asked);
      const mayRepeat = again === 'always' || (again === 'if-repeatable' && asked.isRepeatable);
      if (!mayRepeat || attempt >= attemptsMax || (waitMs ?? 0) > waitMsMax)
        return isRefusal(value) ? refuse(value.reason, { ...value.details, call: asked.path, attempts: attempt }) : value;
      await wait(waitMs ?? rng.uniform() * firstWaitMs * 2 ** (attempt - 1));
    }
  }

  async #once<Answer>({ method, path, query = {}, body, answer }: Call<Answer>): Promise<Attempt<Answer>> {
    const url = new URL(`api/2.0/mlflow/${path}`, this.#base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    try {
      const response = await this.#parts.fetch(url, {
        method,
        headers: this.#headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#parts.timeoutMs ?? 10_000),
      });
      const document = tryParseJson(await response.text());
      if (response.status !== 200) return refused(response, document);
      const parsed = answer.safeParse(document);
      return { value: parsed.success ? parsed.data : refuse('answer-not-understood', { status: 200 }), again: 'never' };
    } catch (error) {
      return brokenOff(error);
    }
  }
}

function refused({ status, headers }: Response, document: unknown): Attempt<never> {
  const parsed = errorAnswer.safeParse(document);
  const details = { status, ...(parsed.success && { code: parsed.data.error_code, message: parsed.data.message?.slice(0, 300) ?? '' }) };
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const pause = Number.isFinite(seconds) && seconds >= 0 ? { waitMs: seconds * 1000 } : {};
  if (status === 429) return { value: refuse('throttled', details), again: 'always', ...pause };
  if (status === 503) return { value: refuse('server-failed', details), again: 'always', ...pause };
  if (status >= 500 || status === 408) return { value: refuse('server-failed', details), again: 'if-repeatable', ...pause };
  if (status === 401 || status === 403) return { value: refuse('not-authorised', details), again: 'never' };
  if (status >= 400) return { value: refuse('request-refused', details), again: 'never' };
  return { value: refuse('answer-not-understood', details), again: 'never' };
}

/** A refused connection took nothing; of one that broke off nobody knows. */
function brokenOff(error: unknown): Attempt<never> {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown; name?: unknown } };
  if (name === 'TimeoutError' || cause?.name === 'TimeoutError') return { value: refuse('timed-out'), again: 'if-repeatable' };
  const code = [cause?.code, name].find((one) => typeof one === 'string' && /^[A-Za-z0-9_]{1,40}$/.test(one)) ?? 'unknown';
  return { value: refuse('unreachable', { code }), again: code === 'ECONNREFUSED' ? 'always' : 'if-repeatable' };
}
