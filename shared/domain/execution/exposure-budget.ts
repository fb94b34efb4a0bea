/**
 * What one cycle may add to the book: the gross limit less what is held, at the prices decided on, less what orders of earlier cycles that
 * are not final may still become, those whose fate is unknown included. Sales of this cycle free nothing, for nobody knows yet that they fill.
 *
 * Orders are reserved at the worst price that the collar allows, which is the price decided on over (1 − collar); the budget is in the same
 * dollars, so that a book which risk let go up to the limit is not refused for the collar's sake.
 */
import type { Usd } from '../../kernel/units.ts';

export interface ExposureQuestion {
  readonly equityUsd: number;
  /** Fraction of equity. */
  readonly grossFracMax: number;
  readonly priceCollarFrac: number;
  readonly positions: ReadonlyArray<{ readonly quantity: number; readonly priceUsd: number }>;
  readonly openOrders: ReadonlyArray<{ readonly reducing: boolean; readonly worstCaseUsd: number }>;
}

/** Zero for a book without equity, or with a number in it that is none: then nothing is added. */
export function exposureBudgetUsd({ equityUsd, grossFracMax, priceCollarFrac, positions, openOrders }: ExposureQuestion): Usd {
  const held = positions.reduce((sum, { quantity, priceUsd }) => sum + Math.abs(quantity * priceUsd), 0);
  const working = openOrders.reduce((sum, { reducing, worstCaseUsd }) => sum + (reducing ? 0 : worstCaseUsd), 0);
  const left = (equityUsd * grossFracMax - held) / (1 - priceCollarFrac) - working;
  return (left > 0 ? left : 0) as Usd;
}
