/** What a blocked strategy may still do: nothing that makes a position larger, everything that makes one smaller. */
import { expect, test } from 'vitest';
import { type PortfolioInput, runAllocation, runSignals } from '../../../../shared/domain/cycle/index.ts';
import type { StrategyRules } from '../../../../shared/domain/policy/steering-rules.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { cashOnly, contextOf, quietMarket, symbolInput, walk } from '../fixtures.ts';

const market = quietMarket();
const sectors = ['Energy', 'Utilities', 'Materials', 'Financials', 'Industrials', 'Health Care'];
const symbols = Array.from({ length: 12 }, (_, i) => symbolInput(`GOOD${i}`, walk(`GOOD${i}`, 1300), sectors[i % 6]));

function allocated(strategies: StrategyRules, portfolio: PortfolioInput = cashOnly()) {
  const context = { ...contextOf(), policy: { ...contextOf().policy, strategies } };
  const signals = runSignals({ context, symbols, market, portfolio });
  const allocation = runAllocation({ context, signals, symbols, market, portfolio, riskOverride: null });
  if (isRefusal(allocation)) throw new Error(allocation.reason);
  return allocation.symbols;
}

const { strategy } = contextOf();
const free: StrategyRules = { allow: [strategy], block: [] };
const shut: ReadonlyArray<readonly [string, StrategyRules]> = [
  ['blocked', { allow: [strategy], block: [strategy] }],
  ['not allowed', { allow: ['another'], block: [] }],
];

const grown = (all: ReturnType<typeof allocated>) =>
  all.filter(({ currentWeight, targetWeight }) => Math.abs(targetWeight) > Math.abs(currentWeight)).map(({ symbol }) => symbol);

test.each(shut)('a strategy that is %s opens nothing, and each symbol it wanted says why', (_, rules) => {
  const wanted = grown(allocated(free));
  expect(wanted.length).toBeGreaterThan(1);
  const all = allocated(rules);
  expect(grown(all)).toEqual([]);
  for (const symbol of wanted) expect(all.find((one) => one.symbol === symbol)!.refusals).toContainEqual({ reason: 'strategy-blocked' });
});

test.each(shut)('a strategy that is %s adds to nothing that is held', (_, rules) => {
  const symbol = grown(allocated(free))[0]!;
  const held: PortfolioInput = { ...cashOnly(), cashUsd: 990_000, positions: [{ symbol, quantity: 100, priceUsd: 100 }] };
  expect(grown(allocated(free, held))).toContain(symbol);
  expect(grown(allocated(rules, held))).toEqual([]);
});

test.each(shut)('a strategy that is %s shrinks what it would have shrunk', (_, rules) => {
  // Four names of a quarter each: far above what one name may be.
  const positions = symbols.slice(0, 4).map(({ symbol }) => ({ symbol, quantity: 2500, priceUsd: 100 }));
  const held: PortfolioInput = { ...cashOnly(), cashUsd: 0, positions };
  const targets = (all: ReturnType<typeof allocated>) => all.slice(0, 4).map(({ targetWeight }) => targetWeight);
  expect(Math.max(...targets(allocated(rules, held)))).toBeLessThan(0.25);
  expect(targets(allocated(rules, held)).map((weight, i) => weight <= targets(allocated(free, held))[i]!)).not.toContain(false);
});
