/**
 * What one fill costs: in its price, and as a commission.
 *
 *   price move as a part of the price = half the spread + slippage + Y σ √(shares / volume of the bar)
 *   commission of an order            = max(minimum, bps of notional + per share × shares), charged as its fills come in
 *
 * Shares of a commission are those that were traded: where splits are in the prices, shares of the last bar divided by the splits between, which
 * the trader of the day did not have in his hands either. This is accounting; a strategy sees it in its equity alone.
 *
 * σ is the standard deviation (n − 1) of the 20 log returns of the bars before the fill's, splits taken out where prices are as traded. Where it
 * or the volume is not known or zero there is no impact, and the run counts how often. Source of the square root: market-impact.ts.
 */
import { squareRootImpactBps } from '../../execution/algos/market-impact.ts';
import type { TradingCosts } from '../rules.ts';
import type { MarketView } from './market-view.ts';

const VOLATILITY_BARS = 20;
const BPS = 10_000;

/** Half the spread and slippage together, as a part of the price. */
export const fixedPriceCostFrac = ({ spreadBps, slippageBps }: TradingCosts): number => (spreadBps / 2 + slippageBps) / BPS;

/** Impact of one share, as a part of the price: that of q shares is √q times it. NaN where volatility or volume is not known. */
export function impactFracOfOneShare(view: MarketView, symbol: number, row: number, { impactCoefficient }: TradingCosts): number {
  if (impactCoefficient === 0) return 0;
  return squareRootImpactBps(1, view.volume[symbol]![row]!, volatilityBefore(view, symbol, row), impactCoefficient) / BPS;
}

/** Of all fills of an order until now; shares as they were traded. */
export const commissionUsd = (
  { commissionBps, commissionUsdPerShare, commissionUsdMin }: TradingCosts,
  tradedShares: number,
  notionalUsd: number,
): number => Math.max(commissionUsdMin, (notionalUsd * commissionBps) / BPS + tradedShares * commissionUsdPerShare);

/** Costs as they are for shares of which `laterSplits` make one that was traded: only a commission a share is another. */
export const costsPerTradedShare = (costs: TradingCosts, laterSplits: number): TradingCosts =>
  laterSplits === 1 || costs.commissionUsdPerShare === 0
    ? costs
    : { ...costs, commissionUsdPerShare: costs.commissionUsdPerShare / laterSplits };

export interface BuyTerms {
  readonly budgetUsd: number;
  /** Before any cost. */
  readonly basePriceUsd: number;
  readonly impactFracOfOneShare: number;
}

/**
 * The most shares that a budget buys, costs included. With impact it is the root of a convex rising function of √shares, found by Newton's
 * method from above; without, it is one division. Not positive where the budget does not pay the minimum commission.
 */
export function affordableShares({ budgetUsd, basePriceUsd, impactFracOfOneShare: impact }: BuyTerms, costs: TradingCosts): number {
  const proportional = sharesFor(
    { budgetUsd, basePriceUsd, impactFracOfOneShare: impact },
    costs,
    costs.commissionUsdPerShare,
    costs.commissionBps,
  );
  if (costs.commissionUsdMin === 0) return proportional;
  const withMinimum = sharesFor({ budgetUsd: budgetUsd - costs.commissionUsdMin, basePriceUsd, impactFracOfOneShare: impact }, costs, 0, 0);
  return Math.min(proportional, withMinimum);
}

function sharesFor(
  { budgetUsd, basePriceUsd, impactFracOfOneShare: impact }: BuyTerms,
  costs: TradingCosts,
  perShareUsd: number,
  commissionBps: number,
): number {
  const grossUp = 1 + commissionBps / BPS;
  const linear = basePriceUsd * (1 + fixedPriceCostFrac(costs)) * grossUp + perShareUsd;
  const shares = budgetUsd / linear;
  if (!(impact > 0 && shares > 0)) return shares;
  const cubic = basePriceUsd * impact * grossUp;
  let root = Math.sqrt(shares);
  for (let i = 0; i < 60; i++) {
    const step = (cubic * root ** 3 + linear * root ** 2 - budgetUsd) / (3 * cubic * root ** 2 + 2 * linear * root);
    root -= step;
    if (Math.abs(step) <= 1e-15 * root) break;
  }
  return root * root;
}

function volatilityBefore(view: MarketView, symbol: number, row: number): number {
  if (row < VOLATILITY_BARS + 1) return Number.NaN;
  const close = view.close[symbol]!;
  const splitRatio = view.panel.basis === 'as-traded' ? view.panel.series[symbol]!.splitRatio : null;
  let sum = 0;
  let squares = 0;
  for (let r = row - VOLATILITY_BARS; r < row; r++) {
    const logReturn = Math.log((close[r]! * (splitRatio?.[r] ?? 1)) / close[r - 1]!);
    sum += logReturn;
    squares += logReturn * logReturn;
  }
  return Math.sqrt(Math.max(0, squares - (sum * sum) / VOLATILITY_BARS) / (VOLATILITY_BARS - 1));
}
