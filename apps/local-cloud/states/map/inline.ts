/** Map in inline mode: iterations are part of the execution's own history, a limited number at a time. */
import type { Json, MapState } from '../asl.ts';
import { BranchAborted, payloadText, StateFailure } from '../failure.ts';
import { evaluate, type Frame, Variables, type Visit } from '../frame.ts';
import type { Thread } from '../history.ts';
import { type MapItem, mapContextOf } from './map-item.ts';

export interface MapOutcome {
  readonly result: Json;
  /** The event that MapStateSucceeded and MapStateExited both follow. */
  readonly lastEventId: number;
}

export async function runInline(visit: Visit<MapState>, items: readonly MapItem[], concurrency: number): Promise<MapOutcome> {
  const pool = new IterationPool(visit, items);
  await pool.run(Math.min(concurrency, items.length));
  return { result: pool.results, lastEventId: pool.lastEventId };
}

/** Workers take the next item each until none is left or one failed. */
class IterationPool {
  readonly results: Json[];
  lastEventId: number;
  readonly #visit: Visit<MapState>;
  readonly #items: readonly MapItem[];
  readonly #abort = new AbortController();
  readonly #signal: AbortSignal;
  #next = 0;
  #failed: { readonly error: unknown } | undefined;

  constructor(visit: Visit<MapState>, items: readonly MapItem[]) {
    this.#visit = visit;
    this.#items = items;
    this.#signal = AbortSignal.any([visit.frame.signal, this.#abort.signal]);
    this.results = items.map(() => null);
    this.lastEventId = visit.frame.thread.lastEventId;
  }

  async run(workers: number): Promise<void> {
    const { frame } = this.#visit;
    await Promise.all(Array.from({ length: workers }, () => this.#work({ lastEventId: frame.thread.lastEventId })));
    // Aborted from outside, the whole Map is; an iteration of it did not fail.
    if (frame.signal.aborted) throw frame.signal.reason;
    if (!this.#failed) return;
    const { error } = this.#failed;
    if (error instanceof StateFailure) frame.run.history.record(frame.thread, 'MapStateFailed', undefined, { follows: this.lastEventId });
    throw error;
  }

  async #work(thread: Thread): Promise<void> {
    while (this.#next < this.#items.length && !this.#signal.aborted) await this.#iterate(this.#next++, thread);
  }

  async #iterate(index: number, thread: Thread): Promise<void> {
    const { frame, name, state } = this.#visit;
    const { history, engine } = frame.run;
    const details = { name, index };
    try {
      history.record(thread, 'MapIterationStarted', { mapIterationStartedEventDetails: details });
      const item = this.#items[index]!;
      const map = mapContextOf(item, index);
      const input = await iterationInput(this.#visit, item, map);
      const iteration: Frame = {
        ...frame,
        block: state.ItemProcessor,
        signal: this.#signal,
        variables: new Variables(frame.variables),
        thread,
        map,
      };
      this.results[index] = await engine.runBlock(iteration, input);
      this.lastEventId = history.record(thread, 'MapIterationSucceeded', { mapIterationSucceededEventDetails: details }, { aside: true });
    } catch (error) {
      this.#end(error, details, thread);
    }
  }

  #end(error: unknown, details: { name: string; index: number }, thread: Thread): void {
    const { history } = this.#visit.frame.run;
    if (error instanceof BranchAborted && error.failedAtEvent !== undefined) {
      history.record(thread, 'MapIterationAborted', { mapIterationAbortedEventDetails: details }, { follows: error.failedAtEvent });
      return;
    }
    if (this.#failed) return;
    this.#failed = { error };
    this.lastEventId = thread.lastEventId;
    if (error instanceof StateFailure && error.error !== 'States.Runtime') {
      history.record(thread, 'MapIterationFailed', { mapIterationFailedEventDetails: details }, { aside: true });
    }
    this.#abort.abort(new BranchAborted(this.lastEventId));
  }
}

/** The item, or what ItemSelector makes of it; the selector runs in the Map's own scope. */
export async function iterationInput(visit: Visit<MapState>, item: MapItem, map: ReturnType<typeof mapContextOf>): Promise<Json> {
  const { ItemSelector: selector } = visit.state;
  const input = selector === undefined ? item.input : await evaluate(visit, selector, 'ItemSelector', { map });
  payloadText(input, `The input of an iteration of the state '${visit.name}'`);
  return input;
}
