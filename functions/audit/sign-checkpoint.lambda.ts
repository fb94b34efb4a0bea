/**
 * Called by the bus when a cycle has ended, a liquidation or the policy has changed the trail, and once a day by its schedule: holds what was
 * recorded since the last checkpoint against it, and signs the new head.
 * Refuses to sign a trail that does not continue the last checkpoint: says so on the bus as AuditBroken, and leaves the checkpoint as it is.
 * Idempotent: an event is only an occasion. Where nothing was recorded since, nothing is signed; two at once take turns.
 */
import * as z from 'zod';
import type { BallastEvent } from '../../shared/contracts/events.ts';
import { type CheckpointStatement, checkpointFormat, signedText } from '../../shared/domain/audit/checkpoint.ts';
import { verifyChain } from '../../shared/domain/audit/verify-chain.ts';
import { sha256Hex } from '../../shared/kernel/canonical-json.ts';
import { TransientFailure } from '../../shared/kernel/errors.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { audit, checkpointKey, checkpoints, events, signingTurn } from '../../shared/runtime/needs.ts';

const Occasion = z.union([z.object({ 'detail-type': z.string() }), z.object({ scheduledAt: z.string() })]);

const signCheckpoint = defineHandler({
  name: 'audit/sign-checkpoint',
  needs: { audit, checkpoints, checkpointKey, signingTurn, events },
  input: Occasion,
  output: z.object({ outcome: z.enum(['signed', 'nothing-new', 'broken']), sequence: z.number().int().nullable() }),

  async run(_occasion, { audit, checkpoints, checkpointKey, signingTurn, events, clock, log }) {
    if (!(await signingTurn.take(clock.now()))) throw new TransientFailure('Another is signing a checkpoint');
    try {
      const last = await checkpoints.last();
      // The head first: what is written after that is for the next checkpoint.
      const head = await audit.head();
      const upTo = head?.sequence ?? -1;
      const records = (await audit.chainAfter(last?.sequence ?? -1)).filter(({ sequence }) => sequence <= upTo);
      const anchors = [
        ...(head === null ? [] : [{ ...head, what: 'the head of the table', isSigned: false }]),
        ...(last === null ? [] : [{ sequence: last.sequence, hash: last.hash, what: 'the last checkpoint', isSigned: true }]),
      ];
      const verdict = verifyChain(records, anchors, last);
      const cut = last !== null && (upTo < last.sequence || (upTo === last.sequence && head?.hash !== last.hash)) ? last.sequence : null;
      if (verdict.kind === 'broken' || cut !== null) {
        const found =
          verdict.kind === 'broken' ? verdict : { fault: 'drop-tail', sequence: cut!, finding: `the trail ends before record ${cut}` };
        log.error('audit-broken', { fault: found.fault, sequence: found.sequence, finding: found.finding });
        await events.publish([brokenEvent(found, new Date(clock.now()).toISOString())]);
        return { outcome: 'broken' as const, sequence: found.sequence };
      }
      if (head === null || head.sequence === last?.sequence) {
        log.info('checkpoint-stands', { outcome: 'nothing-new', sequence: last?.sequence ?? null });
        return { outcome: 'nothing-new' as const, sequence: last?.sequence ?? null };
      }
      const publicKey = await checkpointKey.publicKey();
      const statement: CheckpointStatement = {
        format: checkpointFormat,
        sequence: head.sequence,
        hash: head.hash,
        records: head.sequence + 1,
        at: new Date(clock.now()).toISOString(),
        previousCheckpointSha256: last === null ? null : sha256Hex(signedText(last)),
        keyId: checkpointKey.keyId,
        publicKeySha256: sha256Hex(publicKey),
      };
      const signature = await checkpointKey.sign(signedText(statement));
      await checkpoints.put({ ...statement, signature, publicKey: Buffer.from(publicKey).toString('base64') });
      log.info('checkpoint-stands', { outcome: 'signed', sequence: head.sequence });
      return { outcome: 'signed' as const, sequence: head.sequence };
    } finally {
      await signingTurn.giveBack(clock.now());
    }
  },
});

export const handler = onAws(signCheckpoint);

const brokenEvent = ({ fault, sequence, finding }: { fault: string; sequence: number; finding: string }, at: string): BallastEvent => ({
  type: 'AuditBroken',
  detail: {
    ...{ eventId: `audit/${fault}/${sequence}`, at, fault, sequence, finding },
    summary: `The audit trail is not what was signed (${fault} at record ${sequence}): ${finding}.`,
  },
});
