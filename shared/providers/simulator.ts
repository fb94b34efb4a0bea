/** The simulated market as a provider: generated on first use, then kept, since the whole of it comes from one seed. */
import { type SimulatedMarket, simulateMarket } from '../domain/market/simulator/simulate-market.ts';
import { simulatedUniverse } from '../domain/market/simulator/universe.ts';
import { type BarsProvider, rawBarsWithin } from './provider.ts';

export const simulatorName = (seed: number): string => `simulator seed ${seed}`;

export function simulatedProvider(seed: number): BarsProvider {
  let market: SimulatedMarket | undefined;
  return {
    name: simulatorName(seed),
    listSymbols: () => Promise.resolve(simulatedUniverse.map(({ symbol, sector, name }) => ({ symbol, sector, name }))),
    dailyBars: (symbols, range) => {
      market ??= simulateMarket({ seed });
      const { bars } = market;
      return Promise.resolve(symbols.flatMap((symbol) => bars.get(symbol) ?? []).map((series) => rawBarsWithin(series, range)));
    },
  };
}
