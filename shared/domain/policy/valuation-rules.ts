/**
 * What the valuation and fundamental agents assume. Nothing here is fitted to returns: levels come from the literature named beside them, or are
 * medians of quarterly reports of S&P 500 companies published up to 2014, and scales about half their quartile range.
 */

/** A measure is scored tanh((value − usual) / scale): 0 at what is usual, 0.76 one scale above it. */
export interface Yardstick {
  readonly usual: number;
  readonly scale: number;
  /** Share in the agent's score; the shares of the measures that are known are scaled to sum to 1. */
  readonly weight: number;
}

export interface ValuationRules {
  /** Days from the end of the newest quarter; older reports are stale and not used. */
  readonly reportAgeDaysMax: number;
  /** Days from the newest earnings release; older ones mean that a release is missing. */
  readonly releaseAgeDaysMax: number;
  readonly valuation: {
    /** Earnings of four quarters per share over the price. */
    readonly earningsYield: Yardstick;
    /** Equity per share over the price. */
    readonly bookYield: Yardstick;
    readonly freeCashFlowYield: Yardstick;
    readonly dividendYield: Yardstick;
    /** Scored tanh(log(intrinsic value / price) / scale); `usual` is a logarithm too. */
    readonly intrinsicValue: Yardstick;
    /** A single payment above this share of the price is a special dividend or a spin-off, and no yield. */
    readonly regularDividendFracMax: number;
  };
  readonly discountedCashFlow: DiscountRules;
  readonly fundamental: {
    /** Net income of four quarters over equity. */
    readonly returnOnEquity: Yardstick;
    /** Change of net income over assets against the year before. */
    readonly profitabilityChange: Yardstick;
    readonly revenueGrowth: Yardstick;
    /** Change of a year's earnings over the mean of their sizes, so that losses count too; within ±2. */
    readonly earningsGrowth: Yardstick;
    /** (net income − operating cash flow) / mean assets; counts against. */
    readonly accruals: Yardstick;
    /** The same with free cash flow, where operating cash flow is not reported. */
    readonly freeCashFlowAccruals: Yardstick;
    /** Equity over assets. */
    readonly equityShare: Yardstick;
    /** Mean of (EPS − estimate) / price over the last four releases. */
    readonly earningsSurprise: Yardstick;
  };
}

export interface DiscountRules {
  readonly riskFreeAnnualFrac: number;
  readonly equityPremiumFrac: number;
  readonly terminalGrowthFrac: number;
  /** Years over which growth fades to the terminal rate. */
  readonly stageOneYears: number;
  /** How much of last year's growth is believed to go on. */
  readonly growthPersistenceFrac: number;
  readonly growthFracMin: number;
  readonly growthFracMax: number;
  /** Cash flow per unit of earnings, where cash flow is not reported. */
  readonly cashPerEarningsFrac: number;
  /** Cash flow counts up to this multiple of earnings, when these are positive. */
  readonly cashPerEarningsFracMax: number;
}

export const defaultValuationRules: ValuationRules = {
  // A quarter's report comes 35 days after its end (median), a year's up to 90; the one before must serve until then.
  reportAgeDaysMax: 200,
  // 95 % of consecutive releases are less than 130 days apart.
  releaseAgeDaysMax: 130,
  valuation: {
    // P/E 18, the median of the S&P 500 on trailing earnings since 1950 (Shiller's data); 0.03 is the distance to P/E 12 or 40.
    earningsYield: { usual: 0.055, scale: 0.03, weight: 0.3 },
    // P/B 3, usual since 1990, when intangibles had left the balance sheets; a weak measure, hence the low weight.
    bookYield: { usual: 0.33, scale: 0.3, weight: 0.1 },
    // Free cash flow of four quarters is 1.0 of earnings at the median, so it is held against the same yield less growth spending.
    freeCashFlowYield: { usual: 0.05, scale: 0.03, weight: 0.2 },
    // Payers among large companies yield about 2.5 %; a high yield is as often a warning as a bargain, hence the low weight.
    dividendYield: { usual: 0.025, scale: 0.02, weight: 0.1 },
    // The margin of safety itself: worth e times its price scores 0.76.
    intrinsicValue: { usual: 0, scale: 1, weight: 0.3 },
    // A quarterly payment of 3 % is 12 % a year, which no regular dividend is for long.
    regularDividendFracMax: 0.03,
  },
  discountedCashFlow: {
    // The ensemble's own.
    riskFreeAnnualFrac: 0.02,
    // Between Damodaran's implied premium (4.2 % on average, 1960 to 2023) and the realised one over bills (8 % since 1928). No beta: its estimate is noise here.
    equityPremiumFrac: 0.055,
    // Not above the risk-free rate, which stands for the nominal growth of the economy (Damodaran, Investment Valuation, chapter 12).
    terminalGrowthFrac: 0.02,
    stageOneYears: 10,
    // Growth persists little (Chan, Karceski & Lakonishok 2003, J. Finance 58(2)).
    growthPersistenceFrac: 0.5,
    growthFracMin: -0.05,
    // Fewer than one company in ten grew its income faster over ten years (the same paper, table II).
    growthFracMax: 0.12,
    // Below the median of 1.0: growth has to be paid for.
    cashPerEarningsFrac: 0.8,
    // Beyond the upper quartile of 1.5 it is working capital, or the deposits of a bank.
    cashPerEarningsFracMax: 1.5,
  },
  fundamental: {
    returnOnEquity: { usual: 0.155, scale: 0.1, weight: 0.2 },
    profitabilityChange: { usual: 0.002, scale: 0.015, weight: 0.15 },
    // Nominal growth of the economy; no revenue was reported to this fund before 2020.
    revenueGrowth: { usual: 0.05, scale: 0.1, weight: 0.15 },
    earningsGrowth: { usual: 0.1, scale: 0.3, weight: 0.15 },
    // Sloan (1996), The Accounting Review 71(3). Depreciation makes the usual level negative.
    accruals: { usual: -0.085, scale: 0.04, weight: 0.15 },
    freeCashFlowAccruals: { usual: -0.035, scale: 0.04, weight: 0.15 },
    equityShare: { usual: 0.39, scale: 0.15, weight: 0.1 },
    // Three releases in four beat their estimate: the median beat is 0.05 % of the price.
    earningsSurprise: { usual: 0.0005, scale: 0.001, weight: 0.1 },
  },
};
