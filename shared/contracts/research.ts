/** What research machines are started with, what they keep as their plan, and what they answer. */
import * as z from 'zod';
import type { EvolutionState } from '../domain/research/evolution/evolution.ts';
import { fillRules } from '../domain/research/rules.ts';

const Sha256Text = z.string().regex(/^[0-9a-f]{64}$/);
/** A job is named by the hash of all that it computes. */
const JobId = Sha256Text;
const Count = z.number().int().nonnegative();
const Positive = z.number().int().positive();
const Rate = z.number().nonnegative();
const Part = z.number().min(0).max(1);

export const BacktestRulesText = z.object({
  cashUsd: z.number().positive(),
  fill: z.enum(fillRules),
  sizing: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('shares'), shares: z.number().positive() }),
    z.object({ kind: z.literal('all-cash'), whole: z.boolean() }),
    z.object({ kind: z.literal('weight'), frac: z.number().positive() }),
  ]),
  costs: z.object({
    commissionBps: Rate,
    commissionUsdPerShare: Rate,
    commissionUsdMin: Rate,
    spreadBps: Rate,
    slippageBps: Rate,
    impactCoefficient: Rate,
  }),
  financing: z.object({ cashAnnualFrac: z.number(), marginAnnualFrac: z.number(), borrowAnnualFrac: z.number() }),
  account: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('cash') }),
    z.object({ kind: z.literal('margin'), initialFrac: z.number().positive(), maintenanceFrac: z.number().positive() }),
  ]),
  allowShort: z.boolean(),
  wholeShares: z.boolean(),
  participationFracMax: z.number().positive().max(1).nullable(),
  sessionsPerYear: Positive,
});

export const SweepRequest = z.object({
  panelId: Sha256Text,
  strategy: z.string().min(1),
  /** As in `fast=3..50,slow=10..200` (fast/grid.ts). */
  grid: z.string().min(1).max(10_000),
  rules: BacktestRulesText,
  /** At least so many chunks where they are wanted sooner than the cheapest plan has them; the plan says what that costs. */
  chunksMin: Positive.max(10_000).optional(),
  /** The first moment that is traded; what lies before is warm-up. Without it, the first of the panel. */
  fromMoment: Count.optional(),
  /** Who wanted to know, for the trial ledger. */
  actor: z.string().min(1),
});
export type SweepRequest = z.output<typeof SweepRequest>;

/** One chunk: so many combinations from the one of number `first` on. */
export const SweepChunk = z.object({ sweepId: JobId, chunk: Count, first: Count, count: Positive });
export type SweepChunk = z.output<typeof SweepChunk>;

/** What a plan says of its panel. */
const PanelSummary = z.object({
  bars: Positive,
  symbols: Positive,
  moments: Positive,
  datasetName: z.string(),
  datasetSha256: z.string(),
  fromDay: z.string(),
  toDay: z.string(),
});

export const SweepPlanFile = SweepRequest.omit({ actor: true }).extend({
  sweepId: JobId,
  codeSha256: z.string().min(1),
  panel: PanelSummary,
  combinations: Positive,
  chunks: z.array(SweepChunk).min(1),
  costUsd: z.number(),
  /** Under which its trials are counted (trial-identity.ts). */
  batchId: Sha256Text,
});
export type SweepPlanFile = z.output<typeof SweepPlanFile>;

export const SweepOutcome = z.object({
  kind: z.enum(['complete', 'partial']),
  sweepId: JobId,
  chunks: Positive,
  /** Which have no result, and why as far as is known. */
  failed: z.array(z.object({ chunk: Count, error: z.string() })),
  backtests: Count,
  /** Combinations whose values do not fit each other. */
  skipped: Count,
  /** Null while chunks are missing. */
  resultKey: z.string().nullable(),
  costUsd: z.number(),
});
export type SweepOutcome = z.output<typeof SweepOutcome>;

export const EvolutionRequest = z.object({
  panelId: Sha256Text,
  actor: z.string().min(1),
  islands: Positive.max(100),
  epochs: Positive.max(500),
  generationsPerEpoch: Positive,
  /** Of each island its best so many go to the next one after each epoch. */
  migrants: Count,
  /** The last part of the axis, which no genome is bred on and the one candidate is judged on. */
  holdOutFrac: z.number().gt(0).lt(1),
  /** Between the two, belonging to neither. */
  purgeMoments: Count,
  /** The first moment that is bred on; what lies before is warm-up. Without it, the first of the panel. */
  fromMoment: Count.optional(),
  /** That the deflated Sharpe ratio must reach, bred and held out. */
  confidenceLevel: z.number().gt(0).lt(1),
  search: z.object({
    seed: z.string().min(1),
    space: z.object({ allowShort: z.boolean(), depthMax: Positive }),
    populationSize: Positive.min(4),
    crossoverFrac: Part,
    mutationFrac: Part,
    neighbours: Count,
    archiveMax: Count,
    complexityReturnFrac: Rate,
    tradesMin: Count,
  }),
  rules: z.object({ costBps: Rate, borrowAnnualFrac: Rate, momentsPerYear: Positive }),
});
export type EvolutionRequest = z.output<typeof EvolutionRequest>;

export const IslandTask = z.object({ evolutionId: JobId, island: Count });
export type IslandTask = z.output<typeof IslandTask>;

export const EvolutionPlanFile = EvolutionRequest.omit({ actor: true }).extend({
  evolutionId: JobId,
  codeSha256: z.string().min(1),
  panel: PanelSummary,
  costUsd: z.number(),
  islandTasks: z.array(IslandTask).min(1),
});
export type EvolutionPlanFile = z.output<typeof EvolutionPlanFile>;

const isIsland = (value: unknown): value is EvolutionState =>
  typeof value === 'object' &&
  value !== null &&
  (value as EvolutionState).kind === 'evolution' &&
  Number.isInteger((value as EvolutionState).generation) &&
  Array.isArray((value as EvolutionState).population);

/** A population as a function of ours left it; what is in a genome, that function has made. */
export const IslandState = z.custom<EvolutionState>(isIsland, 'an island is a state of an evolution');
export const EpochState = z.array(IslandState).min(1);
