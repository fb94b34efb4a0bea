/**
 * The market as all companies of a data set with equal weight, rebalanced daily: the mean of their simple total returns, session by
 * session.
 *
 * 1. A company's return of a session is (close + dividend) / close of the session before − 1, closes split-adjusted.    addReturns
 * 2. Sums and counts add up over groups of companies that never meet in one place.                                      mergeSums
 * 3. The mean, where enough companies have a return.                                                                    equalWeighted
 *
 * Each return is taken or left out by what is known on its own day, so the series up to a day never changes with what follows:
 * left out are returns over a gap (the row before is not the session before), of a day delivered twice, to or from a price
 * that is not positive, and those so large that bad data is likelier than news.
 *
 * Not covered: capital weights, and the companies that the data set does not hold. One built from today's survivors rises too fast.
 */
import type { EpochDay } from '../../kernel/units.ts';
import { type DailyBars, lowerBound } from './bars.ts';
import { calendarCovers, sessionsBetween } from './calendar.ts';
import type { MarketHistory } from './market-history.ts';

/** Sums of simple returns by session. */
export interface ReturnSums {
  /** Sessions, ascending. */
  readonly day: readonly number[];
  readonly sum: readonly number[];
  /** Companies behind each sum. */
  readonly count: readonly number[];
}

export const equalWeightedName = 'equal-weighted universe';
/** With fewer, one company's news is the market's: as many as the factors want before they rank anybody. */
export const marketCompaniesMin = 10;
/** |log return|: −39 % or +65 % in a day, which in large companies one symbol-day in 43,000 is beyond, 1996 to 2023. */
export const extremeLogReturn = 0.5;

/**
 * Returns are counted in whole grains, so that sums are exact and do not depend on who is added to whom: a company that is listed one day
 * regroups the chunks of an ingest, and must not move the last digit of the years before.
 */
const RETURN_GRAIN = 2 ** -46;

/** Of all series together. Days that are no session of the exchange's calendar are left out. */
export function addReturns(series: readonly DailyBars[]): ReturnSums {
  const covered = series
    .flatMap(({ day }) => (day.length > 0 ? [day[0]!, day.at(-1)!] : []))
    .filter((day) => calendarCovers(day as EpochDay));
  if (covered.length === 0) return { day: [], sum: [], count: [] };
  const from = covered.reduce((least, day) => Math.min(least, day));
  const to = covered.reduce((most, day) => Math.max(most, day));
  const sessions = sessionsBetween(from as EpochDay, to as EpochDay);
  const sum = new Float64Array(sessions.length);
  const count = new Int32Array(sessions.length);
  for (const bars of series) addCompany(bars, sessions, sum, count);

  const filled = Array.from(count.keys()).filter((session) => count[session]! > 0);
  return {
    day: filled.map((session) => sessions[session]!),
    sum: filled.map((session) => sum[session]!),
    count: filled.map((session) => count[session]!),
  };
}

function addCompany({ day, close, dividend }: DailyBars, sessions: Int32Array, sum: Float64Array, count: Int32Array): void {
  let session = day.length > 0 ? lowerBound(sessions, day[0]!) : 0;
  for (let row = 1; row < day.length; row++) {
    while (session < sessions.length && sessions[session]! < day[row]!) session++;
    if (session === sessions.length) return;
    const isStep = session > 0 && sessions[session] === day[row] && sessions[session - 1] === day[row - 1];
    const isTwice = day[row + 1] === day[row] || day[row - 2] === day[row - 1];
    if (!isStep || isTwice) continue;
    const growth = (close[row]! + dividend[row]!) / close[row - 1]!;
    if (!(close[row - 1]! > 0 && close[row]! > 0 && Math.abs(Math.log(growth)) <= extremeLogReturn)) continue;
    sum[session]! += Math.round((growth - 1) / RETURN_GRAIN) * RETURN_GRAIN;
    count[session]! += 1;
  }
}

/** Added in the order given. */
export function mergeSums(parts: readonly ReturnSums[]): ReturnSums {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { day, sum, count } of parts) {
    day.forEach((one, index) => {
      const entry = sums.get(one) ?? { sum: 0, count: 0 };
      entry.sum += sum[index]!;
      entry.count += count[index]!;
      sums.set(one, entry);
    });
  }
  const ascending = [...sums].sort(([a], [b]) => a - b);
  return {
    day: ascending.map(([day]) => day),
    sum: ascending.map(([, { sum }]) => sum),
    count: ascending.map(([, { count }]) => count),
  };
}

/** Sessions with fewer than `companiesMin` companies are left out. */
export function equalWeighted({ day, sum, count }: ReturnSums, companiesMin = marketCompaniesMin): MarketHistory {
  const kept = [...day.keys()].filter((index) => count[index]! >= companiesMin);
  return {
    name: equalWeightedName,
    day: Int32Array.from(kept, (index) => day[index]!),
    simpleReturn: Float64Array.from(kept, (index) => sum[index]! / count[index]!),
  };
}

/** The series of an index by its closes; a level that is not positive ends one return and begins none. */
export function indexReturns(name: string, { day, close }: DailyBars): MarketHistory {
  const kept = [...day.keys()].filter((row) => row > 0 && close[row - 1]! > 0 && close[row]! > 0 && day[row]! > day[row - 1]!);
  return {
    name,
    day: Int32Array.from(kept, (row) => day[row]!),
    simpleReturn: Float64Array.from(kept, (row) => close[row]! / close[row - 1]! - 1),
  };
}
