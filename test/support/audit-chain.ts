/**
 * A small audit chain, and what somebody who can write it might do to it: each of the six attacks, as a naive hand does it and as one who
 * computes every later hash anew.
 */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  type Checkpoint,
  type CheckpointStatement,
  checkpointFormat,
  checkpointKey,
  type NamedCheckpoint,
  signedText,
} from '../../shared/domain/audit/checkpoint.ts';
import { linkAll, type RecordContent, type StoredRecord } from '../../shared/domain/audit/hash-chain.ts';
import type { ChainFault } from '../../shared/domain/audit/verify-chain.ts';
import { canonicalJson, sha256Hex } from '../../shared/kernel/canonical-json.ts';
import type { Sha256 } from '../../shared/kernel/units.ts';

export const contentOf = (index: number, text = `S${index}`): RecordContent => ({
  at: new Date(Date.UTC(2024, 0, 2, 20, 45) + index * 1000).toISOString(),
  trailId: `cycle-2024-01-${String(2 + Math.floor(index / 5)).padStart(2, '0')}T20-45-00Z`,
  part: 'decisions',
  type: index % 5 === 4 ? 'cycle' : 'decision',
  record: canonicalJson({ symbol: text, index, weight: 0.1 / (index + 1) }),
});

export const chainOf = (length: number): StoredRecord[] => linkAll(Array.from({ length }, (_, index) => contentOf(index)));

/** The chain from that list of contents on, every hash computed anew. */
const rehashed = (kept: readonly StoredRecord[], contents: readonly RecordContent[]): StoredRecord[] => [
  ...kept,
  ...linkAll(contents, kept.at(-1) ?? null),
];
const renumbered = (records: readonly StoredRecord[]): StoredRecord[] => records.map((record, sequence) => ({ ...record, sequence }));

export interface Attack {
  readonly fault: ChainFault;
  readonly naive: (chain: readonly StoredRecord[], at: number) => StoredRecord[];
  /** Leaves a chain that holds together. */
  readonly rehashing: (chain: readonly StoredRecord[], at: number) => StoredRecord[];
  /** The first bad record, relative to where the attack was made. */
  readonly first: number;
}

const forged = contentOf(99, 'FORGED');

export const attacks: readonly Attack[] = [
  {
    fault: 'mutate',
    first: 0,
    naive: (chain, at) => chain.map((record, index) => (index === at ? { ...record, record: forged.record } : record)),
    rehashing: (chain, at) => rehashed(chain.slice(0, at), [{ ...chain[at]!, record: forged.record }, ...chain.slice(at + 1)].map(bare)),
  },
  {
    fault: 'drop',
    first: 0,
    naive: (chain, at) => chain.filter((_, index) => index !== at),
    rehashing: (chain, at) => rehashed(chain.slice(0, at), chain.slice(at + 1).map(bare)),
  },
  {
    fault: 'reorder',
    first: 0,
    naive: (chain, at) => renumbered([...chain.slice(0, at), chain[at + 1]!, chain[at]!, ...chain.slice(at + 2)]),
    rehashing: (chain, at) => rehashed(chain.slice(0, at), [chain[at + 1]!, chain[at]!, ...chain.slice(at + 2)].map(bare)),
  },
  {
    fault: 'drop-tail',
    first: 0,
    naive: (chain, at) => chain.slice(0, at),
    rehashing: (chain, at) => chain.slice(0, at),
  },
  {
    fault: 'fork',
    first: 0,
    naive: (chain, at) => [
      ...chain.slice(0, at),
      ...linkAll(chain.slice(at).map(bare), { sequence: at - 1, hash: sha256Hex('elsewhere') }),
    ],
    rehashing: (chain, at) => rehashed(chain.slice(0, at), [forged, ...chain.slice(at).map(bare)].slice(0, chain.length - at)),
  },
  {
    fault: 'insert',
    first: 0,
    naive: (chain, at) => [...chain.slice(0, at), linkAll([forged], chain[at - 1])[0]!, ...chain.slice(at)],
    rehashing: (chain, at) => rehashed(chain.slice(0, at), [forged, ...chain.slice(at).map(bare)]),
  },
];

export function bare({ at, trailId, part, type, record }: RecordContent): RecordContent {
  return { at, trailId, part, type, record };
}

/** A signer with a key of its own, as KMS has it. */
export class Signer {
  readonly spki: Buffer;
  readonly #privateKey: KeyObject;
  #before: Checkpoint | null = null;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = privateKey;
    this.spki = publicKey.export({ format: 'der', type: 'spki' });
  }

  /** Signs what it is given: also what is not so. */
  sign({ sequence, hash }: { readonly sequence: number; readonly hash: Sha256 }, over: Partial<CheckpointStatement> = {}): NamedCheckpoint {
    const statement: CheckpointStatement = {
      format: checkpointFormat,
      sequence,
      hash,
      records: sequence + 1,
      at: new Date(Date.UTC(2024, 0, 3) + sequence * 1000).toISOString(),
      previousCheckpointSha256: this.#before === null ? null : sha256Hex(signedText(this.#before)),
      keyId: 'arn:aws:kms:us-east-1:000000000000:key/checkpoints',
      publicKeySha256: sha256Hex(this.spki),
      ...over,
    };
    const checkpoint = { ...statement, signature: this.signText(signedText(statement)), publicKey: this.spki.toString('base64') };
    this.#before = checkpoint;
    return { key: checkpointKey(sequence), checkpoint };
  }

  /** Base64 of DER. */
  signText(text: string): string {
    return sign('sha256', Buffer.from(text), this.#privateKey).toString('base64');
  }
}
