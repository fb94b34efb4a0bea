/** Bars and portfolios for tests of the domain: made on the exchange's sessions, from a seed. */

import type { CycleContext, PortfolioInput, SymbolInput } from '../../../shared/domain/cycle/index.ts';
import type { DailyBars } from '../../../shared/domain/market/bars.ts';
import { newYorkInstant, sessionsBack, sessionsBetween } from '../../../shared/domain/market/calendar.ts';
import { noFacts } from '../../../shared/domain/market/facts.ts';
import type { MarketHistory } from '../../../shared/domain/market/market-history.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import type { Policy } from '../../../shared/domain/policy/policy.ts';
import { governSymbol } from '../../../shared/domain/quality/governance.ts';
import { qualityAsOf } from '../../../shared/domain/quality/judge.ts';
import { profileBars } from '../../../shared/domain/quality/profile.ts';
import { formatDay, parseDay } from '../../../shared/kernel/days.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import type { CycleId, EpochDay, Ticker } from '../../../shared/kernel/units.ts';

export const ticker = (text: string): Ticker => text as Ticker;
export const day = parseDay;
export const asOf = day('2019-06-14');

export type Row = {
  day: EpochDay;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  dividend?: number;
  split?: number;
};

/** `count` rows that end with the session before `before`; a random walk fixed by the symbol. */
export function walk(symbol: string, count: number, before: EpochDay = asOf, drift = 0.0004, vol = 0.012): Row[] {
  const rng = seededRng(`walk/${symbol}`);
  let price = 50 + 100 * rng.uniform();
  return [...sessionsBetween(sessionsBack(before, count), sessionsBack(before, 1))].map((session) => {
    const open = price * (1 + 0.002 * rng.normal());
    price *= Math.exp(drift + vol * rng.normal());
    const close = price;
    const high = Math.max(open, close) * (1 + 0.004 * rng.uniform());
    const low = Math.min(open, close) * (1 - 0.004 * rng.uniform());
    return { day: session as EpochDay, open, high, low, close, volume: 1e6 * (0.5 + rng.uniform()) };
  });
}

export const toBars = (symbol: string, rows: readonly Row[]): DailyBars => ({
  symbol: ticker(symbol),
  day: Int32Array.from(rows, (row) => row.day),
  open: Float64Array.from(rows, (row) => row.open),
  high: Float64Array.from(rows, (row) => row.high),
  low: Float64Array.from(rows, (row) => row.low),
  close: Float64Array.from(rows, (row) => row.close),
  volume: Float64Array.from(rows, (row) => row.volume),
  dividend: Float64Array.from(rows, (row) => row.dividend ?? 0),
  splitRatio: Float64Array.from(rows, (row) => row.split ?? 1),
});

export const contextOf = (policy: Policy = defaultPolicy, session: EpochDay = asOf): CycleContext => ({
  cycleId: `cycle-${formatDay(session)}` as CycleId,
  fund: 'ballast',
  strategy: 'ensemble',
  asOf: session,
  scheduledAt: newYorkInstant(session, 15, 45),
  policy,
  opportunities: null,
});

/** Judges all rows as the nightly ingest would, and loads the last 252 when the symbol may trade. */
export function symbolInput(symbol: string, rows: readonly Row[], sector: string | null = 'Energy', session: EpochDay = asOf): SymbolInput {
  const quality = qualityAsOf(profileBars(toBars(symbol, rows), { adjustment: 'split-adjusted' }), session, defaultPolicy.quality);
  const governance = governSymbol(quality, defaultPolicy.governance);
  const bars = governance.state === 'ACTIVE' ? toBars(symbol, rows.slice(-252)) : null;
  return { symbol: ticker(symbol), sector, governance, quality, providerConfidence: 1, bars, facts: noFacts(ticker(symbol)) };
}

/** A market that drifts up quietly: `count` sessions that end before `before`. */
export function quietMarket(count = 1260, before: EpochDay = asOf): MarketHistory {
  const rng = seededRng('market');
  const days = sessionsBetween(sessionsBack(before, count), sessionsBack(before, 1));
  return { name: 'equal-weighted universe', day: days, simpleReturn: Float64Array.from(days, () => 0.0006 + 0.006 * rng.normal()) };
}

export const cashOnly = (equityUsd = 1_000_000): PortfolioInput => ({
  cashUsd: equityUsd,
  equityUsd,
  positions: [],
  peakEquityUsd: equityUsd,
  initialEquityUsd: equityUsd,
});
