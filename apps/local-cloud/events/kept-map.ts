/**
 * A map that survives the process: every change is one journal line, and the journal is rewritten once most of its
 * lines are history. Insertion order is kept, across runs too. Without a path it is an ordinary map.
 */
import { Journal } from '../journal.ts';

type Change<Value> = { readonly key: string; readonly value: Value } | { readonly key: string; readonly gone: true };

/** Below this many lines a rewrite costs more than it saves. */
const COMPACT_FROM_LINES = 1000;

export class KeptMap<Value> {
  readonly #values = new Map<string, Value>();
  readonly #journal: Journal<Change<Value>>;
  readonly #onDisk: boolean;

  /** @throws DamagedState when the file on disk is not what was written. */
  constructor(path: string | undefined) {
    this.#onDisk = path !== undefined;
    this.#journal = Journal.open<Change<Value>>(path, (change) => {
      if ('gone' in change) this.#values.delete(change.key);
      else this.#values.set(change.key, change.value);
    });
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  values(): IterableIterator<Value> {
    return this.#values.values();
  }

  entries(): IterableIterator<[string, Value]> {
    return this.#values.entries();
  }

  set(key: string, value: Value): void {
    this.#journal.append({ key, value });
    this.#values.set(key, value);
    this.#compactWhenStale();
  }

  delete(key: string): void {
    if (!this.#values.has(key)) return;
    this.#journal.append({ key, gone: true });
    this.#values.delete(key);
    this.#compactWhenStale();
  }

  close(): void {
    this.#journal.close();
  }

  #compactWhenStale(): void {
    if (!this.#onDisk || this.#journal.entries < COMPACT_FROM_LINES || this.#journal.entries < 4 * this.#values.size) return;
    this.#journal.rewrite([...this.#values].map(([key, value]) => ({ key, value })));
  }
}
