/**
 * So many requests of one key in any minute of the exchange's clock; Alpaca's own figure is 200. Every answer tells what is left,
 * in the headers Alpaca uses: x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset (seconds since 1970).
 */
import type { EpochMs } from '../../shared/kernel/units.ts';

const MS_PER_MINUTE = 60_000;

export interface RateStanding {
  /** False when this request is one too many; it does not count then. */
  readonly isAdmitted: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

export class RateLimit {
  readonly #requestsPerMinuteMax: number;
  readonly #seen = new Map<string, number[]>();

  constructor(requestsPerMinuteMax: number) {
    this.#requestsPerMinuteMax = requestsPerMinuteMax;
  }

  request(keyId: string, now: EpochMs): RateStanding {
    if (this.#requestsPerMinuteMax === Number.POSITIVE_INFINITY) return { isAdmitted: true, headers: {} };
    const seen = (this.#seen.get(keyId) ?? []).filter((at) => at > now - MS_PER_MINUTE && at <= now);
    const isAdmitted = seen.length < this.#requestsPerMinuteMax;
    if (isAdmitted) seen.push(now);
    this.#seen.set(keyId, seen);
    const headers = {
      'x-ratelimit-limit': String(this.#requestsPerMinuteMax),
      'x-ratelimit-remaining': String(this.#requestsPerMinuteMax - seen.length),
      'x-ratelimit-reset': String(Math.ceil(((seen[0] ?? now) + MS_PER_MINUTE) / 1000)),
    };
    return { isAdmitted, headers };
  }
}
