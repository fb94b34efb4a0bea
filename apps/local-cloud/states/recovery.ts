/** Retry and Catch, which Task, Map and Parallel share: attempts until one succeeds, nothing retries, or a catcher takes over. */
import type { MapState, ParallelState, TaskState } from './asl.ts';
import { errorOutputOf, StateFailure } from './failure.ts';
import { evaluateAftermath, leave, observe, type Step, type Visit } from './frame.ts';
import { findCatcher, RetryPlan } from './retry.ts';
import { sleepUntil } from './waiting.ts';

type RecoverableVisit = Visit<TaskState | MapState | ParallelState>;

/** `attempt` does the state's work and leaves the state; it is told how many retries came before it. */
export async function withRecovery(visit: RecoverableVisit, attempt: (retryCount: number) => Promise<Step>): Promise<Step> {
  const { frame, state, name } = visit;
  const { clock } = frame.run.engine.host;
  const plan = new RetryPlan(state.Retry, () => frame.run.engine.host.random());
  for (let retryCount = 0; ; ) {
    try {
      return await attempt(retryCount);
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      const retry = plan.next(error);
      if (!retry) return await caught(visit, error, retryCount);
      retryCount = retry.retryCount;
      observe(frame.run, 'StateRetried', { state: name, error: error.error, cause: error.causeText, retryCount, delayMs: retry.delayMs });
      await sleepUntil(clock, clock.now() + retry.delayMs, frame.signal);
    }
  }
}

async function caught(visit: RecoverableVisit, failure: StateFailure, retryCount: number): Promise<Step> {
  const catcher = findCatcher(visit.state.Catch, failure);
  if (!catcher) throw failure;
  const errorOutput = errorOutputOf(failure);
  const index = visit.state.Catch!.indexOf(catcher);
  const evaluated = await evaluateAftermath(visit, catcher, errorOutput, { errorOutput, retryCount }, `Catch[${index}]/`);
  observe(visit.frame.run, 'StateCaught', { state: visit.name, error: failure.error, cause: failure.causeText, next: catcher.Next });
  return leave(visit, evaluated, catcher.Next);
}
