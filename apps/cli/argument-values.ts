/** What a command is given, read from text: each value as it must be, or one sentence that says how to write it. */
import { InvalidArgumentError } from 'commander';
import { type StageName, stages } from '../../shared/contracts/names/index.ts';
import { calendarCovers } from '../../shared/domain/market/calendar.ts';
import { tryParseDay } from '../../shared/kernel/days.ts';
import type { EpochDay } from '../../shared/kernel/units.ts';

export function stageName(text: string): StageName {
  const stage = stages.find((name) => name === text);
  if (stage === undefined) throw new InvalidArgumentError(`There is no such stage: use ${stages.join(', ')}.`);
  return stage;
}

export function dayOf(text: string): EpochDay {
  const parsed = tryParseDay(text);
  if (parsed === undefined) throw new InvalidArgumentError('It is no date of the calendar: write a real one as YYYY-MM-DD.');
  return parsed;
}

export function sessionDay(text: string): EpochDay {
  const parsed = dayOf(text);
  if (!calendarCovers(parsed)) throw new InvalidArgumentError('The exchange calendar here covers the years 1962 to 2040.');
  return parsed;
}

export function sharesOf(text: string): number {
  const value = Number(text);
  if (!/^\d{1,10}(\.\d{1,4})?$/.test(text) || value === 0)
    throw new InvalidArgumentError('It must be a number of shares above zero, with at most 4 decimals.');
  return value;
}

/** Both ends of what the text names: a whole day of UTC, a minute, or one instant. */
export function spanOf(text: string): { readonly firstMs: number; readonly lastMs: number } {
  const day = tryParseDay(text) !== undefined;
  const firstMs = day || /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(firstMs)) throw new InvalidArgumentError('It must be a day, YYYY-MM-DD, or an instant, e.g. 2026-01-05T20:45Z (UTC).');
  const lengthMs = day ? 24 * 3_600_000 : /T\d{2}:\d{2}Z$/.test(text) ? 60_000 : /\.\d+Z$/.test(text) ? 1 : 1000;
  return { firstMs, lastMs: firstMs + lengthMs - 1 };
}

/** Minutes after midnight. */
export function timeOfDay(text: string): number {
  const match = /^(\d{1,2}):(\d{2})$/.exec(text);
  const [hour, minute] = [Number(match?.[1]), Number(match?.[2])];
  if (!(hour < 24 && minute < 60)) throw new InvalidArgumentError('It must be a time of day as HH:MM, e.g. 10:00.');
  return hour * 60 + minute;
}

export function sideOf(text: string): 'BUY' | 'SELL' {
  if (text !== 'buy' && text !== 'sell') throw new InvalidArgumentError('It must be buy or sell.');
  return text === 'buy' ? 'BUY' : 'SELL';
}

export function fraction(text: string): number {
  const value = Number(text);
  if (!/^(0?\.\d+|1(\.0+)?)$/.test(text) || value === 0)
    throw new InvalidArgumentError('It must be a fraction above 0 and at most 1, e.g. 0.1 for a tenth.');
  return value;
}

export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };

export function dollars(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d{1,2})?$/.test(text) || !(value >= 1000) || value > 1e12)
    throw new InvalidArgumentError('It must be dollars from 1000 to 1000000000000, e.g. 250000.');
  return value;
}
