/**
 * The factors on real companies, on two days that professionals remember. The expectations are common knowledge of the time, not numbers
 * of ours: in October 2008 banks moved most with the market and makers of food and soap least; in June 2022 cruise lines, airlines and
 * Carvana were junk, and Microsoft and Alphabet were quality; oil and health had led since the summer before, payments and media had fallen.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { beforeAll, describe, expect, test } from 'vitest';
import { bettingAgainstBetaFactor } from '../../../../shared/domain/factors/betting-against-beta.factor.ts';
import type { Factor, FactorContext, FactorView } from '../../../../shared/domain/factors/factor.ts';
import { qualityMinusJunkFactor } from '../../../../shared/domain/factors/quality-minus-junk.factor.ts';
import { standings } from '../../../../shared/domain/factors/rank.ts';
import { volatilityScaledMomentumFactor } from '../../../../shared/domain/factors/volatility-scaled-momentum.factor.ts';
import { dividendAdjusted } from '../../../../shared/domain/indicators/returns.ts';
import { barsBefore, type DailyBars } from '../../../../shared/domain/market/bars.ts';
import { addReturns, equalWeighted } from '../../../../shared/domain/market/equal-weighted.ts';
import { type FundamentalReport, factsBefore, noFacts } from '../../../../shared/domain/market/facts.ts';
import { type MarketHistory, marketBefore } from '../../../../shared/domain/market/market-history.ts';
import { defaultFactorRules } from '../../../../shared/domain/policy/factor-rules.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { day, type Row, ticker, toBars } from '../../../unit/domain/fixtures.ts';

const folder = process.env.BALLAST_MARKET_DATA ?? '../shared/data';
const files = { prices: join(folder, 'daily/us_equities_daily.parquet'), reports: join(folder, 'fundamentals/sec_pit_sp500.csv.gz') };
const present = existsSync(files.prices) && existsSync(files.reports);

interface PriceRow {
  symbol: string;
  date: Date;
  close: number;
  dividend: number;
  split_ratio: number;
}

async function loadBars(): Promise<DailyBars[]> {
  const file = await asyncBufferFromFile(files.prices);
  const columns = ['symbol', 'date', 'close', 'dividend', 'split_ratio'];
  const rows = (await parquetReadObjects({ file, compressors, columns })) as PriceRow[];
  return [...Map.groupBy(rows, ({ symbol }) => symbol)].map(([symbol, own]) => toBars(symbol, own.map(toRow)));
}

const toRow = ({ date, close, dividend, split_ratio }: PriceRow): Row => ({
  day: Math.floor(date.getTime() / 86_400_000) as EpochDay,
  open: close,
  high: close,
  low: close,
  close,
  volume: 1,
  dividend,
  split: split_ratio,
});

function loadReports(): ReadonlyMap<string, FundamentalReport[]> {
  const [, ...lines] = gunzipSync(readFileSync(files.reports)).toString().trim().split(/\r?\n/);
  const amount = (text: string | undefined): number | null => (text === undefined || text === '' ? null : Number(text));
  const rows = lines
    .map((line) => line.split(','))
    .map(([symbol, end, available, income, assets, equity, cash, spent, free]) => ({
      symbol: symbol!,
      report: {
        periodEnd: day(end!),
        availableDay: day(available!),
        revenueUsd: null,
        netIncomeUsd: amount(income),
        totalAssetsUsd: amount(assets),
        equityUsd: amount(equity),
        operatingCashFlowUsd: amount(cash),
        capitalExpenditureUsd: amount(spent),
        freeCashFlowUsd: amount(free),
        sharesOutstanding: null,
      },
    }));
  const bySymbol = Map.groupBy(rows, ({ symbol }) => symbol);
  return new Map([...bySymbol].map(([symbol, own]) => [symbol, own.map(({ report }) => report)]));
}

describe.skipIf(!present)('factors of real companies (needs market data)', () => {
  let all: readonly DailyBars[];
  let reports: ReadonlyMap<string, readonly FundamentalReport[]>;
  let market: MarketHistory;

  beforeAll(async () => {
    all = await loadBars();
    reports = loadReports();
    market = equalWeighted(addReturns(all));
  });

  /** Rank of each company that has one. */
  function ranksOn(date: string, factor: Factor): ReadonlyMap<string, number> {
    const asOf = day(date);
    const views = all
      .map((bars) => barsBefore(bars, asOf, 252))
      .filter((bars) => bars.day.length === 252 && asOf - bars.day.at(-1)! < 5)
      .map((bars): FactorView => {
        const facts = { ...noFacts(bars.symbol), reports: reports.get(bars.symbol) ?? [] };
        return { symbol: bars.symbol, bars: dividendAdjusted(bars), facts: factsBefore(facts, asOf), dailyVol: 0.01 };
      });
    const context: FactorContext = { asOf, market: marketBefore(market, asOf), sessionsPerYear: 252, rules: defaultFactorRules };
    const found = standings(views, context, [factor]).map(([standing], i): [string, number] => [
      views[i]!.symbol,
      standing!.kind === 'standing' ? standing!.rankFrac : Number.NaN,
    ]);
    return new Map(found.filter(([, rank]) => !Number.isNaN(rank)));
  }

  const meanRank = (ranks: ReadonlyMap<string, number>, symbols: readonly string[]): number =>
    symbols.reduce((sum, symbol) => sum + ranks.get(ticker(symbol))!, 0) / symbols.length;

  test('October 2008: banks have the highest betas, food and soap the lowest', () => {
    const ranks = ranksOn('2008-10-10', bettingAgainstBetaFactor);
    expect(ranks.size).toBeGreaterThan(250);
    expect(meanRank(ranks, ['BAC', 'JPM', 'WFC', 'C', 'MS', 'GS', 'FITB'])).toBeLessThan(0.2);
    expect(meanRank(ranks, ['PG', 'KO', 'GIS', 'PEP', 'JNJ', 'SO', 'KMB', 'CLX'])).toBeGreaterThan(0.8);
  });

  test('June 2022: cruise lines, airlines and Carvana are junk, Microsoft and Alphabet are quality', () => {
    const ranks = ranksOn('2022-06-16', qualityMinusJunkFactor);
    expect(ranks.size).toBeGreaterThan(200);
    expect(meanRank(ranks, ['CCL', 'RCL', 'NCLH', 'UAL', 'CVNA'])).toBeLessThan(0.05);
    expect(meanRank(ranks, ['MSFT', 'GOOGL'])).toBeGreaterThan(0.95);
  });

  test('June 2022: oil leads the ranking of momentum, payments and media are at its end', () => {
    const ranks = ranksOn('2022-06-16', volatilityScaledMomentumFactor);
    expect(meanRank(ranks, ['OXY', 'CVX', 'COP', 'MPC', 'VLO'])).toBeGreaterThan(0.95);
    expect(meanRank(ranks, ['PYPL', 'DIS', 'CMCSA'])).toBeLessThan(0.05);
  });
});
