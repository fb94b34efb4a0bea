/** Dates without times. A session is named by its New York date; an `EpochDay` is that date as a whole number. */
import { ContractViolation } from './errors.ts';
import type { EpochDay, EpochMs } from './units.ts';

const MS_PER_DAY = 86_400_000;
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** @throws ContractViolation unless `text` is a real calendar date as YYYY-MM-DD. */
export function parseDay(text: string): EpochDay {
  const day = tryParseDay(text);
  if (day === undefined) throw new ContractViolation(`"${text}" is no date: write it as YYYY-MM-DD`, { text });
  return day;
}

/** As `parseDay`, but `undefined` for what is no date; for hot loops that report bad rows themselves. */
export function tryParseDay(text: string): EpochDay | undefined {
  const match = ISO_DATE.exec(text);
  if (!match) return undefined;
  const [year, month, dayOfMonth] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const ms = Date.UTC(year, month - 1, dayOfMonth);
  const date = new Date(ms);
  // Date.UTC reads the years 0 to 99 as 1900 to 1999; such a year is a slip of the pen.
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== dayOfMonth) return undefined;
  return (ms / MS_PER_DAY) as EpochDay;
}

/** YYYY-MM-DD. */
export const formatDay = (day: EpochDay): string => new Date(day * MS_PER_DAY).toISOString().slice(0, 10);

export const yearOf = (day: EpochDay): number => new Date(day * MS_PER_DAY).getUTCFullYear();

/** 0 is Sunday, as in `Date`. */
export const weekdayOf = (day: EpochDay): number => (((day + 4) % 7) + 7) % 7;

/** Midnight UTC of that date; the instant a zone conversion starts from. */
export const utcMidnight = (day: EpochDay): EpochMs => (day * MS_PER_DAY) as EpochMs;
