/**
 * Which events a consumer has dealt with. EventBridge delivers at least once and in any order: an event that is marked here is
 * not dealt with again. The mark is set after the work, so that work cut off half-way is done again; it must bear that.
 */
import type { EpochMs } from '../kernel/units.ts';
import type { Table } from './table.ts';

/** Longer than any retry, redrive or replay that is not meant. */
const keptMs = 14 * 24 * 3_600_000;

export class ConsumedEvents {
  readonly #table: Table;

  constructor(operationsTable: Table) {
    this.#table = operationsTable;
  }

  async has(consumer: string, eventId: string): Promise<boolean> {
    return (await this.#table.get(keyOf(consumer, eventId))) !== undefined;
  }

  async mark(consumer: string, eventId: string, at: EpochMs): Promise<void> {
    await this.#table.put({ ...keyOf(consumer, eventId), at: new Date(at).toISOString(), expiresAt: Math.ceil((at + keptMs) / 1000) });
  }
}

const keyOf = (consumer: string, eventId: string) => ({ pk: `consumed#${consumer}`, sk: eventId });
