/** The decision path alone, without any I/O: what one cycle costs in the domain. */
import { runAllocation, runRisk, runSignals, type SymbolInput } from '../../shared/domain/cycle/index.ts';
import { barsBefore } from '../../shared/domain/market/bars.ts';
import { profileBars } from '../../shared/domain/quality/profile.ts';
import { initialRiskState } from '../../shared/domain/risk/risk-state.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { cashOnly, contextOf, quietMarket, symbolInput, toBars, walk } from '../unit/domain/fixtures.ts';
import type { Bench } from './bench.ts';

const SYMBOLS = 356;
const sectors = ['Energy', 'Utilities', 'Materials', 'Financials', 'Industrials', 'Health Care', 'Real Estate', 'Technology'];

export const benches: Bench[] = [
  { name: 'signals to risk, 356 symbols × 252 days', unit: 'ms', goal: { atMost: 1000 }, run: async () => decide(universe()) },
  { name: 'profile 356 symbols × 1,300 rows', unit: 'ms', run: async () => profile() },
];

const universe = (): SymbolInput[] =>
  Array.from({ length: SYMBOLS }, (_, i) => symbolInput(`S${i}`, walk(`S${i}`, 1300), sectors[i % sectors.length]));

function decide(symbols: readonly SymbolInput[]): number {
  const context = contextOf();
  const market = quietMarket();
  const portfolio = cashOnly();
  const startedAt = performance.now();
  const signals = runSignals({ context, symbols, market, portfolio });
  const allocation = runAllocation({ context, signals, symbols, market, portfolio, riskOverride: null });
  if (isRefusal(allocation)) throw new Error(`allocation was refused: ${allocation.reason}`);
  const risk = runRisk({ context, allocation, symbols, portfolio, riskState: initialRiskState, operatorOverride: null });
  if (isRefusal(risk)) throw new Error(`risk was refused: ${risk.reason}`);
  return performance.now() - startedAt;
}

function profile(): number {
  const all = Array.from({ length: SYMBOLS }, (_, i) => toBars(`S${i}`, walk(`S${i}`, 1300)));
  const startedAt = performance.now();
  for (const bars of all) profileBars(barsBefore(bars, contextOf().asOf), { adjustment: 'split-adjusted' });
  return performance.now() - startedAt;
}
