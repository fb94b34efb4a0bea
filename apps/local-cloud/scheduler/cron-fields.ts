/**
 * The six fields of an AWS cron expression: minutes, hours, day of month, month, day of week, year. Unlike Unix cron,
 * weekdays count 1 to 7 from Sunday, exactly one of the two day fields is `?`, and there are L, W and #.
 * Source: EventBridge user guide, "Cron expressions"; the tables of fields and wildcards there are the law here.
 */

import { weekdayOf } from '../../../shared/kernel/days.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';

export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  /** Whether the day fields choose this date. */
  readonly choosesDay: (date: CalendarDate) => boolean;
}

export interface CalendarDate {
  readonly day: EpochDay;
  readonly dayOfMonth: number;
  readonly daysInMonth: number;
}

/** Returns a reason in place of fields when the text is no AWS cron expression. */
export function parseCronFields(text: string): CronFields | { readonly reason: string } {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 6) return { reason: 'a cron expression has six fields' };
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = parts.map((part) => part.toUpperCase()) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) return { reason: 'one of day-of-month and day-of-week must be ?, the other must not' };
  try {
    return {
      minutes: sorted(valuesOf(minutes, { low: 0, high: 59, steps: true })),
      hours: sorted(valuesOf(hours, { low: 0, high: 23, steps: true, wraps: true })),
      months: valuesOf(month, { low: 1, high: 12, steps: true, names: monthNames }),
      years: valuesOf(year, { low: 1970, high: 2199, steps: true }),
      choosesDay: dayOfWeek === '?' ? monthDayChooser(dayOfMonth) : weekDayChooser(dayOfWeek),
    };
  } catch (error) {
    if (error instanceof FieldError) return { reason: error.message };
    throw error;
  }
}

class FieldError extends Error {
  override readonly name = 'FieldError';
}

interface FieldRange {
  readonly low: number;
  readonly high: number;
  readonly steps?: boolean;
  /** A range may run past the end and go on from the start, as 20-2 does for hours. */
  readonly wraps?: boolean;
  readonly names?: readonly string[];
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const weekdays: FieldRange = { low: 1, high: 7, wraps: true, names: weekdayNames };

const sorted = (values: ReadonlySet<number>): number[] => [...values].sort((a, b) => a - b);

function valuesOf(text: string, range: FieldRange): ReadonlySet<number> {
  const values = new Set<number>();
  for (const item of text.split(',')) for (const value of itemValues(item, range)) values.add(value);
  return values;
}

function itemValues(item: string, range: FieldRange): number[] {
  const [span = '', stepText, ...rest] = item.split('/');
  if (rest.length > 0 || (stepText !== undefined && (!range.steps || !/^[1-9]\d*$/.test(stepText))))
    throw new FieldError(`${item} is no step`);
  const [first, last] = spanOf(span, stepText !== undefined, range);
  const step = Number(stepText ?? 1);
  const size = range.high - range.low + 1;
  const end = last >= first ? last : last + size;
  const values: number[] = [];
  for (let value = first; value <= end; value += step) values.push(range.low + ((value - range.low) % size));
  return values;
}

function spanOf(span: string, stepped: boolean, range: FieldRange): [first: number, last: number] {
  if (span === '*') return [range.low, range.high];
  const [from = '', to, ...rest] = span.split('-');
  if (rest.length > 0) throw new FieldError(`${span} is no range`);
  const first = valueIn(from, range);
  if (to === undefined) return [first, stepped ? range.high : first];
  const last = valueIn(to, range);
  if (last < first && !range.wraps) throw new FieldError(`${span} runs backwards`);
  return [first, last];
}

function valueIn(text: string, { low, high, names }: FieldRange): number {
  const named = names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + low : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= low && value <= high)) throw new FieldError(`${text || 'an empty value'} is not within ${low}-${high}`);
  return value;
}

function monthDayChooser(text: string): (date: CalendarDate) => boolean {
  const nearest = /^(\d+)W$/.exec(text);
  if (nearest) {
    const wanted = valueIn(nearest[1]!, { low: 1, high: 31 });
    return (date) => wanted <= date.daysInMonth && date.dayOfMonth === nearestWeekday(wanted, date);
  }
  const items = text.split(',');
  const lastDay = items.includes('L');
  const plain = items.filter((item) => item !== 'L');
  const days = plain.length > 0 ? valuesOf(plain.join(','), { low: 1, high: 31, steps: true }) : new Set<number>();
  return (date) => days.has(date.dayOfMonth) || (lastDay && date.dayOfMonth === date.daysInMonth);
}

/** The weekday closest to that day, never leaving the month. */
function nearestWeekday(wanted: number, date: CalendarDate): number {
  const weekday = weekdayOf((date.day - date.dayOfMonth + wanted) as EpochDay);
  if (weekday === 6) return wanted > 1 ? wanted - 1 : wanted + 2;
  if (weekday === 0) return wanted < date.daysInMonth ? wanted + 1 : wanted - 2;
  return wanted;
}

function weekDayChooser(text: string): (date: CalendarDate) => boolean {
  const instance = /^(\w+)#([1-5])$/.exec(text);
  if (instance) {
    const weekday = valueIn(instance[1]!, weekdays) - 1;
    return (date) => weekdayOf(date.day) === weekday && Math.ceil(date.dayOfMonth / 7) === Number(instance[2]);
  }
  const last = /^(\w+)L$/.exec(text);
  if (last) {
    const weekday = valueIn(last[1]!, weekdays) - 1;
    return (date) => weekdayOf(date.day) === weekday && date.dayOfMonth > date.daysInMonth - 7;
  }
  // A lone L is the last day of the week, which is Saturday here.
  const chosen = valuesOf(
    text
      .split(',')
      .map((item) => (item === 'L' ? '7' : item))
      .join(','),
    weekdays,
  );
  return (date) => chosen.has(weekdayOf(date.day) + 1);
}
