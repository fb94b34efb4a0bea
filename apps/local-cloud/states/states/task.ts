/** Task: one call to a service, under its timeouts, with its callback if it waits for one. */
import type { Json, TaskState } from '../asl.ts';
import { payloadText, StateFailure } from '../failure.ts';
import { evaluate, evaluateAftermath, evaluateNumber, leave, type Step, type Visit } from '../frame.ts';
import { NOT_TRUNCATED } from '../history.ts';
import { withRecovery } from '../recovery.ts';
import type { IssuedToken } from '../task-tokens.ts';
import { integrationOf, perform, type TaskCall } from '../tasks.ts';
import { sleepUntil, unlessAborted } from '../waiting.ts';

interface Limits {
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
}

export function visitTask(visit: Visit<TaskState>): Promise<Step> {
  return withRecovery(visit, async (retryCount) => {
    const { frame, state } = visit;
    const integration = integrationOf(state.Resource);
    const token = integration.pattern === 'waitForTaskToken' ? frame.run.engine.tokens.issue(frame.run.start.stateMachineArn) : undefined;
    try {
      const extras = { retryCount, ...(token ? { taskToken: token.token } : {}) };
      const argument = state.Arguments === undefined ? visit.input : await evaluate(visit, state.Arguments, 'Arguments', extras);
      const limits: Limits = {
        timeoutSeconds: await seconds(visit, state.TimeoutSeconds, 'TimeoutSeconds'),
        heartbeatSeconds: await seconds(visit, state.HeartbeatSeconds, 'HeartbeatSeconds'),
      };
      const result = await runTask(visit, { integration, argument }, limits, token);
      return leave(visit, await evaluateAftermath(visit, state, result, { result, retryCount }), state.Next);
    } finally {
      token?.close();
    }
  });
}

const seconds = async (visit: Visit, template: number | string | undefined, field: string): Promise<number | undefined> =>
  template === undefined ? undefined : evaluateNumber(visit, template, field, { atLeast: 1, whole: true });

async function runTask(visit: Visit<TaskState>, call: TaskCall, limits: Limits, token: IssuedToken | undefined): Promise<Json> {
  const { frame, name } = visit;
  const { history, engine } = frame.run;
  const { resourceType, resource } = call.integration;
  const record = (type: string, details: Record<string, unknown>): void => {
    history.record(frame.thread, type, {
      [`${type[0]!.toLowerCase()}${type.slice(1)}EventDetails`]: { resourceType, resource, ...details },
    });
  };
  const parameters = payloadText(call.argument, `The arguments of the state '${name}'`);
  const { timeoutSeconds: timeoutInSeconds, heartbeatSeconds: heartbeatInSeconds } = limits;
  record('TaskScheduled', {
    region: engine.host.region,
    parameters,
    ...(timeoutInSeconds === undefined ? {} : { timeoutInSeconds }),
    ...(heartbeatInSeconds === undefined ? {} : { heartbeatInSeconds }),
  });
  record('TaskStarted', {});
  try {
    const result = await withinLimits(visit, limits, token, (signal) =>
      perform(frame.run, call, {
        signal,
        token,
        submitted: (output) => record('TaskSubmitted', { output: JSON.stringify(output), outputDetails: NOT_TRUNCATED }),
      }),
    );
    const output = payloadText(result, `The result of the state '${name}'`);
    record('TaskSucceeded', { output, outputDetails: NOT_TRUNCATED });
    return result;
  } catch (error) {
    if (error instanceof StateFailure) {
      const details = {
        ...(error.error === undefined ? {} : { error: error.error }),
        ...(error.causeText === undefined ? {} : { cause: error.causeText }),
      };
      record(error.error === 'States.Timeout' ? 'TaskTimedOut' : 'TaskFailed', details);
    }
    throw error;
  }
}

/** Runs the work until it is done, its time is up, its heartbeat stops, or the frame is aborted. */
async function withinLimits(
  visit: Visit<TaskState>,
  { timeoutSeconds, heartbeatSeconds }: Limits,
  token: IssuedToken | undefined,
  perform: (signal: AbortSignal) => Promise<Json>,
): Promise<Json> {
  const { frame } = visit;
  const { clock } = frame.run.engine.host;
  const over = new AbortController();
  const signal = AbortSignal.any([frame.signal, over.signal]);
  const startedAt = clock.now();
  let settled = false;
  const work = perform(signal).finally(() => {
    settled = true;
  });
  const contenders: Promise<Json>[] = [work];
  if (timeoutSeconds !== undefined) contenders.push(timeout(sleepUntil(clock, startedAt + timeoutSeconds * 1000, signal)));
  // AWS reads heartbeats of callbacks (and activities) only; a function has no way to send one.
  if (heartbeatSeconds !== undefined && token) contenders.push(heartbeatTimeout(visit, heartbeatSeconds, token, signal));
  try {
    return await unlessAborted(Promise.race(contenders), frame.signal);
  } finally {
    over.abort();
    // The call goes on at the other side, as it does on AWS; the cloud settles only when it is done too.
    if (!settled) frame.run.engine.host.background(work.catch(() => {}));
  }
}

async function timeout(sleep: Promise<void>): Promise<never> {
  await sleep;
  throw new StateFailure('States.Timeout');
}

/** AWS names a missed heartbeat States.Timeout in the history; ErrorEquals may name it States.HeartbeatTimeout as well. */
async function heartbeatTimeout(
  visit: Visit<TaskState>,
  heartbeatSeconds: number,
  token: IssuedToken,
  signal: AbortSignal,
): Promise<never> {
  const { clock } = visit.frame.run.engine.host;
  for (;;) {
    const dueAt = token.lastBeatAt() + heartbeatSeconds * 1000;
    await sleepUntil(clock, dueAt, signal);
    if (token.lastBeatAt() + heartbeatSeconds * 1000 <= clock.now()) {
      throw new StateFailure('States.Timeout', undefined, { aliases: ['States.HeartbeatTimeout'] });
    }
  }
}
