/**
 * One table in memory: a hash map for single items, sorted lists for queries (the table's own and one per index), and
 * a queue of what is due to expire. Every change is written to the journal first, then applied; the same `apply`
 * replays the journal at the next boot.
 */
import type { EpochMs } from '../../../shared/kernel/units.ts';
import type { Journal } from '../journal.ts';
import { type Attributes, attributeOf } from './items/attribute-value.ts';
import { sizeOfAttributes } from './items/measure.ts';
import { type SnapshotSource, snapshotEntries, type TableEntry } from './journal-entries.ts';
import { type Key, keyAttributes, keyFrom } from './keys.ts';
import { SortedList } from './sorted-list.ts';
import type { TableStream } from './streams.ts';
import { type IndexDefinition, keyAttributesOf, type TableDefinition } from './table-definition.ts';
import { ExpiryQueue, expiryOf } from './time-to-live.ts';

/** A place in a sorted list: by partition, then sort key, then the key of the item itself. */
export interface Place {
  readonly partition: string;
  readonly sort: string;
  readonly row: { readonly partition: string; readonly sort: string };
}

/** A place that an item stands in. */
export interface FilledPlace extends Place {
  readonly row: Row;
}

/** A stored item. Its attributes are replaced as a whole, never changed. */
export interface Row extends FilledPlace {
  readonly id: string;
  attributes: Attributes;
  sizeBytes: number;
  expiresAtSeconds: number | undefined;
  /** Where the item stands in each index, if it has that index's keys. */
  readonly indexPlaces: (FilledPlace | undefined)[];
}

export interface SecondaryIndex {
  readonly definition: IndexDefinition;
  readonly places: SortedList<FilledPlace>;
}

export type Write =
  | { readonly kind: 'put'; readonly key: Key; readonly attributes: Attributes; readonly sizeBytes: number }
  | { readonly kind: 'delete'; readonly key: Key; readonly expired: boolean };

/** Numbers every write of the service, across tables and restarts. */
export class SequenceCounter {
  #last = 0;

  get last(): number {
    return this.#last;
  }

  /** The first of `count` new numbers. */
  take(count: number): number {
    const first = this.#last + 1;
    this.#last += count;
    return first;
  }

  /** A number found on disk: later ones are greater. */
  observe(sequence: number): void {
    if (sequence > this.#last) this.#last = sequence;
  }
}

export interface TableSurroundings {
  readonly arn: string;
  readonly stream: TableStream | undefined;
  readonly sequences: SequenceCounter;
  now(): EpochMs;
}

export class Table implements SnapshotSource {
  readonly definition: TableDefinition;
  readonly arn: string;
  readonly stream: TableStream | undefined;
  readonly rows = new SortedList<FilledPlace>(comparePlaces);
  readonly indexes: readonly SecondaryIndex[];
  createdAt: EpochMs;
  readonly #surroundings: TableSurroundings;
  readonly #byId = new Map<string, Row>();
  readonly #expiries = new ExpiryQueue<Row>();
  #sizeBytes = 0;
  #journal: Journal<TableEntry> | undefined;

  constructor(definition: TableDefinition, surroundings: TableSurroundings) {
    this.definition = definition;
    this.arn = surroundings.arn;
    this.stream = surroundings.stream;
    this.createdAt = surroundings.now();
    this.indexes = definition.indexes.map((index) => ({ definition: index, places: new SortedList<FilledPlace>(comparePlaces) }));
    this.#surroundings = surroundings;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** From here on, changes go to this journal. */
  attach(journal: Journal<TableEntry>): void {
    this.#journal = journal;
  }

  find(key: Key): Row | undefined {
    return this.#byId.get(key.id);
  }

  /** Writes these changes down, makes them, and tells the stream's listeners. */
  commit(writes: readonly Write[]): void {
    const at = this.#surroundings.now();
    const first = this.#surroundings.sequences.take(writes.length);
    this.#journal!.append(...writes.map((write, index) => this.#entryOf(write, first + index, at)));
    for (const [index, write] of writes.entries()) this.apply(write, { sequence: first + index, at, streams: true });
    this.afterCommit();
  }

  /** Changes memory only. `streams` says whether the change leaves a stream record. */
  apply(write: Write, { sequence, at, streams }: { readonly sequence: number; readonly at: EpochMs; readonly streams: boolean }): void {
    const row = this.#byId.get(write.key.id);
    const before = row?.attributes;
    if (write.kind === 'delete') {
      if (row) this.#remove(row);
    } else this.#put(row, write);
    if (!streams || this.stream === undefined) return;
    const after = write.kind === 'put' ? write.attributes : undefined;
    const image = after ?? before;
    if (image === undefined) return;
    const keys = keyAttributes(this.definition, image);
    this.stream.add({ sequence, at, keys, before, after, expired: write.kind === 'delete' && write.expired });
  }

  afterCommit(): void {
    this.stream?.announce();
    if (this.#journal!.entries <= COMPACTION_SLACK) return;
    this.stream?.trim(this.#surroundings.now());
    const needed = this.#byId.size + (this.stream?.size ?? 0);
    if (this.#journal!.entries > COMPACTION_SLACK + 4 * needed) this.compact();
  }

  /** Deletes what Time to Live says is due. */
  expire(): void {
    const due = this.#expiries.due(this.#surroundings.now());
    if (due.length > 0) this.commit(due.map((row) => ({ kind: 'delete', key: row, expired: true })));
  }

  /** Takes another table's items over. */
  adopt(other: Table): void {
    for (const { row } of other.rows)
      this.apply(putOf(this.definition, row.attributes), { sequence: 0, at: other.createdAt, streams: false });
  }

  /** Replaces the journal by what is alive. */
  compact(): void {
    this.#journal!.rewrite(snapshotEntries(this, this.#surroundings.sequences.last));
  }

  close(): void {
    this.#journal?.close();
  }

  #put(existing: Row | undefined, { key, attributes, sizeBytes }: Extract<Write, { kind: 'put' }>): void {
    const row = existing ?? newRow(key, this.indexes.length);
    this.#sizeBytes += sizeBytes - row.sizeBytes;
    row.attributes = attributes;
    row.sizeBytes = sizeBytes;
    if (existing === undefined) {
      this.#byId.set(row.id, row);
      this.rows.insert(row);
    }
    for (let i = 0; i < this.indexes.length; i++) this.#place(this.indexes[i]!, i, row);
    if (this.definition.timeToLiveAttribute !== undefined) {
      this.#expiries.schedule(row, expiryOf(attributes, this.definition.timeToLiveAttribute));
    }
  }

  #remove(row: Row): void {
    this.#byId.delete(row.id);
    this.rows.remove(row);
    this.#sizeBytes -= row.sizeBytes;
    row.indexPlaces.forEach((place, i) => {
      if (place) this.indexes[i]!.places.remove(place);
    });
    this.#expiries.schedule(row, undefined);
  }

  #place({ definition, places }: SecondaryIndex, at: number, row: Row): void {
    const present = row.indexPlaces[at];
    const fits = keyAttributesOf(definition).every((key) => attributeOf(row.attributes, key.name)?.[key.type] !== undefined);
    const key = fits ? keyFrom(definition, row.attributes) : undefined;
    if (present && key && present.partition === key.partition && present.sort === key.sort) return;
    if (present) places.remove(present);
    const place = key && { partition: key.partition, sort: key.sort, row };
    if (place) places.insert(place);
    row.indexPlaces[at] = place;
  }

  #entryOf(write: Write, sequence: number, at: EpochMs): TableEntry {
    if (write.kind === 'put') return { sequence, at, put: write.attributes };
    const row = this.#byId.get(write.key.id);
    const key = row ? keyAttributes(this.definition, row.attributes) : {};
    return write.expired ? { sequence, at, delete: key, expired: true } : { sequence, at, delete: key };
  }
}

/** Below this many superfluous entries a journal is not worth rewriting. */
const COMPACTION_SLACK = 10_000;

/** The put of an item read from the journal. */
export const putOf = (definition: TableDefinition, attributes: Attributes): Write => ({
  kind: 'put',
  key: keyFrom(definition, attributes),
  attributes,
  sizeBytes: sizeOfAttributes(attributes),
});

/** By partition, then sort key, then the item's own key. */
export function comparePlaces(left: Place, right: Place): number {
  if (left.partition !== right.partition) return left.partition < right.partition ? -1 : 1;
  if (left.sort !== right.sort) return left.sort < right.sort ? -1 : 1;
  if (left.row === right.row) return 0;
  if (left.row.partition !== right.row.partition) return left.row.partition < right.row.partition ? -1 : 1;
  if (left.row.sort !== right.row.sort) return left.row.sort < right.row.sort ? -1 : 1;
  return 0;
}

/** A table's own place for an item is the item's row itself. */
class StoredRow implements Row {
  readonly id: string;
  readonly partition: string;
  readonly sort: string;
  readonly indexPlaces: (FilledPlace | undefined)[];
  attributes: Attributes = {};
  sizeBytes = 0;
  expiresAtSeconds: number | undefined = undefined;

  constructor({ id, partition, sort }: Key, indexes: number) {
    this.id = id;
    this.partition = partition;
    this.sort = sort;
    this.indexPlaces = new Array<undefined>(indexes).fill(undefined);
  }

  get row(): Row {
    return this;
  }
}

const newRow = (key: Key, indexes: number): Row => new StoredRow(key, indexes);
