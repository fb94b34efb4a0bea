/**
 * What one cycle may add to the book, in dollars: the gross limit, less what is held, less what orders of earlier cycles that are not final
 * may still become, those whose fate is unknown included. Sales of this cycle free nothing, for nobody knows yet that they fill.
 *
 * Reservations are rounded up to the cent, so a millionth of the equity is added: a book that risk let go up to the limit is not refused
 * for the rounding.
 */
import type { Usd } from '../../kernel/units.ts';

export interface ExposureQuestion {
  readonly equityUsd: number;
  /** Fraction of equity. */
  readonly grossFracMax: number;
  readonly positions: ReadonlyArray<{ readonly quantity: number; readonly priceUsd: number }>;
  readonly openOrders: ReadonlyArray<{ readonly reducing: boolean; readonly worstCaseUsd: number }>;
}

/** Zero for a book without equity, or with a number in it that is none: then nothing is added. */
export function exposureBudgetUsd({ equityUsd, grossFracMax, positions, openOrders }: ExposureQuestion): Usd {
  const held = positions.reduce((sum, { quantity, priceUsd }) => sum + Math.abs(quantity * priceUsd), 0);
  const working = openOrders.reduce((sum, { reducing, worstCaseUsd }) => sum + (reducing ? 0 : worstCaseUsd), 0);
  const left = equityUsd * grossFracMax - held - working;
  return (left > 0 ? left + equityUsd * ROUNDING_FRAC : 0) as Usd;
}

const ROUNDING_FRAC = 1e-6;
