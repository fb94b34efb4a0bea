/**
 * The inside of a worker thread: one execution environment of one function. It loads the bundle once and runs one invocation at a time; every AWS
 * call goes to the cloud's own thread as a message, with the wire request in it, and the answer comes back with the cloud's time.
 *
 * The environment's variables are the thread's own `process.env`. The network is not reached from here: what computes needs the cloud alone.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { lendHost, type RuntimeHost } from '../../../shared/runtime/host.ts';
import { clientConfigOver } from '../gateway/client-config.ts';
import { ConnectionLost } from '../gateway/dispatch.ts';
import type { WireRequest, WireResponse } from '../service.ts';
import { answerOf } from './answer.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import type { FromWorker, ToWorker, WorkerSetting } from './worker-messages.ts';

const setting = workerData as WorkerSetting;
const cloud = parentPort!;
const say = (message: FromWorker): void => cloud.postMessage(message);

let now = 0;
let calls = 0;
const waiting = new Map<number, PromiseWithResolvers<WireResponse>>();

function send(service: string, { query, ...request }: WireRequest): Promise<WireResponse> {
  const call = calls++;
  const reply = Promise.withResolvers<WireResponse>();
  waiting.set(call, reply);
  say({ kind: 'call', call, service, request: { ...request, query: query.toString() } });
  return reply.promise;
}

const clientConfig = clientConfigOver(send, setting.region);
const host: RuntimeHost = {
  env: setting.env,
  clock: { now: () => now as EpochMs },
  awsClientConfig: () => clientConfig,
  fetch: () =>
    Promise.reject(new TypeError(`The function ${setting.functionName} runs on a worker thread, which reaches the cloud alone.`)),
  writeLog: (line) => say({ kind: 'log', line }),
};

let warm: Promise<Handler> | undefined;

function load(): Promise<Handler> {
  if (warm) return warm;
  warm = loadHandler(setting.codeDirectory, setting.handler);
  // A bundle that failed to load is loaded anew by the next invocation.
  warm.catch(() => {
    warm = undefined;
  });
  return warm;
}

cloud.on('message', (message: ToWorker) => {
  now = message.now;
  if (message.kind === 'invoke') {
    void lendHost(host, () => answerOf(load, message.order, () => now)).then((answer) => say({ kind: 'ended', answer }));
    return;
  }
  const reply = waiting.get(message.call);
  waiting.delete(message.call);
  if (message.kind === 'reply') reply?.resolve(message.response);
  else reply?.reject(new ConnectionLost());
});
