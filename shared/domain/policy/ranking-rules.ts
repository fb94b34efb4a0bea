/** How the hourly ranker chooses the symbols that a cycle may open positions in. */
export interface RankingRules {
  /** `listed`: positions are opened only in what the list in force names; what is held is decided on either way. */
  readonly gate: 'listed' | 'off';
  readonly topN: number;
  /** An older list, or one of another session or data set, lets nothing in. */
  readonly ageMinutesMax: number;
  /** Of the ranks that make the score; they sum to 1. */
  readonly weights: {
    readonly trend: number;
    readonly volatility: number;
    readonly liquidity: number;
    readonly performance: number;
    readonly prediction: number;
  };
  readonly priceUsdMin: number;
  readonly dollarVolumeMin: number;
  readonly spreadBpsMax: number;
  readonly annualizedVolMax: number;
  /** The most of a day's dollar volume that one position may be. */
  readonly participationFracMax: number;
  /** What broker, exchange and regulator take of a trade's value, each way. */
  readonly commissionBps: number;
  /** Of the square-root law of market impact: trading a whole day's volume costs this many daily volatilities. */
  readonly impactCoefficient: number;
}

export const defaultRankingRules: RankingRules = {
  gate: 'listed',
  topN: 20,
  ageMinutesMax: 90,
  weights: { trend: 0.25, volatility: 0.15, liquidity: 0.2, performance: 0.15, prediction: 0.25 },
  priceUsdMin: 5,
  dollarVolumeMin: 5_000_000,
  spreadBpsMax: 25,
  annualizedVolMax: 0.8,
  participationFracMax: 0.01,
  // Alpaca charges none on US shares; the SEC's and FINRA's fees on sales stay below a tenth of this on most days.
  commissionBps: 0.5,
  impactCoefficient: 1,
};
