/**
 * Lists of opportunities in the operations table: one entry for each hour and data set, written once, and `current`, which is the newest.
 *
 * A list is settled before it is pointed at, so that `current` never names one that is not stored. Deliveries may come twice and in any order:
 * the first list of an hour stands, and an older hour never takes the place of a newer one.
 */
import { OpportunityEntry } from '../contracts/opportunities.ts';
import { invariant } from '../kernel/errors.ts';
import { isRefusal, type Refusal, refuse } from '../kernel/refusal.ts';
import { isNamed } from './aws-errors.ts';
import type { Item, Key, Table } from './table.ts';

const partition = 'opportunities';
const currentKey = { pk: partition, sk: 'current' } as const;
/** The lists themselves stay in the lake. */
const keptMs = 30 * 24 * 3_600_000;

export type NoList = Refusal<'list-missing' | 'list-malformed'>;

export class OpportunityStore {
  readonly #table: Table;

  constructor(operationsTable: Table) {
    this.#table = operationsTable;
  }

  /** The list of that hour and data set; undefined while none stands. */
  async find(rankedAt: string, datasetId: string): Promise<OpportunityEntry | NoList | undefined> {
    const item = await this.#table.get(hourKey(rankedAt, datasetId));
    return item === undefined ? undefined : entryOf(item);
  }

  /** The list that stands for that hour: this one, or another delivery's that came first. */
  async settle(entry: OpportunityEntry): Promise<OpportunityEntry> {
    const key = hourKey(entry.rankedAt, entry.datasetId);
    const isOurs = await this.#put(key, entry, 'attribute_not_exists(pk)');
    if (isOurs) return entry;
    const standing = await this.find(entry.rankedAt, entry.datasetId);
    invariant(standing !== undefined && !isRefusal(standing), 'a list that was written for an hour stays readable', { sk: key.sk });
    return standing;
  }

  /** Makes it the list in force; false when a newer one is. */
  pointAt(entry: OpportunityEntry): Promise<boolean> {
    return this.#put(currentKey, entry, 'attribute_not_exists(pk) OR rankedAt <= :at', { ':at': entry.rankedAt });
  }

  /** Whether it may be used is for the reader to judge. */
  async current(): Promise<OpportunityEntry | NoList> {
    const item = await this.#table.get(currentKey);
    return item === undefined ? refuse('list-missing') : entryOf(item);
  }

  async #put(key: Key, entry: OpportunityEntry, condition: string, values?: Item): Promise<boolean> {
    const expiresAt = Math.ceil((Date.parse(entry.rankedAt) + keptMs) / 1000);
    try {
      await this.#table.put({ ...key, ...entry, expiresAt }, condition, values);
      return true;
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }
}

/** Instants in one spelling, so that their text sorts as time does. */
const hourKey = (rankedAt: string, datasetId: string): Key => ({ pk: partition, sk: `list#${rankedAt}#${datasetId}` });

function entryOf(item: Item): OpportunityEntry | NoList {
  const parsed = OpportunityEntry.safeParse(item);
  return parsed.success
    ? parsed.data
    : refuse('list-malformed', { issues: parsed.error.issues.slice(0, 3).map(({ path }) => path.join('.')) });
}
