/**
 * The append-only audit trail. Every record carries the hash of the one before it, within a cycle and across cycles, and one
 * head item names the last. A record is written together with the head that names it, on the condition that the head is
 * still the one it was linked to, so two writers cannot fork the chain. Nothing here updates or deletes a record.
 */
import { type ChainHead, genesisHash, type Link, linkRecord } from '../domain/audit/hash-chain.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { invariant } from '../kernel/errors.ts';
import type { CycleId, Sha256 } from '../kernel/units.ts';
import { isNamed } from './aws-errors.ts';
import type { Item, Table } from './table.ts';

const headKey = { pk: 'chain', sk: 'head' } as const;
const cyclesPartition = 'cycles';
/** DynamoDB takes 100 items in a transaction; the head and the list of cycles are two of them. */
const recordsPerTransaction = 98;

export interface AuditEntry {
  readonly type: 'decision' | 'cycle';
  readonly record: Readonly<Record<string, unknown>>;
}

/** `decisions`: one record per symbol and one for the cycle; `closing`: how a cycle that did not get there ended. */
export type AuditPart = 'decisions' | 'closing';

export interface AuditRecord extends Link {
  readonly cycleId: CycleId;
  readonly record: AuditEntry;
}

export class AuditStore {
  readonly #table: Table;

  constructor(auditTable: Table) {
    this.#table = auditTable;
  }

  /** Null before the first record. */
  async head(): Promise<ChainHead | null> {
    const item = await this.#table.get(headKey);
    return item ? { sequence: Number(item.sequence), hash: String(item.hash) as Sha256 } : null;
  }

  /**
   * Appends one part of a cycle's records in order. Called again with the same entries it continues where it stopped and
   * changes nothing that is there. @throws InvariantViolation when what is already written differs.
   */
  async append(cycleId: CycleId, part: AuditPart, entries: readonly AuditEntry[]): Promise<ChainHead> {
    const present = (await this.#table.query(partition(cycleId), `${part}#`)).map(fromItem);
    present.forEach((linked, index) => {
      invariant(canonicalJson(linked.record) === canonicalJson(entries[index] ?? null), 'an audit record is written once', {
        cycleId,
        sequence: linked.sequence,
      });
    });
    let written = present.length;
    while (written < entries.length) {
      const batch = entries.slice(written, written + recordsPerTransaction);
      if (await this.#appendBatch(cycleId, part, batch)) written += batch.length;
    }
    const head = await this.head();
    invariant(head !== null, 'an audit trail that was written to has a head');
    return head;
  }

  /** Every cycle with records, in the order of its first one. */
  async cycles(): Promise<CycleId[]> {
    return [...new Set((await this.#table.query(cyclesPartition)).map(({ cycleId }) => cycleId as CycleId))];
  }

  /** The whole chain. */
  async all(): Promise<AuditRecord[]> {
    const perCycle = await Promise.all((await this.cycles()).map((cycleId) => this.recordsOf(cycleId)));
    return perCycle.flat().sort((a, b) => a.sequence - b.sequence);
  }

  /** In the order of the chain. */
  async recordsOf(cycleId: CycleId): Promise<AuditRecord[]> {
    return (await this.#table.query(partition(cycleId))).map(fromItem).sort((a, b) => a.sequence - b.sequence);
  }

  /** False when another writer moved the head meanwhile. */
  async #appendBatch(cycleId: CycleId, part: AuditPart, entries: readonly AuditEntry[]): Promise<boolean> {
    const head = await this.head();
    let last = head ?? { sequence: -1, hash: genesisHash };
    const puts = entries.map((entry) => {
      const link = linkRecord(last.hash, last.sequence + 1, entry);
      last = link;
      return this.#table.putting(toItem(part, { ...link, cycleId, record: entry }), 'attribute_not_exists(pk)');
    });
    invariant(puts.length > 0, 'a batch of audit records is not empty');
    const next = { ...headKey, sequence: last.sequence, hash: last.hash };
    const headUnmoved = head
      ? this.#table.putting(next, '#hash = :hash', { ':hash': head.hash }, { '#hash': 'hash' })
      : this.#table.putting(next, 'attribute_not_exists(pk)');
    const listed = this.#table.putting({ pk: cyclesPartition, sk: `${sequenceText((head?.sequence ?? -1) + 1)}`, cycleId });
    try {
      await this.#table.transact([...puts, headUnmoved, listed]);
      return true;
    } catch (error) {
      if (isNamed(error, 'TransactionCanceledException')) return false;
      throw error;
    }
  }
}

const partition = (cycleId: CycleId): string => `cycle#${cycleId}`;

const sequenceText = (sequence: number): string => String(sequence).padStart(12, '0');

const toItem = (part: AuditPart, { cycleId, sequence, previousHash, hash, record }: AuditRecord): Item & { pk: string; sk: string } => ({
  pk: partition(cycleId),
  sk: `${part}#${sequenceText(sequence)}`,
  cycleId,
  sequence,
  previousHash,
  hash,
  type: record.type,
  // As text: DynamoDB would change the spelling of numbers, and the hash is over the spelling.
  record: JSON.stringify(record.record),
});

const fromItem = (item: Item): AuditRecord => ({
  cycleId: item.cycleId as CycleId,
  sequence: Number(item.sequence),
  previousHash: String(item.previousHash) as Sha256,
  hash: String(item.hash) as Sha256,
  record: { type: item.type as AuditEntry['type'], record: JSON.parse(String(item.record)) as Record<string, unknown> },
});
