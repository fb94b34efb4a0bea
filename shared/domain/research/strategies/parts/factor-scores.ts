/**
 * The house's factors as scores of a strategy: what the factor agent asks in a cycle, asked at a rebalance, on the same kind of view.
 *
 * A rebalance at the close of a session decides for the next one, so `asOf` is that next session and every row up to this close lies before it,
 * as in a cycle. Earnings are those that `Now` tells of: of the session itself none, which is one session later than a cycle learns them.
 */
import type { Factor, FactorReading, FactorView } from '../../../factors/factor.ts';
import { realizedDailyVol } from '../../../indicators/momentum.ts';
import { dividendAdjusted, totalReturns } from '../../../indicators/returns.ts';
import { nextSession } from '../../../market/calendar.ts';
import { addReturns, equalWeighted } from '../../../market/equal-weighted.ts';
import { noFacts } from '../../../market/facts.ts';
import { type MarketHistory, noMarket } from '../../../market/market-history.ts';
import type { FactorRules } from '../../../policy/factor-rules.ts';
import type { Now } from '../../strategy.ts';
import { type Scored, scoreAll } from './scored.ts';

export interface FactorQuestion {
  readonly symbols: readonly number[];
  /** Of history handed to the factor, for each symbol. */
  readonly bars: number;
  readonly rules: FactorRules;
  /** Sessions of the equal-weighted market of all symbols; 0 for a factor that asks for none. */
  readonly marketSessions: number;
}

const VOLATILITY_BARS = 63;
const SESSIONS_PER_YEAR = 252;

/** Values of those that have a reading; a symbol whose price stands still is not asked about. */
export function factorScores(factor: Factor, now: Now, { symbols, bars, rules, marketSessions }: FactorQuestion): Scored {
  const asked = symbols.flatMap((symbol) => viewOf(now, symbol, bars) ?? []);
  const market = marketSessions > 0 ? marketUntil(now, marketSessions) : noMarket;
  const context = { asOf: nextSession(now.day), market, sessionsPerYear: SESSIONS_PER_YEAR, rules };
  const readings = factor.read(
    asked.map(({ view }) => view),
    context,
  );
  const values = new Map(asked.map(({ symbol }, i) => [symbol, numberOf(readings[i]!)]));
  return scoreAll(symbols, (symbol) => values.get(symbol) ?? Number.NaN);
}

/** All symbols with equal weight, by what is known of each session on that session; members and others alike. */
export const marketUntil = (now: Now, sessions: number): MarketHistory =>
  equalWeighted(addReturns(now.symbols.map((_, symbol) => now.history(symbol, sessions + 1))));

function viewOf(now: Now, symbol: number, bars: number): { readonly symbol: number; readonly view: FactorView } | undefined {
  const returns = totalReturns(now.history(symbol, VOLATILITY_BARS + 1));
  const dailyVol = realizedDailyVol(returns, returns.length);
  if (!(dailyVol > 0)) return undefined;
  const history = now.history(symbol, bars);
  const facts = { ...noFacts(history.symbol), earnings: now.earnings(symbol) };
  return { symbol, view: { symbol: history.symbol, bars: dividendAdjusted(history), facts, dailyVol } };
}

const numberOf = (reading: FactorReading): number => (reading.kind === 'reading' ? reading.value : Number.NaN);
