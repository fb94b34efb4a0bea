/** A market-data file as a provider of bars. Sectors are no part of the layouts; whoever knows them passes them in. */
import type { Ticker } from '../../kernel/units.ts';
import { type BarsProvider, type Instrument, rawBarsWithin } from '../provider.ts';
import type { BarsDataset } from './open-dataset.ts';

export const fileProviderName = (fileName: string): string => `file ${fileName}`;

export const fileProvider = (dataset: BarsDataset, sectors: Readonly<Record<string, string>> = {}): BarsProvider => ({
  name: fileProviderName(dataset.fileName),
  listSymbols: () => Promise.resolve(dataset.symbols.map((symbol) => instrumentOf(symbol, sectors))),
  dailyBars: async (symbols, range) => (await dataset.bars(symbols)).map((bars) => rawBarsWithin(bars, range)),
});

/** Looks at own keys only: `constructor` may be somebody's ticker. */
export const instrumentOf = (symbol: Ticker, sectors: Readonly<Record<string, string>> = {}): Instrument =>
  Object.hasOwn(sectors, symbol) ? { symbol, sector: sectors[symbol]! } : { symbol };
