/**
 * The append-only audit trail. Every record carries the hash of the one before it, within a cycle and across cycles, and one
 * head item names the last. A record is written together with the head that names it, on the condition that the head is
 * still the one it was linked to, so two writers cannot fork the chain. Nothing here updates or deletes a record.
 */
import { type ChainHead, type Link, linkAll } from '../domain/audit/hash-chain.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { invariant, TransientFailure } from '../kernel/errors.ts';
import type { CycleId, Sha256 } from '../kernel/units.ts';
import { cancellationCodes } from './aws-errors.ts';
import { inParallel } from './lake/in-parallel.ts';
import type { Item, Table } from './table.ts';

const headKey = { pk: 'chain', sk: 'head' } as const;
const cyclesPartition = 'cycles';
/** DynamoDB takes 100 items in a transaction; the head and the list of cycles are two of them. */
const recordsPerTransaction = 98;
const attemptsMax = 20;
const queriesAtOnce = 16;

export interface AuditEntry {
  readonly type: 'opening' | 'decision' | 'order' | 'cycle' | 'flatten' | 'policy' | 'control' | 'reconciliation';
  readonly record: Readonly<Record<string, unknown>>;
}

/**
 * `opened`: what a cycle begins with, written before it looks at anything, so that a fund whose trail cannot be written sends no order.
 * `decisions`: one record per symbol and one for the cycle. The others say how a cycle ended that did not get there, or
 * stopped after; each is a part of its own, since a cycle may be halted, or refused, and then fail at what comes with that.
 * `flatten`: what a liquidation sold, under an id of its own.
 */
export type AuditPart = 'opened' | 'decisions' | 'refused' | 'halted' | 'failed' | 'flatten' | 'change' | 'books';

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
   * Appends one part of a cycle's records in order and gives the chain as its last one leaves it. Called again with the same
   * entries it continues where it stopped, changes nothing that is there, and gives the same.
   * @throws InvariantViolation when what is already written differs.
   */
  async append(trailId: string, part: AuditPart, entries: readonly AuditEntry[]): Promise<ChainHead> {
    const cycleId = trailId as CycleId;
    invariant(entries.length > 0, 'a part of the audit trail holds at least one record', { cycleId });
    let { head, links } = await this.#standing(cycleId, part, entries);
    for (let attempt = 1; links.length < entries.length; attempt++) {
      const batch = entries.slice(links.length, links.length + recordsPerTransaction);
      const added = await this.#appendBatch(cycleId, part, head, batch);
      if (added) [head, links] = [added.at(-1)!, [...links, ...added]];
      else if (attempt < attemptsMax) ({ head, links } = await this.#standing(cycleId, part, entries));
      else throw new TransientFailure('The audit trail was being written by another at every attempt', { cycleId });
    }
    const { sequence, hash } = links.at(-1)!;
    return { sequence, hash };
  }

  /** Every cycle with records, in the order of its first one; not the ids that liquidations lie under. */
  async cycles(): Promise<CycleId[]> {
    return (await this.#partitions()).filter((id) => !id.startsWith('flatten-'));
  }

  /** The whole chain. */
  async all(): Promise<AuditRecord[]> {
    const perCycle = await inParallel(await this.#partitions(), queriesAtOnce, (cycleId) => this.recordsOf(cycleId));
    return perCycle.flat().sort((a, b) => a.sequence - b.sequence);
  }

  async #partitions(): Promise<CycleId[]> {
    return [...new Set((await this.#table.query(cyclesPartition)).map(({ cycleId }) => cycleId as CycleId))];
  }

  /** In the order of the chain. */
  async recordsOf(cycleId: CycleId): Promise<AuditRecord[]> {
    return (await this.#table.query(partition(cycleId))).map(fromItem).sort((a, b) => a.sequence - b.sequence);
  }

  /**
   * The head, and the links of the entries that are written. The head is read first: whoever writes after that moves it, and what is
   * linked to it here is not taken.
   */
  async #standing(
    cycleId: CycleId,
    part: AuditPart,
    entries: readonly AuditEntry[],
  ): Promise<{ head: ChainHead | null; links: readonly Link[] }> {
    const head = await this.head();
    const present = (await this.#table.query(partition(cycleId), `${part}#`)).map(fromItem);
    for (const [index, { record, sequence }] of present.entries()) {
      const isSame = canonicalJson(record) === canonicalJson(entries[index] ?? null);
      invariant(isSame, 'an audit record is written once', { cycleId, sequence });
    }
    return { head, links: present };
  }

  /** The new links; undefined when another writer moved the old one meanwhile. */
  async #appendBatch(
    cycleId: CycleId,
    part: AuditPart,
    head: ChainHead | null,
    entries: readonly AuditEntry[],
  ): Promise<readonly Link[] | undefined> {
    const links = linkAll(entries, head);
    const last = links.at(-1)!;
    const puts = links.map((link, index) =>
      this.#table.putting(toItem(part, { ...link, cycleId, record: entries[index]! }), 'attribute_not_exists(pk)'),
    );
    const next = { ...headKey, sequence: last.sequence, hash: last.hash };
    const headUnmoved = head
      ? this.#table.putting(next, '#hash = :hash', { ':hash': head.hash }, { '#hash': 'hash' })
      : this.#table.putting(next, 'attribute_not_exists(pk)');
    const listed = this.#table.putting({ pk: cyclesPartition, sk: sequenceText(links[0]!.sequence), cycleId });
    try {
      await this.#table.transact([...puts, headUnmoved, listed]);
      return links;
    } catch (error) {
      if (cancellationCodes(error)?.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict')) return undefined;
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
