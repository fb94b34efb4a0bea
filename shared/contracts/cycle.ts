/** What travels through the state machines: keys, counts and outcomes. Data itself lies in the lake under `cycles/<cycleId>/`. */
import * as z from 'zod';
import { tryParseDay } from '../kernel/days.ts';
import type { CycleId, EpochDay, EpochMs } from '../kernel/units.ts';

/** The cycle a schedule time stands for; legal as an execution name. */
export const cycleIdAt = (scheduledAt: EpochMs): CycleId =>
  `cycle-${new Date(scheduledAt).toISOString().slice(0, 19).replaceAll(':', '-')}Z` as CycleId;

export const CycleIdText = z
  .string()
  .regex(/^cycle-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z$/, 'is no cycle id')
  .transform((text) => text as CycleId);

export const InstantText = z.iso.datetime({ offset: true });
export const instantOf = (text: string): EpochMs => Date.parse(text) as EpochMs;

export const SessionText = z.string().refine((text) => tryParseDay(text) !== undefined, 'is no date');
export const sessionOf = (text: string): EpochDay => tryParseDay(text)!;

/** The standing of one cycle, made by preflight and handed to every later phase. */
export const CycleState = z.object({
  kind: z.literal('ready'),
  cycleId: CycleIdText,
  scheduledAt: InstantText,
  /** The New York session being traded. */
  session: SessionText,
  controlState: z.enum(['RUNNING', 'REDUCE_ONLY']),
  controlEpoch: z.number().int().positive(),
  leaseToken: z.number().int().positive(),
  policyVersion: z.number().int().positive(),
  policySha256: z.string().length(64),
  datasetId: z.string().min(1),
  active: z.number().int(),
  blocked: z.number().int(),
});
export type CycleState = z.infer<typeof CycleState>;

/** What every phase after the snapshot is handed. */
export const PhaseInput = z.object({ cycle: CycleState, snapshotKey: z.string().min(1) });

export const RefusalShape = z.object({ kind: z.literal('refused'), reason: z.string(), details: z.record(z.string(), z.unknown()) });
export const FailureShape = z.object({ Error: z.string(), Cause: z.string() });

/** How a cycle that did not reach its decisions ended. */
export const CloseInput = z.object({
  cycleId: z.string().min(1),
  scheduledAt: InstantText,
  outcome: z.enum(['refused', 'failed']),
  refusal: RefusalShape.optional(),
  failure: FailureShape.optional(),
  leaseToken: z.number().int().nullable(),
});
