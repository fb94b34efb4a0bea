/**
 * Checkpoints of the audit trail: what its head was, signed by a key that nobody who writes the trail may use.
 *
 * A checkpoint is one flat JSON object. What is signed is the canonical JSON text (RFC 8785) of all its fields but `signature` and
 * `publicKey`: ECDSA over P-256 with SHA-256, the signature in DER (FIPS 186-5, RFC 3279), as AWS KMS gives it for ECDSA_SHA_256. Each names the
 * SHA-256 of the signed text before it, so that none can be left out between two others. Verification needs no AWS: the public key is enough,
 * and it should come from somewhere else than the checkpoints.
 *
 * What it does not cover: records after the last checkpoint, which only the copy in the archive protects; and the time, which is the signer's
 * clock and need not rise.
 */
import { canonicalJson, sha256Hex } from '../../kernel/canonical-json.ts';
import { isSignedBy } from '../../kernel/signatures.ts';
import type { Sha256 } from '../../kernel/units.ts';
import type { Anchor } from './verify-chain.ts';

export const checkpointFormat = 'ballast.checkpoint/1';

export interface CheckpointStatement {
  readonly format: typeof checkpointFormat;
  /** Of the last record that it covers. */
  readonly sequence: number;
  readonly hash: Sha256;
  /** How many records the chain has up to there. */
  readonly records: number;
  /** ISO 8601 in UTC: when it was signed, by the signer's clock. */
  readonly at: string;
  /** Of the signed text of the checkpoint before; null in the first. */
  readonly previousCheckpointSha256: Sha256 | null;
  /** The key's name in KMS. */
  readonly keyId: string;
  /** Of the public key's SPKI bytes. */
  readonly publicKeySha256: Sha256;
}

export interface Checkpoint extends CheckpointStatement {
  /** Base64 of DER. */
  readonly signature: string;
  /** Base64 of the SubjectPublicKeyInfo in DER. */
  readonly publicKey: string;
}

/** As it lies in the archive. */
export interface NamedCheckpoint {
  readonly key: string;
  readonly checkpoint: Checkpoint;
}

export type CheckpointFault = 'bad-signature' | 'other-key' | 'misnamed' | 'checkpoint-missing' | 'impossible';

export interface CheckpointFinding {
  readonly fault: CheckpointFault;
  readonly sequence: number;
  readonly key: string;
  readonly finding: string;
}

export interface CheckpointsChecked {
  /** Of those with a good signature. */
  readonly anchors: readonly Anchor[];
  readonly findings: readonly CheckpointFinding[];
}

export const checkpointKey = (sequence: number): string => `checkpoints/${String(sequence).padStart(12, '0')}.json`;

/** What is signed. */
export function signedText(checkpoint: CheckpointStatement): string {
  const { format, sequence, hash, records, at, previousCheckpointSha256, keyId, publicKeySha256 } = checkpoint;
  return canonicalJson({ format, sequence, hash, records, at, previousCheckpointSha256, keyId, publicKeySha256 });
}

/**
 * Checks checkpoints in the order of their names. `trusted`: the public key, from elsewhere; null takes the first checkpoint's own, which
 * shows that they belong together, and no more.
 */
export function checkCheckpoints(checkpoints: readonly NamedCheckpoint[], trusted: Uint8Array | null): CheckpointsChecked {
  const findings: CheckpointFinding[] = [];
  const anchors: Anchor[] = [];
  const key = trusted ?? (checkpoints[0] === undefined ? null : Buffer.from(checkpoints[0].checkpoint.publicKey, 'base64'));
  let before: Checkpoint | null = null;
  for (const named of checkpoints) {
    const { checkpoint } = named;
    const found = [...signatureFindings(checkpoint, key!), ...placeFindings(named, before)];
    findings.push(...found.map((one) => ({ ...one, sequence: checkpoint.sequence, key: named.key })));
    const isSigned = !found.some(({ fault }) => fault === 'bad-signature' || fault === 'other-key');
    const { sequence, hash, at } = checkpoint;
    if (isSigned) anchors.push({ sequence, hash, what: `the checkpoint at record ${sequence}, signed ${at}`, isSigned });
    before = checkpoint;
  }
  return { anchors, findings };
}

type Fault = Pick<CheckpointFinding, 'fault' | 'finding'>;

function signatureFindings(checkpoint: Checkpoint, key: Uint8Array): Fault[] {
  const own = Buffer.from(checkpoint.publicKey, 'base64');
  if (sha256Hex(key) !== checkpoint.publicKeySha256 || !own.equals(key))
    return [{ fault: 'other-key', finding: `its key has SHA-256 ${sha256Hex(own)}, and the one to verify with ${sha256Hex(key)}` }];
  const signature = Buffer.from(checkpoint.signature, 'base64');
  return isSignedBy(key, signedText(checkpoint), signature)
    ? []
    : [{ fault: 'bad-signature', finding: 'its signature is not that of its content' }];
}

function placeFindings({ key, checkpoint }: NamedCheckpoint, before: Checkpoint | null): Fault[] {
  const { sequence, records, previousCheckpointSha256 } = checkpoint;
  const faults: Fault[] = [];
  if (key !== checkpointKey(sequence)) faults.push({ fault: 'misnamed', finding: `it covers record ${sequence} and lies under ${key}` });
  const named = before === null ? null : sha256Hex(signedText(before));
  if (previousCheckpointSha256 !== named)
    faults.push({ fault: 'checkpoint-missing', finding: 'it follows another checkpoint than the one that is before it' });
  const isLater = before === null || sequence > before.sequence;
  if (records !== sequence + 1 || !isLater)
    faults.push({ fault: 'impossible', finding: 'its count or sequence number cannot be, after the checkpoint before it' });
  return faults;
}
