/**
 * Called by the bus when a cycle has ended, a liquidation or the policy has changed the trail, and once a day by its schedule: holds what was
 * recorded since the last checkpoint against it, and signs the new head.
 * Refuses to sign a trail that does not continue the last checkpoint: says so on the bus as AuditBroken, and leaves the checkpoint as it is.
 * Idempotent: an event is only an occasion. Where nothing was recorded since, nothing is signed; where another is signing, it leaves, since
 * that one looks for newer records when it is done.
 */
import * as z from 'zod';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { audit, checkpointKey, checkpoints, events, signingTurn } from '../../shared/runtime/needs.ts';
import { signToTheHead } from '../../shared/runtime/sign-checkpoint.ts';

const signCheckpoint = defineHandler({
  name: 'audit/sign-checkpoint',
  needs: { audit, checkpoints, checkpointKey, signingTurn, events },
  input: z.union([z.object({ 'detail-type': z.string() }), z.object({ scheduledAt: z.string() })]),
  output: z.object({
    outcome: z.enum(['signed', 'nothing-new', 'broken', 'another-signs']),
    sequence: z.number().int().nullable(),
  }),

  run: (_occasion, parts) => signToTheHead(parts),
});

export const handler = onAws(signCheckpoint);
