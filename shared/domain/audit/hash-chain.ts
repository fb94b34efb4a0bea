/**
 * A hash chain over audit records, after Haber & Stornetta, "How to time-stamp a digital document" (1991).
 *
 * A record is stored as eight flat fields. Its hash is SHA-256 over the UTF-8 text
 *
 *     ballast.audit/1 ⏎ sequence ⏎ previousHash ⏎ at ⏎ trailId ⏎ part ⏎ type ⏎ record
 *
 * with a line feed between the fields and none within the first seven, so that no two records share a text, and a SQL engine that knows
 * sha256 and concatenation can build it again from the columns. `record` is canonical JSON (RFC 8785) and is hashed as it is stored: to
 * verify it nothing is parsed. `at` is hashed like everything else; that it was the true time rests on the writer's clock.
 *
 * Since each hash covers the one before it, nothing can be changed, left out, moved, put in or cut off without changing every later hash. Who
 * may write the table can still make a whole new chain, or cut the tail: that only a head that is kept and signed elsewhere shows
 * (checkpoint.ts).
 */
import { invariant } from '../../kernel/errors.ts';
import { sha256HexOfBoth } from '../../kernel/text-hash.ts';
import type { Sha256 } from '../../kernel/units.ts';

const format = 'ballast.audit/1';

/** What the first record points to. */
export const genesisHash = '0'.repeat(64) as Sha256;

/** What is recorded, and as part of what. */
export interface RecordContent {
  /** The instant it was written, ISO 8601 in UTC, by the writer's clock. */
  readonly at: string;
  /** What the record is about: a cycle, a liquidation, a version of the policy. */
  readonly trailId: string;
  readonly part: string;
  readonly type: string;
  /** Canonical JSON text. */
  readonly record: string;
}

/** A record as it lies in the table, in the archive and before an auditor's query. */
export interface StoredRecord extends RecordContent {
  /** Counts from 0 without gaps. */
  readonly sequence: number;
  readonly previousHash: Sha256;
  readonly hash: Sha256;
}

export interface ChainHead {
  readonly sequence: number;
  readonly hash: Sha256;
}

/** Links a list after `head`, or as a new chain. @throws InvariantViolation for a field with a line feed in it. */
export function linkAll(contents: readonly RecordContent[], head: ChainHead | null = null): StoredRecord[] {
  let previousHash = head?.hash ?? genesisHash;
  const first = head === null ? 0 : head.sequence + 1;
  return contents.map((content, index) => {
    const unhashed = { sequence: first + index, previousHash, ...content };
    invariant(isUnambiguous(unhashed), 'no field of an audit record before its text holds a line feed', { trailId: content.trailId });
    previousHash = hashOf(unhashed);
    return { ...unhashed, hash: previousHash };
  });
}

/** Whether the record's fields give its hash. */
export const isSound = (record: StoredRecord): boolean => isUnambiguous(record) && hashOf(record) === record.hash;

/** What the hash is made of. */
export const hashedText = (record: Omit<StoredRecord, 'hash'>): string => `${hashedHead(record)}${record.record}`;

const hashedHead = ({ sequence, previousHash, at, trailId, part, type }: Omit<StoredRecord, 'hash'>): string =>
  `${format}\n${sequence}\n${previousHash}\n${at}\n${trailId}\n${part}\n${type}\n`;

const hashOf = (record: Omit<StoredRecord, 'hash'>): Sha256 => sha256HexOfBoth(hashedHead(record), record.record);

function isUnambiguous({ previousHash, at, trailId, part, type }: Omit<StoredRecord, 'hash'>): boolean {
  return !(at.includes('\n') || trailId.includes('\n') || part.includes('\n') || type.includes('\n') || previousHash.includes('\n'));
}
