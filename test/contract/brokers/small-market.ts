/** A market of a few symbols over a week and a day, small enough to check a fill by hand. */

import type { CorporateActions, MarketView, SessionBar } from '../../../apps/paper-exchange/market-view.ts';
import { createPaperExchange, type PaperExchange, type PaperExchangeOptions } from '../../../apps/paper-exchange/paper-exchange.ts';
import { newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import type { Bps, EpochDay, EpochMs, Ticker, Usd } from '../../../shared/kernel/units.ts';

export const monday = parseDay('2019-06-10');
export const friday = parseDay('2019-06-14');
export const mondayAfter = parseDay('2019-06-17');
/** Quarter to four in New York: when a cycle trades. */
export const tradingTime = (day: EpochDay): EpochMs => newYorkInstant(day, 15, 45);

export const ticker = (text: string): Ticker => text as Ticker;

/** The Monday after, counted as sessions are. */
const AFTER = mondayAfter - monday;

const flat = (price: number, volume = 1_000_000): SessionBar => ({ open: price, high: price, low: price, close: price, volume });

/**
 * GOOD closes 100, 101, 102, 103, 104 from Monday to Friday, each day from 2 below to 1 above its close. GONE leaves after Wednesday;
 * STUCK takes no orders; THIN trades 100 shares a day; nobody lends HARD. On the Monday after, PAYER pays half a dollar and SPLIT makes four of one.
 */
const barsOf: Readonly<Record<string, (session: number) => SessionBar | undefined>> = {
  GOOD: (session) => ({ open: 99 + session, high: 101 + session, low: 98 + session, close: 100 + session, volume: 1_000_000 }),
  OTHER: () => flat(50),
  PENNY: () => flat(0.5),
  THIN: () => flat(20, 100),
  GONE: (session) => (session <= 2 ? flat(10) : undefined),
  STUCK: () => flat(30),
  HARD: () => flat(60),
  PAYER: () => flat(40),
  SPLIT: (session) => flat(session < AFTER ? 80 : 20),
};

const actionsOf: Readonly<Record<string, CorporateActions>> = { PAYER: { dividendUsd: 0.5 }, SPLIT: { splitRatio: 4 } };

export const smallMarket: MarketView = {
  barOn: (symbol, day) => (day < monday - 14 ? undefined : barsOf[symbol]?.(day - monday)),
  isTradable: (symbol) => symbol !== 'STUCK',
  isEasyToBorrow: (symbol) => symbol !== 'HARD',
  actionsOn: (symbol, day) => (day === mondayAfter ? actionsOf[symbol] : undefined),
  symbols: () => Object.keys(barsOf) as Ticker[],
};

export interface MovableClock {
  now(): EpochMs;
  set(at: EpochMs): void;
}

export function movableClock(at: EpochMs): MovableClock {
  let now = at;
  return {
    now: () => now,
    set: (to) => {
      now = to;
    },
  };
}

export function countingIds(): () => string {
  let count = 0;
  return () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`;
}

export const keys = { keyId: 'PKTEST', secretKey: 'secret' };

/** No spread and no impact unless given, so that fills are at the bars' own prices. */
export const paperExchange = (clock: MovableClock, options: Partial<PaperExchangeOptions> = {}): PaperExchange =>
  createPaperExchange({
    market: smallMarket,
    clock,
    startingCashUsd: 100_000 as Usd,
    newId: countingIds(),
    spreadBps: 0 as Bps,
    impactBpsAtWholeVolume: 0 as Bps,
    requestsPerMinuteMax: Number.POSITIVE_INFINITY,
    mayShort: true,
    ...keys,
    ...options,
  });
