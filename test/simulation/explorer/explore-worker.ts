/** One explorer on a core of its own: its share comes in as the worker's data, what it found goes out as a message. */
import { parentPort, workerData } from 'node:worker_threads';
import { exploreShare, type Share } from './parallel.ts';

parentPort!.postMessage(await exploreShare(workerData as Share));
