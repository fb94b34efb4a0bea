/**
 * What quality is made of, one company at a time: plain ratios from its reports and its prices, each turned so that higher is better.
 * A ratio that cannot be computed is NaN, which a cross-section reads as missing; nothing is filled in.
 *
 *   profitability   returnOnEquity     net income / equity                                  of the trailing year, balances at its end
 *                   returnOnAssets     net income / assets
 *                   cashFlowOnAssets   free cash flow / assets
 *                   cashEarnings       (operating cash flow − net income) / assets          minus the accruals of Sloan (1996)
 *   growth          of the first three: the change of the numerator since the same quarter of an earlier year, over that year's
 *                   denominator, per year
 *   safety          lowBeta            minus the shrunk beta of market-fit.ts
 *                   lowLeverage        minus (assets − equity) / assets
 *                   steadyReturn       minus the standard deviation of quarterly net income / equity
 *                   lowResidualVol     minus the volatility that the market does not explain
 *
 * Source: Asness, Frazzini & Pedersen (2019), appendix; residual volatility after their version of 2013. Not covered, because the reports
 * do not say: gross profit, margin, debt apart from other liabilities, Altman's and Ohlson's scores; and growth is of totals, not per
 * share and not net of the cost of capital. With equity or assets at or below zero a ratio to them has no meaning and is missing.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import type { FundamentalReport } from '../market/facts.ts';
import type { QualityFactorRules } from '../policy/factor-rules.ts';
import type { MarketFit } from './market-fit.ts';
import { type FlowFigure, reportYearsBefore, trailingYear } from './reports.ts';

export const qualityComponents = {
  profitability: ['returnOnEquity', 'returnOnAssets', 'cashFlowOnAssets', 'cashEarnings'],
  growth: ['equityReturnGrowth', 'assetReturnGrowth', 'cashFlowGrowth'],
  safety: ['lowBeta', 'lowLeverage', 'steadyReturn', 'lowResidualVol'],
} as const;

export type QualityMeasure = (typeof qualityComponents)[keyof typeof qualityComponents][number];
export type QualityMeasures = Readonly<Record<QualityMeasure, number>>;

/** `reports` as `latestReports` gives them, at least one; `fit` is null for a company without a beta. */
export function qualityMeasures(reports: readonly FundamentalReport[], fit: MarketFit | null, rules: QualityFactorRules): QualityMeasures {
  const last = reports.length - 1;
  const now = yearAt(reports, last, rules);
  return {
    returnOnEquity: now.netIncome / now.equity,
    returnOnAssets: now.netIncome / now.assets,
    cashFlowOnAssets: now.freeCashFlow / now.assets,
    cashEarnings: (now.operatingCashFlow - now.netIncome) / now.assets,
    equityReturnGrowth: growth(reports, rules, now, 'netIncome', 'equity'),
    assetReturnGrowth: growth(reports, rules, now, 'netIncome', 'assets'),
    cashFlowGrowth: growth(reports, rules, now, 'freeCashFlow', 'assets'),
    lowBeta: fit === null ? Number.NaN : -fit.shrunkBeta,
    lowLeverage: -leverageOf(reports[last]!),
    steadyReturn: -returnDeviation(reports, rules),
    lowResidualVol: fit === null ? Number.NaN : -fit.residualDailyVol,
  };
}

/** Flows of the year that ends with a report, balances at its end, USD; NaN where unknown or not positive. */
interface Year {
  readonly netIncome: number;
  readonly freeCashFlow: number;
  readonly operatingCashFlow: number;
  readonly equity: number;
  readonly assets: number;
}

function yearAt(reports: readonly FundamentalReport[], last: number, rules: QualityFactorRules): Year {
  const flow = (figure: FlowFigure): number => {
    const sum = trailingYear(reports, last, figure, rules);
    return isRefusal(sum) ? Number.NaN : sum;
  };
  return {
    netIncome: flow('netIncomeUsd'),
    freeCashFlow: flow('freeCashFlowUsd'),
    operatingCashFlow: flow('operatingCashFlowUsd'),
    equity: positive(reports[last]!.equityUsd),
    assets: positive(reports[last]!.totalAssetsUsd),
  };
}

/** Over the longest span of whole years that both ends have figures for. */
function growth(
  reports: readonly FundamentalReport[],
  rules: QualityFactorRules,
  now: Year,
  flow: 'netIncome' | 'freeCashFlow',
  base: 'equity' | 'assets',
): number {
  if (Number.isNaN(now[flow])) return Number.NaN;
  for (let years = rules.growthYearsMax; years >= rules.growthYearsMin; years--) {
    const at = reportYearsBefore(reports, reports.length - 1, years, rules.anniversaryToleranceDays);
    if (at === -1) continue;
    const before = yearAt(reports, at, rules);
    const change = (now[flow] - before[flow]) / before[base] / years;
    if (Number.isFinite(change)) return change;
  }
  return Number.NaN;
}

/** Everything owed, as a part of everything owned. */
function leverageOf({ totalAssetsUsd, equityUsd }: FundamentalReport): number {
  const assets = positive(totalAssetsUsd);
  return equityUsd === null ? Number.NaN : (assets - equityUsd) / assets;
}

/** Sample standard deviation of the quarterly return on equity. */
function returnDeviation(reports: readonly FundamentalReport[], rules: QualityFactorRules): number {
  const returns: number[] = [];
  for (const { netIncomeUsd, equityUsd } of reports.slice(-rules.variabilityQuartersMax)) {
    const quarterly = (netIncomeUsd ?? Number.NaN) / positive(equityUsd);
    if (Number.isFinite(quarterly)) returns.push(quarterly);
  }
  if (returns.length < Math.max(2, rules.variabilityQuartersMin)) return Number.NaN;
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  return Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1));
}

const positive = (amount: number | null): number => (amount !== null && amount > 0 ? amount : Number.NaN);
