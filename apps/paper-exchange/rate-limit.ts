/** So many requests in any minute of the exchange's clock; Alpaca's own figure is 200 an account. */
import type { EpochMs } from '../../shared/kernel/units.ts';

const MS_PER_MINUTE = 60_000;

export class RateLimit {
  readonly #requestsPerMinuteMax: number;
  #seen: number[] = [];

  constructor(requestsPerMinuteMax: number) {
    this.#requestsPerMinuteMax = requestsPerMinuteMax;
  }

  /** False when this request is one too many; it does not count then. */
  admits(now: EpochMs): boolean {
    if (this.#requestsPerMinuteMax === Number.POSITIVE_INFINITY) return true;
    this.#seen = this.#seen.filter((at) => at > now - MS_PER_MINUTE && at <= now);
    if (this.#seen.length >= this.#requestsPerMinuteMax) return false;
    this.#seen.push(now);
    return true;
  }
}
