/**
 * What Alpaca last said is left of its minute (200 requests per account; headers `x-ratelimit-limit`, `-remaining`, `-reset`). It is no
 * queue: a request over the budget is turned away at once, as Alpaca itself would, because a decision that waits goes stale.
 *
 * New orders leave the last tenth alone, so that what is out there can still be looked up and cancelled. Answers without the headers
 * (the Market Data API has sent 429 without any) teach nothing, and Alpaca's own 429 then decides.
 */
import type { Clock } from '../../kernel/clock.ts';
import type { EpochMs } from '../../kernel/units.ts';

const KEPT_FRAC = 0.1;
/** No budget is longer than Alpaca's minute, whatever its clock says against ours. */
const WINDOW_MS = 60_000;

export type Purpose = 'new-risk' | 'any';

export class RequestBudget {
  readonly #clock: Clock;
  #limit = 0;
  #remaining = Number.POSITIVE_INFINITY;
  /** The minute that this is about, by its end as Alpaca told it, and until when we take its word for it. */
  #minute = 0;
  #until = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Answers come in any order: one of an earlier minute says nothing, and of one minute the least that one left is what is left. */
  learn(headers: Headers): void {
    const [limit, remaining, minute] = [numberIn(headers, 'limit'), numberIn(headers, 'remaining'), resetAtIn(headers)];
    if (remaining === undefined || minute === undefined) return;
    const now = this.#clock.now();
    if (minute < this.#minute && now < this.#until) return;
    this.#remaining = minute === this.#minute ? Math.min(this.#remaining, remaining) : remaining;
    this.#until = minute === this.#minute ? this.#until : Math.min(minute, now + WINDOW_MS);
    this.#minute = minute;
    this.#limit = limit ?? 0;
  }

  /** How long a request of this purpose has to wait; undefined when it may go. */
  waitMs(purpose: Purpose): number | undefined {
    const kept = purpose === 'new-risk' ? Math.ceil(this.#limit * KEPT_FRAC) : 0;
    const leftMs = this.#until - this.#clock.now();
    return this.#remaining > kept || leftMs <= 0 ? undefined : leftMs;
  }
}

/** What a 429 asks us to wait: `Retry-After` in seconds or as a date, else the end of its minute; undefined when it says neither. */
export function retryAfterMs(headers: Headers, now: EpochMs): number | undefined {
  const text = headers.get('retry-after');
  const seconds = text === null || text.trim() === '' ? Number.NaN : Number(text);
  const until = text === null ? Number.NaN : Date.parse(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  if (Number.isFinite(until)) return Math.max(0, until - now);
  const resetAt = resetAtIn(headers);
  return resetAt === undefined ? undefined : Math.max(0, resetAt - now);
}

const numberIn = (headers: Headers, name: 'limit' | 'remaining' | 'reset'): number | undefined => {
  const text = headers.get(`x-ratelimit-${name}`);
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
};

/** Sent as Unix seconds. */
const resetAtIn = (headers: Headers): number | undefined => {
  const seconds = numberIn(headers, 'reset');
  return seconds === undefined ? undefined : seconds * 1000;
};
