/**
 * Intrinsic value of a share by a two-stage discounted cash flow.
 *
 * 1. Stage one: the cash flow of last year grows for N years, at first by g1, then by a rate that falls in equal steps to the terminal rate,
 *    which is reached in year N.
 * 2. Stage two: it grows by the terminal rate g for ever; worth c_N (1 + g) / (r − g) in year N (Gordon & Shapiro 1956).
 * 3. Everything is discounted at r = risk-free rate + equity premium, at the end of each year.
 *
 * Source: Damodaran, Investment Valuation, 3rd edition, chapters 12 to 14 (free cash flow to equity).
 * Not covered: a beta of its own per company, debt, dilution, a cash flow that is not positive.
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { DiscountRules } from '../../policy/valuation-rules.ts';

export type DiscountRefusal = Refusal<
  'discount-input-not-finite' | 'cash-flow-not-positive' | 'stage-one-too-short' | 'terminal-growth-not-below-discount'
>;

/** USD per share. `growthFrac` is the growth of the first year. */
export function twoStageValueUsd(
  cashPerShareUsd: number,
  growthFrac: number,
  { riskFreeAnnualFrac, equityPremiumFrac, terminalGrowthFrac, stageOneYears }: DiscountRules,
): number | DiscountRefusal {
  const discountFrac = riskFreeAnnualFrac + equityPremiumFrac;
  if (![cashPerShareUsd, growthFrac, discountFrac, terminalGrowthFrac].every(Number.isFinite) || growthFrac <= -1) {
    return refuse('discount-input-not-finite', { cashPerShareUsd, growthFrac, discountFrac, terminalGrowthFrac });
  }
  if (!(cashPerShareUsd > 0)) return refuse('cash-flow-not-positive', { cashPerShareUsd });
  if (!(Number.isInteger(stageOneYears) && stageOneYears >= 2)) return refuse('stage-one-too-short', { stageOneYears });
  if (!(terminalGrowthFrac < discountFrac)) return refuse('terminal-growth-not-below-discount', { terminalGrowthFrac, discountFrac });

  let cash = cashPerShareUsd;
  let discount = 1;
  let value = 0;
  for (let year = 1; year <= stageOneYears; year++) {
    cash *= 1 + growthFrac + ((terminalGrowthFrac - growthFrac) * (year - 1)) / (stageOneYears - 1);
    discount /= 1 + discountFrac;
    value += cash * discount;
  }
  return value + ((cash * (1 + terminalGrowthFrac)) / (discountFrac - terminalGrowthFrac)) * discount;
}

/** Last year's growth as the first year's: only part of it persists, and it is held within bounds. */
export const stageOneGrowth = (lastYearFrac: number, { growthPersistenceFrac, growthFracMin, growthFracMax }: DiscountRules): number =>
  Math.min(growthFracMax, Math.max(growthFracMin, growthPersistenceFrac * lastYearFrac));
