/** How the steps of a cycle look at the portfolio: weights by symbol, and lists in symbol order. */
import type { Ticker } from '../../kernel/units.ts';
import type { PortfolioInput, SignalsOutput } from './step-types.ts';

/** In code-unit order of the symbol, so that no result depends on the order of input. */
export const bySymbol = <T extends { readonly symbol: Ticker }>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0));

/** Position value over equity; signed. */
export function weightsOf({ positions, equityUsd }: PortfolioInput): Map<Ticker, number> {
  return new Map(positions.map(({ symbol, quantity, priceUsd }) => [symbol, (quantity * priceUsd) / equityUsd]));
}

/** What each symbol was decided at: the last close known, or what a holding without one is valued at. */
export function decisionPrices(signals: SignalsOutput, { positions }: PortfolioInput): Map<Ticker, number> {
  const prices = new Map(positions.map(({ symbol, priceUsd }) => [symbol, priceUsd]));
  for (const { symbol, market } of signals.symbols) if (market !== null) prices.set(symbol, market.closeUsd);
  return prices;
}
