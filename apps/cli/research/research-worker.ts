/**
 * A thread of worker-pool.ts: takes one task at a time, and answers with its piece or with why there is none. It turns Node's compile cache on for itself,
 * which spares it half of its start.
 */
import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Task } from './research-work.ts';
import type { Answer, WorkerData } from './worker-pool.ts';

enableCompileCache();
const { workOn } = await import('./research-work.ts');

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
