/**
 * Runs one invocation to its end: an answer, an error, a timeout or a death, in the shapes Lambda gives them.
 * The handler runs in this process, on the host lent to it; time stands still while it works, except where it
 * itself waits for the cloud's time.
 */
import { lendHost, type RuntimeHost } from '../../../shared/runtime/host.ts';
import type { Fault } from '../faults.ts';
import { AwsError, type CloudHost } from '../service.ts';
import type { FunctionDefinition } from './definition.ts';
import { asInvocation } from './invocation.ts';
import { type Handler, loadHandler, loadSharedHandler, RuntimeFailure } from './load-handler.ts';

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
  /** A death planned for this invocation. */
  plannedCrash(functionName: string): Fault | undefined;
}

const RESPONSE_BYTES_MAX = 6_291_556;
/**
 * Virtual time stands still while a handler works, so one that hangs is ended by real time: its timeout, and the ten
 * seconds that Lambda gives a cold start.
 */
const INIT_MS_MAX = 10_000;

type Ending =
  | { readonly kind: 'answered'; readonly payload: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'crashed' };

export class Runner {
  readonly #options: RunnerOptions;
  readonly #handlers = new Map<string, Promise<Handler>>();
  /** Functions of which an environment died here: the next one begins from nothing. */
  readonly #died = new Set<string>();
  readonly #inFlight = new Map<string, number>();

  constructor(options: RunnerOptions) {
    this.#options = options;
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
    const { host, plannedCrash } = this.#options;
    const { name, timeoutMs } = invocation.definition;
    const crash = plannedCrash(name);
    if (crash?.kind === 'crash-before') return this.#coldAgain(name, { kind: 'crashed' });

    const stop = Promise.withResolvers<Ending>();
    const over = new AbortController();
    // Started here, outside the hold: a function that waits for this one lets time pass meanwhile.
    host.clock.sleep(timeoutMs, over.signal).then(
      () => stop.resolve({ kind: 'timed-out' }),
      () => {},
    );
    const giveUp = setTimeout(() => stop.resolve({ kind: 'timed-out' }), timeoutMs + INIT_MS_MAX);
    const deadlineAt = host.clock.now() + timeoutMs;
    const work = (): Promise<Ending> =>
      asInvocation({ functionName: name, crash: () => stop.resolve({ kind: 'crashed' }) }, () => this.#answer(invocation, deadlineAt));
    const ending = await host.clock.hold(() => Promise.race([work(), stop.promise]));
    over.abort();
    clearTimeout(giveUp);
    if (crash?.kind === 'crash-after') return this.#coldAgain(name, { kind: 'crashed' });
    return ending.kind === 'timed-out' || ending.kind === 'crashed' ? this.#coldAgain(name, ending) : ending;
  }

  /** An execution environment that died takes what it held in memory with it. */
  #coldAgain(name: string, ending: Ending): Ending {
    this.#handlers.delete(name);
    this.#died.add(name);
    return ending;
  }

  async #answer(invocation: Invocation, deadlineAt: number): Promise<Ending> {
    const { definition, payload } = invocation;
    const event: unknown = payload === '' ? {} : JSON.parse(payload);
    return lendHost(this.#options.runtimeHostOf(definition), async () => {
      try {
        const handler = await this.#warmHandler(definition);
        const answer = marshalled(await handler(event, this.#contextOf(invocation, deadlineAt)));
        return Buffer.byteLength(answer) > RESPONSE_BYTES_MAX ? { kind: 'too-large' } : { kind: 'answered', payload: answer };
      } catch (error) {
        return { kind: 'failed', error };
      }
    });
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

  #contextOf({ definition, executedVersion, invokedArn, requestId }: Invocation, deadlineAt: number): object {
    const { clock } = this.#options.host;
    return {
      functionName: definition.name,
      functionVersion: executedVersion,
      invokedFunctionArn: invokedArn,
      memoryLimitInMB: String(definition.memoryMb),
      awsRequestId: requestId,
      logGroupName: definition.logGroupName,
      logStreamName: `local/[${executedVersion}]`,
      callbackWaitsForEmptyEventLoop: true,
      // Never more than there was: a clock that is set back must not make of it a timer longer than timers can be.
      getRemainingTimeInMillis: () => Math.min(definition.timeoutMs, Math.max(0, deadlineAt - clock.now())),
    };
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

function marshalled(answer: unknown): string {
  try {
    return JSON.stringify(answer) ?? 'null';
  } catch (cause) {
    throw new RuntimeFailure(
      'Runtime.MarshalError',
      `Unable to stringify response body: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

interface ErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
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
    case 'failed': {
      const { error } = ending;
      if (!(error instanceof Error)) return { errorType: error === null ? 'object' : typeof error, errorMessage: String(error), trace: [] };
      return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
    }
  }
}
