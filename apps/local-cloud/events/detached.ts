/**
 * Work nobody awaits must not count as part of the call that caused it: the virtual clock follows a held handler
 * through async context, and a delivery that sleeps between retries would otherwise look like that handler sleeping.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { CloudHost } from '../service.ts';

/** Starts background work in the context of the service's birth, not of the current request. */
export function backgroundOf(host: CloudHost): (work: () => Promise<unknown>) => void {
  const outside = AsyncLocalStorage.snapshot();
  return (work) => host.background(outside(() => Promise.resolve().then(work)));
}
