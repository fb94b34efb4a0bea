/**
 * A hash chain over records: each link's hash covers its sequence number, the hash before it and the record, so that nothing can be
 * changed, left out, moved, put in or cut off unnoticed. A cut tail shows only against a head kept elsewhere (a signed checkpoint).
 */
import { contentHash } from '../../kernel/canonical-json.ts';
import type { Sha256 } from '../../kernel/units.ts';

/** What the first link points to. */
export const genesisHash = '0'.repeat(64) as Sha256;

export interface Link {
  /** Counts from 0 without gaps. */
  readonly sequence: number;
  readonly previousHash: Sha256;
  readonly hash: Sha256;
}

export interface LinkedRecord extends Link {
  readonly record: unknown;
}

export interface ChainHead {
  readonly sequence: number;
  readonly hash: Sha256;
}

export type ChainFault = 'mutation' | 'drop' | 'reorder' | 'insert' | 'fork' | 'drop-tail';

export type ChainVerdict =
  | { readonly kind: 'intact'; readonly records: number; readonly head: ChainHead | null }
  | { readonly kind: 'broken'; readonly fault: ChainFault; readonly at: number; readonly finding: string };

/** The link for the next record. @throws ContractViolation for a record that has no canonical JSON. */
export function linkRecord(previousHash: Sha256, sequence: number, record: unknown): Link {
  return { sequence, previousHash, hash: contentHash({ sequence, previousHash, record }) };
}

/** Links a list after `head`, or as a new chain. */
export function linkAll(records: readonly unknown[], head: ChainHead | null = null): LinkedRecord[] {
  let previousHash = head?.hash ?? genesisHash;
  const first = head === null ? 0 : head.sequence + 1;
  return records.map((record, i) => {
    const link = linkRecord(previousHash, first + i, record);
    previousHash = link.hash;
    return { ...link, record };
  });
}

/**
 * Checks records in stored order, from the beginning, against a head known from elsewhere. Reports the first thing that is wrong:
 * `at` is its place in the list.
 */
export function verifyChain(records: readonly LinkedRecord[], expectedHead: ChainHead | null = null): ChainVerdict {
  let previousHash = genesisHash;
  for (let i = 0; i < records.length; i++) {
    const { sequence, previousHash: claimed, hash, record } = records[i]!;
    if (sequence !== i) return broken(misplaced(records, i), i, `expected record ${i}, found record ${sequence}`);
    const sound = linkRecord(claimed, sequence, record).hash === hash;
    if (!sound) return broken('mutation', i, `record ${i} does not have the content its hash was made from`);
    if (claimed !== previousHash) return broken('fork', i, `record ${i} continues another chain`);
    previousHash = hash;
  }
  const last = records.at(-1);
  const head = last === undefined ? null : { sequence: last.sequence, hash: last.hash };
  if (expectedHead !== null) {
    const length = records.length;
    if (head === null || head.sequence < expectedHead.sequence) {
      return broken('drop-tail', length, `the chain ends before record ${expectedHead.sequence}`);
    }
    if (records[expectedHead.sequence]!.hash !== expectedHead.hash) {
      return broken('fork', expectedHead.sequence, `record ${expectedHead.sequence} is not the one the checkpoint saw`);
    }
  }
  return { kind: 'intact', records: records.length, head };
}

const broken = (fault: ChainFault, at: number, finding: string): ChainVerdict => ({ kind: 'broken', fault, at, finding });

/** A number seen before was put in; one that stands later in the list was moved; one that stands nowhere was left out. */
function misplaced(records: readonly LinkedRecord[], i: number): ChainFault {
  const { sequence } = records[i]!;
  if (sequence < i || records.slice(i + 1).some((other) => other.sequence === sequence)) return 'insert';
  return records.some((other) => other.sequence === i) ? 'reorder' : 'drop';
}
