/**
 * A made-up world for the factor kit: companies with prices, reports, earnings and news that go on for a month after `asOf`, and the
 * market. What comes later is as unlike what came before as it can be, so that a factor that looks at it gives itself away.
 */
import { barsBefore, type DailyBars } from '../../../shared/domain/market/bars.ts';
import { newYorkDay, nextSession } from '../../../shared/domain/market/calendar.ts';
import {
  type EarningsRelease,
  type FundamentalReport,
  factsBefore,
  type Headline,
  type SymbolFacts,
} from '../../../shared/domain/market/facts.ts';
import { type MarketHistory, marketBefore } from '../../../shared/domain/market/market-history.ts';
import { type Rng, seededRng } from '../../../shared/kernel/rng.ts';
import type { EpochDay, EpochMs, Ticker } from '../../../shared/kernel/units.ts';
import { asOf, quietMarket, ticker, toBars, walk } from '../../unit/domain/fixtures.ts';

export interface Company {
  readonly bars: DailyBars;
  readonly facts: SymbolFacts;
}

export interface World {
  readonly companies: readonly Company[];
  readonly market: MarketHistory;
}

const COMPANIES = 24;
const ROWS = 420;
const LATER_SESSIONS = 21;
const QUARTERS = 30;
const QUARTER_DAYS = 91;
const MS_PER_DAY = 86_400_000;

export function factorWorld(): World {
  let end = asOf;
  for (let i = 0; i < LATER_SESSIONS; i++) end = nextSession(end);
  return {
    companies: Array.from({ length: COMPANIES }, (_, i) => companyOf(`W${String(i).padStart(2, '0')}`, end)),
    market: quietMarket(ROWS, end),
  };
}

/** Without the rows dated on or after `day`: copied, so that they do not even lie behind a view. */
export const endingBefore = ({ companies, market }: World, day: EpochDay): World => ({
  companies: companies.map(({ bars, facts }) => ({ bars: copied(barsBefore(bars, day)), facts: factsBefore(facts, day) })),
  market: marketBefore(market, day),
});

const copied = (bars: DailyBars): DailyBars => ({
  symbol: bars.symbol,
  day: bars.day.slice(),
  open: bars.open.slice(),
  high: bars.high.slice(),
  low: bars.low.slice(),
  close: bars.close.slice(),
  volume: bars.volume.slice(),
  dividend: bars.dividend.slice(),
  splitRatio: bars.splitRatio.slice(),
});

/** With every figure dated on or after `day` turned into another. */
export const changedAfter = ({ companies, market }: World, day: EpochDay): World => ({
  companies: companies.map(({ bars, facts }) => ({ bars: changedBars(bars, day), facts: changedFacts(facts, day) })),
  market: { ...market, simpleReturn: from(market.simpleReturn, market.day, day, (value) => -3 * value - 0.02) },
});

function companyOf(symbol: string, end: EpochDay): Company {
  const rng = seededRng(`factor-world/${symbol}`);
  const rows = walk(symbol, ROWS, end, 0.002 * (rng.uniform() - 0.4), 0.008 + 0.01 * rng.uniform());
  const bars = toBars(
    symbol,
    rows.map((row, i) => ({ ...row, dividend: i % 63 === 20 ? 0.004 * row.close : 0, split: i === ROWS - 40 ? 2 : 1 })),
  );
  return { bars, facts: factsOf(ticker(symbol), rng) };
}

/** Seven years of quarters, three of earnings, a month of news. */
export const factsOf = (symbol: Ticker, rng: Rng): SymbolFacts => ({
  symbol,
  reports: reportsOf(rng),
  earnings: earningsOf(rng),
  news: newsOf(rng),
});

/** The last two become known on `asOf` and after it. */
function reportsOf(rng: Rng): FundamentalReport[] {
  const assets = 1e9 * (1 + rng.uniform());
  const skill = 0.01 + 0.02 * rng.uniform();
  return Array.from({ length: QUARTERS }, (_, i): FundamentalReport => {
    const periodEnd = (asOf - 30 - QUARTER_DAYS * (QUARTERS - 2 - i)) as EpochDay;
    const size = assets * (1 + 0.01 * i);
    const netIncomeUsd = size * (skill + 0.006 * rng.normal());
    const operatingCashFlowUsd = netIncomeUsd + 0.004 * size * rng.uniform();
    const capitalExpenditureUsd = 0.003 * size * rng.uniform();
    return {
      periodEnd,
      availableDay: (periodEnd + 30) as EpochDay,
      revenueUsd: 0.2 * size,
      netIncomeUsd,
      totalAssetsUsd: size,
      equityUsd: size * (0.3 + 0.3 * rng.uniform()),
      operatingCashFlowUsd,
      capitalExpenditureUsd,
      freeCashFlowUsd: operatingCashFlowUsd - capitalExpenditureUsd,
      sharesOutstanding: 1e8,
    };
  });
}

/** The last known was announced some weeks before `asOf`; another follows on `asOf` itself. */
function earningsOf(rng: Rng): EarningsRelease[] {
  const weeksAgo = 1 + Math.floor(8 * rng.uniform());
  const release = (availableDay: number): EarningsRelease => {
    const epsEstimateUsd = 1 + 0.2 * rng.normal();
    return { availableDay: availableDay as EpochDay, session: 'post', epsUsd: epsEstimateUsd + 0.1 * rng.normal(), epsEstimateUsd };
  };
  const known = Array.from({ length: 14 }, (_, i) => release(asOf - 7 * weeksAgo - QUARTER_DAYS * (13 - i)));
  return [...known, release(asOf), release(asOf + 14)];
}

function newsOf(rng: Rng): Headline[] {
  return Array.from({ length: 30 }, (_, i): Headline => {
    const publishedAt = ((asOf - 20 + i) * MS_PER_DAY + 15 * 3_600_000) as EpochMs;
    const tone = Math.max(-1, Math.min(1, (publishedAt >= asOf * MS_PER_DAY ? -0.9 : 0.2) + 0.5 * rng.normal()));
    return { publishedAt, text: `item ${i}`, reading: { tone, confidence: 0.3 + 0.7 * rng.uniform(), model: 'made up', answerSha256: '' } };
  });
}

const from = (values: Float64Array, days: Int32Array, day: EpochDay, change: (value: number) => number): Float64Array =>
  values.map((value, i) => (days[i]! >= day ? change(value) : value));

function changedBars(bars: DailyBars, day: EpochDay): DailyBars {
  const triple = (values: Float64Array): Float64Array => from(values, bars.day, day, (value) => 3 * value + 1);
  return {
    ...bars,
    open: triple(bars.open),
    high: triple(bars.high),
    low: triple(bars.low),
    close: triple(bars.close),
    volume: triple(bars.volume),
    dividend: triple(bars.dividend),
    splitRatio: triple(bars.splitRatio),
  };
}

const changedFacts = ({ symbol, reports, earnings, news }: SymbolFacts, day: EpochDay): SymbolFacts => ({
  symbol,
  reports: reports.map((report) =>
    report.availableDay < day ? report : { ...report, netIncomeUsd: -9e9, totalAssetsUsd: 1, equityUsd: 1e6, freeCashFlowUsd: 7e9 },
  ),
  earnings: earnings.map((release) => (release.availableDay < day ? release : { ...release, epsUsd: 99, epsEstimateUsd: -99 })),
  news: news.map((item) =>
    newYorkDay(item.publishedAt) < day
      ? item
      : { ...item, text: `changed ${item.text}`, reading: { tone: 1, confidence: 1, model: 'made up', answerSha256: '' } },
  ),
});

const figures = [
  'revenueUsd',
  'netIncomeUsd',
  'totalAssetsUsd',
  'equityUsd',
  'operatingCashFlowUsd',
  'capitalExpenditureUsd',
  'freeCashFlowUsd',
  'sharesOutstanding',
] as const;

/** Every figure replaced: NaN is broken, null is not reported. Earnings per share cannot be left out, estimates can. */
export function withEveryFigure(facts: SymbolFacts, value: number | null): SymbolFacts {
  const all = Object.fromEntries(figures.map((figure) => [figure, value]));
  return {
    ...facts,
    reports: facts.reports.map((report) => ({ ...report, ...all })),
    earnings: facts.earnings.map((release) => ({ ...release, epsUsd: value ?? release.epsUsd, epsEstimateUsd: value })),
  };
}
