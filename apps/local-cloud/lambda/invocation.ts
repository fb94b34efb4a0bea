/** Which invocation the running code belongs to, so that a planned fault can kill it in the middle of a call. */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface RunningInvocation {
  readonly functionName: string;
  /** Ends the invocation as if its process had exited. */
  crash(): void;
}

const running = new AsyncLocalStorage<RunningInvocation>();

export const asInvocation = <T>(invocation: RunningInvocation, work: () => Promise<T>): Promise<T> => running.run(invocation, work);

/** Whether there was an invocation of that function to crash: work a function left behind for a service is not the function. */
export function crashCurrentInvocation(functionName: string): boolean {
  const invocation = running.getStore();
  if (invocation?.functionName !== functionName) return false;
  invocation.crash();
  return true;
}
