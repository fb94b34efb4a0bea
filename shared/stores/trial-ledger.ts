/**
 * The trial ledger: one item per batch of backtests, in the table `trials`, under its family. Nothing is ever deleted: a trial that was looked at
 * has been looked at.
 *
 * The same batch recorded again is not counted twice. A batch may grow, when a sweep of which chunks had failed is completed: the one with more
 * trials takes the place of the one with fewer, and never the other way round, so that deliveries may come twice and in any order.
 */
import * as z from 'zod';
import { mergeSharpe, noSharpe, type SharpeMoments, type TrialBatch, type TrialFamily } from '../domain/research/trials.ts';
import { InvariantViolation } from '../kernel/errors.ts';
import { isNamed } from './aws-errors.ts';
import type { Item, Table } from './table.ts';

/** All that was tried of one strategy on one data set. */
export interface FamilyTotal extends TrialFamily {
  readonly trials: number;
  readonly sharpe: SharpeMoments;
  readonly batches: number;
  /** When its newest batch was recorded, ISO 8601. */
  readonly lastAt: string;
}

const StoredBatch = z.object({
  strategy: z.string(),
  datasetSha256: z.string(),
  batchId: z.string(),
  command: z.enum(['backtest', 'sweep', 'walk-forward', 'montecarlo', 'evolve']),
  at: z.string(),
  actor: z.string(),
  datasetName: z.string(),
  fromDay: z.string(),
  toDay: z.string(),
  trials: z.number().int().nonnegative(),
  sharpeCount: z.number().int().nonnegative(),
  sharpeMean: z.number(),
  sharpeSquares: z.number().nonnegative(),
  /** Absent where no trial has a Sharpe ratio. */
  sharpeBest: z.number().optional(),
  tried: z.string(),
});

export class TrialLedger {
  readonly #table: Table;

  constructor(trialsTable: Table) {
    this.#table = trialsTable;
  }

  /** Counts the batch. False when it was counted before, with as many trials or more. */
  async record({ sharpe, ...batch }: TrialBatch): Promise<boolean> {
    const item = {
      pk: familyKey(batch),
      sk: batch.batchId,
      ...batch,
      sharpeCount: sharpe.count,
      sharpeMean: sharpe.mean,
      sharpeSquares: sharpe.squares,
      ...(Number.isFinite(sharpe.best) && { sharpeBest: sharpe.best }),
    };
    try {
      await this.#table.put(item, 'attribute_not_exists(pk) OR trials < :trials', { ':trials': batch.trials });
      return true;
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }

  /** What was tried of a family until now; a family that nobody tried has no trials. */
  async family(family: TrialFamily): Promise<FamilyTotal> {
    return totalOf(family, await this.batchesOf(family));
  }

  /** In the order of their ids. */
  async batchesOf(family: TrialFamily): Promise<TrialBatch[]> {
    return (await this.#table.query(familyKey(family))).map(batchOf);
  }

  /** Every family there is, by strategy and data set. For people: it reads the whole table. */
  async list(): Promise<FamilyTotal[]> {
    const families = new Map<string, TrialBatch[]>();
    for await (const page of this.#table.scan()) {
      for (const batch of page.filter(({ pk }) => isFamilyKey(String(pk))).map(batchOf))
        families.set(familyKey(batch), [...(families.get(familyKey(batch)) ?? []), batch]);
    }
    return [...families.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, batches]) =>
        totalOf(
          batches[0]!,
          batches.sort((a, b) => (a.batchId < b.batchId ? -1 : 1)),
        ),
      );
  }
}

const familyKey = ({ strategy, datasetSha256 }: TrialFamily): string => `${strategy}#${datasetSha256}`;

/** Strategies have their lives in the same table, under keys without this sign (strategy-book.ts). */
const isFamilyKey = (pk: string): boolean => pk.includes('#');

const totalOf = ({ strategy, datasetSha256 }: TrialFamily, batches: readonly TrialBatch[]): FamilyTotal => ({
  strategy,
  datasetSha256,
  trials: batches.reduce((sum, { trials }) => sum + trials, 0),
  sharpe: batches.reduce((sum, { sharpe }) => mergeSharpe(sum, sharpe), noSharpe),
  batches: batches.length,
  lastAt: batches.reduce((last, { at }) => (at > last ? at : last), ''),
});

function batchOf(item: Item): TrialBatch {
  const parsed = StoredBatch.safeParse(item);
  if (!parsed.success)
    throw new InvariantViolation('a batch in the trial ledger is well formed', {
      pk: item.pk,
      sk: item.sk,
      issue: parsed.error.issues[0]?.message,
    });
  const { sharpeCount, sharpeMean, sharpeSquares, sharpeBest = Number.NEGATIVE_INFINITY, ...batch } = parsed.data;
  return { ...batch, sharpe: { count: sharpeCount, mean: sharpeMean, squares: sharpeSquares, best: sharpeBest } };
}
