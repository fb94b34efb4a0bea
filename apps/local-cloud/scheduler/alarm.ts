/**
 * Rings for things that are due: sleeps on the cloud's clock until the earliest of them, fires all that are due then,
 * and goes on. It does nothing until armed: under a virtual clock an armed alarm would run through years by itself.
 * Times that passed while the machine slept are skipped when more than a minute old, as a late cycle is worse than none.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import type { CloudHost } from '../service.ts';

export interface Due {
  readonly key: string;
  readonly at: EpochMs;
}

export interface AlarmSource {
  /** The first firing of each thing after that instant. */
  nextAfter(after: EpochMs): Iterable<Due>;
  fire(due: Due): void;
}

const LATE_MS_MAX = 60_000;
/** Timers of the platform cannot sleep longer than about 24 days at once. */
const SLEEP_MS_MAX = 7 * 86_400_000;

export class Alarm {
  readonly #host: CloudHost;
  readonly #source: AlarmSource;
  /** The loop belongs to nobody's request, and nobody waits for it to end. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #armed: AbortController | undefined;
  #changed = new AbortController();

  constructor(host: CloudHost, source: AlarmSource) {
    this.#host = host;
    this.#source = source;
  }

  arm(): void {
    if (this.#armed) return;
    this.#armed = new AbortController();
    const { signal } = this.#armed;
    void this.#outside(() => this.#run(signal));
  }

  disarm(): void {
    this.#armed?.abort();
    this.#armed = undefined;
  }

  /** A schedule was added, changed or removed: look again what comes first. */
  changed(): void {
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  async #run(disarmed: AbortSignal): Promise<void> {
    const { clock } = this.#host;
    let firedUntil = clock.now();
    while (!disarmed.aborted) {
      const after = Math.max(firedUntil, clock.now() - LATE_MS_MAX) as EpochMs;
      const earliest = earliestOf(this.#source.nextAfter(after));
      const waitMs = earliest.length > 0 ? Math.min(earliest[0]!.at - clock.now(), SLEEP_MS_MAX) : undefined;
      if (waitMs === undefined || waitMs > 0) {
        await this.#waitFor(waitMs, AbortSignal.any([disarmed, this.#changed.signal]));
        continue;
      }
      for (const due of earliest) this.#source.fire(due);
      firedUntil = earliest[0]!.at;
    }
  }

  /** Without a time it waits for a change only, so that an empty alarm moves no virtual clock. */
  async #waitFor(ms: number | undefined, interrupted: AbortSignal): Promise<void> {
    if (ms === undefined) return new Promise((resolve) => interrupted.addEventListener('abort', () => resolve(), { once: true }));
    try {
      await this.#host.clock.sleep(ms, interrupted);
    } catch (error) {
      if (!interrupted.aborted) throw error;
    }
  }
}

/** All that share the earliest instant. */
function earliestOf(dues: Iterable<Due>): Due[] {
  let earliest: Due[] = [];
  for (const due of dues) {
    const first = earliest[0];
    if (!first || due.at < first.at) earliest = [due];
    else if (due.at === first.at) earliest.push(due);
  }
  return earliest;
}
