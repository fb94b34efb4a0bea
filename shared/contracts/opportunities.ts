/**
 * The list of opportunities as it is stored: whole in the lake, with every score and every reason, and in the operations table as an
 * entry of what a cycle needs of it.
 */
import * as z from 'zod';
import { InstantText, SessionText } from './cycle.ts';

const number = z.number();
const share = z.number().min(0).max(1);
const symbols = z.array(z.string().min(1));

/** What stands in the operations table. */
export const OpportunityEntry = z.object({
  listId: z.string().min(1),
  session: SessionText,
  rankedAt: InstantText,
  datasetId: z.string().min(1),
  policyVersion: z.number().int().positive(),
  /** Universe symbols looked at. */
  considered: z.number().int().min(0),
  /** Best first. */
  symbols,
  /** Where the whole list lies in the lake. */
  key: z.string().min(1),
});
export type OpportunityEntry = z.infer<typeof OpportunityEntry>;

const measures = z.object({
  closeUsd: number,
  trendStrength: number,
  adx: number,
  rangeFrac: number,
  bandWidthFrac: number,
  dailyVol: number,
  annualizedVol: number,
  dollarVolume: number,
  spreadBps: number,
  spreadErrorBps: number,
  quarterReturn: number,
});
const candidate = z.object({
  measures,
  cost: z.object({ roundTripBps: number, impactBps: number, capacityUsd: number }),
  prediction: z.object({ dailyExcessReturn: number, conviction: number }).nullable(),
  edgeBps: number.nullable(),
});

/** The document in the lake. */
export const OpportunityList = z.object({
  schema: z.literal('ballast.opportunities/1'),
  listId: z.string().min(1),
  session: SessionText,
  rankedAt: InstantText,
  datasetId: z.string().min(1),
  policyVersion: z.number().int().positive(),
  policySha256: z.string().length(64),
  /** Best first. */
  listed: symbols,
  ranked: z.array(
    candidate.extend({
      symbol: z.string(),
      rank: z.number().int().positive(),
      score: share,
      parts: z.object({ trend: share, volatility: share, liquidity: share, performance: share, prediction: share }),
    }),
  ),
  filtered: z.array(z.object({ symbol: z.string(), reasons: z.array(z.string()).min(1), candidate: candidate.nullable() })),
});
export type OpportunityList = z.infer<typeof OpportunityList>;
