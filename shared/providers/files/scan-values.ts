/**
 * Numbers and dates straight from bytes. A plain decimal of at most 15 digits is exact this way: its digits and its power
 * of ten are whole numbers a double holds exactly, so their quotient is rounded once, as the language's own parser does.
 */
import { tryParseDay } from '../../kernel/days.ts';

/** What `parseDayBytes` gives for bytes that are no date; no market has a session there. */
export const noDay = -2147483648;
/** What `parseNumberBytes` gives for bytes that are no number. */
export const noNumber = Number.POSITIVE_INFINITY;

const powersOfTen = Float64Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/;
const zero = 0x30;
const point = 0x2e;
const minus = 0x2d;

/** The number written in [start, end), or `noNumber`. Words such as NaN or Infinity, hexadecimal and blanks are no numbers. */
export function parseNumberBytes(text: Buffer, start: number, end: number): number {
  const isNegative = text[start] === minus;
  let at = isNegative ? start + 1 : start;
  const firstDigit = at;
  if (end - at > 16 || end <= at) return parseOther(text, start, end);
  let digits = 0;
  for (; at < end; at++) {
    const digit = text[at]! - zero;
    if (digit < 0 || digit > 9) break;
    digits = digits * 10 + digit;
  }
  let decimals = 0;
  if (at < end && text[at] === point && at > firstDigit) {
    at++;
    const fractionStart = at;
    for (; at < end; at++) {
      const digit = text[at]! - zero;
      if (digit < 0 || digit > 9) break;
      digits = digits * 10 + digit;
    }
    decimals = at - fractionStart;
  }
  if (at < end || digits > 999_999_999_999_999) return parseOther(text, start, end);
  const value = decimals === 0 ? digits : digits / powersOfTen[decimals]!;
  return isNegative ? -value : value;
}

function parseOther(text: Buffer, start: number, end: number): number {
  const written = text.toString('latin1', start, end);
  const value = decimal.test(written) ? Number(written) : noNumber;
  return Number.isFinite(value) ? value : noNumber;
}

/** The `EpochDay` of a date written YYYY-MM-DD in [start, end), or `noDay`. */
export function parseDayBytes(text: Buffer, start: number, end: number): number {
  if (end - start !== 10 || text[start + 4] !== minus || text[start + 7] !== minus) return noDay;
  const year = twoDigits(text, start) * 100 + twoDigits(text, start + 2);
  const month = twoDigits(text, start + 5);
  const dayOfMonth = twoDigits(text, start + 8);
  if (!(year >= 1 && month >= 1 && month <= 12 && dayOfMonth >= 1 && dayOfMonth <= 31)) return noDay;
  // The last days of a month are rare enough to ask the calendar about each one.
  if (dayOfMonth > 28) return tryParseDay(text.toString('latin1', start, end)) ?? noDay;
  return daysFromCivil(year, month, dayOfMonth);
}

/** NaN when either byte is no digit, so that every comparison with it fails. */
function twoDigits(text: Buffer, at: number): number {
  const tens = text[at]! - zero;
  const ones = text[at + 1]! - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Howard Hinnant's `days_from_civil` for years of our era: the year is taken to begin in March, so that a leap day ends it. */
function daysFromCivil(year: number, month: number, dayOfMonth: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
