/**
 * The time of one schedule, and its only scheduler: whatever is to happen stands in a queue with its instant, and the next thing happens
 * only when nothing else can go on by itself.
 *
 * "Nothing can go on" is read from the event loop: all code under test here waits on promises alone, and promise chains drain before a
 * `setImmediate` fires. So one thing runs at a time, in an order that instants and arrival decide, and a schedule repeats exactly.
 */
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';

interface Due {
  readonly at: number;
  readonly order: number;
  /** What it returns is waited for before anything else happens. */
  readonly act: () => unknown;
}

/** Turns of the event loop in which nothing is queued although somebody has not ended: more than any chain of promises takes. */
const IDLE_TURNS_MAX = 200;

export class VirtualTime implements Clock {
  #now: number;
  #queue: Due[] = [];
  #order = 0;
  #unfinished = 0;

  constructor(startsAt: EpochMs) {
    this.#now = startsAt;
  }

  now(): EpochMs {
    return this.#now as EpochMs;
  }

  /** Returns what takes it off the queue again. */
  in(ms: number, act: () => unknown): () => void {
    const due: Due = { at: this.#now + Math.max(0, ms), order: this.#order++, act };
    this.#queue.push(due);
    return () => {
      this.#queue = this.#queue.filter((other) => other !== due);
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.in(ms, wake));
  }

  /** Work that `run` sees to its end. */
  start(work: () => Promise<unknown>): void {
    this.#unfinished++;
    void work().finally(() => this.#unfinished--);
  }

  /** Until nothing is left to happen. @throws Error when somebody waits for what will never come. */
  async run(): Promise<void> {
    for (let idle = 0; ; ) {
      await nextTurn();
      const next = this.#takeNext();
      if (next) {
        idle = 0;
        this.#now = Math.max(this.#now, next.at);
        await next.act();
      } else if (this.#unfinished === 0) return;
      else if (++idle > IDLE_TURNS_MAX) throw new Error(`${this.#unfinished} of the actors wait for something that will never come`);
    }
  }

  #takeNext(): Due | undefined {
    let next = this.#queue[0];
    for (const due of this.#queue) {
      if (next && (due.at < next.at || (due.at === next.at && due.order < next.order))) next = due;
    }
    if (next) this.#queue = this.#queue.filter((due) => due !== next);
    return next;
  }
}

const nextTurn = (): Promise<void> => new Promise((turn) => setImmediate(turn));
