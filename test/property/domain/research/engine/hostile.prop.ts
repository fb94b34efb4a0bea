/** Rules, parameters and bars that nobody should give: each is refused or run, and never throws. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backtest } from '../../../../../shared/domain/research/engine/backtest.ts';
import type { Panel } from '../../../../../shared/domain/research/panel.ts';
import type { BacktestRefusal } from '../../../../../shared/domain/research/result.ts';
import { type BacktestRules, fillRules } from '../../../../../shared/domain/research/rules.ts';
import { donchianStrategy } from '../../../../../shared/domain/research/strategies/donchian.strategy.ts';
import { momentumStrategy } from '../../../../../shared/domain/research/strategies/momentum.strategy.ts';
import { pairsStrategy } from '../../../../../shared/domain/research/strategies/pairs.strategy.ts';
import { smaCrossStrategy } from '../../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import type { Strategy } from '../../../../../shared/domain/research/strategy.ts';
import { isRefusal } from '../../../../../shared/kernel/refusal.ts';
import type { Ticker } from '../../../../../shared/kernel/units.ts';
import { handRules, panelOf, simulatedPanel } from '../../../../support/research/hand-panel.ts';
import { answered, order, play } from '../../../../support/research/scripted.ts';

const bad = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  0,
  Number.MIN_VALUE,
  Number.MAX_VALUE,
  1e300,
  1e-300,
  2 ** 53,
];
/** Mostly sound, so that what is bad is met on its own. */
const figure = (...sound: number[]) =>
  fc.oneof({ weight: 60, arbitrary: fc.constantFrom(...sound) }, { weight: 1, arbitrary: fc.constantFrom(...bad) });

const hostileRules: fc.Arbitrary<BacktestRules> = fc.record({
  cashUsd: figure(1_000, 1_000_000),
  fill: fc.constantFrom(...fillRules),
  sizing: fc.oneof(
    fc.record({ kind: fc.constant('shares' as const), shares: figure(1, 100) }),
    fc.record({ kind: fc.constant('all-cash' as const), whole: fc.boolean() }),
    fc.record({ kind: fc.constant('weight' as const), frac: figure(0.5, 1) }),
  ),
  costs: fc.record({
    commissionBps: figure(0, 10),
    commissionUsdPerShare: figure(0, 0.01),
    commissionUsdMin: figure(0, 1),
    spreadBps: figure(0, 5),
    slippageBps: figure(0, 2),
    impactCoefficient: figure(0, 1),
  }),
  financing: fc.record({ cashAnnualFrac: figure(0, 0.03), marginAnnualFrac: figure(0, 0.06), borrowAnnualFrac: figure(0, 0.01) }),
  account: fc.oneof(
    fc.constant({ kind: 'cash' as const }),
    fc.record({ kind: fc.constant('margin' as const), initialFrac: figure(0.5, 1), maintenanceFrac: figure(0.25, 0.5) }),
  ),
  allowShort: fc.boolean(),
  wholeShares: fc.boolean(),
  participationFracMax: fc.oneof(fc.constant(null), figure(0.01, 1)),
  sessionsPerYear: figure(252),
});

const price = fc.oneof(
  { weight: 120, arbitrary: fc.double({ min: 5, max: 50, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(...bad) },
);
const bar = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(price, price, price, price, figure(0, 1e6)) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const hostilePanels: fc.Arbitrary<Panel> = fc
  .record({
    rows: fc.array(fc.array(bar, { minLength: 6, maxLength: 6 }), { minLength: 1, maxLength: 2 }),
    basis: fc.constantFrom('split-adjusted', 'as-traded', 'total-return'),
    split: figure(1, 2),
    dividend: figure(0, 0.5),
  })
  .map(({ rows: [first, second = first], basis, split, dividend }) =>
    panelOf({ AAA: first!, BBB: second! }, { basis, splits: { AAA: { 3: split } }, dividends: { BBB: { 2: dividend } } }),
  );
const walks = fc.nat(1_000).map((seed) => simulatedPanel({ symbols: 2, moments: 40, seed: `hostile/${seed}`, missingFrac: 0.1 }));

const strategies = fc.constantFrom<readonly [Strategy, readonly string[]]>(
  [smaCrossStrategy, ['fast', 'slow']],
  [donchianStrategy, ['entry', 'exit', 'short']],
  [momentumStrategy, ['lookback', 'skip', 'top', 'gross']],
  [pairsStrategy, ['formation', 'trading', 'pairs', 'open', 'gross']],
);
const questions = fc
  .tuple(
    fc.oneof(hostilePanels, walks),
    hostileRules,
    strategies,
    fc.array(figure(1, 2, 3, 10), { minLength: 5, maxLength: 5 }),
    figure(0),
    fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: figure(5) }),
  )
  .map(([panel, rules, [strategy, names], values, fromMoment, toMoment]) => ({
    ...{ panel, rules, strategy, fromMoment, membership: null, rebalance: 'every-bar' as const },
    ...(toMoment === undefined ? {} : { toMoment }),
    parameters: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
  }));

const reasons: readonly BacktestRefusal[] = ['no-bars', 'parameter-out-of-range', 'parameters-conflict', 'rules-invalid', 'bars-invalid'];

test('whatever is asked is answered or refused with a reason', () => {
  fc.assert(
    fc.property(questions, (question) => {
      const result = backtest(question);
      if (isRefusal(result)) {
        expect(reasons).toContain(result.reason);
        return;
      }
      const { equityUsd, cashUsd, longUsd, shortUsd } = result.equity;
      for (const column of [equityUsd, cashUsd, longUsd, shortUsd]) expect(column.every(Number.isFinite)).toBe(true);
    }),
    { numRuns: process.env.BALLAST_DEEP === '1' ? 30_000 : 1_000 },
  );
});

test('what is asked meets every reason, and orders that fill', () => {
  const results = fc.sample(questions, { seed: 1, numRuns: 2_000 }).map((question) => backtest(question));
  const met = new Set(results.map((result) => (isRefusal(result) ? result.reason : result.kind)));
  expect([...met].toSorted()).toEqual(['backtest', ...reasons].toSorted());
  expect(results.reduce((sum, result) => sum + (isRefusal(result) ? 0 : result.fills.count), 0)).toBeGreaterThan(1_000);
});

describe('markets at the edge', () => {
  test('of one bar: what is decided on it stays unfilled, or fills at its close', () => {
    const one = panelOf({ AAA: [10] });
    const buys = { 0: (desk: Parameters<Parameters<typeof play>[1][number]>[0]) => desk.submit(order('BUY', 10)) };
    expect(play(one, buys).fills.count).toBe(0);
    expect(play(one, buys, { fill: 'signal-close' }).equity.longUsd[0]).toBe(100);
  });

  test('a symbol that is a gap from end to end is there, and nothing happens in it', () => {
    const panel = panelOf({ AAA: Array.from({ length: 30 }, () => null), BBB: Array.from({ length: 30 }, () => 10) });
    for (const strategy of [smaCrossStrategy, momentumStrategy, pairsStrategy]) {
      const result = answered({ panel, strategy, parameters: {}, rules: handRules(), membership: null });
      expect(result.equity.equityUsd.every((equity) => equity === 1_000_000)).toBe(true);
      expect(result.bars).toBe(30);
    }
    const onlyGaps = panelOf({ AAA: [null, null] });
    const result = answered({ panel: onlyGaps, strategy: momentumStrategy, parameters: {}, rules: handRules(), membership: null });
    expect([...result.equity.equityUsd]).toEqual([1_000_000, 1_000_000]);
  });

  test('ten thousand symbols of five bars: equal parts of all of them, bought and held', () => {
    const two = panelOf({ AAA: [10, 10, 10, 10, 10], BBB: [10, 10, 11, 11, 10] });
    const series = Array.from({ length: 10_000 }, (_, s) => ({
      ...two.series[s % 2]!,
      symbol: `S${String(s).padStart(5, '0')}` as Ticker,
    }));
    const panel = { ...two, series, rowOf: Int32Array.from({ length: 50_000 }, (_, i) => i % 5) };
    const parameters = { lookback: 1, top: 5_000, gross: 1 };
    const result = answered({
      panel,
      strategy: momentumStrategy,
      parameters,
      rules: handRules(),
      membership: null,
      rebalance: 'every-bar',
    });
    // At the third close the odd ones have risen by a tenth; those are bought at the fourth open, and the even ones sold.
    expect(result.fills.count).toBeGreaterThan(10_000);
    expect(result.symbols).toHaveLength(10_000);
    expect(result.bars).toBe(50_000);
    expect(result.equity.equityUsd.every(Number.isFinite)).toBe(true);
  });
});
