/**
 * What the fund has stored when a cycle runs, rows of the session traded and of later ones included: bars as delivered, facts, an
 * index. A market of sixteen companies cut out of the simulated one, so that decisions rest on reports, releases and headlines as well
 * as on prices: one company is bought and delisted after the session, one has too short a history, one split shortly before.
 */
import type { DailyBars } from '../../../shared/domain/market/bars.ts';
import { sessionsBack } from '../../../shared/domain/market/calendar.ts';
import type { SymbolFacts } from '../../../shared/domain/market/facts.ts';
import { newYorkDay } from '../../../shared/domain/market/new-york-time.ts';
import { simulateMarket } from '../../../shared/domain/market/simulator/simulate-market.ts';
import { simulatedUniverse } from '../../../shared/domain/market/simulator/universe.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import type { EpochDay, Ticker } from '../../../shared/kernel/units.ts';
import { type Row, toBars } from '../../unit/domain/fixtures.ts';

export interface StoredData {
  /** Rows in the order delivered. */
  readonly bars: readonly DailyBars[];
  /** Each list ascends by the day its facts became known. */
  readonly facts: readonly SymbolFacts[];
  /** Levels of the index that is the market; null where the market is all companies with equal weight. */
  readonly index: DailyBars | null;
  readonly sectors: ReadonlyMap<string, string>;
}

export const asOf = parseDay('2022-04-28');
/** Shares that the fund holds. */
export const held = { QBYT: 900, QGAS: 1500, QELE: 800, QHUL: 700 };
/** How far the stored rows reach beyond the session. */
const lastDay = parseDay('2022-12-30');
/** Of this company too few rows lie before the session, and enough before the last day. */
const shortHistory = { symbol: 'ZTEA', rows: 1220 };

const chosen: readonly string[] = [
  ...['QALD', 'QBYT', 'QDEL', 'QLAT', 'QBIO', 'QPHA', 'QANC', 'QKEE', 'QBAZ', 'QHUL', 'QRAI', 'QBRE', 'ZTEA', 'QFEE', 'QGAS', 'QELE'],
];

/** Made once in a process and never changed: whoever changes something makes another. */
export const storedData: StoredData = cutOut();

function cutOut(): StoredData {
  const market = simulateMarket({ seed: 1 });
  const companies = simulatedUniverse.filter(({ symbol }) => chosen.includes(symbol));
  const bars = companies.map(({ symbol }): DailyBars => {
    const rows = rowsOf(market.bars.get(symbol)!).filter(({ day }) => day <= lastDay);
    const first = symbol === shortHistory.symbol ? sessionsBack(asOf, shortHistory.rows) : Number.NEGATIVE_INFINITY;
    return toBars(
      symbol,
      rows.filter(({ day }) => day >= first),
    );
  });
  return {
    bars,
    facts: companies.map(({ symbol }) => upTo(market.facts.get(symbol)!)),
    index: null,
    sectors: new Map(companies.map(({ symbol, sector }) => [symbol, sector])),
  };
}

function upTo({ symbol, reports, earnings, news }: SymbolFacts): SymbolFacts {
  return {
    symbol,
    reports: reports.filter(({ availableDay }) => availableDay <= lastDay),
    earnings: earnings.filter(({ availableDay }) => availableDay <= lastDay),
    news: news.filter(({ publishedAt }) => newYorkDay(publishedAt) <= lastDay),
  };
}

/**
 * The same companies, the market told by an index of its own: it rises, and a storm passes through it now and then. The last one is just
 * over when the session comes, so that what the regime makes of it decides how much may be bought.
 */
export function withIndex(data: StoredData): StoredData {
  const rng = seededRng('index');
  const days = [...new Set(data.bars.flatMap(({ day }) => [...day]))].sort((a, b) => a - b);
  const storms = { every: 150, lasting: 25, shift: 53 };
  let close = 1000;
  const rows = days.map((day, session): Row => {
    const isStorm = (session + storms.shift) % storms.every < storms.lasting;
    close *= Math.exp(0.0008 + (isStorm ? 0.02 : 0.0075) * rng.normal());
    return { day: day as EpochDay, open: close, high: close, low: close, close, volume: 0 };
  });
  return { ...data, index: toBars('^IDX', rows) };
}

/** Rows of the series in the order delivered. */
export function rowsOf({ day, open, high, low, close, volume, dividend, splitRatio }: DailyBars): Row[] {
  return Array.from(day, (one, row) => ({
    day: one as EpochDay,
    open: open[row]!,
    high: high[row]!,
    low: low[row]!,
    close: close[row]!,
    volume: volume[row]!,
    dividend: dividend[row]!,
    split: splitRatio[row]!,
  }));
}

export const tickerOf = (symbol: string): Ticker => symbol as Ticker;
