/**
 * Map in distributed mode: a map run whose iterations are child executions with histories of their own. It fails once more
 * items failed than it tolerates; results go into the state's output or, with a ResultWriter, to S3.
 */
import type { Json, MapState } from '../asl.ts';
import { type MapRun, statusOf } from '../executions.ts';
import { BranchAborted, StateFailure } from '../failure.ts';
import { evaluate, evaluateNumber, type Run, type Visit } from '../frame.ts';
import { callService } from '../tasks.ts';
import { type Batch, batchesOf } from './batches.ts';
import type { Child } from './child.ts';
import { iterationInput, type MapOutcome } from './inline.ts';
import { type MapItem, mapContextOf } from './map-item.ts';
import { childResult, writeResults } from './result-writer.ts';

interface Tolerance {
  readonly count: number | undefined;
  readonly percentage: number | undefined;
}

/** Only the machine's own role is asked: it needs what the developer guide lists for a machine with a Distributed Map. */
const AUTHORIZE = { service: 'states', operation: 'AuthorizeMapRun', errorPrefix: 'StepFunctions' };

/** Children run under the machine's name and this. */
const labelOf = ({ name, state }: Visit<MapState>): string => state.Label ?? (name.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 40) || 'Map');

export async function runDistributed(visit: Visit<MapState>, items: readonly MapItem[], concurrency: number): Promise<MapOutcome> {
  const { frame, state } = visit;
  const { run, thread } = frame;
  const inputs: Json[] = [];
  for (const [index, item] of items.entries()) inputs.push(await iterationInput(visit, item, mapContextOf(item, index)));
  const batches = await batchesOf(visit, inputs);
  const tolerance = await toleranceOf(visit);
  const writerArguments =
    state.ResultWriter?.Arguments === undefined ? undefined : await evaluate(visit, state.ResultWriter.Arguments, 'ResultWriter/Arguments');
  await callService(run, AUTHORIZE, { stateMachineArn: run.start.stateMachineArn, label: labelOf(visit) });

  const mapRun = new RunningMap(visit, batches, tolerance, concurrency);
  run.history.record(thread, 'MapRunStarted', { mapRunStartedEventDetails: { mapRunArn: mapRun.arn } });
  try {
    const children = await mapRun.run();
    const result =
      writerArguments === undefined
        ? resultOf(state, children)
        : await writeResults(run, mapRun.arn, children, state.ResultWriter!, writerArguments);
    mapRun.end('SUCCEEDED', writerArguments === undefined ? 0 : children.length);
    const lastEventId = run.history.record(thread, 'MapRunSucceeded');
    return { result, lastEventId };
  } catch (error) {
    if (!(error instanceof StateFailure)) {
      mapRun.end('ABORTED', 0);
      run.history.record(thread, 'MapRunAborted');
      throw error;
    }
    if (writerArguments !== undefined && error.error === 'States.ExceedToleratedFailureThreshold') {
      await writeResults(run, mapRun.arn, mapRun.children, state.ResultWriter!, writerArguments);
    }
    mapRun.end('FAILED', 0);
    run.history.record(thread, 'MapRunFailed', { mapRunFailedEventDetails: { error: error.error, cause: error.causeText } });
    run.history.record(thread, 'MapStateFailed');
    throw error;
  }
}

/** Without a ResultWriter the outputs in the order of the items; a failed child leaves its record in its place. */
function resultOf(state: MapState, children: readonly Child[]): Json {
  const transformation = state.ResultWriter?.WriterConfig?.Transformation ?? 'COMPACT';
  return children.flatMap((child) => childResult(child, transformation));
}

async function toleranceOf(visit: Visit<MapState>): Promise<Tolerance> {
  const { ToleratedFailureCount: count, ToleratedFailurePercentage: percentage } = visit.state;
  return {
    count: count === undefined ? undefined : await evaluateNumber(visit, count, 'ToleratedFailureCount', { atLeast: 0, whole: true }),
    percentage:
      percentage === undefined ? undefined : await evaluateNumber(visit, percentage, 'ToleratedFailurePercentage', { atLeast: 0 }),
  };
}

class RunningMap {
  readonly arn: string;
  readonly children: Child[];
  readonly #run: Run;
  readonly #visit: Visit<MapState>;
  readonly #tolerance: Tolerance;
  readonly #concurrency: number;
  readonly #machine: { readonly arn: string; readonly name: string };
  readonly #startedAt: number;
  readonly #running = new Set<string>();
  #next = 0;
  #failedItems = 0;

  constructor(visit: Visit<MapState>, batches: readonly Batch[], tolerance: Tolerance, concurrency: number) {
    const { run } = visit.frame;
    const { host } = run.engine;
    const { stateMachineArn, stateMachineName } = run.start;
    const label = labelOf(visit);
    this.#visit = visit;
    this.#run = run;
    this.#tolerance = tolerance;
    this.#concurrency = concurrency;
    this.#machine = { arn: `${stateMachineArn}/${label}`, name: `${stateMachineName}/${label}` };
    this.#startedAt = host.clock.now();
    this.arn = `arn:aws:states:${host.region}:${host.accountId}:mapRun:${this.#machine.name}:${host.newId()}`;
    this.children = batches.map((batch) => ({ batch }));
    this.#save('RUNNING', 0);
  }

  /** @throws StateFailure States.ExceedToleratedFailureThreshold, or the reason of the frame's signal. */
  async run(): Promise<readonly Child[]> {
    const { signal } = this.#visit.frame;
    const abortChildren = (): void => this.#abortRunning();
    signal.addEventListener('abort', abortChildren, { once: true });
    try {
      const workers = Math.min(this.#concurrency, this.children.length);
      await Promise.all(Array.from({ length: workers }, () => this.#work()));
    } finally {
      signal.removeEventListener('abort', abortChildren);
    }
    if (signal.aborted) throw signal.reason instanceof BranchAborted ? signal.reason : new BranchAborted();
    if (this.#exceeded())
      throw new StateFailure('States.ExceedToleratedFailureThreshold', 'The specified tolerated failure threshold was exceeded');
    return this.children;
  }

  end(status: MapRun['status'], resultsWritten: number): void {
    this.#save(status, resultsWritten);
  }

  async #work(): Promise<void> {
    while (this.#next < this.children.length && !this.#visit.frame.signal.aborted && !this.#exceeded()) await this.#child(this.#next++);
  }

  async #child(index: number): Promise<void> {
    const { engine, start } = this.#run;
    const { host } = engine;
    const { batch } = this.children[index]!;
    const name = host.newId();
    const executionArn = `arn:aws:states:${host.region}:${host.accountId}:execution:${this.#machine.name}:${name}`;
    this.#running.add(executionArn);
    const execution = await engine.launch(
      {
        executionArn,
        name,
        stateMachineArn: this.#machine.arn,
        stateMachineName: this.#machine.name,
        roleArn: start.roleArn,
        input: JSON.stringify(batch.input),
        startedAt: host.clock.now(),
        mapRunArn: this.arn,
        itemCount: batch.itemCount,
      },
      this.#visit.state.ItemProcessor,
    );
    this.#running.delete(executionArn);
    this.children[index] = { batch, execution };
    const status = statusOf(execution);
    if (status === 'SUCCEEDED' || status === 'ABORTED') return;
    this.#failedItems += batch.itemCount;
    if (this.#exceeded()) this.#abortRunning();
  }

  #exceeded(): boolean {
    const { count, percentage } = this.#tolerance;
    if (count === undefined && percentage === undefined) return this.#failedItems > 0;
    const total = this.children.reduce((sum, { batch }) => sum + batch.itemCount, 0);
    return (count !== undefined && this.#failedItems > count) || (percentage !== undefined && this.#failedItems * 100 > percentage * total);
  }

  #abortRunning(): void {
    for (const executionArn of this.#running) this.#run.engine.abort(executionArn);
  }

  #save(status: MapRun['status'], resultsWritten: number): void {
    const { engine, start } = this.#run;
    engine.store.putMapRun({
      mapRunArn: this.arn,
      executionArn: start.executionArn,
      stateMachineArn: this.#machine.arn,
      status,
      startedAt: this.#startedAt,
      ...(status === 'RUNNING' ? {} : { stoppedAt: engine.host.clock.now() }),
      maxConcurrency: this.#concurrency,
      toleratedFailureCount: this.#tolerance.count ?? 0,
      toleratedFailurePercentage: this.#tolerance.percentage ?? 0,
      itemCounts: countsOf(this.children, ({ itemCount }) => itemCount, resultsWritten),
      executionCounts: countsOf(this.children, () => 1, resultsWritten),
    });
  }
}

const COUNTED = { RUNNING: 'running', SUCCEEDED: 'succeeded', FAILED: 'failed', TIMED_OUT: 'timedOut', ABORTED: 'aborted' } as const;

function countsOf(children: readonly Child[], weight: (batch: Batch) => number, resultsWritten: number): Record<string, number> {
  const counts: Record<string, number> = {
    pending: 0,
    running: 0,
    succeeded: 0,
    failed: 0,
    timedOut: 0,
    aborted: 0,
    total: 0,
    resultsWritten,
  };
  for (const { batch, execution } of children) {
    const kind = execution ? COUNTED[statusOf(execution)] : 'pending';
    counts[kind] = counts[kind]! + weight(batch);
    counts.total = counts.total! + weight(batch);
  }
  return counts;
}
