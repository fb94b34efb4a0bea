/** The decision path alone, without any I/O: what one cycle costs in the domain. */
import { type PortfolioInput, runAllocation, runRisk, runSignals, type SymbolInput } from '../../shared/domain/cycle/index.ts';
import { barsBefore } from '../../shared/domain/market/bars.ts';
import { profileBars } from '../../shared/domain/quality/profile.ts';
import { initialRiskState } from '../../shared/domain/risk/risk-state.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import { cashOnly, contextOf, quietMarket, symbolInput, ticker, toBars, walk } from '../unit/domain/fixtures.ts';
import { type Bench, median } from './bench.ts';
import { COMPANIES, companyFacts } from './universe.ts';

const RUNS = 5;
const sectors = ['Energy', 'Utilities', 'Materials', 'Financials', 'Industrials', 'Health Care', 'Real Estate', 'Technology'];

export const benches: Bench[] = [
  { name: 'signals to risk, 500 symbols × 252 days, all agents', unit: 'ms', goal: { atMost: 1000 }, run: async () => decide('all') },
  { name: 'signals, 500 symbols × 252 days, all agents', unit: 'ms', run: async () => decide('signals') },
  { name: 'allocation, 500 symbols', unit: 'ms', run: async () => decide('allocation') },
  { name: 'risk, 500 symbols', unit: 'ms', run: async () => decide('risk') },
  { name: 'profile 500 symbols × 1,300 rows', unit: 'ms', run: async () => profile() },
];

type Step = 'signals' | 'allocation' | 'risk';

const universe = (): SymbolInput[] =>
  Array.from({ length: COMPANIES }, (_, i) => ({
    ...symbolInput(`S${i}`, walk(`S${i}`, 1300), sectors[i % sectors.length]),
    facts: companyFacts(`S${i}`),
  }));

/** A book of twenty names, so that risk has something to measure. */
const portfolio: PortfolioInput = {
  ...cashOnly(),
  cashUsd: 800_000,
  positions: Array.from({ length: 20 }, (_, i) => ({ symbol: ticker(`S${i * 7}`), quantity: 100, priceUsd: 100 })),
};

function decide(step: Step | 'all'): number {
  const context = contextOf();
  const market = quietMarket();
  const times = Array.from({ length: RUNS + 1 }, () => {
    // Anew each time: what was read of a headline is remembered with it.
    const symbols = universe();
    const laps: Record<Step, number> = { signals: 0, allocation: 0, risk: 0 };
    const timed = <Result>(name: Step, work: () => Result | Refusal): Result => {
      const startedAt = performance.now();
      const result = work();
      laps[name] = performance.now() - startedAt;
      if (isRefusal(result)) throw new Error(`${name} was refused: ${result.reason}`);
      return result;
    };
    const signals = timed('signals', () => runSignals({ context, symbols, market, portfolio }));
    const allocation = timed('allocation', () => runAllocation({ context, signals, symbols, market, portfolio, riskOverride: null }));
    timed('risk', () => runRisk({ context, allocation, symbols, portfolio, riskState: initialRiskState, operatorOverride: null }));
    return step === 'all' ? laps.signals + laps.allocation + laps.risk : laps[step];
  });
  // The first run compiles; a Lambda that is warm has done so.
  return median(times.slice(1));
}

function profile(): number {
  const all = Array.from({ length: COMPANIES }, (_, i) => toBars(`S${i}`, walk(`S${i}`, 1300)));
  const startedAt = performance.now();
  for (const bars of all) profileBars(barsBefore(bars, contextOf().asOf), { adjustment: 'split-adjusted' });
  return performance.now() - startedAt;
}
