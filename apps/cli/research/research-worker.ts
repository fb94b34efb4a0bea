/** A thread of worker-pool.ts: takes one task at a time, and answers with its piece or with why there is none. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Task, workOn } from './research-work.ts';
import type { Answer, WorkerData } from './worker-pool.ts';

const { job, panel } = workerData as WorkerData;
const work = workOn(job, panel);
const answer = (said: Answer): void => parentPort?.postMessage(said);

parentPort?.on('message', (task: Task) => {
  try {
    answer({ piece: work(task) });
  } catch (error) {
    answer({ failed: String((error as Error).message) });
  }
});
