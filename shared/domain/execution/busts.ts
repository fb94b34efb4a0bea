/**
 * Executions that the exchange took back, and what a report of the order says once they are taken into account. A broker's cumulative
 * quantity is net of the busts it knew of when it last changed the order; a report from before a bust still counts the busted shares.
 * Each bust is known by its execution, so that one delivered twice counts once.
 */
import type { EpochMs } from '../../kernel/units.ts';
import { exactShares } from './exact-shares.ts';

export interface Bust {
  readonly executionId: string;
  /** Positive. */
  readonly quantity: number;
  readonly priceUsd: number;
  /** The broker's instant of the bust. */
  readonly at: EpochMs;
}

export interface Executed {
  readonly cumulative: number;
  /** Null while nothing is executed. */
  readonly averagePriceUsd: number | null;
}

export const bustKnownTo = (busts: readonly Bust[], executionId: string): boolean => busts.some((bust) => bust.executionId === executionId);

/**
 * What a report says was executed, less the busts that came after it. Without an instant it is read as from before all of them, which
 * books too little rather than the same shares twice.
 */
export function withoutBusts(busts: readonly Bust[], report: Executed & { readonly at: EpochMs | null }): Executed {
  const { cumulative, averagePriceUsd, at } = report;
  const unseen = busts.filter((bust) => at === null || at < bust.at);
  if (unseen.length === 0 || averagePriceUsd === null) return { cumulative, averagePriceUsd };
  const left = exactShares(unseen.reduce((sum, { quantity }) => sum - quantity, cumulative));
  const paid = unseen.reduce((sum, { quantity, priceUsd }) => sum - quantity * priceUsd, cumulative * averagePriceUsd);
  return { cumulative: left, averagePriceUsd: left > 0 ? paid / left : null };
}
