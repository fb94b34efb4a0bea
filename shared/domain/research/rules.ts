/**
 * What a backtest assumes about the world outside the strategy. Nothing here has a default that trades: every field is said, and the tear sheet
 * prints it.
 */

/**
 * The price at which a MARKET order decided at a bar's close is filled. `next-open`, `next-close`: of the symbol's bar at the next moment.
 * `next-vwap`: that bar's volume-weighted price, estimated as (open + high + low + close) / 4 of it; minute bars that a daily panel may have beside it
 * are not looked at. `signal-close`: the very close that it was decided on, which nobody can trade at; for comparison with engines that assume it.
 */
export const fillRules = ['next-open', 'next-close', 'next-vwap', 'signal-close'] as const;
export type FillRule = (typeof fillRules)[number];

/** All costs of one fill; each is on top of the others. */
export interface TradingCosts {
  /** Of the notional, each side. */
  readonly commissionBps: number;
  /** Of shares as they were traded: where splits are in the prices, as far as the panel has the splits after the fill. */
  readonly commissionUsdPerShare: number;
  readonly commissionUsdMin: number;
  /** Half of it is paid on each side, in the price. */
  readonly spreadBps: number;
  /** Paid in the price on each side. */
  readonly slippageBps: number;
  /** Y of the square-root law, Y · σ · √(shares / volume of the bar), paid in the price; σ is the volatility of the 20 bars before. 0: no impact. */
  readonly impactCoefficient: number;
}

/** A year has 360 days for interest and 365 for nothing here; interest accrues per calendar day between sessions. */
export interface Financing {
  /** Earned on positive cash, paid on negative. */
  readonly cashAnnualFrac: number;
  readonly marginAnnualFrac: number;
  /** Paid on the market value of what is short. */
  readonly borrowAnnualFrac: number;
}

/**
 * `cash`: nothing is bought on credit and nothing sold short. `margin`: an order that would take gross exposure above equity / initialFrac is
 * rejected; where equity falls below maintenanceFrac of gross exposure at a close, everything is cut in proportion at the next open until
 * initialFrac holds again.
 */
export type Account =
  | { readonly kind: 'cash' }
  | { readonly kind: 'margin'; readonly initialFrac: number; readonly maintenanceFrac: number };

/** How much a signal strategy trades when it enters. Weight and target strategies say it themselves. */
export type Sizing =
  | { readonly kind: 'shares'; readonly shares: number }
  /** All cash there is at the fill, costs included: cash / (price · (1 + commission)). */
  | { readonly kind: 'all-cash'; readonly whole: boolean }
  /** That part of equity, at the price it was decided on. */
  | { readonly kind: 'weight'; readonly frac: number };

export interface BacktestRules {
  readonly cashUsd: number;
  readonly fill: FillRule;
  readonly sizing: Sizing;
  readonly costs: TradingCosts;
  readonly financing: Financing;
  readonly account: Account;
  /** Shares sold that are not held. */
  readonly allowShort: boolean;
  /** Orders are whole shares. */
  readonly wholeShares: boolean;
  /** The most of a bar's volume that one order takes; what is left works on by its time in force. Null: no cap. */
  readonly participationFracMax: number | null;
  readonly sessionsPerYear: number;
}

/** Nothing costs anything and nothing earns anything: what comparisons with other engines start from. */
export const freeCosts: TradingCosts = {
  commissionBps: 0,
  commissionUsdPerShare: 0,
  commissionUsdMin: 0,
  spreadBps: 0,
  slippageBps: 0,
  impactCoefficient: 0,
};
export const noFinancing: Financing = { cashAnnualFrac: 0, marginAnnualFrac: 0, borrowAnnualFrac: 0 };
