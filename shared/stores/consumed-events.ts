/**
 * Which events a consumer has dealt with: one small item for each, under the consumer's name. An event is known by its type and its id, so
 * that two types whose producers came to the same id are still two events.
 *
 * A mark outlives the bus's archive (365 days): whatever is replayed, a consumer does not repeat itself.
 */
import type { EpochMs } from '../kernel/units.ts';
import type { Table } from './table.ts';

export interface EventIdentity {
  readonly type: string;
  readonly detail: { readonly eventId: string };
}

export const markKeptDays = 400;
const dayMs = 24 * 3_600_000;

export class ConsumedEvents {
  readonly #table: Table;

  constructor(operationsTable: Table) {
    this.#table = operationsTable;
  }

  async has(consumer: string, event: EventIdentity): Promise<boolean> {
    return (await this.#table.get(keyOf(consumer, event))) !== undefined;
  }

  /** Again changes nothing but the time. */
  async mark(consumer: string, event: EventIdentity, at: EpochMs): Promise<void> {
    const expiresAt = Math.ceil((at + markKeptDays * dayMs) / 1000);
    await this.#table.put({ ...keyOf(consumer, event), at: new Date(at).toISOString(), expiresAt });
  }
}

const keyOf = (consumer: string, { type, detail: { eventId } }: EventIdentity) => ({
  pk: `consumed#${consumer}`,
  sk: `${type}#${eventId}`,
});
