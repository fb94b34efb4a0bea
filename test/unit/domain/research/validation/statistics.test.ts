/** The document of a backtest, on runs small enough to be worked by hand. */
import { describe, expect, test } from 'vitest';
import type { BacktestResult } from '../../../../../shared/domain/research/result.ts';
import { freeCosts, noFinancing } from '../../../../../shared/domain/research/rules.ts';
import { capacityOf } from '../../../../../shared/domain/research/validation/capacity.ts';
import { drawdownsOf } from '../../../../../shared/domain/research/validation/drawdowns.ts';
import { barsPerYearOf, type StatisticsQuestion, statisticsOf } from '../../../../../shared/domain/research/validation/statistics.ts';
import { tradeReturnsOf } from '../../../../../shared/domain/research/validation/trade-statistics.ts';
import { formatDay, parseDay } from '../../../../../shared/kernel/days.ts';
import { seededRng } from '../../../../../shared/kernel/rng.ts';
import type { EpochDay, Ticker } from '../../../../../shared/kernel/units.ts';
import { panelOf } from '../../../../support/research/hand-panel.ts';

const question: StatisticsQuestion = {
  trials: { trials: 1, sharpe: { count: 1, squares: 0 } },
  riskFree: null,
  benchmarkAnnualSharpe: 0,
  confidenceLevel: 0.95,
  returnsMin: 2,
  liquidity: null,
  factors: null,
};

const zeros = (count: number): Float64Array => new Float64Array(count);
const none = { count: 0, moment: new Int32Array(0), symbol: new Int32Array(0), order: new Int32Array(0) };

/** A run over consecutive days from 2020-01-01 whose equity is given; nothing was held, unless said. */
function runOf(equityUsd: readonly number[], change: Partial<BacktestResult> = {}): BacktestResult {
  const bars = equityUsd.length;
  return {
    kind: 'backtest',
    strategy: 'by-hand',
    parameters: {},
    rules: {
      ...{ cashUsd: 100, fill: 'next-open', sizing: { kind: 'weight', frac: 1 }, costs: freeCosts, financing: noFinancing },
      ...{ account: { kind: 'cash' }, allowShort: false, wholeShares: false, participationFracMax: null, sessionsPerYear: 252 },
    },
    source: { name: 'by hand', sha256: 'by-hand' },
    survivorship: { kind: 'unproven', reason: 'no-membership', membership: null, coverageFrac: null },
    symbols: ['AAA' as Ticker],
    frequency: 'daily',
    day: Int32Array.from({ length: bars }, (_, t) => parseDay('2020-01-01') + t),
    endMinute: null,
    equity: {
      equityUsd: Float64Array.from(equityUsd),
      ...{ cashUsd: zeros(bars), longUsd: zeros(bars), shortUsd: zeros(bars), tradedUsd: zeros(bars) },
    },
    fills: { ...none, signedShares: zeros(0), priceUsd: zeros(0), feeUsd: zeros(0), priceCostUsd: zeros(0) },
    trades: tradesOf([]),
    orders: { submitted: 0, filled: 0, cancelled: 0, expired: 0, rejected: {} },
    flows: { feesUsd: 0, dividendsUsd: 0, interestUsd: 0, borrowUsd: 0 },
    bars,
    remarks: [],
    ...change,
  };
}

function tradesOf(
  rows: ReadonlyArray<readonly [entry: number, exit: number, shares: number, profitUsd: number, isOpen: 0 | 1]>,
): BacktestResult['trades'] {
  const column = (k: 0 | 1 | 2 | 3 | 4): number[] => rows.map((row) => row[k]);
  const count = rows.length;
  return {
    ...{ count, symbol: new Int32Array(count), entryMoment: Int32Array.from(column(0)), exitMoment: Int32Array.from(column(1)) },
    ...{ signedShares: Float64Array.from(column(2)), entryPriceUsd: zeros(count), exitPriceUsd: zeros(count), feeUsd: zeros(count) },
    ...{ profitUsd: Float64Array.from(column(3)), isOpen: Uint8Array.from(column(4)) },
  };
}

function said(result: BacktestResult, change: Partial<StatisticsQuestion> = {}) {
  const statistics = statisticsOf(result, { ...question, ...change });
  if (statistics.kind === 'refused') throw new Error(statistics.reason);
  return statistics;
}

test('returns, drawdowns and time under water of four bars', () => {
  const { returns, drawdown, sharpe, years } = said(runOf([110, 99, 99, 121]));
  expect(years).toBeCloseTo(4 / 252, 15);
  expect(returns.totalFrac).toBeCloseTo(0.21, 14);
  expect(returns.annualizedFrac).toBeCloseTo(1.21 ** 63 - 1, 4);
  expect([returns.bestFrac, returns.worstFrac]).toEqual([expect.closeTo(22 / 99, 14), expect.closeTo(-0.1, 14)]);
  // Returns 0.1, −0.1, 0, 2/9: only one is below zero, the mean of squares is 0.01 / 4.
  const mean = 22 / 99 / 4;
  expect(returns.sortino).toBeCloseTo((mean / 0.05) * Math.sqrt(252), 10);
  expect(sharpe.perBar).toBeCloseTo(mean / Math.sqrt(((0.1 - mean) ** 2 + (0.1 + mean) ** 2 + mean ** 2 + (2 / 9 - mean) ** 2) / 3), 12);
  expect(drawdown.underWaterFrac).toBe(0.5);
  expect(drawdown.deepest).toEqual({
    ...{ depthFrac: expect.closeTo(0.1, 14) as number, peakDay: '2020-01-01', troughDay: '2020-01-02', recoveredDay: '2020-01-04' },
    ...{ bars: 3, calendarDays: 3 },
  });
});

test('a drawdown from the opening cash begins on the first day, one that lasts has no recovery, and the longest need not be the deepest', () => {
  const equity = Float64Array.of(90, 101, 100, 100.5, 100, 102, 60, 70);
  const day = Int32Array.from({ length: 8 }, (_, t) => parseDay('2021-03-01') + t);
  const { episodes, underWaterFrac } = drawdownsOf(equity, day, 100);
  expect(episodes.map(({ peakDay, troughDay, recoveredDay, bars }) => [peakDay, troughDay, recoveredDay, bars])).toEqual([
    ['2021-03-06', '2021-03-07', null, 2],
    ['2021-03-01', '2021-03-01', '2021-03-02', 1],
    ['2021-03-02', '2021-03-03', '2021-03-06', 4],
  ]);
  expect(underWaterFrac).toBe(6 / 8);
  expect(episodes[0]!.depthFrac).toBeCloseTo(42 / 102, 14);
});

test('trades: hit rate, profit factor, payoff, holding; the open one is counted and left out', () => {
  const result = runOf([100, 103, 101, 102, 104, 104], {
    trades: tradesOf([
      [1, 3, 10, 6, 0],
      [0, 2, -5, -2, 0],
      [2, 4, 10, 0, 0],
      [3, 4, 10, 1, 0],
      [4, 5, 10, 50, 1],
    ]),
  });
  expect(said(result).trades).toEqual({
    ...{ closed: 4, open: 1, short: 1, hitRateFrac: 2 / 3, profitFactor: 3.5, payoff: 1.75 },
    ...{ expectancyUsd: 1.25, meanHoldingBars: 7 / 4, meanHoldingDays: 7 / 4 },
  });
  expect(Array.from(tradeReturnsOf(result))).toEqual([-2 / 100, 6 / 100, 0 / 103, 1 / 101]);
});

test('exposure, turnover and costs are over equity, a year', () => {
  const flat = runOf([100, 100, 100, 100]);
  const result = {
    ...flat,
    equity: {
      ...flat.equity,
      longUsd: Float64Array.of(0, 80, 50, 0),
      shortUsd: Float64Array.of(0, 20, 100, 0),
      tradedUsd: Float64Array.of(0, 100, 60, 40),
    },
    fills: { ...flat.fills, count: 1, feeUsd: Float64Array.of(0.3), priceCostUsd: Float64Array.of(0.1) },
  };
  const { exposure } = said(result);
  expect(exposure).toEqual({
    ...{ meanGrossFrac: 0.625, maxGrossFrac: 1.5, timeInMarketFrac: 0.5 },
    meanNetFrac: expect.closeTo(0.025, 14) as number,
    annualizedTurnoverFrac: expect.closeTo(63, 10) as number,
    annualizedCostFrac: expect.closeTo(0.004 * 63, 12) as number,
  });
});

describe('what cannot be said', () => {
  test('is refused figure by figure: nothing varies, nothing lost, no trades, no panel, no factors', () => {
    const { returns, sharpe, drawdown, trades, capacity, attribution } = said(runOf([100, 100, 100]));
    expect(sharpe.annualized).toMatchObject({ reason: 'nothing-varies' });
    expect(sharpe.deflated).toMatchObject({ reason: 'nothing-varies' });
    expect([returns.sortino, returns.calmar, returns.tailRatio]).toMatchObject([
      { reason: 'nothing-lost' },
      { reason: 'no-drawdown' },
      { reason: 'nothing-lost' },
    ]);
    expect([drawdown.deepest, trades.hitRateFrac, capacity, attribution]).toMatchObject([
      null,
      { reason: 'no-trades' },
      { reason: 'no-panel' },
      { reason: 'no-factors' },
    ]);
  });

  test('is refused for too few returns, but the total is said', () => {
    const { returns, sharpe } = said(runOf([101, 102]), { returnsMin: 30 });
    expect(returns.totalFrac).toBeCloseTo(0.02, 14);
    expect([returns.annualizedVol, sharpe.perBar]).toMatchObject([{ reason: 'too-few-returns' }, { details: { has: 2, wants: 30 } }]);
  });

  test('is the whole document for no bars, NaN, equity at zero, and a risk-free column of another length', () => {
    const reason = (result: BacktestResult, change: Partial<StatisticsQuestion> = {}) => statisticsOf(result, { ...question, ...change });
    expect(reason(runOf([]))).toMatchObject({ reason: 'too-few-returns' });
    expect(reason(runOf([100, Number.NaN]))).toMatchObject({ reason: 'returns-not-finite' });
    expect(reason(runOf([100, 0]))).toMatchObject({ reason: 'equity-not-positive', details: { day: '2020-01-02' } });
    expect(reason(runOf([100, 101]), { riskFree: zeros(3) })).toMatchObject({ reason: 'lengths-differ' });
    expect(reason(runOf([100, 101]), { riskFree: Float64Array.of(0, Number.NaN) })).toMatchObject({ reason: 'returns-not-finite' });
  });
});

test('the document survives JSON as it is', () => {
  const rng = seededRng(3);
  let equity = 100;
  const statistics = said(runOf(Array.from({ length: 300 }, () => (equity *= 1.0004 + 0.01 * rng.normal()))));
  expect(JSON.parse(JSON.stringify(statistics))).toEqual(statistics);
});

test('a thousandfold in one bar is a year that JSON can still say', () => {
  const { returns } = said(runOf([100_000, 90_000]));
  expect([returns.annualizedFrac, returns.calmar]).toEqual([Number.MAX_VALUE, Number.MAX_VALUE]);
});

test('attribution to given factors, and the annual ratio of returns that follow each other', () => {
  const rng = seededRng(6);
  const market = Float64Array.from({ length: 400 }, () => 0.01 * rng.normal());
  let [equity, before] = [100, 0];
  const equityUsd = Array.from(market, (one) => {
    before = 0.3 * before + 0.001 + 0.5 * one;
    equity *= 1 + before;
    return equity;
  });
  const { attribution, sharpe } = said(runOf(equityUsd), { factors: [{ name: 'market', returns: market }] });
  if (attribution.kind === 'refused') throw new Error(attribution.reason);
  expect(attribution.loadings).toMatchObject([{ factor: 'market', beta: expect.closeTo(0.5, 1) as number }]);
  // Momentum in the returns: a year's variance is larger than 252 days', so the annual ratio is smaller, and its error larger.
  expect(Number(sharpe.annualizedAutocorrelated)).toBeLessThan(0.9 * Number(sharpe.annualized));
  if ('reason' in sharpe.standardErrors) throw new Error(sharpe.standardErrors.reason);
  expect(sharpe.standardErrors.autocorrelated).toBeGreaterThan(1.15 * sharpe.standardErrors.iid);
});

test('the risk-free rate lowers the Sharpe ratio and is said to be there; more trials lower the deflated one', () => {
  const rng = seededRng(4);
  let equity = 100;
  const result = runOf(Array.from({ length: 500 }, () => (equity *= 1.001 + 0.01 * rng.normal())));
  const without = said(result);
  const with5Percent = said(result, { riskFree: new Float64Array(500).fill(0.05 / 252) });
  expect([without.riskFree, with5Percent.riskFree]).toEqual(['none', 'given']);
  expect(with5Percent.sharpe.annualized).toBeLessThan(Number(without.sharpe.annualized));
  const of100 = said(result, { trials: { trials: 100, sharpe: { count: 100, squares: 99 * 0.002 } } });
  expect([without.sharpe.deflated, of100.sharpe.deflated].map((one) => one.kind)).toEqual(['deflated-sharpe', 'deflated-sharpe']);
  if (without.sharpe.deflated.kind === 'refused' || of100.sharpe.deflated.kind === 'refused') return;
  expect(without.sharpe.deflated.probability).toBe(without.sharpe.probabilistic);
  expect(of100.sharpe.deflated.probability).toBeLessThan(without.sharpe.deflated.probability);
  expect(said(result, { trials: { trials: 9, sharpe: { count: 1, squares: 0 } } }).sharpe.deflated).toMatchObject({
    reason: 'trial-spread-unknown',
  });
});

test('a year of minutes has the sessions of a year times the bars of a session', () => {
  const day = Int32Array.of(10, 10, 10, 11, 11, 11);
  expect(barsPerYearOf({ day, frequency: 'minute', rules: { ...runOf([1]).rules, sessionsPerYear: 252 } })).toBe(756);
});

describe('capacity', () => {
  // 22 closes that go up and down by one per cent, so that the deviation is known; the fill falls on the last.
  const bars = Array.from({ length: 23 }, (_, t): [number, number, number, number, number] => {
    const close = t % 2 === 0 ? 100 : 101;
    return [close, close, close, close, 10_000];
  });
  const panel = panelOf({ AAA: bars });
  const flat = runOf(Array.from({ length: 23 }, () => 100_000));
  const result = {
    ...flat,
    day: panel.day,
    fills: {
      ...{ count: 1, moment: Int32Array.of(22), symbol: Int32Array.of(0), order: Int32Array.of(0) },
      ...{ signedShares: Float64Array.of(-100), priceUsd: Float64Array.of(100), feeUsd: zeros(1), priceCostUsd: zeros(1) },
    },
  };
  const settings = { meanExcessAnnualFrac: 0.1, years: 0.5, impactCoefficient: 1 };
  const [up, down] = [101 / 100 - 1, 100 / 101 - 1];
  const deviation = Math.sqrt((20 / 19) * ((up - down) / 2) ** 2);

  test('is the equity at which the square-root law takes half of the edge', () => {
    const capacity = capacityOf(result, panel, settings);
    if (capacity.kind === 'refused') throw new Error(capacity.reason);
    const impact = (deviation * Math.sqrt(100 / 10_000) * 10_000) / 100_000 / 0.5;
    expect(capacity.impactAnnualFrac).toBeCloseTo(impact, 12);
    expect(capacity.knownFrac).toBe(1);
    const scale = capacity.equityUsd / 100_000;
    expect(impact * Math.sqrt(scale)).toBeCloseTo(0.05, 12);
  });

  test('puts back the impact that the backtest charged', () => {
    const charged = { ...result, rules: { ...result.rules, costs: { ...freeCosts, impactCoefficient: 1 } } };
    const capacity = capacityOf(charged, panel, settings);
    expect(capacity).toMatchObject({ edgeAnnualFrac: expect.closeTo(0.1 + (deviation * 0.1 * 10_000) / 100_000 / 0.5, 12) as number });
  });

  test('finds the bar of a run over a part of the panel', () => {
    const part = { ...result, day: panel.day.subarray(20), fills: { ...result.fills, moment: Int32Array.of(2) } };
    expect(formatDay(part.day[2]! as EpochDay)).toBe(formatDay(panel.day[22]! as EpochDay));
    expect(capacityOf(part, panel, settings)).toEqual(capacityOf(result, panel, settings));
  });

  test('is refused without an edge, without fills, and where volume is not known', () => {
    expect(capacityOf(result, panel, { ...settings, meanExcessAnnualFrac: -0.1 })).toMatchObject({ reason: 'no-edge' });
    expect(capacityOf(flat, panel, settings)).toMatchObject({ reason: 'nothing-traded' });
    const early = { ...result, fills: { ...result.fills, moment: Int32Array.of(5) } };
    expect(capacityOf(early, panel, settings)).toMatchObject({ reason: 'liquidity-unknown', details: { knownFrac: 0 } });
    expect(capacityOf({ ...result, symbols: ['ZZZ' as Ticker] }, panel, settings)).toMatchObject({ reason: 'liquidity-unknown' });
  });
});
