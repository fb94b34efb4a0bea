/** The simulated market as a provider: generated on first use, then kept, since the whole of it comes from one seed. */

import { noFacts } from '../domain/market/facts.ts';
import { type SimulatedMarket, simulateMarket } from '../domain/market/simulator/simulate-market.ts';
import { simulatedUniverse } from '../domain/market/simulator/universe.ts';
import { type MarketDataProvider, rawBarsWithin } from './provider.ts';

export const simulatorName = (seed: number): string => `simulator seed ${seed}`;

export function simulatedProvider(seed: number): MarketDataProvider {
  let simulated: SimulatedMarket | undefined;
  const market = (): SimulatedMarket => {
    simulated ??= simulateMarket({ seed });
    return simulated;
  };
  return {
    name: simulatorName(seed),
    listSymbols: () => Promise.resolve(simulatedUniverse.map(({ symbol, sector, name }) => ({ symbol, sector, name }))),
    dailyBars: (symbols, range) =>
      Promise.resolve(symbols.flatMap((symbol) => market().bars.get(symbol) ?? []).map((series) => rawBarsWithin(series, range))),
    facts: (series) => Promise.resolve(series.map(({ symbol }) => market().facts.get(symbol) ?? noFacts(symbol))),
  };
}
