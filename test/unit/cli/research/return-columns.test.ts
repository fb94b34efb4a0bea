import { describe, expect, test } from 'vitest';
import type { Question } from '../../../../apps/cli/research/question.ts';
import { returnColumns } from '../../../../apps/cli/research/return-columns.ts';
import { backtest } from '../../../../shared/domain/research/engine/backtest.ts';
import { panelOfOne } from '../../../../shared/domain/research/fast/fast-market.ts';
import { combinationsIn, combinationsOf, type Grid, parametersAt } from '../../../../shared/domain/research/fast/grid.ts';
import { strategyNamed } from '../../../../shared/domain/research/registry.ts';
import { type BacktestRules, freeCosts, noFinancing } from '../../../../shared/domain/research/rules.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { panelOf } from '../../../support/research/hand-panel.ts';

const rng = seededRng('return-columns');
function walk(bars: number): number[] {
  let price = 60;
  return Array.from({ length: bars }, () => (price *= Math.exp(0.015 * rng.normal())));
}
/** One pays dividends, one has holes, one ends long before the axis does. */
const panel = panelOf(
  { AAA: walk(160), BBB: walk(160).map((price, at) => (at % 17 === 3 ? null : price)), CCC: walk(110) },
  { dividends: { AAA: { 40: 0.7, 90: 0.7, 130: 0.7 } } },
);
const rules: BacktestRules = {
  ...{ cashUsd: 100_000, fill: 'next-open', sizing: { kind: 'all-cash', whole: false }, costs: { ...freeCosts, commissionBps: 10 } },
  ...{ financing: noFinancing, account: { kind: 'cash' }, allowShort: false, wholeShares: false },
  ...{ participationFracMax: null, sessionsPerYear: 252 },
};
const strategy = strategyNamed('sma-cross')!;
const question: Question = {
  ...{ panel, strategy, rules, parameters: {}, membership: null, notes: [], factors: null },
  range: { fromMoment: 12, toMoment: 159 },
};
const grid: Grid = {
  names: ['fast', 'slow'],
  values: [
    [2, 4],
    [5, 9],
  ],
};
const still = { update: () => {}, end: () => {} };

async function columnsAndEngine(asked: Question, wanted: Grid) {
  const combinations = combinationsOf(asked.strategy, wanted, { first: 0, count: combinationsIn(wanted) });
  if (isRefusal(combinations)) throw new Error(combinations.reason);
  const columns = await returnColumns(asked, combinations, still);
  const isOwn = asked.strategy.kind === 'signal';
  const engine = columns.map((_, index) => {
    const markets = isOwn ? panel.series.map((_series, symbol) => panelOfOne(panel, symbol)) : [panel];
    const equity = new Float64Array(columns[0]!.length);
    for (const market of markets) {
      const { range, rules: own } = asked;
      const parameters = parametersAt(combinations, index);
      const result = backtest({ panel: market, strategy: asked.strategy, parameters, rules: own, membership: null, ...range });
      if (isRefusal(result)) throw new Error(result.reason);
      for (const [at, usd] of result.equity.equityUsd.entries()) equity[at]! += usd;
    }
    const opening = asked.rules.cashUsd * markets.length;
    return equity.map((now, at) => now / (equity[at - 1] ?? opening) - 1);
  });
  return { columns, engine };
}

describe('the returns of combinations', () => {
  test.each<[string, Question]>([
    ['on the vectorised path', question],
    ['by the event engine', { ...question, rules: { ...rules, costs: { ...rules.costs, impactCoefficient: 0.5 } } }],
    [
      'on margin, where some runs end in a call',
      {
        ...question,
        rules: {
          ...rules,
          allowShort: true,
          account: { kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.5 },
          sizing: { kind: 'weight', frac: 1.9 },
        },
      },
    ],
  ])('%s are those of all accounts together, as the engine has them', async (_, asked) => {
    const { columns, engine } = await columnsAndEngine(asked, grid);
    expect(columns).toHaveLength(4);
    for (const [index, column] of columns.entries())
      for (const [at, one] of column.entries()) expect(Math.abs(one - engine[index]![at]!)).toBeLessThan(1e-12);
  });

  test('of a strategy that looks at all symbols are those of its one account', async () => {
    const momentum: Question = { ...question, strategy: strategyNamed('momentum')! };
    const { columns, engine } = await columnsAndEngine(momentum, { names: ['lookback', 'top'], values: [[20], [1, 2]] });
    expect(columns.map((column) => [...column])).toEqual(engine.map((column) => [...column]));
  });
});
