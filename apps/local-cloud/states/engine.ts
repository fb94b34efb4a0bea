/**
 * Runs executions: starts the interpreter in the background, closes the execution as what it became, and lets others
 * stop it or wait for it. An execution runs outside the context of whoever started it, so that its sleeps are its own.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { CloudHost } from '../service.ts';
import type { Json, Machine } from './asl.ts';
import type { Execution, ExecutionEnd, ExecutionStart, ExecutionStore } from './executions.ts';
import { Expressions } from './expressions.ts';
import { BranchAborted, StateFailure } from './failure.ts';
import { type Engine, type Frame, observe, type Run, Variables } from './frame.ts';
import { History, NOT_TRUNCATED, type Thread } from './history.ts';
import { runBlock } from './interpreter.ts';
import { TaskTokens } from './task-tokens.ts';
import { sleepUntil } from './waiting.ts';

interface Live {
  readonly finished: Promise<Execution>;
  close(end: EndWithoutTime): void;
}

type EndWithoutTime = Omit<ExecutionEnd, 'stoppedAt'>;

export function createEngine(host: CloudHost, store: ExecutionStore): Engine {
  const live = new Map<string, Live>();
  const outside = AsyncLocalStorage.snapshot();
  const now = (): number => host.clock.now();
  const sources = { now, random: () => host.random(), newId: () => host.newId() };

  const engine: Engine = {
    host,
    store,
    runBlock,
    expressions: new Expressions(sources),
    tokens: new TaskTokens(sources.newId, now),
    launch(start, machine) {
      const execution = outside(() => launch(engine, start, machine));
      live.set(start.executionArn, execution);
      const finished = execution.finished.finally(() => live.delete(start.executionArn));
      host.background(finished);
      return finished;
    },
    abort(executionArn, error, cause) {
      live.get(executionArn)?.close({ status: 'ABORTED', ...textsOf(error, cause) });
    },
    async closed(executionArn) {
      return (await live.get(executionArn)?.finished) ?? store.find(executionArn)!;
    },
  };
  return engine;
}

function launch(engine: Engine, start: ExecutionStart, machine: Machine): Live {
  const { host, store } = engine;
  const { executionArn } = start;
  const history = new History(
    (event) => store.addEvent(executionArn, event),
    () => host.clock.now(),
  );
  const controller = new AbortController();
  const thread: Thread = { lastEventId: 0 };
  store.start(start);
  const run: Run = {
    engine,
    start,
    input: JSON.parse(start.input) as Json,
    history,
    role: { kind: 'role', roleArn: start.roleArn, session: start.name },
  };

  const close = (end: EndWithoutTime): void => {
    if (history.closed) return;
    recordEnd(history, thread, end);
    store.end(executionArn, { ...end, stoppedAt: host.clock.now() });
    observe(run, EVENT_OF[end.status], { status: end.status, ...textsOf(end.error, end.cause) });
    controller.abort(new BranchAborted());
  };

  const work = async (): Promise<Execution> => {
    history.record({ lastEventId: 0 }, 'ExecutionStarted', {
      executionStartedEventDetails: { input: start.input, inputDetails: NOT_TRUNCATED, roleArn: start.roleArn },
    });
    observe(run, 'ExecutionStarted', {});
    if (machine.TimeoutSeconds !== undefined)
      void closeAtDeadline(engine, start.startedAt + machine.TimeoutSeconds * 1000, controller.signal, close);
    const frame: Frame = { run, block: machine, variables: new Variables(), thread, signal: controller.signal };
    try {
      const output = await engine.runBlock(frame, run.input);
      close({ status: 'SUCCEEDED', output: JSON.stringify(output) });
    } catch (error) {
      if (!(error instanceof BranchAborted)) close({ status: 'FAILED', ...failureTexts(error) });
    }
    return store.find(executionArn)!;
  };
  return { finished: work(), close };
}

async function closeAtDeadline(engine: Engine, deadline: number, signal: AbortSignal, close: (end: EndWithoutTime) => void): Promise<void> {
  try {
    await sleepUntil(engine.host.clock, deadline, signal);
  } catch (error) {
    if (error instanceof BranchAborted) return;
    throw error;
  }
  close({ status: 'TIMED_OUT', error: 'States.Timeout' });
}

const EVENT_OF = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

function recordEnd(history: History, thread: Thread, { status, output, error, cause }: EndWithoutTime): void {
  const type = EVENT_OF[status];
  const details = status === 'SUCCEEDED' ? { output, outputDetails: NOT_TRUNCATED } : textsOf(error, cause);
  history.close(thread, type, { [`${type[0]!.toLowerCase()}${type.slice(1)}EventDetails`]: details });
}

/** What is no failure of a state is a fault of this emulation: the execution fails with it rather than hangs. */
function failureTexts(error: unknown): { error?: string; cause?: string } {
  if (error instanceof StateFailure) return textsOf(error.error, error.causeText);
  return textsOf('States.Runtime', error instanceof Error ? (error.stack ?? error.message) : String(error));
}

const textsOf = (error: string | undefined, cause: string | undefined): { error?: string; cause?: string } => ({
  ...(error === undefined ? {} : { error }),
  ...(cause === undefined ? {} : { cause }),
});
