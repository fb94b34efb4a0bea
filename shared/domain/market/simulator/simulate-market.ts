/**
 * A whole market from one seed: sixty companies, eight years of New York sessions, regimes with crises, fat tails, clustered
 * volatility, correlations that rise when it matters, earnings, dividends, splits, one delisting, and bad data in a few symbols.
 * Beside the bars: reports, earnings releases and headlines that go with them. It stands in for a vendor where there is none; nobody may conclude from it what a strategy would have earned.
 *
 * The same seed gives the same bytes. Each company draws from a stream of its own, so adding one leaves the others as they were.
 * Not covered: intraday prices, spreads, index membership.
 */
import { parseDay } from '../../../kernel/days.ts';
import { seededRng } from '../../../kernel/rng.ts';
import type { Ticker } from '../../../kernel/units.ts';
import type { DailyBars } from '../bars.ts';
import { sessionsBetween } from '../calendar.ts';
import type { SymbolFacts } from '../facts.ts';
import { companyHistory } from './company-bars.ts';
import { companyFacts, factsWithin } from './company-facts.ts';
import { withCorporateEvents } from './corporate-events.ts';
import { withDefect } from './defects.ts';
import { drawFactors, type MarketFactors } from './market-factors.ts';
import { simulatedUniverse } from './universe.ts';

/** Counts up whenever a seed would give other bytes, so that stored datasets are known to be old. */
export const simulatorVersion = 2;

export const simulatedFrom = parseDay('2017-01-03');
export const simulatedTo = parseDay('2024-12-31');

export interface SimulatedMarket {
  readonly factors: MarketFactors;
  /** Every session of the simulated years. */
  readonly sessions: Int32Array;
  /** Series by symbol, in the order of the universe, defects included. */
  readonly bars: ReadonlyMap<Ticker, DailyBars>;
  /** Of the days that a company's bars cover, by symbol. */
  readonly facts: ReadonlyMap<Ticker, SymbolFacts>;
}

export function simulateMarket({ seed }: { readonly seed: number }): SimulatedMarket {
  const rng = seededRng(`market/${seed}`);
  const sessions = sessionsBetween(simulatedFrom, simulatedTo);
  const sectors = [...new Set(simulatedUniverse.map(({ sector }) => sector))];
  const factors = drawFactors(sessions.length, sectors, rng.fork('factors'));
  const bars = new Map<Ticker, DailyBars>();
  const facts = new Map<Ticker, SymbolFacts>();
  for (const company of simulatedUniverse) {
    const ownRng = rng.fork(`company/${company.symbol}`);
    const sound = companyHistory(company, factors, sessions, ownRng);
    const delivered = withDefect(withCorporateEvents(sound.bars));
    bars.set(company.symbol, delivered);
    facts.set(company.symbol, factsWithin(companyFacts(company, sound, ownRng.fork('facts')), delivered.day));
  }
  return { factors, sessions, bars, facts };
}
