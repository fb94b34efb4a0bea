/**
 * The append-only audit trail in its table. Every record carries the hash of the one before it, within a trail and across trails, and one
 * head item names the last. A record is written together with the head that names it, on the condition that the head is
 * still the one it was linked to, so two writers cannot fork the chain. Nothing here updates or deletes a record.
 *
 * Only one function's role may write (`audit/write-audit`); everyone else appends through `RemoteAuditTrail`.
 */
import type { AppendRequest, AuditEntry, AuditPart } from '../contracts/audit.ts';
import { type ChainHead, linkAll, type RecordContent, type StoredRecord } from '../domain/audit/hash-chain.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { invariant, TransientFailure } from '../kernel/errors.ts';
import { tryParseJson } from '../kernel/json.ts';
import type { CycleId, EpochMs, Sha256 } from '../kernel/units.ts';
import { fromItem, isRecordItem, sequenceText, toItem, trailPartition } from './audit-items.ts';
import { cancellationCodes } from './aws-errors.ts';
import { inParallel } from './lake/in-parallel.ts';
import type { Item, Table } from './table.ts';

const headKey = { pk: 'chain', sk: 'head' } as const;
/** One item per transaction, under the number of its first record: which trail it belongs to. */
const batchesPartition = 'cycles';
/** DynamoDB takes 100 items in a transaction, the head and the list of batches being two of them, and 4 MB. */
const recordsPerTransaction = 98;
const bytesPerTransaction = 3_000_000;
const attemptsMax = 20;
const queriesAtOnce = 16;

export type { AuditEntry, AuditPart };

/** A record with its text read: what commands show. */
export interface AuditRecord extends Omit<StoredRecord, 'record' | 'type' | 'trailId'> {
  readonly trailId: CycleId;
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
   * Appends one part of a trail's records, or a stretch of one, in order, and gives the chain as its last one leaves it. Called again with the
   * same entries it continues where it stopped, changes nothing that is there, and gives the same.
   * @throws InvariantViolation when what is already written differs.
   */
  async append({ trailId, part, from, total, entries }: AppendRequest, now: EpochMs): Promise<ChainHead> {
    invariant(entries.length > 0, 'a part of the audit trail holds at least one record', { trailId });
    const at = new Date(now).toISOString();
    const wanted = entries.map(({ type, record }): RecordContent => ({ at, trailId, part, type, record: canonicalJson(record) }));
    const place = { trailId, part, from, total };
    let { head, written } = await this.#standing(place, wanted);
    for (let attempt = 1; written.length < wanted.length; attempt++) {
      const added = await this.#appendBatch(head, nextBatch(wanted.slice(written.length)));
      if (added) [head, written] = [added.at(-1)!, [...written, ...added]];
      else if (attempt < attemptsMax) ({ head, written } = await this.#standing(place, wanted));
      else throw new TransientFailure('The audit trail was being written by another at every attempt', { trailId });
    }
    const { sequence, hash } = written.at(-1)!;
    return { sequence, hash };
  }

  /** Every cycle with records, in the order of its first one. */
  async cycles(): Promise<CycleId[]> {
    return (await this.#trails()).filter((id) => id.startsWith('cycle-')) as CycleId[];
  }

  /** The whole chain, as `head` and the list of batches lead to it. */
  async all(): Promise<AuditRecord[]> {
    return (await this.chain()).map(read);
  }

  /** The same, as stored. */
  async chain(): Promise<StoredRecord[]> {
    return this.#inOrder(await this.#trails());
  }

  /** What came after that record, as stored. */
  async chainAfter(sequence: number): Promise<StoredRecord[]> {
    const later = (await this.#table.queryAfter(batchesPartition, sequenceText(sequence))).map(({ trailId }) => String(trailId));
    return (await this.#inOrder([...new Set(later)])).filter((record) => record.sequence > sequence);
  }

  /** Every record that the table holds, listed or not, as stored and in no order, a page at a time. */
  async *pages(): AsyncGenerator<StoredRecord[]> {
    for await (const items of this.#table.scan()) yield items.filter(isRecordItem).map(fromItem);
  }

  /** In the order of the chain. */
  async recordsOf(trailId: string): Promise<AuditRecord[]> {
    return (await this.#inOrder([trailId])).map(read);
  }

  async #trails(): Promise<string[]> {
    return [...new Set((await this.#table.query(batchesPartition)).map(({ trailId }) => String(trailId)))];
  }

  async #inOrder(trailIds: readonly string[]): Promise<StoredRecord[]> {
    const perTrail = await inParallel(trailIds, queriesAtOnce, async (id) => (await this.#table.query(trailPartition(id))).map(fromItem));
    return perTrail.flat().sort((a, b) => a.sequence - b.sequence);
  }

  /**
   * The head, and those of the entries that are written. The head is read first: whoever writes after that moves it, and what is
   * linked to it here is not taken.
   */
  async #standing(
    { trailId, part, from, total }: { trailId: string; part: AuditPart; from: number; total: number },
    wanted: readonly RecordContent[],
  ): Promise<{ head: ChainHead | null; written: readonly StoredRecord[] }> {
    const head = await this.head();
    const present = (await this.#table.query(trailPartition(trailId), `${part}#`)).map(fromItem);
    invariant(present.length >= from, 'the parts of an audit record list are appended in order', { trailId, from });
    invariant(present.length <= total, 'an audit record is written once', { trailId, total });
    const written = present.slice(from, from + wanted.length);
    for (const [index, { type, record, sequence }] of written.entries()) {
      const isSame = type === wanted[index]!.type && record === wanted[index]!.record;
      invariant(isSame, 'an audit record is written once', { trailId, sequence });
    }
    return { head, written };
  }

  /** The new records; undefined when another writer moved the old head meanwhile. */
  async #appendBatch(head: ChainHead | null, contents: readonly RecordContent[]): Promise<readonly StoredRecord[] | undefined> {
    const records = linkAll(contents, head);
    const [first, last] = [records[0]!, records.at(-1)!];
    const puts = records.map((record) => this.#table.putting(toItem(record), 'attribute_not_exists(pk)'));
    const next: Item & typeof headKey = { ...headKey, sequence: last.sequence, hash: last.hash };
    const headUnmoved = head
      ? this.#table.putting(next, '#hash = :hash', { ':hash': head.hash }, { '#hash': 'hash' })
      : this.#table.putting(next, 'attribute_not_exists(pk)');
    const listed = this.#table.putting({ pk: batchesPartition, sk: sequenceText(first.sequence), trailId: first.trailId });
    try {
      await this.#table.transact([...puts, headUnmoved, listed]);
      return records;
    } catch (error) {
      if (cancellationCodes(error)?.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict')) return undefined;
      throw error;
    }
  }
}

/** As many as one transaction takes, and at least one. */
function nextBatch(contents: readonly RecordContent[]): readonly RecordContent[] {
  let bytes = 0;
  const over = contents.findIndex(({ record }, index) => {
    bytes += Buffer.byteLength(record) + 1000;
    return index > 0 && (index >= recordsPerTransaction || bytes > bytesPerTransaction);
  });
  return over === -1 ? contents : contents.slice(0, over);
}

const read = ({ type, record, trailId, ...rest }: StoredRecord): AuditRecord => ({
  ...rest,
  trailId: trailId as CycleId,
  record: { type: type as AuditEntry['type'], record: (tryParseJson(record) ?? { unreadable: record }) as Record<string, unknown> },
});
