/**
 * Where transactions are written: one entry each, so that all of a transaction is on disk or none of it, whatever
 * tables it touches. It also remembers client request tokens for ten minutes, across restarts.
 */
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { Journal } from '../journal.ts';
import type { Attributes } from './items/attribute-value.ts';
import type { LoggedWrite } from './journal-entries.ts';
import type { SequenceCounter, Table } from './table.ts';

export interface TransactionWrite {
  readonly table: string;
  readonly put?: Attributes;
  readonly delete?: Attributes;
}

interface TransactionEntry {
  /** Of the first write; the others follow. */
  readonly sequence: number;
  readonly at: EpochMs;
  readonly token?: string;
  /** Of the request, to tell a repetition from another request under the same token. */
  readonly fingerprint?: string;
  readonly writes: readonly TransactionWrite[];
}

interface RememberedToken {
  readonly fingerprint: string;
  readonly at: EpochMs;
}

const TOKEN_LIFETIME_MS = 600_000;
const COMPACTION_SLACK = 10_000;

export class TransactionLog {
  readonly #tokens = new Map<string, RememberedToken>();
  /** Writes of tables that were not declared yet in this run. */
  readonly #unclaimed = new Map<string, LoggedWrite[]>();
  readonly #journal: Journal<TransactionEntry>;
  readonly #sequences: SequenceCounter;

  /** @throws DamagedState */
  constructor(path: string | undefined, sequences: SequenceCounter) {
    this.#sequences = sequences;
    this.#journal = Journal.open<TransactionEntry>(path, (entry) => this.#replay(entry));
  }

  /** The table's writes found on disk, oldest first; the caller keeps them from here on. */
  claim(tableName: string): readonly LoggedWrite[] {
    const writes = this.#unclaimed.get(tableName) ?? [];
    this.#unclaimed.delete(tableName);
    return writes;
  }

  append(entry: TransactionEntry): void {
    this.#journal.append(entry);
    this.#remember(entry);
  }

  /** What was committed under this token within its lifetime. */
  remembered(token: string, now: EpochMs): RememberedToken | undefined {
    for (const [oldest, { at }] of this.#tokens) {
      if (now - at <= TOKEN_LIFETIME_MS) break;
      this.#tokens.delete(oldest);
    }
    return this.#tokens.get(token);
  }

  /** When the log is long: its writes move into the tables' own journals, and only tokens stay. */
  compactIfLong(tables: Iterable<Table>): void {
    if (this.#journal.entries <= COMPACTION_SLACK + 4 * this.#tokens.size) return;
    for (const table of tables) table.compact();
    this.#journal.rewrite(this.#remaining());
  }

  close(): void {
    this.#journal.close();
  }

  *#remaining(): Generator<TransactionEntry, void, undefined> {
    for (const [table, logged] of this.#unclaimed) {
      for (const { sequence, at, ...write } of logged) yield { sequence, at, writes: [{ table, ...write }] };
    }
    const sequence = this.#sequences.last;
    for (const [token, { fingerprint, at }] of this.#tokens) yield { sequence, at, token, fingerprint, writes: [] };
  }

  #replay(entry: TransactionEntry): void {
    this.#remember(entry);
    this.#sequences.observe(entry.sequence + Math.max(0, entry.writes.length - 1));
    entry.writes.forEach(({ table, ...write }, index) => {
      const logged = this.#unclaimed.get(table) ?? [];
      if (logged.length === 0) this.#unclaimed.set(table, logged);
      logged.push({ ...write, sequence: entry.sequence + index, at: entry.at });
    });
  }

  #remember({ token, fingerprint, at }: TransactionEntry): void {
    if (token !== undefined && fingerprint !== undefined) this.#tokens.set(token, { fingerprint, at });
  }
}
