/**
 * Every execution ever started here, with its history, kept in a journal: a name stays taken after a restart, and the
 * history of a cycle can be read years later. Map runs are kept beside them.
 */
import { join } from 'node:path';
import { Journal } from '../journal.ts';
import type { HistoryRecord } from './history.ts';

type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** What is known of an execution when it starts. */
export interface ExecutionStart {
  readonly executionArn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly input: string;
  readonly startedAt: number;
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
  readonly mapRunArn?: string;
  /** Items a child of a map run works on; above one with an ItemBatcher. */
  readonly itemCount?: number;
}

export interface ExecutionEnd {
  readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
  readonly stoppedAt: number;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

export interface Execution {
  readonly start: ExecutionStart;
  readonly events: readonly HistoryRecord[];
  readonly end?: ExecutionEnd;
}

export interface MapRun {
  readonly mapRunArn: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly startedAt: number;
  readonly stoppedAt?: number;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly itemCounts: Readonly<Record<string, number>>;
  readonly executionCounts: Readonly<Record<string, number>>;
}

type Entry =
  | { readonly kind: 'start'; readonly start: ExecutionStart }
  | { readonly kind: 'event'; readonly arn: string; readonly event: HistoryRecord }
  | { readonly kind: 'end'; readonly arn: string; readonly end: ExecutionEnd }
  | { readonly kind: 'mapRun'; readonly mapRun: MapRun };

interface MutableExecution {
  start: ExecutionStart;
  events: HistoryRecord[];
  end?: ExecutionEnd;
}

export const statusOf = (execution: Execution): ExecutionStatus => execution.end?.status ?? 'RUNNING';

export class ExecutionStore {
  readonly #journal: Journal<Entry>;
  readonly #executions = new Map<string, MutableExecution>();
  readonly #mapRuns = new Map<string, MapRun>();

  /** @throws DamagedState when the journal on disk is not what was written. */
  constructor(directory: string | undefined) {
    const path = directory === undefined ? undefined : join(directory, 'executions.jsonl');
    this.#journal = Journal.open<Entry>(path, (entry) => this.#apply(entry));
  }

  start(start: ExecutionStart): Execution {
    this.#write({ kind: 'start', start });
    return this.#executions.get(start.executionArn)!;
  }

  addEvent(arn: string, event: HistoryRecord): void {
    this.#write({ kind: 'event', arn, event });
  }

  end(arn: string, end: ExecutionEnd): void {
    this.#write({ kind: 'end', arn, end });
  }

  putMapRun(mapRun: MapRun): void {
    this.#write({ kind: 'mapRun', mapRun });
  }

  find(arn: string): Execution | undefined {
    return this.#executions.get(arn);
  }

  findMapRun(arn: string): MapRun | undefined {
    return this.#mapRuns.get(arn);
  }

  mapRunsOf(executionArn: string): readonly MapRun[] {
    return [...this.#mapRuns.values()].filter((mapRun) => mapRun.executionArn === executionArn).reverse();
  }

  /** The newest start first. */
  newestFirst(): readonly Execution[] {
    return [...this.#executions.values()].reverse().sort((one, other) => other.start.startedAt - one.start.startedAt);
  }

  close(): void {
    this.#journal.close();
  }

  #write(entry: Entry): void {
    this.#apply(entry);
    this.#journal.append(entry);
  }

  #apply(entry: Entry): void {
    switch (entry.kind) {
      case 'start':
        // A name used again after its 90 days is a new execution: it goes to the end of the order of starts.
        this.#executions.delete(entry.start.executionArn);
        this.#executions.set(entry.start.executionArn, { start: entry.start, events: [] });
        return;
      case 'event':
        this.#executions.get(entry.arn)?.events.push(entry.event);
        return;
      case 'end': {
        const execution = this.#executions.get(entry.arn);
        if (execution) execution.end = entry.end;
        return;
      }
      case 'mapRun':
        this.#mapRuns.set(entry.mapRun.mapRunArn, entry.mapRun);
    }
  }
}
