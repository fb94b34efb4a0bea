/** Walks a block of states from StartAt to its end: enter, do what the state's type does, follow where it leads. */
import type { Json, State } from './asl.ts';
import { BranchAborted, StateFailure } from './failure.ts';
import { type Frame, observe, type Step, type Visit } from './frame.ts';
import { NOT_TRUNCATED } from './history.ts';
import { visitChoice } from './states/choice.ts';
import { visitMap } from './states/map.ts';
import { visitParallel } from './states/parallel.ts';
import { visitFail, visitPass, visitSucceed } from './states/simple.ts';
import { visitTask } from './states/task.ts';
import { visitWait } from './states/wait.ts';

/** @throws StateFailure when a state fails and nothing catches it, BranchAborted when the frame's signal says so. */
export async function runBlock(frame: Frame, input: Json): Promise<Json> {
  let name = frame.block.StartAt;
  let data = input;
  for (;;) {
    const step = await runState(frame, name, data);
    data = step.output;
    if (step.next === undefined) return data;
    name = step.next;
  }
}

async function runState(frame: Frame, name: string, input: Json): Promise<Step> {
  if (frame.signal.aborted) throw frame.signal.reason;
  const state = frame.block.States[name]!;
  const enteredEventId = frame.run.history.record(frame.thread, `${state.Type}StateEntered`, {
    stateEnteredEventDetails: { name, input: JSON.stringify(input), inputDetails: NOT_TRUNCATED },
  });
  observe(frame.run, `${state.Type}StateEntered`, { state: name });
  const visit: Visit = { frame, name, state, input, enteredEventId, enteredAt: frame.run.engine.host.clock.now() };
  try {
    return await visitState(visit);
  } catch (error) {
    if (error instanceof BranchAborted) recordAborted(visit, error);
    if (error instanceof StateFailure) observe(frame.run, 'StateFailed', { state: name, error: error.error, cause: error.causeText });
    throw error;
  }
}

function visitState(visit: Visit): Promise<Step> {
  const { state } = visit;
  switch (state.Type) {
    case 'Task':
      return visitTask({ ...visit, state });
    case 'Choice':
      return visitChoice({ ...visit, state });
    case 'Map':
      return visitMap({ ...visit, state });
    case 'Parallel':
      return visitParallel({ ...visit, state });
    case 'Wait':
      return visitWait({ ...visit, state });
    case 'Pass':
      return visitPass({ ...visit, state });
    case 'Succeed':
      return visitSucceed({ ...visit, state });
    case 'Fail':
      return visitFail({ ...visit, state });
  }
}

/** Only these four types have an aborted event. */
const ABORTABLE: ReadonlySet<State['Type']> = new Set(['Task', 'Map', 'Parallel', 'Wait']);

function recordAborted({ frame, state }: Visit, { failedAtEvent }: BranchAborted): void {
  if (!ABORTABLE.has(state.Type)) return;
  frame.run.history.record(
    frame.thread,
    `${state.Type}StateAborted`,
    undefined,
    failedAtEvent === undefined ? {} : { follows: failedAtEvent },
  );
}
