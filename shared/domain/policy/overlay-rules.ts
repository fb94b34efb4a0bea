/** What is laid over the optimised book, each part on or off. Overlays take growth away and give advice; none adds risk. */

export interface OverlayRules {
  readonly volatilityStop: {
    readonly enabled: boolean;
    /** Bars of the high that the stop hangs from, and of the average true range. */
    readonly bars: number;
    readonly rangeMultiple: number;
  };
  readonly sectorBalance: {
    readonly enabled: boolean;
    /** How far a sector's share of the gross limit may be above an equal share of all sectors in the universe. */
    readonly bandFrac: number;
  };
  readonly beta: {
    readonly enabled: boolean;
    /** Growth that takes the book's beta beyond target ± band is trimmed. */
    readonly target: number;
    readonly band: number;
  };
  readonly tailHedge: TailHedgeRules;
}

export interface TailHedgeRules {
  readonly instrument: 'none' | 'index-put' | 'volatility-call';
  /** Share of the book's beta exposure that the options stand for. */
  readonly coveredFrac: number;
  /** Strike over spot (of the volatility future for a volatility call). */
  readonly strikeFrac: number;
  readonly years: number;
  /** Sold and bought anew with this much time left. */
  readonly rollAtYears: number;
  readonly dividendYieldFrac: number;
  /** Annualised volatility of the one-month volatility itself. */
  readonly volOfVol: number;
  /** Points by which the one-month volatility rises per point that the index falls. */
  readonly volPointsPerIndexPoint: number;
  readonly surface: SurfaceRules;
}

export interface SurfaceRules {
  /** Quoted over realised volatility. */
  readonly premiumMultiple: number;
  readonly longRunVol: number;
  readonly termDecayPerYear: number;
  readonly skewPerLogMoneyness: number;
  readonly volFloor: number;
  readonly volCap: number;
}

export const defaultOverlayRules: OverlayRules = {
  // Le Beau's chandelier exit with his numbers: a month's high less three average true ranges (Elder 2002, "Come into my trading room").
  volatilityStop: { enabled: true, bars: 22, rangeMultiple: 3 },
  sectorBalance: { enabled: true, bandFrac: 0.1 },
  // Long only with at most 0.6 long: a beta up to 0.75 is the market's share of such a book with some room for lively names.
  beta: { enabled: true, target: 0, band: 0.75 },
  tailHedge: {
    instrument: 'index-put',
    coveredFrac: 0.5,
    strikeFrac: 0.9,
    years: 0.25,
    rollAtYears: 1 / 12,
    dividendYieldFrac: 0.018,
    // Daily changes of log VIX, 1990 to 2023: 106 % a year. Its one-month future moves by less.
    volOfVol: 0.9,
    // Median over the 164 sessions since 1990 on which the S&P 500 stood 10 % or more below a month before.
    volPointsPerIndexPoint: 1,
    surface: {
      premiumMultiple: 1.24,
      // Mean of the VIX, 1990 to 2023.
      longRunVol: 0.195,
      termDecayPerYear: 2,
      skewPerLogMoneyness: 0.6,
      volFloor: 0.08,
      volCap: 0.9,
    },
  },
};
