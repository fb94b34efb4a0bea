/**
 * Keeps the book's beta within a band: growth that carries it beyond is trimmed, all of it by the same share. What is left over is said,
 * with the index position that would neutralise it: −beta × equity. A long-only fund cannot take that position, so its band is wide.
 * Beta of a book is Σ weight · beta (Sharpe 1964, J. Finance 19(3)); betas are measured against the market of the risk panel.
 */
import { type Change, growthOf, withGrowth } from './growth.ts';

export interface BetaHolding extends Change {
  /** Slope of the symbol's returns on the market's. */
  readonly beta: number;
}

export interface BetaReport {
  readonly betaBefore: number;
  readonly betaAfter: number;
  /** Share of the growth in the excess direction that was kept; 1 when nothing was trimmed. */
  readonly keptFrac: number;
  /** Index position that would bring the rest to the target; negative is to be sold. */
  readonly hedgeNotionalUsd: number;
}

export function neutralizeBeta(
  holdings: readonly BetaHolding[],
  equityUsd: number,
  { target, band }: { readonly target: number; readonly band: number },
): { readonly weights: number[]; readonly report: BetaReport } {
  const betaBefore = holdings.reduce((sum, { targetWeight, beta }) => sum + targetWeight * beta, 0);
  const direction = Math.sign(betaBefore - target);
  const excess = Math.abs(betaBefore - target) - band;
  const pushes = holdings.map((holding) => direction * Math.sign(holding.targetWeight) * growthOf(holding) * holding.beta);
  const pushed = pushes.reduce((sum, push) => sum + Math.max(0, push), 0);
  const keptFrac = excess > 0 && pushed > 0 ? Math.max(0, 1 - excess / pushed) : 1;
  const weights = holdings.map((holding, i) => (pushes[i]! > 0 ? withGrowth(holding, keptFrac) : holding.targetWeight));
  const betaAfter = holdings.reduce((sum, { beta }, i) => sum + weights[i]! * beta, 0);
  return { weights, report: { betaBefore, betaAfter, keptFrac, hedgeNotionalUsd: -(betaAfter - target) * equityUsd || 0 } };
}
