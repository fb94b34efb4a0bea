/** Companies as factors see them, for tests: from rows, reports and releases, through the cycle's own cut at `asOf`. */
import type { FactorContext, FactorView } from '../../../../shared/domain/factors/factor.ts';
import { dividendAdjusted } from '../../../../shared/domain/indicators/returns.ts';
import { barsBefore, type DailyBars } from '../../../../shared/domain/market/bars.ts';
import { type FundamentalReport, factsBefore, type Headline, noFacts, type SymbolFacts } from '../../../../shared/domain/market/facts.ts';
import type { MarketHistory } from '../../../../shared/domain/market/market-history.ts';
import { defaultFactorRules, type FactorRules } from '../../../../shared/domain/policy/factor-rules.ts';
import type { EpochDay, EpochMs } from '../../../../shared/kernel/units.ts';
import { asOf, quietMarket, ticker, toBars, walk } from '../fixtures.ts';

export const contextWith = (
  rules: Partial<FactorRules> = {},
  market: MarketHistory = quietMarket(),
  session: EpochDay = asOf,
): FactorContext => ({
  asOf: session,
  market,
  sessionsPerYear: 252,
  rules: { ...defaultFactorRules, ...rules },
});

/** A company with 252 bars of a random walk, and these facts. */
export const company = (
  symbol: string,
  facts: Partial<SymbolFacts> = {},
  bars: DailyBars = toBars(symbol, walk(symbol, 252)),
): FactorView => ({
  symbol: ticker(symbol),
  bars: dividendAdjusted(barsBefore(bars, asOf)),
  facts: factsBefore({ ...noFacts(ticker(symbol)), ...facts }, asOf),
  dailyVol: 0.012,
});

const bareReport: Omit<FundamentalReport, 'periodEnd' | 'availableDay'> = {
  revenueUsd: null,
  netIncomeUsd: null,
  totalAssetsUsd: null,
  equityUsd: null,
  operatingCashFlowUsd: null,
  capitalExpenditureUsd: null,
  freeCashFlowUsd: null,
  sharesOutstanding: null,
};

/** A quarter that ended that many quarters (of 91 days) before the newest, which was told 20 days before `asOf`; available after 40 days. */
export function quarter(ago: number, figures: Partial<FundamentalReport> = {}): FundamentalReport {
  const periodEnd = (asOf - 60 - 91 * ago) as EpochDay;
  return { ...bareReport, periodEnd, availableDay: (periodEnd + 40) as EpochDay, ...figures };
}

/** `count` quarters, oldest first. */
export const quarters = (count: number, figures: (ago: number) => Partial<FundamentalReport>): FundamentalReport[] =>
  Array.from({ length: count }, (_, i) => quarter(count - 1 - i, figures(count - 1 - i)));

export const headline = (text: string, daysAgo: number, tone?: number, confidence = 1): Headline => ({
  publishedAt: ((asOf - daysAgo) * 86_400_000 + 12 * 3_600_000) as EpochMs,
  text,
  ...(tone === undefined ? {} : { reading: { tone, confidence, model: 'test', answerSha256: '' } }),
});
