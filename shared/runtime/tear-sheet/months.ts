/**
 * Returns by calendar month and year, compounded from the sessions of each: the equity at a month's last session over that at the last session
 * before the month, the first over the opening cash. A month that the run begins or ends in is counted as far as it goes.
 */
import { formatDay } from '../../kernel/days.ts';
import type { EpochDay } from '../../kernel/units.ts';

export interface YearOfMonths {
  readonly year: number;
  /** Twelve; NaN for a month outside the run. */
  readonly monthFrac: Float64Array;
  readonly yearFrac: number;
}

export interface MonthTotal {
  /** YYYY-MM. */
  readonly month: string;
  /** One past its last session, and its first. */
  readonly from: number;
  readonly to: number;
}

/** The runs of sessions that fall into one month each, in order. */
export function monthsOf(day: Int32Array): MonthTotal[] {
  const months: MonthTotal[] = [];
  let [from, month] = [0, monthAt(day, 0)];
  for (let s = 0; s < day.length; s++) {
    const next = monthAt(day, s + 1);
    if (next === month) continue;
    months.push({ month, from, to: s + 1 });
    [from, month] = [s + 1, next];
  }
  return months;
}

export function yearsOfMonths(day: Int32Array, equityUsd: Float64Array, openingUsd: number): YearOfMonths[] {
  const years: { year: number; monthFrac: Float64Array; openedUsd: number; closedUsd: number }[] = [];
  for (const { month, from, to } of monthsOf(day)) {
    const year = Number(month.slice(0, 4));
    const openedUsd = from === 0 ? openingUsd : equityUsd[from - 1]!;
    const closedUsd = equityUsd[to - 1]!;
    const own =
      years.at(-1)?.year === year ? years.at(-1)! : { year, monthFrac: new Float64Array(12).fill(Number.NaN), openedUsd, closedUsd };
    if (years.at(-1) !== own) years.push(own);
    own.monthFrac[Number(month.slice(5)) - 1] = closedUsd / openedUsd - 1;
    own.closedUsd = closedUsd;
  }
  return years.map(({ year, monthFrac, openedUsd, closedUsd }) => ({ year, monthFrac, yearFrac: closedUsd / openedUsd - 1 }));
}

const monthAt = (day: Int32Array, session: number): string =>
  session < day.length ? formatDay(day[session]! as EpochDay).slice(0, 7) : '';
