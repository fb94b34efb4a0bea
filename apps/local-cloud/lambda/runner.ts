/**
 * Runs one invocation to its end: an answer, an error, a timeout or a death, in the shapes Lambda gives them.
 * The handler runs in this process, on the host lent to it, or on a worker thread where it computes heavily and the cloud
 * has such threads; time stands still while it works, except where it itself waits for the cloud's time.
 */
import { lendHost, type RuntimeHost } from '../../../shared/runtime/host.ts';
import type { Fault } from '../faults.ts';
import { AwsError, type CloudHost } from '../service.ts';
import { type Answer, answerOf, type ErrorPayload, type Order, RESPONSE_BYTES_MAX } from './answer.ts';
import type { FunctionDefinition } from './definition.ts';
import { asInvocation } from './invocation.ts';
import { type Handler, loadHandler, loadSharedHandler } from './load-handler.ts';
import type { WorkerEnvironment, WorkerSurroundings } from './worker-environment.ts';
import { WorkerEnvironments } from './worker-environments.ts';

export interface InvocationResult {
  readonly requestId: string;
  /** `$LATEST` or a number. */
  readonly executedVersion: string;
  /** JSON text: the answer, or the error. */
  readonly payload: string;
  readonly functionError?: 'Unhandled';
}

export interface Invocation {
  readonly definition: FunctionDefinition;
  readonly executedVersion: string;
  /** As called: with its version or alias, if any. */
  readonly invokedArn: string;
  readonly payload: string;
  readonly requestId: string;
}

export interface RunnerOptions {
  readonly host: CloudHost;
  /** The machine as this function sees it. */
  runtimeHostOf(definition: FunctionDefinition): RuntimeHost;
  readonly sharesBundles: boolean;
  /** Worker threads at most; none: every function runs in this process. */
  readonly workers: number;
  readonly send: WorkerSurroundings['send'];
  /** A death planned for this invocation. */
  plannedCrash(functionName: string): Fault | undefined;
}

/**
 * Virtual time stands still while a handler works, so one that hangs is ended by real time: its timeout, and the ten
 * seconds that Lambda gives a cold start.
 */
const INIT_MS_MAX = 10_000;

type Ending = Answer | { readonly kind: 'timed-out' } | { readonly kind: 'crashed' };

export class Runner {
  readonly #options: RunnerOptions;
  readonly #handlers = new Map<string, Promise<Handler>>();
  /** Functions of which an environment died here: the next one begins from nothing. */
  readonly #died = new Set<string>();
  readonly #inFlight = new Map<string, number>();
  readonly #workers: WorkerEnvironments | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    const { host, workers, runtimeHostOf, send } = options;
    this.#workers =
      workers > 0 ? new WorkerEnvironments(workers, { clock: host.clock, region: host.region, runtimeHostOf, send }) : undefined;
  }

  async close(): Promise<void> {
    await this.#workers?.close();
  }

  /** @throws AwsError TooManyRequestsException when the function's reserved concurrency is used up. */
  async run(invocation: Invocation): Promise<InvocationResult> {
    const { name, reservedConcurrency } = invocation.definition;
    const inFlight = this.#inFlight.get(name) ?? 0;
    if (reservedConcurrency !== undefined && inFlight >= reservedConcurrency) {
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, {
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
        Type: 'User',
      });
    }
    this.#inFlight.set(name, inFlight + 1);
    try {
      return this.#resultOf(invocation, await this.#runToItsEnd(invocation));
    } finally {
      this.#inFlight.set(name, this.#inFlight.get(name)! - 1);
    }
  }

  async #runToItsEnd(invocation: Invocation): Promise<Ending> {
    const { plannedCrash } = this.#options;
    const { name, timeoutMs } = invocation.definition;
    const crash = plannedCrash(name);
    if (crash?.kind === 'crash-before') {
      await this.#workers?.loseOne(name);
      return this.#coldAgain(name, { kind: 'crashed' });
    }
    const environment = await this.#environmentFor(invocation.definition);
    const ending = await this.#within(invocation, timeoutMs, (order) => environment?.answer(order) ?? this.#answer(invocation, order));
    const isDead = crash?.kind === 'crash-after' || ending.kind === 'timed-out' || ending.kind === 'crashed';
    if (environment) {
      if (isDead) await environment.destroy();
      this.#workers!.giveBack(environment);
    }
    if (crash?.kind === 'crash-after') return this.#coldAgain(name, { kind: 'crashed' });
    return isDead ? this.#coldAgain(name, ending) : ending;
  }

  /** A thread of its own for what computes heavily. Waiting for one is no time of the cloud's. */
  async #environmentFor(definition: FunctionDefinition): Promise<WorkerEnvironment | undefined> {
    const workers = this.#workers;
    return workers && definition.computesHeavily ? this.#options.host.clock.hold(() => workers.lease(definition)) : undefined;
  }

  async #within(invocation: Invocation, timeoutMs: number, answer: (order: Order) => Promise<Ending>): Promise<Ending> {
    const { clock } = this.#options.host;
    const stop = Promise.withResolvers<Ending>();
    const over = new AbortController();
    // Started here, outside the hold: a function that waits for this one lets time pass meanwhile.
    clock.sleep(timeoutMs, over.signal).then(
      () => stop.resolve({ kind: 'timed-out' }),
      () => {},
    );
    const giveUp = setTimeout(() => stop.resolve({ kind: 'timed-out' }), timeoutMs + INIT_MS_MAX);
    const order = orderOf(invocation, clock.now() + timeoutMs);
    const functionName = invocation.definition.name;
    const work = (): Promise<Ending> => asInvocation({ functionName, crash: () => stop.resolve({ kind: 'crashed' }) }, () => answer(order));
    const ending = await clock.hold(() => Promise.race([work(), stop.promise]));
    over.abort();
    clearTimeout(giveUp);
    return ending;
  }

  /** An execution environment that died takes what it held in memory with it. */
  #coldAgain(name: string, ending: Ending): Ending {
    this.#handlers.delete(name);
    this.#died.add(name);
    return ending;
  }

  #answer({ definition }: Invocation, order: Order): Promise<Ending> {
    const { clock } = this.#options.host;
    return lendHost(this.#options.runtimeHostOf(definition), () =>
      answerOf(
        () => this.#warmHandler(definition),
        order,
        () => clock.now(),
      ),
    );
  }

  #warmHandler({ name, codeDirectory, handler }: FunctionDefinition): Promise<Handler> {
    const warm = this.#handlers.get(name);
    if (warm) return warm;
    const load = this.#options.sharesBundles && !this.#died.has(name) ? loadSharedHandler : loadHandler;
    const cold = load(codeDirectory, handler);
    this.#handlers.set(name, cold);
    // A bundle that failed to load is loaded anew by the next invocation.
    cold.catch(() => this.#handlers.delete(name));
    return cold;
  }

  #resultOf({ definition, executedVersion, requestId }: Invocation, ending: Ending): InvocationResult {
    if (ending.kind === 'answered') return { requestId, executedVersion, payload: ending.payload };
    const error = errorOf(ending, requestId, definition);
    const { host } = this.#options;
    host.observe({
      at: host.clock.now(),
      service: 'lambda',
      event: 'InvokeFailed',
      details: { functionName: definition.name, requestId, ...error },
    });
    return { requestId, executedVersion, payload: JSON.stringify(error), functionError: 'Unhandled' };
  }
}

function orderOf({ definition, executedVersion, invokedArn, payload, requestId }: Invocation, deadlineAt: number): Order {
  const context = {
    functionName: definition.name,
    functionVersion: executedVersion,
    invokedFunctionArn: invokedArn,
    memoryLimitInMB: String(definition.memoryMb),
    awsRequestId: requestId,
    logGroupName: definition.logGroupName,
    logStreamName: `local/[${executedVersion}]`,
  };
  return { payload, context, timeoutMs: definition.timeoutMs, deadlineAt };
}

function errorOf(ending: Exclude<Ending, { kind: 'answered' }>, requestId: string, { timeoutMs }: FunctionDefinition): ErrorPayload {
  switch (ending.kind) {
    case 'timed-out':
      return {
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
      };
    case 'crashed':
      return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status 1` };
    case 'too-large':
      return {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: `Response payload size exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).`,
      };
    case 'failed':
      return ending.error;
  }
}
