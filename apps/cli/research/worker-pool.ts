/**
 * Research on several cores: the same work, in this thread or on worker threads, in whatever order they finish. What comes out does not depend on how
 * many there are, since every piece is a function of the job and the task alone. The panel's columns lie in shared memory: they are copied once,
 * not once a thread.
 */
import { Worker } from 'node:worker_threads';
import type { Panel } from '../../../shared/domain/research/panel.ts';
import { InvariantViolation } from '../../../shared/kernel/errors.ts';
import { type Job, type Piece, type Task, workOn } from './research-work.ts';

export interface Crew {
  /** Does every task and hands each piece on as soon as it is there. @throws what the work throws. */
  run(tasks: readonly Task[], finished: (piece: Piece) => void): Promise<void>;
  close(): void;
}

/** With fewer than two threads, in this one. What a thread has worked out of the panel stays warm until the crew is closed. */
export function openCrew({ job, panel, workers }: WorkerData & { readonly workers: number }): Crew {
  if (workers < 2) return { run: here(job, panel), close: () => {} };
  const shared = inSharedMemory(panel);
  const threads: Thread[] = [];
  return {
    async run(tasks, finished) {
      while (threads.length < Math.min(workers, tasks.length)) threads.push(newThread({ job, panel: shared }));
      const queue = tasks.values();
      await Promise.all(threads.map((thread) => fromQueue(thread, queue, finished)));
    },
    close: () => {
      for (const { worker } of threads) void worker.terminate();
    },
  };
}

function here(job: Job, panel: Panel): Crew['run'] {
  const work = workOn(job, panel);
  return async (tasks, finished) => {
    for (const task of tasks) {
      finished(work(task));
      // So that a terminal is redrawn and Ctrl-C is heard between two pieces.
      await new Promise(setImmediate);
    }
  };
}

export interface WorkerData {
  readonly job: Job;
  readonly panel: Panel;
}

/** What a thread answers: a piece, or why there is none. */
export type Answer = { readonly piece: Piece } | { readonly failed: string };

interface Thread {
  readonly worker: Worker;
  /** Only ever rejects: when the thread ends by itself. */
  readonly lost: Promise<never>;
}

function newThread(workerData: WorkerData): Thread {
  const worker = new Worker(new URL('./research-worker.ts', import.meta.url), { workerData });
  const lost = new Promise<never>((_, failed) => {
    worker.on('error', failed);
    worker.on('exit', (code) => failed(new InvariantViolation('a research thread ends when it is told to', { code })));
  });
  // Nobody waits for a thread that is idle, or is closed.
  lost.catch(() => {});
  return { worker, lost };
}

async function fromQueue({ worker, lost }: Thread, queue: IterableIterator<Task>, finished: (piece: Piece) => void): Promise<void> {
  for (const task of queue) {
    const answered = new Promise<Answer>((heard) => worker.once('message', heard));
    worker.postMessage(task);
    const answer = await Promise.race([answered, lost]);
    if ('failed' in answer) throw new InvariantViolation('a research task ends with a piece', { failed: answer.failed });
    finished(answer.piece);
  }
}

/** The same panel, its numbers where every thread reads them in place. */
function inSharedMemory(panel: Panel): Panel {
  const { day, endMinute, rowOf, series } = panel;
  return {
    ...panel,
    ...{ day: int32(day), endMinute: endMinute && int16(endMinute), rowOf: int32(rowOf) },
    series: series.map((bars) => ({
      symbol: bars.symbol,
      ...{ day: int32(bars.day), endMinute: bars.endMinute && int16(bars.endMinute) },
      ...{ open: float64(bars.open), high: float64(bars.high), low: float64(bars.low), close: float64(bars.close) },
      ...{ volume: float64(bars.volume), dividend: float64(bars.dividend), splitRatio: float64(bars.splitRatio) },
    })),
  };
}

function float64(column: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(column.byteLength));
  shared.set(column);
  return shared;
}

function int32(column: Int32Array): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(column.byteLength));
  shared.set(column);
  return shared;
}

function int16(column: Int16Array): Int16Array {
  const shared = new Int16Array(new SharedArrayBuffer(column.byteLength));
  shared.set(column);
  return shared;
}
