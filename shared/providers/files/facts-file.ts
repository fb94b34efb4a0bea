/**
 * What came out of a file of facts: the records that may be used, by company, and those that may not, by name. A record that cannot
 * have been known on the day it claims, or that two lines of a file tell differently, would make a decision on something false,
 * and nobody would see it: it is left out here, for good, and shown.
 */
import * as z from 'zod';
import type { EpochDay, Ticker } from '../../kernel/units.ts';

export const RejectedFact = z.object({
  file: z.string(),
  line: z.int().positive(),
  symbol: z.string(),
  /** YYYY-MM-DD; null for what has no period. */
  periodEnd: z.string().nullable(),
  /** YYYY-MM-DD. */
  availableDay: z.string(),
  reason: z.enum(['available-before-period-end', 'number-not-finite', 'conflicting-duplicate', 'no-earnings-per-share']),
});

export type RejectedFact = z.output<typeof RejectedFact>;

export interface FactsFile<Fact> {
  readonly fileName: string;
  /** Records in the file. */
  readonly rows: number;
  /** In file order for each company. */
  readonly facts: ReadonlyMap<Ticker, readonly Fact[]>;
  /** Lines that say again, to the letter, what another has said. */
  readonly repeated: number;
  /** In file order. */
  readonly rejected: readonly RejectedFact[];
  /** The last day on which anything in it became known. */
  readonly lastDay: EpochDay;
}

/** One record as it was read, before it is held against the others. */
export interface ReadFact<Fact> {
  readonly symbol: Ticker;
  readonly line: number;
  readonly periodEnd: EpochDay | null;
  readonly availableDay: EpochDay;
  /** What makes two records tell of the same thing. */
  readonly key: string;
  /** The fact, or why there is none to use. */
  readonly fact: Fact | RejectedFact['reason'];
}
