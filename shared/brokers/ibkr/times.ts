/**
 * Times as TWS writes them: `20190614 15:45:00 US/Eastern`, `20190614-19:45:00` (UTC), hours as `20190614:0930-20190614:1600` or
 * `20190615:CLOSED`. Which zone an execution is told in is a setting of the gateway; UTC and New York are read, another one is refused.
 */
import { newYorkInstant } from '../../domain/market/calendar.ts';
import { tryParseDay, utcMidnight } from '../../kernel/days.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import type { EpochDay, EpochMs } from '../../kernel/units.ts';
import type { BrokerSession } from '../broker.ts';

const INSTANT = /^(\d{8})(-| +)(\d\d):(\d\d):(\d\d)(?: (\S+))?$/;
const newYorkZones = new Set(['US/Eastern', 'America/New_York', 'EST5EDT', 'EST', 'EDT']);
const MS_PER_SECOND = 1000;
const MS_PER_MINUTE = 60_000;

/** @throws ContractViolation for what is no instant, or lies in a zone that is neither UTC nor New York's. */
export function instantFromTws(text: string): EpochMs {
  const [, date, separator, hour, minute, second, zone] = INSTANT.exec(text) ?? [];
  const day = date === undefined ? undefined : dayFromTws(date);
  if (day === undefined) throw new ContractViolation('TWS tells times as YYYYMMDD hh:mm:ss with their zone', { text });
  const [hours, minutes, milliseconds] = [Number(hour), Number(minute), Number(second) * MS_PER_SECOND];
  if (zone === 'UTC' || zone === 'GMT' || (zone === undefined && separator === '-'))
    return (utcMidnight(day) + (hours * 60 + minutes) * MS_PER_MINUTE + milliseconds) as EpochMs;
  if (zone !== undefined && newYorkZones.has(zone)) return (newYorkInstant(day, hours, minutes) + milliseconds) as EpochMs;
  throw new ContractViolation('the gateway tells times in UTC or New York time; set it so in its API settings', { text });
}

/** `YYYYMMDD-hh:mm:ss`, UTC. */
export const twsInstant = (at: EpochMs): string => {
  const iso = new Date(at).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19)}`;
};

/** YYYYMMDD. */
export const dayFromTws = (text: string): EpochDay | undefined =>
  /^\d{8}$/.test(text) ? tryParseDay(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`) : undefined;

/** The days that TWS tells the hours of, oldest first; null for a day without a session. @throws ContractViolation for what it cannot read. */
export function sessionsFromHours(hours: string): ReadonlyMap<EpochDay, BrokerSession | null> {
  const days = new Map<EpochDay, BrokerSession | null>();
  for (const part of hours.split(';').filter((text) => text !== '')) {
    const closed = /^(\d{8}):CLOSED$/.exec(part);
    const open = /^(\d{8}):(\d\d)(\d\d)-(\d{8}):(\d\d)(\d\d)$/.exec(part);
    const day = dayFromTws(closed?.[1] ?? open?.[1] ?? '');
    if (day === undefined) throw new ContractViolation('TWS tells trading hours as YYYYMMDD:hhmm-YYYYMMDD:hhmm', { part });
    days.set(day, open ? { day, opensAt: `${open[2]}:${open[3]}`, closesAt: `${open[5]}:${open[6]}` } : null);
  }
  return days;
}
