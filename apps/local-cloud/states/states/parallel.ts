/** Parallel: all branches at once, each in a scope of its own; the first to fail aborts the others. */
import type { Json, ParallelState, StateBlock } from '../asl.ts';
import { BranchAborted, payloadText, StateFailure } from '../failure.ts';
import { evaluate, evaluateAftermath, type Frame, leave, type Step, Variables, type Visit } from '../frame.ts';
import { withRecovery } from '../recovery.ts';

export function visitParallel(visit: Visit<ParallelState>): Promise<Step> {
  return withRecovery(visit, async (retryCount) => {
    const { frame, state, name, input } = visit;
    const branchInput = state.Arguments === undefined ? input : await evaluate(visit, state.Arguments, 'Arguments', { retryCount });
    payloadText(branchInput, `The arguments of the state '${name}'`);
    frame.run.history.record(frame.thread, 'ParallelStateStarted');
    const { result, lastEventId } = await runBranches(visit, branchInput);
    const follows = lastEventId;
    frame.run.history.record(frame.thread, 'ParallelStateSucceeded', undefined, { follows });
    payloadText(result, `The result of the state '${name}'`);
    return leave(visit, await evaluateAftermath(visit, state, result, { result, retryCount }), state.Next, follows);
  });
}

async function runBranches(visit: Visit<ParallelState>, input: Json): Promise<{ result: Json[]; lastEventId: number }> {
  const { frame, state } = visit;
  const abort = new AbortController();
  const signal = AbortSignal.any([frame.signal, abort.signal]);
  let lastEventId = frame.thread.lastEventId;
  let failed: { readonly error: unknown } | undefined;

  const runBranch = async (block: StateBlock): Promise<Json> => {
    const branch: Frame = {
      ...frame,
      block,
      signal,
      variables: new Variables(frame.variables),
      thread: { lastEventId: frame.thread.lastEventId },
    };
    try {
      const output = await frame.run.engine.runBlock(branch, input);
      lastEventId = branch.thread.lastEventId;
      return output;
    } catch (error) {
      if (!failed) {
        failed = { error };
        lastEventId = branch.thread.lastEventId;
        abort.abort(new BranchAborted(lastEventId));
      }
      return null;
    }
  };
  const result = await Promise.all(state.Branches.map(runBranch));
  if (!failed) return { result, lastEventId };
  const { error } = failed;
  if (error instanceof StateFailure) frame.run.history.record(frame.thread, 'ParallelStateFailed', undefined, { follows: lastEventId });
  throw error;
}
