/**
 * The local cloud's time. It flows like the machine's, or it is frozen at an instant and jumps: once nothing can make
 * progress, it moves to the earliest sleeper's wake-up, so that a year of waits takes no time.
 *
 * "Nothing can make progress" is read from the event loop: promise chains drain before `setImmediate` fires, so when
 * two turns pass with no held work (`hold`: a handler that may be in real I/O), only sleepers are left.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as realSleep } from 'node:timers/promises';
import type { EpochMs } from '../../shared/kernel/units.ts';
import type { CloudClock } from './service.ts';

interface Sleeper {
  readonly wakesAt: number;
  readonly order: number;
  readonly wake: () => void;
}

interface Hold {
  asleep: number;
  done: boolean;
}

export class VirtualClock implements CloudClock {
  #now: number;
  #sleepers: Sleeper[] = [];
  #order = 0;
  #held = 0;
  #pumping = false;
  /** Looks again as soon as no work is held any more; set while the pump waits for that. */
  #lookAgain: (() => void) | undefined;
  readonly #currentHold = new AsyncLocalStorage<Hold>();

  constructor(startsAt: EpochMs) {
    this.#now = startsAt;
  }

  now(): EpochMs {
    return this.#now as EpochMs;
  }

  /** Moves to another instant, forwards or back, without waking anyone early. */
  travelTo(instant: EpochMs): void {
    this.#now = instant;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const hold = this.#currentHold.getStore();
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const leave = this.#fallAsleep(hold);
      const sleeper: Sleeper = {
        // Whole milliseconds, as every clock shows them; a jittered delay is none.
        wakesAt: this.#now + Math.max(0, Math.ceil(ms)),
        order: this.#order++,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          leave();
          resolve();
        },
      };
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        leave();
        reject(signal!.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.push(sleeper);
      this.#pump();
    });
  }

  hold<T>(work: () => Promise<T>): Promise<T> {
    this.#held++;
    const hold: Hold = { asleep: 0, done: false };
    return this.#currentHold.run(hold, work).finally(() => {
      hold.done = true;
      if (hold.asleep === 0) this.#letGo();
    });
  }

  /** Held work that sleeps stops holding time until it wakes. */
  #fallAsleep(hold: Hold | undefined): () => void {
    // Work that has ended may leave a context behind in what it started; it holds nothing any more.
    if (!hold || hold.done) return () => {};
    if (hold.asleep++ === 0) this.#letGo();
    return () => {
      // Work that ended in its sleep (a timeout won the race) holds nothing any more.
      if (--hold.asleep === 0 && !hold.done) this.#held++;
    };
  }

  #letGo(): void {
    this.#held--;
    if (this.#held === 0) this.#lookAgain?.();
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    let quietTurns = 0;
    const later = (): void => {
      this.#lookAgain = undefined;
      setImmediate(turn);
    };
    const turn = (): void => {
      if (this.#sleepers.length === 0) {
        this.#pumping = false;
        return;
      }
      quietTurns = this.#held > 0 ? 0 : quietTurns + 1;
      if (quietTurns >= 3) {
        quietTurns = 0;
        this.#wakeEarliest();
      }
      // Held work is real I/O: polling it would burn the core it needs.
      if (this.#held > 0) this.#lookAgain = later;
      else setImmediate(turn);
    };
    setImmediate(turn);
  }

  #wakeEarliest(): void {
    let next = this.#sleepers[0]!;
    for (const sleeper of this.#sleepers) {
      if (sleeper.wakesAt < next.wakesAt || (sleeper.wakesAt === next.wakesAt && sleeper.order < next.order)) next = sleeper;
    }
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
    this.#now = Math.max(this.#now, next.wakesAt);
    next.wake();
  }
}

/** Node keeps a timer's delay in 31 bits; one that is longer fires at once. */
const timerMsMax = 2 ** 31 - 1;

/** Time as the machine keeps it; for `ballast local`, where schedules fire by the wall clock. */
export class RealClock implements CloudClock {
  now(): EpochMs {
    return Date.now() as EpochMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const options = signal ? { signal, ref: false } : { ref: false };
    try {
      let leftMs = ms;
      for (; leftMs > timerMsMax; leftMs -= timerMsMax) await realSleep(timerMsMax, undefined, options);
      await realSleep(leftMs, undefined, options);
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  }

  hold<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
}
