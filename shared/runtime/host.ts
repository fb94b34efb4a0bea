/**
 * What a handler's code learns from the machine it runs on: its environment, the time, how AWS clients are made, and
 * how it reaches the network. On Lambda that is the process; in the local cloud many functions share one process, so
 * the cloud lends each invocation a host of its own.
 *
 * Every bundle carries its own copy of this module, so lender and borrower meet on `globalThis`, under a symbol of the
 * global registry.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { type Clock, systemClock } from '../kernel/clock.ts';

/** The part of a client's configuration that every AWS client shares. */
export type AwsClientConfig = Pick<
  DynamoDBClientConfig,
  | 'region'
  | 'credentials'
  | 'requestHandler'
  | 'httpAuthSchemes'
  | 'maxAttempts'
  | 'retryStrategy'
  | 'useDualstackEndpoint'
  | 'useFipsEndpoint'
>;

export interface RuntimeHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Spread into every AWS SDK client constructor. On Lambda: nothing. */
  awsClientConfig(): AwsClientConfig;
  readonly fetch: typeof globalThis.fetch;
  /** Where log lines go; on Lambda, standard output. */
  writeLog?(line: string): void;
}

/** The host lent to this invocation, or the Lambda process itself. */
export function runtimeHost(): RuntimeHost {
  return lending().getStore() ?? lambdaHost;
}

/** Everything `work` starts, timers and promises included, sees this host. */
export function lendHost<T>(host: RuntimeHost, work: () => Promise<T>): Promise<T> {
  return lending().run(host, work);
}

/** Makes a thing when a host first asks for it: once on Lambda, once per cloud and function in the local cloud. */
export function oncePerHost<T>(make: (host: RuntimeHost) => T): (host: RuntimeHost) => T {
  const made = new WeakMap<RuntimeHost, { readonly value: T }>();
  return (host) => {
    const known = made.get(host) ?? { value: make(host) };
    made.set(host, known);
    return known.value;
  };
}

const lambdaHost: RuntimeHost = {
  env: process.env,
  clock: systemClock,
  awsClientConfig: () => ({}),
  fetch: (input, init) => globalThis.fetch(input, init),
};

const MEETING_POINT = Symbol.for('ballast.runtime-host');

function lending(): AsyncLocalStorage<RuntimeHost> {
  const meeting = globalThis as { [MEETING_POINT]?: AsyncLocalStorage<RuntimeHost> };
  meeting[MEETING_POINT] ??= new AsyncLocalStorage();
  return meeting[MEETING_POINT];
}
