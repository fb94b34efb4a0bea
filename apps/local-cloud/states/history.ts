/**
 * The history of one execution, in the event shapes of GetExecutionHistory. Every event names the one it follows; events
 * of branches and iterations interleave, so each line of states keeps a `Thread`: the last event it left.
 */
import { StateFailure } from './failure.ts';

/** AWS fails an execution that would exceed this many events; the last one is its ExecutionFailed. */
const HISTORY_EVENTS_MAX = 25_000;

export interface Thread {
  lastEventId: number;
}

export interface HistoryRecord {
  readonly id: number;
  readonly previousEventId: number;
  readonly at: number;
  readonly type: string;
  /** E.g. `{ stateEnteredEventDetails: {...} }`; absent for events without details. */
  readonly details?: Readonly<Record<string, unknown>>;
}

interface RecordOptions {
  /** The event it follows, where that is not the thread's last. */
  readonly follows?: number;
  /** Leaves the thread where it was: the next event follows the same one as this. */
  readonly aside?: boolean;
}

export class History {
  readonly #write: (event: HistoryRecord) => void;
  readonly #now: () => number;
  #count: number;
  #closed = false;

  constructor(write: (event: HistoryRecord) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
    this.#count = 0;
  }

  /** Writes one event and moves the thread to it. After the last event of the execution, nothing is written any more. */
  record(thread: Thread, type: string, details?: Readonly<Record<string, unknown>>, options: RecordOptions = {}): number {
    if (this.#closed) return thread.lastEventId;
    if (this.#count >= HISTORY_EVENTS_MAX - 1) {
      throw new StateFailure('States.Runtime', `The execution reached the maximum number of history events (${HISTORY_EVENTS_MAX}).`);
    }
    const id = this.#append(type, options.follows ?? thread.lastEventId, details);
    if (!options.aside) thread.lastEventId = id;
    return id;
  }

  /** Writes the event that ends the execution; whatever unwinds after it leaves no trace. */
  close(thread: Thread, type: string, details: Readonly<Record<string, unknown>>): void {
    if (this.#closed) return;
    this.#append(type, thread.lastEventId, details);
    this.#closed = true;
  }

  get closed(): boolean {
    return this.#closed;
  }

  #append(type: string, previousEventId: number, details?: Readonly<Record<string, unknown>>): number {
    const id = ++this.#count;
    this.#write({ id, previousEventId, at: this.#now(), type, ...(details ? { details } : {}) });
    return id;
  }
}

/** The members that hold execution data; left out when a caller asks for the history without it. */
const DATA_MEMBERS = new Set(['input', 'output', 'parameters', 'assignedVariables']);

/** As GetExecutionHistory returns it. */
export function historyEventOf(event: HistoryRecord, includeExecutionData: boolean): Record<string, unknown> {
  const { details, at, ...rest } = event;
  const shaped: Record<string, unknown> = { timestamp: new Date(at), ...rest };
  for (const [key, value] of Object.entries(details ?? {})) {
    const members = Object.entries(value as Record<string, unknown>);
    shaped[key] = Object.fromEntries(includeExecutionData ? members : members.filter(([member]) => !DATA_MEMBERS.has(member)));
  }
  return shaped;
}

/** What accompanies every input and output in a history event; this emulation never cuts one short. */
export const NOT_TRUNCATED = { truncated: false } as const;
