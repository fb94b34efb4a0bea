/**
 * Which errors a Retry or Catch matches, and how long a retry waits.
 *
 * Source: AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows". States.ALL and States.TaskFailed
 * are wildcards; States.Runtime is matched by nothing and States.DataLimitExceeded only by its own name.
 */
import type { Catcher, Retrier } from './asl.ts';
import type { StateFailure } from './failure.ts';

const NEVER_MATCHED = 'States.Runtime';
const ONLY_BY_NAME = 'States.DataLimitExceeded';
const TIMEOUT = 'States.Timeout';

/** Whether one name of an ErrorEquals list matches this failure. */
export function matchesError(errorEquals: readonly string[], failure: StateFailure): boolean {
  if (failure.error === NEVER_MATCHED) return false;
  return errorEquals.some((name) => {
    if (name === failure.error || failure.aliases.includes(name)) return true;
    if (failure.error === ONLY_BY_NAME) return false;
    if (name === 'States.ALL') return true;
    return name === 'States.TaskFailed' && failure.error !== TIMEOUT;
  });
}

export const findCatcher = (catchers: readonly Catcher[] | undefined, failure: StateFailure): Catcher | undefined =>
  catchers?.find((catcher) => matchesError(catcher.ErrorEquals, failure));

interface PlannedRetry {
  readonly delayMs: number;
  /** Retries of this state so far, over all its retriers, this one included. */
  readonly retryCount: number;
}

/** Counts retries per retrier, as AWS does: a different error starts its own count. */
export class RetryPlan {
  readonly #retriers: readonly Retrier[];
  readonly #random: () => number;
  readonly #used: number[];
  #total = 0;

  constructor(retriers: readonly Retrier[] | undefined, random: () => number) {
    this.#retriers = retriers ?? [];
    this.#random = random;
    this.#used = this.#retriers.map(() => 0);
  }

  /** The first retrier that matches decides; once its attempts are used up, nothing retries this failure. */
  next(failure: StateFailure): PlannedRetry | undefined {
    const index = this.#retriers.findIndex((retrier) => matchesError(retrier.ErrorEquals, failure));
    const retrier = this.#retriers[index];
    if (!retrier) return undefined;
    const used = this.#used[index]!;
    if (used >= (retrier.MaxAttempts ?? 3)) return undefined;
    this.#used[index] = used + 1;
    this.#total++;
    return { delayMs: retryDelayMs(retrier, used, this.#random), retryCount: this.#total };
  }
}

/** The wait before the retry that follows `used` earlier ones of the same retrier. FULL jitter draws uniformly from zero to it, in whole milliseconds as clocks have them. */
export function retryDelayMs(retrier: Retrier, used: number, random: () => number): number {
  const grownSeconds = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** used;
  const delayMs = Math.min(grownSeconds, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY) * 1000;
  return retrier.JitterStrategy === 'FULL' ? Math.floor(random() * delayMs) : delayMs;
}
