/**
 * One worker thread as the cloud sees it. Calls that the function makes are carried out in the async context of the invocation that waits for them,
 * so that planned crashes find it, and time that passes in a call passes for it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Worker } from 'node:worker_threads';
import type { RuntimeHost } from '../../../shared/runtime/host.ts';
import { ConnectionLost } from '../gateway/dispatch.ts';
import type { CloudClock, WireRequest, WireResponse } from '../service.ts';
import type { Answer, Order } from './answer.ts';
import type { FunctionDefinition } from './definition.ts';
import type { FromWorker, PostedRequest, ToWorker, WorkerSetting } from './worker-messages.ts';

export interface WorkerSurroundings {
  readonly clock: CloudClock;
  readonly region: string;
  runtimeHostOf(definition: FunctionDefinition): RuntimeHost;
  /** A call to the cloud as that function. @throws ConnectionLost where a fault says so. */
  send(definition: FunctionDefinition, service: string, request: WireRequest): Promise<WireResponse>;
}

/** A thread that ended by itself: an uncaught error, no memory left, `process.exit`. */
export type WorkerEnd = Answer | { readonly kind: 'crashed' };

interface Running {
  readonly end: PromiseWithResolvers<WorkerEnd>;
  readonly inside: <T>(work: () => T) => T;
}

export class WorkerEnvironment {
  readonly functionName: string;
  readonly #definition: FunctionDefinition;
  readonly #surroundings: WorkerSurroundings;
  readonly #thread: Worker;
  #running: Running | undefined;
  #isDead = false;

  constructor(definition: FunctionDefinition, surroundings: WorkerSurroundings) {
    this.functionName = definition.name;
    this.#definition = definition;
    this.#surroundings = surroundings;
    const env = Object.fromEntries(Object.entries(surroundings.runtimeHostOf(definition).env).filter(([, value]) => value !== undefined));
    const { codeDirectory, handler } = definition;
    const workerData: WorkerSetting = { functionName: definition.name, codeDirectory, handler, region: surroundings.region, env };
    this.#thread = new Worker(new URL('./worker-start.ts', import.meta.url), {
      workerData,
      env,
      execArgv: [],
      name: definition.name,
      resourceLimits: { maxOldGenerationSizeMb: definition.memoryMb },
    });
    this.#thread.on('message', (message: FromWorker) => this.#hear(message));
    this.#thread.on('error', () => this.#die());
    this.#thread.on('exit', () => this.#die());
    this.#thread.unref();
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  answer(order: Order): Promise<WorkerEnd> {
    if (this.#isDead) return Promise.resolve({ kind: 'crashed' });
    const end = Promise.withResolvers<WorkerEnd>();
    this.#running = { end, inside: AsyncLocalStorage.snapshot() };
    this.#thread.ref();
    this.#say({ kind: 'invoke', now: this.#surroundings.clock.now(), order });
    return end.promise;
  }

  /** What it held in memory goes with it. */
  async destroy(): Promise<void> {
    this.#die();
    await this.#thread.terminate();
  }

  #say(message: ToWorker): void {
    if (!this.#isDead) this.#thread.postMessage(message);
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'log':
        this.#surroundings.runtimeHostOf(this.#definition).writeLog?.(message.line);
        break;
      case 'call':
        // What a function left behind after its answer is not run, as AWS freezes it.
        this.#running?.inside(() => void this.#carryOut(message.call, message.service, message.request));
        break;
      case 'ended':
        this.#end(message.answer);
    }
  }

  async #carryOut(call: number, service: string, { query, ...request }: PostedRequest): Promise<void> {
    const { clock, send } = this.#surroundings;
    try {
      const response = await send(this.#definition, service, { ...request, query: new URLSearchParams(query) });
      this.#say({ kind: 'reply', now: clock.now(), call, response });
    } catch (error) {
      // Whatever else breaks on this side of the wire, a function sees no more of it than a broken connection.
      if (!(error instanceof ConnectionLost)) this.#surroundings.runtimeHostOf(this.#definition).writeLog?.(String(error));
      this.#say({ kind: 'lost', now: clock.now(), call });
    }
  }

  #end(end: WorkerEnd): void {
    const running = this.#running;
    this.#running = undefined;
    this.#thread.unref();
    running?.end.resolve(end);
  }

  #die(): void {
    this.#isDead = true;
    this.#end({ kind: 'crashed' });
  }
}
