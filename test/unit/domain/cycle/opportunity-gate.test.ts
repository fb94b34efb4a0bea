/** What a list of opportunities does to a cycle: it keeps shut what is not held and not listed, and nothing else. */
import { beforeAll, expect, test } from 'vitest';
import {
  type AllocationOutput,
  assembleDecisions,
  type PortfolioInput,
  runAllocation,
  runSignals,
  type SignalsOutput,
} from '../../../../shared/domain/cycle/index.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { Ticker } from '../../../../shared/kernel/units.ts';
import { cashOnly, contextOf, quietMarket, symbolInput, ticker, walk } from '../fixtures.ts';

const market = quietMarket();
const sectors = ['Energy', 'Utilities', 'Materials', 'Financials', 'Industrials', 'Health Care'];
const symbols = Array.from({ length: 12 }, (_, i) => symbolInput(`GOOD${i}`, walk(`GOOD${i}`, 1300), sectors[i % 6]));

function allocated(opportunities: readonly Ticker[] | null, portfolio: PortfolioInput = cashOnly()): [AllocationOutput, SignalsOutput] {
  const context = { ...contextOf(), opportunities };
  const signals = runSignals({ context, symbols, market, portfolio });
  const allocation = runAllocation({ context, signals, symbols, market, portfolio, riskOverride: null });
  if (isRefusal(allocation)) throw new Error(allocation.reason);
  return [allocation, signals];
}

const opened = ({ symbols: all }: AllocationOutput): Ticker[] =>
  all.flatMap(({ symbol, currentWeight, targetWeight }) => (currentWeight === 0 && targetWeight !== 0 ? [symbol] : []));

let free: Ticker[];

beforeAll(() => {
  free = opened(allocated(null)[0]);
  expect(free.length).toBeGreaterThan(1);
});

test('without a gate all that the ensemble buys may open', () => {
  const [allocation] = allocated(symbols.map(({ symbol }) => symbol));
  expect(opened(allocation)).toEqual(free);
});

test('only what is listed opens; the others say that they are no opportunity', () => {
  const [allocation, signals] = allocated([free[0]!]);
  expect(opened(allocation)).toEqual([free[0]]);
  const decisions = assembleDecisions({
    context: { ...contextOf(), opportunities: [free[0]!] },
    signals,
    allocation,
    risk: null,
    plan: null,
    withdrawn: [],
    endedBy: null,
  });
  for (const symbol of free.slice(1)) {
    const decision = decisions.find((record) => record.symbol === symbol)!;
    expect(decision.final_decision).toBe('HOLD');
    expect(decision.reason_codes[0]).toBe('not-an-opportunity');
  }
});

test('an empty list opens nothing', () => {
  expect(opened(allocated([])[0])).toEqual([]);
});

test('what is held is decided on whether it is listed or not', () => {
  const held: PortfolioInput = {
    ...cashOnly(),
    cashUsd: 990_000,
    positions: [{ symbol: ticker(free[0]!), quantity: 100, priceUsd: 100 }],
  };
  const [listed] = allocated(null, held);
  const [unlisted] = allocated([], held);
  const of = ({ symbols: all }: AllocationOutput) => all.find(({ symbol }) => symbol === free[0])!;
  expect(of(unlisted).currentWeight).toBeCloseTo(0.01, 12);
  expect(of(unlisted).refusals.map(({ reason }) => reason)).not.toContain('not-an-opportunity');
  expect(of(unlisted).targetWeight).toBeGreaterThan(of(unlisted).currentWeight);
  expect(of(listed).targetWeight).toBeGreaterThan(of(listed).currentWeight);
});

test('a symbol that nobody wants to open does not blame the list', () => {
  const [allocation] = allocated([]);
  const wanted = new Set<string>(
    allocation.symbols.flatMap(({ symbol, ensemble }) => (ensemble?.proposal === 'BUY' || ensemble?.proposal === 'SELL' ? [symbol] : [])),
  );
  const blamed = allocation.symbols.filter(({ refusals }) => refusals.some(({ reason }) => reason === 'not-an-opportunity'));
  for (const { symbol, stop } of blamed) expect(wanted.has(symbol) && !stop?.stopped).toBe(true);
  // Some of them would have been outbid without a list.
  expect(blamed.map(({ symbol }) => symbol)).toEqual(expect.arrayContaining(free));
});
