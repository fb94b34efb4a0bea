/**
 * When a schedule fires: `rate(value unit)`, `cron(…)` and `at(…)`, for EventBridge Scheduler in any zone and for
 * EventBridge rules in UTC.
 *
 * Daylight saving, as the Scheduler user guide has it ("Daylight savings time"): a cron or at time that the spring
 * change skips does not fire; one that the autumn change repeats fires once (we take its first showing); a rate in days
 * is 24 hours of elapsed time, whatever the clocks do.
 */
import type { EpochDay, EpochMs } from '../../../shared/kernel/units.ts';
import { AwsError } from '../service.ts';
import { type CronFields, parseCronFields } from './cron-fields.ts';
import { type Zone, zoneOf } from './zone.ts';

export interface ScheduleExpression {
  readonly kind: 'rate' | 'cron' | 'at';
  /** The first firing strictly after that instant; `undefined` when there is none. */
  next(after: EpochMs): EpochMs | undefined;
}

export interface ScheduleExpressionOptions {
  /** Where a rate counts from; the epoch unless given. */
  readonly startsAt?: EpochMs;
  /** Rules refuse `rate(1 hours)` and `rate(5 hour)`; Scheduler takes both. */
  readonly strictUnits?: boolean;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const LAST_DAY = Date.UTC(2199, 11, 31) / DAY_MS;

/** @throws AwsError ValidationException naming the expression. */
export function parseScheduleExpression(text: string, timeZone = 'UTC', options: ScheduleExpressionOptions = {}): ScheduleExpression {
  const zone = zoneOf(timeZone);
  const [, kind, body = ''] = /^(rate|cron|at)\((.*)\)$/.exec(text) ?? [];
  switch (kind) {
    case 'rate':
      return rate(body, text, options);
    case 'cron':
      return cron(body, text, zone);
    case 'at':
      return at(body, text, zone);
    default:
      throw invalid(text, 'it is none of rate(…), cron(…), at(…)');
  }
}

const invalid = (text: string, reason: string): AwsError =>
  new AwsError('ValidationException', `Invalid Schedule Expression ${text}: ${reason}.`);

function rate(body: string, text: string, { startsAt = 0 as EpochMs, strictUnits = false }: ScheduleExpressionOptions): ScheduleExpression {
  const match = /^(\d+)\s+(minute|hour|day)(s?)$/.exec(body.trim());
  const value = Number(match?.[1]);
  if (!match || value < 1) throw invalid(text, 'a rate is a positive whole number and minutes, hours or days');
  if (strictUnits && (value === 1) === (match[3] === 's')) throw invalid(text, 'the unit is singular for 1 and plural above');
  const unitMs = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: DAY_MS }[match[2] as 'minute' | 'hour' | 'day'];
  const stepMs = value * unitMs;
  return {
    kind: 'rate',
    next: (after) => (startsAt + Math.max(0, Math.floor((after - startsAt) / stepMs) + 1) * stepMs) as EpochMs,
  };
}

function at(body: string, text: string, zone: Zone): ScheduleExpression {
  const wall = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(body) ? Date.parse(`${body}Z`) : Number.NaN;
  // Date.parse rolls 2023-02-30 over to March; the text must come back as it went in.
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== body) throw invalid(text, 'write at(yyyy-mm-ddThh:mm:ss)');
  const instant = zone.instantOf(wall);
  return { kind: 'at', next: (after) => (instant !== undefined && instant > after ? instant : undefined) };
}

function cron(body: string, text: string, zone: Zone): ScheduleExpression {
  const fields = parseCronFields(body);
  if ('reason' in fields) throw invalid(text, fields.reason);
  return {
    kind: 'cron',
    next(after) {
      const firstDay = Math.floor((after + zone.offsetMs(after)) / DAY_MS);
      for (let day = firstDay; day <= LAST_DAY; day++) {
        const date = new Date(day * DAY_MS);
        const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
        const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
        const dayOfMonth = date.getUTCDate();
        if (!fields.years.has(year) || !fields.months.has(month)) day += daysInMonth - dayOfMonth;
        else if (fields.choosesDay({ day: day as EpochDay, dayOfMonth, daysInMonth })) {
          const instant = firstOfDay(day * DAY_MS, after, fields, zone);
          if (instant !== undefined) return instant;
        }
      }
      return undefined;
    },
  };
}

function firstOfDay(midnight: number, after: EpochMs, { hours, minutes }: CronFields, zone: Zone): EpochMs | undefined {
  const steady = zone.steadyOffsetMs(midnight);
  for (const hour of hours) {
    // Skips whole hours that are over, where an hour is an hour.
    if (steady !== undefined && midnight + (hour + 1) * 60 * MINUTE_MS - steady <= after) continue;
    for (const minute of minutes) {
      const wall = midnight + (hour * 60 + minute) * MINUTE_MS;
      const instant = steady === undefined ? zone.instantOf(wall) : ((wall - steady) as EpochMs);
      if (instant !== undefined && instant > after) return instant;
    }
  }
  return undefined;
}
