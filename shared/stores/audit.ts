/**
 * The append-only audit trail. Every record carries the hash of the one before it, within a cycle and across cycles, and one
 * head item names the last. A record is written together with the head that names it, on the condition that the head is
 * still the one it was linked to, so two writers cannot fork the chain. Nothing here updates or deletes a record.
 */
import { type ChainedRecord, genesisHash, linkRecord } from '../domain/audit/hash-chain.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { invariant } from '../kernel/errors.ts';
import type { CycleId, Sha256 } from '../kernel/units.ts';
import { isNamed } from './aws-errors.ts';
import type { Item, Table } from './table.ts';

const headKey = { pk: 'chain', sk: 'head' } as const;
const recordsPerTransaction = 99;

export interface AuditEntry {
  readonly type: 'decision' | 'cycle';
  readonly record: Readonly<Record<string, unknown>>;
}

/** `decisions`: one record per symbol and one for the cycle; `closing`: how a cycle that did not get there ended. */
export type AuditPart = 'decisions' | 'closing';

export interface AuditHead {
  readonly sequence: number;
  readonly hash: Sha256;
}

export class AuditStore {
  readonly #table: Table;

  constructor(auditTable: Table) {
    this.#table = auditTable;
  }

  async head(): Promise<AuditHead> {
    const item = await this.#table.get(headKey);
    return item ? { sequence: Number(item.sequence), hash: String(item.hash) as Sha256 } : { sequence: 0, hash: genesisHash };
  }

  /**
   * Appends one part of a cycle's records in order. Called again with the same entries it continues where it stopped and
   * changes nothing that is there. @throws InvariantViolation when what is already written differs.
   */
  async append(cycleId: CycleId, part: AuditPart, entries: readonly AuditEntry[]): Promise<AuditHead> {
    const present = (await this.#table.query(partition(cycleId), `${part}#`)).map(fromItem);
    present.forEach((linked, index) => {
      invariant(canonicalJson(linked.record) === canonicalJson(entries[index] ?? null), 'an audit record is written once', { cycleId, sequence: linked.sequence });
    });
    let written = present.length;
    while (written < entries.length) {
      const batch = entries.slice(written, written + recordsPerTransaction);
      if (await this.#appendBatch(cycleId, part, batch)) written += batch.length;
    }
    return this.head();
  }

  /** In the order of the chain. */
  async recordsOf(cycleId: CycleId): Promise<ChainedRecord<AuditEntry>[]> {
    return (await this.#table.query(partition(cycleId))).map(fromItem).sort((a, b) => a.sequence - b.sequence);
  }

  /** False when another writer moved the head meanwhile. */
  async #appendBatch(cycleId: CycleId, part: AuditPart, entries: readonly AuditEntry[]): Promise<boolean> {
    const head = await this.head();
    let last: AuditHead = head;
    const puts = entries.map((entry) => {
      const linked = linkRecord(last.hash, last.sequence + 1, entry);
      last = { sequence: linked.sequence, hash: linked.hash };
      return this.#table.putting(toItem(cycleId, part, linked), 'attribute_not_exists(pk)');
    });
    invariant(puts.length > 0, 'a batch of audit records is not empty');
    const headUnmoved = head.sequence === 0 ? this.#table.putting({ ...headKey, ...last }, 'attribute_not_exists(pk)') : this.#table.putting({ ...headKey, ...last }, '#hash = :hash', { ':hash': head.hash }, { '#hash': 'hash' });
    try {
      await this.#table.transact([...puts, headUnmoved]);
      return true;
    } catch (error) {
      if (isNamed(error, 'TransactionCanceledException')) return false;
      throw error;
    }
  }
}

const partition = (cycleId: CycleId): string => `cycle#${cycleId}`;

const toItem = (cycleId: CycleId, part: AuditPart, linked: ChainedRecord<AuditEntry>): Item & { pk: string; sk: string } => ({
  pk: partition(cycleId),
  sk: `${part}#${String(linked.sequence).padStart(12, '0')}`,
  cycleId,
  sequence: linked.sequence,
  previousHash: linked.previousHash,
  hash: linked.hash,
  type: linked.record.type,
  // As text: DynamoDB would change the spelling of numbers, and the hash is over the spelling.
  record: JSON.stringify(linked.record.record),
});

const fromItem = (item: Item): ChainedRecord<AuditEntry> => ({
  sequence: Number(item.sequence),
  previousHash: String(item.previousHash) as Sha256,
  hash: String(item.hash) as Sha256,
  record: { type: item.type as AuditEntry['type'], record: JSON.parse(String(item.record)) as Record<string, unknown> },
});
