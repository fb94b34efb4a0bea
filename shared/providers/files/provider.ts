/** Market-data files as a provider. Sectors are no part of the layouts; whoever knows them passes them in. */
import type { Ticker } from '../../kernel/units.ts';
import { type Instrument, type MarketDataProvider, rawBarsWithin } from '../provider.ts';
import { factsOf, type OpenedFacts } from './facts-of.ts';
import type { BarsDataset } from './open-dataset.ts';

export const fileProviderName = (fileName: string): string => `file ${fileName}`;

export const fileProvider = (
  dataset: BarsDataset,
  sectors: Readonly<Record<string, string>> = {},
  facts: OpenedFacts = { fundamentals: [], earnings: [], news: [] },
): MarketDataProvider => ({
  name: fileProviderName(dataset.fileName),
  listSymbols: () => Promise.resolve(dataset.symbols.map((symbol) => instrumentOf(symbol, sectors))),
  dailyBars: async (symbols, range) => (await dataset.bars(symbols)).map((bars) => rawBarsWithin(bars, range)),
  facts: (series) => Promise.resolve(series.map((bars) => factsOf(bars, facts))),
});

/** Looks at own keys only: `constructor` may be somebody's ticker. */
export const instrumentOf = (symbol: Ticker, sectors: Readonly<Record<string, string>> = {}): Instrument =>
  Object.hasOwn(sectors, symbol) ? { symbol, sector: sectors[symbol]! } : { symbol };
