/** What the risk engine remembers between cycles, as it is stored. */
import * as z from 'zod';
import type { RiskState } from '../domain/risk/risk-state.ts';
import type { EpochDay } from '../kernel/units.ts';

const day = z
  .number()
  .int()
  .transform((value) => value as EpochDay);

const StoredRiskState: z.ZodType<RiskState> = z.object({
  tier: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  cvarBreachesInARow: z.number().int().min(0),
  recovery: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('normal') }),
    z.object({ kind: z.literal('cooldown'), frozenOn: day }),
    z.object({ kind: z.literal('ramp'), frozenOn: day, step: z.number().int().min(0) }),
  ]),
  peakEquityUsd: z.number().positive().nullable(),
  halted: z.object({ reason: z.enum(['cvar-persistence', 'loss-limit']), day }).nullable(),
});

export const RiskMemory = z.object({
  state: StoredRiskState,
  /** The highest equity the fund ever had: the base of total loss. */
  allTimeHighUsd: z.number().positive(),
});
export type RiskMemory = z.infer<typeof RiskMemory>;
