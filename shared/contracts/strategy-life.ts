/** What is kept of a strategy's life, as it is read back: its state, what it consists of, and what was told of it. */
import * as z from 'zod';
import { type Genome, genomeFault } from '../domain/research/evolution/genome.ts';
import type { SearchVerdict } from '../domain/research/evolution/judge-search.ts';
import { strategyStages } from '../domain/research/lifecycle.ts';
import { rebalances } from '../domain/research/strategy.ts';
import { BacktestRulesText } from './research.ts';

const Count = z.number().int().nonnegative();
const Frac = z.number();

const Track = z.object({
  sharpe: z.object({
    kind: z.literal('sharpe'),
    bars: Count,
    perBar: Frac,
    meanFrac: Frac,
    deviationFrac: Frac,
    skewness: z.number(),
    kurtosis: z.number(),
  }),
  maxDrawdownFrac: Frac,
  trades: Count,
  winFrac: Frac.nullable(),
});

const Evidence = z.object({
  evidenceId: z.string().min(1),
  barsPerYear: z.number().positive(),
  training: Track,
  holdOut: Track,
  trials: z.object({ trials: Count, sharpe: z.object({ count: Count, squares: z.number().nonnegative() }) }),
});

export const StrategyStateText = z.object({
  strategyId: z.string().min(1),
  author: z.string().min(1),
  stage: z.enum(strategyStages),
  since: z.string(),
  evidence: Evidence.nullable(),
  record: z.object({
    sessions: Count,
    lastDay: z.string().nullable(),
    meanFrac: Frac,
    equity: z.number(),
    peak: z.number(),
    maxDrawdownFrac: Frac,
  }),
  approval: z.object({ approver: z.string(), evidenceId: z.string(), at: z.string() }).nullable(),
  demotions: Count,
});

const at = z.string();

export const StrategyEventText = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('registered'), strategyId: z.string(), author: z.string(), at }),
  z.object({ kind: z.literal('backtested'), evidence: Evidence, at }),
  z.object({ kind: z.literal('session-closed'), day: z.string(), simpleReturn: z.number(), at }),
  z.object({ kind: z.literal('approved'), approver: z.string(), evidenceId: z.string(), at }),
  z.object({ kind: z.enum(['demoted', 'retired']), actor: z.string(), reason: z.string(), at }),
]);

/** Deeper than any search breeds. */
const genomeDepthMax = 16;

const GenomeText = z.custom<Genome>((value) => isGenome(value), 'a genome is one that the search could have bred');

function isGenome(value: unknown): boolean {
  try {
    return genomeFault(value as Genome, { allowShort: true, depthMax: genomeDepthMax }) === null;
  } catch {
    return false;
  }
}

/** What decides, and under which rules it was judged: a shadow is run under the same. */
export const StrategyWork = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('genome'),
    genome: GenomeText,
    rules: z.object({
      costBps: z.number().nonnegative(),
      borrowAnnualFrac: z.number().nonnegative(),
      momentsPerYear: z.number().positive(),
      depthMax: z.number().int().positive(),
    }),
    symbols: z.array(z.string()).min(1),
  }),
  z.object({
    kind: z.literal('named'),
    strategy: z.string().min(1),
    parameters: z.record(z.string(), z.number()),
    rules: BacktestRulesText,
    rebalance: z.enum(rebalances).nullable(),
    symbols: z.array(z.string()).min(1),
    membership: z.string().nullable(),
  }),
]);
export type StrategyWork = z.output<typeof StrategyWork>;

/** The verdict on a search, as `ballast evolve` and the machine of the fund leave it. */
export const SearchVerdictText = z.custom<SearchVerdict>(
  (value) => typeof value === 'object' && value !== null && (value as SearchVerdict).kind === 'search-verdict',
  'a finding holds the verdict on a search',
);
