/** The vectorised path against the event engine: the same question, the same bits. Panels, rules, grids and signals at random. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backtest } from '../../../../../shared/domain/research/engine/backtest.ts';
import { fastMarketOf, panelOfOne } from '../../../../../shared/domain/research/fast/fast-market.ts';
import { SignalRun } from '../../../../../shared/domain/research/fast/signal-run.ts';
import { type SweepQuestion, sweepSignals } from '../../../../../shared/domain/research/fast/sweep-signals.ts';
import type { Panel } from '../../../../../shared/domain/research/panel.ts';
import { type BacktestResult, returnsOf } from '../../../../../shared/domain/research/result.ts';
import type { BacktestRules } from '../../../../../shared/domain/research/rules.ts';
import { donchianStrategy } from '../../../../../shared/domain/research/strategies/donchian.strategy.ts';
import { smaCrossStrategy } from '../../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import type { Parameters, SignalStrategy } from '../../../../../shared/domain/research/strategy.ts';
import { sampleMoments } from '../../../../../shared/domain/statistics/moments.ts';
import { isRefusal, type Refusal } from '../../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../../shared/kernel/rng.ts';
import { handRules, simulatedPanel } from '../../../../support/research/hand-panel.ts';

/** Long, flat and short without rhyme or reason; `seed` is its parameter. */
const anySignals: SignalStrategy = {
  ...{ kind: 'signal', name: 'any-signals', about: 'Random signals.', source: 'none' },
  parameters: {
    seed: { about: 'Seed', initial: 0, min: 0, max: 1000, whole: true },
    quiet: { about: 'Part of the bars that say nothing', initial: 0.5, min: 0, max: 1, whole: false },
  },
  signal: ({ day }, { seed, quiet }) => {
    const rng = seededRng(seed!);
    return Uint8Array.from(day, () => (rng.uniform() < quiet! ? 0 : 1 + Math.floor(3 * rng.uniform())));
  },
};

const panels = fc
  .record({
    seed: fc.integer({ min: 0, max: 1e6 }),
    moments: fc.constantFrom(2, 3, 40, 90, 120),
    symbols: fc.integer({ min: 1, max: 3 }),
    missingFrac: fc.constantFrom(0, 0.02, 0.3),
    dividends: fc.boolean(),
    splits: fc.boolean(),
    basis: fc.constantFrom('split-adjusted', 'total-return'),
    wild: fc.boolean(),
    endsEarly: fc.boolean(),
  })
  .map(({ seed, dividends, splits, endsEarly, wild, ...options }): Panel => {
    const paid = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [index * 9 + (seed % 7), 0.01 * (index + 1)]));
    const panel = simulatedPanel({
      ...options,
      seed: `sweep/${seed}`,
      dailyVol: wild ? 0.15 : 0.02,
      ...(dividends ? { dividends: { S000: paid, S001: paid } } : {}),
      // In the prices already; a commission a share is on what was traded.
      ...(splits ? { splits: { S000: { [5 + (seed % 20)]: 3, [30 + (seed % 7)]: 1.5 }, S001: { [seed % 40]: 0.1 } } } : {}),
    });
    return endsEarly ? withoutTail(panel) : panel;
  })
  .filter(({ series }) => series.every(({ day }) => day.length > 0));

/** The last symbol has no bars in the last third of the axis; a panel of one symbol stays as it is. */
function withoutTail(panel: Panel): Panel {
  const moments = panel.day.length;
  const last = panel.series.length - 1;
  const cut = Math.ceil((2 * moments) / 3);
  if (last === 0 || !panel.rowOf.subarray(last * moments, last * moments + cut).some((row) => row >= 0)) return panel;
  const rowOf = panel.rowOf.slice().fill(-1, last * moments + cut);
  const bars = rowOf.subarray(last * moments).filter((row) => row >= 0).length;
  const whole = panel.series[last]!;
  const head = <Column extends Int32Array | Float64Array>(column: Column): Column => column.subarray(0, bars) as Column;
  const { symbol, endMinute, day, open, high, low, close, volume, dividend, splitRatio } = whole;
  const short = {
    ...{ symbol, endMinute, day: head(day), open: head(open), high: head(high), low: head(low), close: head(close) },
    ...{ volume: head(volume), dividend: head(dividend), splitRatio: head(splitRatio) },
  };
  return { ...panel, rowOf, series: [...panel.series.slice(0, last), short] };
}

const rules = fc
  .record({
    fill: fc.constantFrom('next-open', 'next-close', 'next-vwap', 'signal-close'),
    sizing: fc.constantFrom<BacktestRules['sizing']>(
      { kind: 'all-cash', whole: false },
      { kind: 'all-cash', whole: true },
      { kind: 'shares', shares: 100 },
      { kind: 'shares', shares: 7.5 },
      { kind: 'shares', shares: 100_000 },
      { kind: 'weight', frac: 0.3 },
      { kind: 'weight', frac: 1 },
      { kind: 'weight', frac: 1.7 },
    ),
    commissionBps: fc.constantFrom(0, 10, 37.5),
    commissionUsdPerShare: fc.constantFrom(0, 0.005),
    commissionUsdMin: fc.constantFrom(0, 1),
    spreadBps: fc.constantFrom(0, 3),
    slippageBps: fc.constantFrom(0, 1.5),
    cashUsd: fc.constantFrom(50, 10_000, 1_000_000),
    wholeShares: fc.boolean(),
    account: fc.constantFrom<BacktestRules['account']>(
      { kind: 'cash' },
      { kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.25 },
      { kind: 'margin', initialFrac: 1, maintenanceFrac: 0.5 },
    ),
    allowShort: fc.boolean(),
  })
  .map(({ commissionBps, commissionUsdPerShare, commissionUsdMin, spreadBps, slippageBps, allowShort, sizing, wholeShares, ...rest }) =>
    handRules({
      ...rest,
      sizing,
      wholeShares: wholeShares && !(sizing.kind === 'shares' && !Number.isInteger(sizing.shares)),
      allowShort: allowShort && rest.account.kind === 'margin',
      costs: { commissionBps, commissionUsdPerShare, commissionUsdMin, spreadBps, slippageBps, impactCoefficient: 0 },
    }),
  );

const runs = fc.constantFrom<readonly [SignalStrategy, Parameters]>(
  [anySignals, { seed: 1, quiet: 0.5 }],
  [anySignals, { seed: 2, quiet: 0 }],
  [anySignals, { seed: 3, quiet: 0.9 }],
  [smaCrossStrategy, { fast: 2, slow: 5 }],
  [donchianStrategy, { entry: 6, exit: 3, short: 1 }],
);

const ranges = fc.oneof(fc.constant([0, 100]), fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 })));

function sound<Value>(answer: Value | Refusal): Value {
  if (isRefusal(answer)) throw new Error(JSON.stringify(answer));
  return answer;
}

const deep = process.env.BALLAST_DEEP === '1';

describe('a run on the fast path', () => {
  test('has the fills, the cash and the equity of the event engine, to the last bit', () => {
    let compared = 0;
    fc.assert(
      fc.property(panels, rules, runs, ranges, (panel, given, [strategy, parameters], [a = 0, b = 0]) => {
        const last = panel.day.length - 1;
        const [fromMoment, toMoment] = [Math.round((Math.min(a, b) * last) / 100), Math.round((Math.max(a, b) * last) / 100)];
        panel.series.forEach((series, symbol) => {
          const question = { panel: panelOfOne(panel, symbol), strategy, parameters, rules: given, membership: null, fromMoment, toMoment };
          const expected: BacktestResult = sound(backtest(question));
          const fills: number[][] = [];
          const market = fastMarketOf(panel, symbol, { fromMoment, toMoment: toMoment + 1 }, new Map());
          const run = new SignalRun(market, given, (moment, ...rest) => fills.push([moment - fromMoment, ...rest]));
          run.run(strategy.signal(series, parameters));
          const called = expected.remarks.some((remark) => remark.includes('maintenance margin'));
          expect(run.isCalled).toBe(called);
          if (called) return;
          compared += fills.length;
          expect(fills).toEqual(fillsOf(expected));
          expect(run.cashUsd).toBe(expected.equity.cashUsd.at(-1));
          expect(run.equityUsd).toBe(expected.equity.equityUsd.at(-1));
          expect(run.ordersFilled).toBe(expected.orders.filled);
          expect(run.feesUsd).toBe(-expected.flows.feesUsd + 0);
          expectStatistics(run, expected);
        });
      }),
      { numRuns: deep ? 20_000 : 300 },
    );
    expect(compared).toBeGreaterThan(1000);
  });
});

/** Of orders; the closing of what has ended is none. */
function fillsOf({ fills }: BacktestResult): number[][] {
  return Array.from({ length: fills.count }, (_, at) => at)
    .filter((at) => fills.order[at]! >= 0)
    .map((at) => [fills.moment[at]!, fills.signedShares[at]!, fills.priceUsd[at]!, fills.feeUsd[at]!]);
}

function expectStatistics(run: SignalRun, expected: BacktestResult): void {
  const { equityUsd } = expected.equity;
  if (equityUsd.some((equity) => equity <= 0)) return;
  const returns = returnsOf(expected);
  const { count, mean, variance } = sampleMoments(returns);
  if (Math.sqrt(variance) > 1e-9) expect(run.sharpePerBar).toBeCloseTo(mean / Math.sqrt((variance * count) / (count - 1)), 9);
  let [peak, drawdown] = [expected.rules.cashUsd, 0];
  for (const equity of equityUsd) {
    peak = Math.max(peak, equity);
    drawdown = Math.max(drawdown, (peak - equity) / peak);
  }
  expect(run.maxDrawdownFrac).toBeCloseTo(drawdown, 12);
}

describe('a sweep', () => {
  const question: SweepQuestion = {
    panel: simulatedPanel({ symbols: 3, moments: 150, seed: 'chunks', missingFrac: 0.05 }),
    strategy: smaCrossStrategy,
    grid: {
      names: ['fast', 'slow'],
      values: [
        [2, 3, 5, 8, 13],
        [3, 5, 8, 13, 21, 34],
      ],
    },
    rules: handRules(),
  };

  test('is the same rows in any chunks', () => {
    const whole = sound(sweepSignals(question));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (size) => {
        const parts = Array.from({ length: Math.ceil(30 / size) }, (_, index) => ({
          first: index * size,
          count: Math.min(size, 30 - index * size),
        }));
        const answers = parts.map((chunk) => sound(sweepSignals({ ...question, chunk })));
        expect(answers.flatMap(({ finalEquityUsd }) => [...finalEquityUsd])).toEqual([...whole.finalEquityUsd]);
        expect(answers.flatMap(({ sharpePerBar }) => [...sharpePerBar])).toEqual([...whole.sharpePerBar]);
        expect(answers.flatMap(({ combinations }) => [...combinations.number])).toEqual([...whole.combinations.number]);
        expect(answers.reduce((sum, { combinations }) => sum + combinations.skipped, 0)).toBe(whole.combinations.skipped);
      }),
      { numRuns: 8 },
    );
  });
});
