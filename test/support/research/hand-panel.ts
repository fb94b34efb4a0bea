/**
 * Panels for tests of research: from literals, for cases that a reader works out by hand, and simulated from a seed, for properties.
 *
 *   panelOf({ AAA: [[10, 11, 9, 10.5, 1000], null, [11, 12, 10, 11, 1000]] })
 *
 * One row is `[open, high, low, close, volume]`; a number alone is a bar that stands at that price with a volume of 1,000,000; null is no bar.
 * The axis is the exchange's sessions, beginning with Thursday 2014-01-02, unless `days` says otherwise.
 */
import { nextSession } from '../../../shared/domain/market/calendar.ts';
import type { EarningsRelease } from '../../../shared/domain/market/facts.ts';
import type { Membership, Panel, PriceBasis, Series } from '../../../shared/domain/research/panel.ts';
import { type BacktestRules, freeCosts, noFinancing } from '../../../shared/domain/research/rules.ts';
import { contentHash } from '../../../shared/kernel/canonical-json.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { type Rng, seededRng } from '../../../shared/kernel/rng.ts';
import type { EpochDay, Ticker } from '../../../shared/kernel/units.ts';

export type HandBar = readonly [open: number, high: number, low: number, close: number, volume: number] | number | null;

export interface HandOptions {
  readonly basis?: PriceBasis;
  /** Of each moment; sessions from 2014-01-02 on otherwise. */
  readonly days?: readonly string[];
  /** Minute of the day at which each moment ends; makes it a panel of minutes. */
  readonly endMinutes?: readonly number[];
  /** USD per share, by symbol and moment. */
  readonly dividends?: Readonly<Record<string, Readonly<Record<number, number>>>>;
  /** New shares per old, by symbol and moment. */
  readonly splits?: Readonly<Record<string, Readonly<Record<number, number>>>>;
  readonly earnings?: Readonly<Record<string, readonly EarningsRelease[]>>;
}

const FIRST_DAY = parseDay('2014-01-02');
const USUAL_VOLUME = 1_000_000;

/** Symbols may come in any order; each has one row per moment, and the longest says how many moments there are. */
export function panelOf(rows: Readonly<Record<string, readonly HandBar[]>>, options: HandOptions = {}): Panel {
  const symbols = Object.keys(rows).toSorted();
  const moments = Math.max(0, ...symbols.map((symbol) => rows[symbol]!.length));
  const day = options.days ? Int32Array.from(options.days, (text) => parseDay(text)) : sessionsFrom(FIRST_DAY, moments);
  const endMinute = options.endMinutes ? Int16Array.from(options.endMinutes) : null;
  const rowOf = new Int32Array(symbols.length * moments).fill(-1);
  const series = symbols.map((symbol, s) => {
    const at = rows[symbol]!.flatMap((bar, moment) => (bar === null ? [] : [moment]));
    at.forEach((moment, row) => {
      rowOf[s * moments + moment] = row;
    });
    return seriesOf(symbol, at, rows[symbol]!, { day, endMinute }, options);
  });
  return {
    frequency: endMinute === null ? 'daily' : 'minute',
    basis: options.basis ?? 'split-adjusted',
    day,
    endMinute,
    series,
    rowOf,
    earnings: options.earnings ? symbols.map((symbol) => options.earnings?.[symbol] ?? []) : null,
    source: { name: 'by hand', sha256: 'by-hand' },
  };
}

type Axis = Pick<Panel, 'day' | 'endMinute'>;

function seriesOf(symbol: string, at: readonly number[], bars: readonly HandBar[], axis: Axis, options: HandOptions): Series {
  const column = (place: 0 | 1 | 2 | 3 | 4): Float64Array => Float64Array.from(at, (moment) => figureOf(bars[moment]!, place));
  return {
    symbol: symbol as Ticker,
    day: Int32Array.from(at, (moment) => axis.day[moment]!),
    endMinute: axis.endMinute && Int16Array.from(at, (moment) => axis.endMinute![moment]!),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(4),
    dividend: Float64Array.from(at, (moment) => options.dividends?.[symbol]?.[moment] ?? 0),
    splitRatio: Float64Array.from(at, (moment) => options.splits?.[symbol]?.[moment] ?? 1),
  };
}

const figureOf = (bar: Exclude<HandBar, null>, place: 0 | 1 | 2 | 3 | 4): number =>
  typeof bar === 'number' ? (place === 4 ? USUAL_VOLUME : bar) : bar[place];

/** `count` sessions of the exchange, the first of them on or after `first`. */
export function sessionsFrom(first: EpochDay, count: number): Int32Array {
  const days = new Int32Array(count);
  let before = (first - 1) as EpochDay;
  for (let moment = 0; moment < count; moment++) {
    before = nextSession(before);
    days[moment] = before;
  }
  return days;
}

export interface SimulatedOptions extends HandOptions {
  readonly symbols: number;
  readonly moments: number;
  readonly seed: string;
  /** How often a symbol has no bar; 0 unless said. */
  readonly missingFrac?: number;
  readonly dailyVol?: number;
  readonly dailyDrift?: number;
}

/** Random walks that share a market factor, one stream of luck per symbol: S000, S001, … */
export function simulatedPanel({ symbols, moments, seed, missingFrac = 0, dailyVol, dailyDrift, ...options }: SimulatedOptions): Panel {
  const walk = { ...(dailyVol === undefined ? {} : { dailyVol }), ...(dailyDrift === undefined ? {} : { dailyDrift }) };
  const panel = panelOf(simulatedBars({ symbols, moments, seed, missingFrac, ...walk }), options);
  return { ...panel, source: { name: `simulated from "${seed}"`, sha256: contentHash({ seed, symbols, moments, missingFrac }) } };
}

type WalkOptions = Omit<SimulatedOptions, keyof HandOptions>;

/** The rows of such a panel, for whoever wants to change them before they become one. */
export function simulatedBars(walk: WalkOptions): Readonly<Record<string, readonly HandBar[]>> {
  const { symbols, moments, seed, missingFrac = 0, dailyVol = 0.015, dailyDrift = 0.0003 } = walk;
  const rng = seededRng(`hand-panel/${seed}`);
  const market = Float64Array.from({ length: moments }, () => 0.6 * dailyVol * rng.normal());
  return Object.fromEntries(
    Array.from({ length: symbols }, (_, s) => {
      const name = `S${String(s).padStart(3, '0')}`;
      return [name, walkOf(rng.fork(name), market, { missingFrac, dailyVol, dailyDrift })];
    }),
  );
}

function walkOf(
  rng: Rng,
  market: Float64Array,
  { missingFrac, dailyVol, dailyDrift }: { readonly missingFrac: number; readonly dailyVol: number; readonly dailyDrift: number },
): HandBar[] {
  let price = 20 + 80 * rng.uniform();
  const loading = 0.4 + 1.2 * rng.uniform();
  return Array.from(market, (shared): HandBar => {
    const open = price * Math.exp(0.2 * dailyVol * rng.normal());
    price *= Math.exp(dailyDrift + loading * shared + 0.8 * dailyVol * rng.normal());
    const high = Math.max(open, price) * (1 + 0.3 * dailyVol * rng.uniform());
    const low = Math.min(open, price) * (1 - 0.3 * dailyVol * rng.uniform());
    const volume = Math.round(USUAL_VOLUME * (0.5 + rng.uniform()));
    return rng.uniform() < missingFrac ? null : [open, high, low, price, volume];
  });
}

/** Who belongs, moment by moment. Everybody listed is priced unless `unpriced` says how many more the list has. */
export function membershipOf(panel: Panel, isMember: (symbol: string, moment: number) => boolean, unpriced = 0): Membership {
  const moments = panel.day.length;
  const mask = new Uint8Array(panel.series.length * moments);
  const priced = new Int32Array(moments);
  panel.series.forEach(({ symbol }, s) => {
    for (let moment = 0; moment < moments; moment++) {
      if (!isMember(symbol, moment)) continue;
      mask[s * moments + moment] = 1;
      priced[moment]! += 1;
    }
  });
  return { name: 'by hand', mask, listed: priced.map((count) => count + unpriced), priced };
}

/** A million dollars, next open, all cash, nothing costs anything; what a test is about is said on top. */
export const handRules = (given: Partial<BacktestRules> = {}): BacktestRules => ({
  cashUsd: 1_000_000,
  fill: 'next-open',
  sizing: { kind: 'all-cash', whole: false },
  costs: freeCosts,
  financing: noFinancing,
  account: { kind: 'cash' },
  allowShort: false,
  wholeShares: false,
  participationFracMax: null,
  sessionsPerYear: 252,
  ...given,
});
