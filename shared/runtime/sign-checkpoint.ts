/**
 * Holds what was recorded since the last checkpoint against it, and signs the new head.
 *
 * 1. One signer at a time: two would follow the same checkpoint, and the chain of checkpoints would fork. Whoever finds another at it
 *    leaves.
 * 2. Therefore who gives the turn back looks at the head once more, and begins anew when it has moved: what the one who left wanted
 *    signed was written before, so either this look sees it, or the next signer's, which began later.       signToTheHead
 * 3. A trail that does not continue the last checkpoint is never signed: AuditBroken says so on the bus, and
 *    trading is asked to pause: what cannot be proved afterwards is not to be done.       signHead
 *
 * What it does not cover: a signer that is killed with the turn in its hands. Its turn ends by itself, and its own retry, the next
 * occasion or the evening's look signs.
 */
import type { Logger } from '@aws-lambda-powertools/logger';
import { wholeFund } from '../contracts/control.ts';
import type { BallastEvent } from '../contracts/events.ts';
import { type Checkpoint, type CheckpointStatement, checkpointFormat, signedText } from '../domain/audit/checkpoint.ts';
import type { ChainHead } from '../domain/audit/hash-chain.ts';
import { type ChainFinding, verifyChain } from '../domain/audit/verify-chain.ts';
import { sha256Hex } from '../kernel/canonical-json.ts';
import type { Clock } from '../kernel/clock.ts';
import type { AuditStore } from '../stores/audit.ts';
import type { CheckpointKey } from '../stores/checkpoint-key.ts';
import type { CheckpointStore } from '../stores/checkpoints.ts';
import type { EventPublisher } from '../stores/events.ts';
import type { SigningTurn } from '../stores/signing-turn.ts';

export interface SigningParts {
  readonly audit: Pick<AuditStore, 'head' | 'chainAfter'>;
  readonly checkpoints: Pick<CheckpointStore, 'last' | 'put'>;
  readonly checkpointKey: Pick<CheckpointKey, 'keyId' | 'publicKey' | 'sign'>;
  readonly signingTurn: Pick<SigningTurn, 'take' | 'giveBack'>;
  readonly events: Pick<EventPublisher, 'publish'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

export interface Signed {
  readonly outcome: 'signed' | 'nothing-new' | 'broken' | 'another-signs';
  /** The last record that is signed for; of a broken trail, its first bad one. */
  readonly sequence: number | null;
}

export async function signToTheHead(parts: SigningParts): Promise<Signed> {
  const { signingTurn, audit, clock, log } = parts;
  let signed: Signed = { outcome: 'another-signs', sequence: null };
  while (await signingTurn.take(clock.now())) {
    try {
      signed = await signHead(parts);
    } finally {
      await signingTurn.giveBack(clock.now());
    }
    if (signed.outcome === 'broken') return signed;
    log.info('checkpoint-stands', { outcome: signed.outcome, sequence: signed.sequence });
    if (((await audit.head())?.sequence ?? null) === signed.sequence) return signed;
  }
  return signed;
}

async function signHead(parts: SigningParts): Promise<Signed> {
  const { audit, checkpoints, clock, events, log } = parts;
  const last = await checkpoints.last();
  // The head first: what is written after that is for the next checkpoint.
  const head = await audit.head();
  const found = await brokenSince(last, head, audit);
  const at = new Date(clock.now()).toISOString();
  if (found !== null) {
    log.error('audit-broken', { fault: found.fault, sequence: found.sequence, finding: found.finding });
    await events.publish([brokenEvent(found, at), stopRequest(found)]);
    return { outcome: 'broken', sequence: found.sequence };
  }
  if (head === null || head.sequence === last?.sequence) return { outcome: 'nothing-new', sequence: head?.sequence ?? null };
  await checkpoints.put(await checkpointOn(head, last, at, parts));
  return { outcome: 'signed', sequence: head.sequence };
}

type Broken = Pick<ChainFinding, 'fault' | 'sequence' | 'finding'>;

/** Null for a trail that continues what was signed of it, up to its head. */
async function brokenSince(last: Checkpoint | null, head: ChainHead | null, audit: SigningParts['audit']): Promise<Broken | null> {
  const upTo = head?.sequence ?? -1;
  if (last !== null && upTo < last.sequence)
    return { fault: 'drop-tail', sequence: upTo + 1, finding: `the trail ends before record ${last.sequence}, which is signed for` };
  if (last !== null && upTo === last.sequence && head?.hash !== last.hash)
    return { fault: 'fork', sequence: upTo, finding: `record ${upTo} is not the one that was signed for` };
  const records = (await audit.chainAfter(last?.sequence ?? -1)).filter(({ sequence }) => sequence <= upTo);
  const anchors = head === null ? [] : [{ ...head, what: 'the head of the table', isSigned: false }];
  const verdict = verifyChain(records, anchors, last);
  return verdict.kind === 'broken' ? verdict : null;
}

async function checkpointOn(head: ChainHead, last: Checkpoint | null, at: string, { checkpointKey }: SigningParts): Promise<Checkpoint> {
  const publicKey = await checkpointKey.publicKey();
  const statement: CheckpointStatement = {
    format: checkpointFormat,
    sequence: head.sequence,
    hash: head.hash,
    records: head.sequence + 1,
    at,
    previousCheckpointSha256: last === null ? null : sha256Hex(signedText(last)),
    keyId: checkpointKey.keyId,
    publicKeySha256: sha256Hex(publicKey),
  };
  const signature = await checkpointKey.sign(signedText(statement));
  return { ...statement, signature, publicKey: Buffer.from(publicKey).toString('base64') };
}

const stopRequest = ({ fault, sequence }: Broken): BallastEvent => ({
  type: 'StopRequested',
  detail: {
    ...{ scope: wholeFund, state: 'PAUSED', actor: 'function/sign-checkpoint' },
    reason: `The audit trail is not what was signed (${fault} at record ${sequence})`,
  },
});

const brokenEvent = ({ fault, sequence, finding }: Broken, at: string): BallastEvent => ({
  type: 'AuditBroken',
  detail: {
    ...{ eventId: `audit/${fault}/${sequence}`, at, fault, sequence, finding },
    summary: `The audit trail is not what was signed (${fault} at record ${sequence}): ${finding}.`,
  },
});
