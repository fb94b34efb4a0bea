/**
 * What Lambda must remember across a kill: how far each stream was read, which asynchronous events are still owed,
 * and the numbers of published versions.
 */
import { join } from 'node:path';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { Journal } from '../journal.ts';

/** An asynchronous event that was accepted: Lambda answers 202 and owes it from then on. */
export interface OwedEvent {
  readonly id: string;
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly payload: string;
  readonly acceptedAt: EpochMs;
}

type Entry =
  | { readonly kind: 'checkpoint'; readonly mapping: string; readonly sequenceNumber: string }
  | { readonly kind: 'owed'; readonly event: OwedEvent }
  | { readonly kind: 'settled'; readonly id: string }
  | { readonly kind: 'version'; readonly functionName: string; readonly publication: string; readonly number: number };

const COMPACT_AT_ENTRIES = 1000;

export class LambdaLedger {
  readonly #journal: Journal<Entry>;
  readonly #checkpoints = new Map<string, string>();
  readonly #owed = new Map<string, OwedEvent>();
  readonly #versions = new Map<string, Map<string, number>>();

  constructor(directory: string | undefined) {
    this.#journal = Journal.open<Entry>(directory && join(directory, 'lambda.journal'), (entry) => this.#apply(entry));
    if (this.#journal.entries > COMPACT_AT_ENTRIES) this.#journal.rewrite(this.#entries());
  }

  checkpoint(mapping: string): string | undefined {
    return this.#checkpoints.get(mapping);
  }

  moveCheckpoint(mapping: string, sequenceNumber: string): void {
    this.#record({ kind: 'checkpoint', mapping, sequenceNumber });
  }

  owed(): OwedEvent[] {
    return [...this.#owed.values()];
  }

  owe(event: OwedEvent): void {
    this.#record({ kind: 'owed', event });
  }

  settle(id: string): void {
    this.#record({ kind: 'settled', id });
  }

  /** The number of that publication; a new publication gets the next. */
  versionNumber(functionName: string, publication: string): number {
    const known = this.#versions.get(functionName);
    const number = known?.get(publication);
    if (number !== undefined) return number;
    const next = Math.max(0, ...(known?.values() ?? [])) + 1;
    this.#record({ kind: 'version', functionName, publication, number: next });
    return next;
  }

  close(): void {
    this.#journal.close();
  }

  #record(entry: Entry): void {
    this.#journal.append(entry);
    this.#apply(entry);
  }

  #apply(entry: Entry): void {
    switch (entry.kind) {
      case 'checkpoint':
        this.#checkpoints.set(entry.mapping, entry.sequenceNumber);
        break;
      case 'owed':
        this.#owed.set(entry.event.id, entry.event);
        break;
      case 'settled':
        this.#owed.delete(entry.id);
        break;
      case 'version': {
        const versions = this.#versions.get(entry.functionName) ?? new Map<string, number>();
        this.#versions.set(entry.functionName, versions.set(entry.publication, entry.number));
      }
    }
  }

  *#entries(): Iterable<Entry> {
    for (const [mapping, sequenceNumber] of this.#checkpoints) yield { kind: 'checkpoint', mapping, sequenceNumber };
    for (const event of this.#owed.values()) yield { kind: 'owed', event };
    for (const [functionName, versions] of this.#versions) {
      for (const [publication, number] of versions) yield { kind: 'version', functionName, publication, number };
    }
  }
}
