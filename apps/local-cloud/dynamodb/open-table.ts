/** Brings a table back from its journal and its writes in the transaction log, in the order they were made. */
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { Journal } from '../journal.ts';
import { AwsError } from '../service.ts';
import { type Attributes, readAttributes } from './items/attribute-value.ts';
import { keysText, type LoggedWrite, schemaOf, type TableEntry } from './journal-entries.ts';
import { keyFrom } from './keys.ts';
import type { Change } from './streams.ts';
import { putOf, Table, type TableSurroundings, type Write } from './table.ts';
import type { TableDefinition } from './table-definition.ts';

/** Brings a table back from disk. `logged` are its writes in the transaction log, oldest first. @throws DamagedState */
export function openTable(
  definition: TableDefinition,
  surroundings: TableSurroundings,
  path: string | undefined,
  logged: readonly LoggedWrite[],
): Table {
  const table = new Table(definition, surroundings);
  const replay = new Replay(table, surroundings, logged);
  const journal = Journal.open<TableEntry>(path, (entry) => replay.entry(entry));
  replay.finish();
  if (!replay.streamsAsDeclared) journal.append(schemaOf(table));
  table.attach(journal);
  return table;
}

class Replay {
  readonly #table: Table;
  readonly #surroundings: TableSurroundings;
  readonly #logged: readonly LoggedWrite[];
  #nextLogged = 0;
  #streams: boolean | undefined;

  constructor(table: Table, surroundings: TableSurroundings, logged: readonly LoggedWrite[]) {
    this.#table = table;
    this.#surroundings = surroundings;
    this.#logged = logged;
  }

  /** Whether the last schema on disk says what is declared now. */
  get streamsAsDeclared(): boolean {
    return this.#streams === (this.#table.stream !== undefined);
  }

  entry(entry: TableEntry): void {
    if ('keys' in entry) this.#schema(entry);
    else if ('upTo' in entry) this.#skipUpTo(entry.upTo);
    else if ('item' in entry) this.#apply(putOf(this.#table.definition, readAttributes(entry.item)), 0, 0 as EpochMs, false);
    else if ('record' in entry) this.#record(entry.record);
    else {
      this.#catchUp(entry.sequence);
      this.#write(entry);
    }
  }

  finish(): void {
    this.#catchUp(Number.POSITIVE_INFINITY);
    this.#table.stream?.trim(this.#surroundings.now());
    // Nobody listens yet: what was replayed is no news.
    this.#table.stream?.announce();
  }

  #schema(entry: { readonly keys: string; readonly streams: boolean; readonly createdAt: EpochMs }): void {
    const { definition } = this.#table;
    if (entry.keys !== keysText(definition)) {
      throw new AwsError(
        'ValidationException',
        `Table ${definition.tableName} is kept on disk with keys ${entry.keys}, but is declared with ${keysText(definition)}. AWS would replace the table: use "--fresh" to start over, or declare the keys as they were.`,
      );
    }
    this.#streams = entry.streams;
    this.#table.createdAt = entry.createdAt;
  }

  #skipUpTo(sequence: number): void {
    this.#surroundings.sequences.observe(sequence);
    while ((this.#logged[this.#nextLogged]?.sequence ?? Number.POSITIVE_INFINITY) <= sequence) this.#nextLogged++;
  }

  #catchUp(before: number): void {
    for (let next = this.#logged[this.#nextLogged]; next && next.sequence < before; next = this.#logged[this.#nextLogged]) {
      this.#nextLogged++;
      this.#write(next);
    }
  }

  #write(entry: {
    readonly sequence: number;
    readonly at: EpochMs;
    readonly put?: Attributes;
    readonly delete?: Attributes;
    readonly expired?: true;
  }): void {
    const { definition } = this.#table;
    if (entry.put) this.#apply(putOf(definition, readAttributes(entry.put)), entry.sequence, entry.at, this.#streams === true);
    else if (entry.delete && Object.keys(entry.delete).length > 0) {
      const key = keyFrom(definition, readAttributes(entry.delete));
      this.#apply({ kind: 'delete', key, expired: entry.expired === true }, entry.sequence, entry.at, this.#streams === true);
    }
  }

  #apply(write: Write, sequence: number, at: EpochMs, streams: boolean): void {
    this.#surroundings.sequences.observe(sequence);
    this.#table.apply(write, { sequence, at, streams });
  }

  #record(record: Change): void {
    this.#table.stream?.add({
      ...record,
      keys: readAttributes(record.keys),
      before: record.before && readAttributes(record.before),
      after: record.after && readAttributes(record.after),
    });
  }
}
