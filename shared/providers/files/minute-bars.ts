/**
 * Bars of one minute from a CSV, cut into sessions by the exchange's calendar: symbol, time, open, high, low, close, volume.
 *
 * Vendors label a bar by the minute's start (09:30 is the first of a session) or by its end (09:31 is). The caller says which, because a
 * curve shifted by a minute is wrong without looking wrong; a file that plainly is the other way is refused.             label-evidence.ts
 * A time without a zone is New York's. Bars outside the session, and on days without one, are counted and left out.
 * Not covered: bars of more than a minute, which are refused, and corrections for splits (domain/execution/algos/align-splits.ts).
 */
import { emptySession, type MinuteSession, MS_PER_MINUTE } from '../../domain/execution/algos/minute-session.ts';
import { calendarCovers, isSession, newYorkDay, newYorkInstant, sessionOpen } from '../../domain/market/calendar.ts';
import { tryParseDay } from '../../kernel/days.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import type { EpochDay, EpochMs, Ticker } from '../../kernel/units.ts';
import { type FactsLayout, type FactsRow, factsRows } from './facts-csv.ts';
import { type BarLabel, labelEvidence } from './label-evidence.ts';

export interface MinuteFile {
  readonly fileName: string;
  readonly rows: number;
  /** Of these, bars before an opening, from a close on, or on a day without a session. */
  readonly rowsOutsideSessions: number;
  /** In code-unit order. */
  readonly symbols: readonly Ticker[];
  /** Ascending by day; empty for a symbol that the file does not hold. */
  sessions(symbol: Ticker): readonly MinuteSession[];
}

type Role = 'symbol' | 'at' | 'open' | 'high' | 'low' | 'close' | 'volume';
type PriceRole = 'open' | 'high' | 'low' | 'close';

const layout: FactsLayout<Role> = {
  columns: {
    symbol: ['symbol', 'ticker'],
    at: ['ts', 'timestamp', 'datetime', 'time'],
    open: ['open'],
    high: ['high'],
    low: ['low'],
    close: ['close'],
    volume: ['volume'],
    ignored: ['vwap', 'trade_count', 'trades', 'source'],
  },
  required: ['symbol', 'at', 'open', 'high', 'low', 'close', 'volume'],
};

/** @throws ContractViolation naming file, line and column of what cannot be read, and for bars of another length or label. */
export function readMinuteBars(bytes: Uint8Array, fileName: string, label: BarLabel): MinuteFile {
  const rows = factsRows(bytes, fileName, layout).map((row) => ({ row, symbol: row.ticker('symbol'), labelledAt: labelOf(row) }));
  refuseOtherLength(rows, fileName);
  refuseOtherLabel(rows, fileName, label);
  const bySymbol = new Map<Ticker, Map<EpochDay, MinuteSession>>();
  let rowsOutsideSessions = 0;
  for (const { row, symbol, labelledAt } of rows) {
    const startsAt = (label === 'start' ? labelledAt : labelledAt - MS_PER_MINUTE) as EpochMs;
    const days = bySymbol.get(symbol) ?? new Map<EpochDay, MinuteSession>();
    bySymbol.set(symbol, days);
    if (!putBar(row, symbol, startsAt, days)) rowsOutsideSessions++;
  }
  return {
    fileName,
    rows: rows.length,
    rowsOutsideSessions,
    symbols: [...bySymbol.keys()].sort(),
    sessions: (symbol) => [...(bySymbol.get(symbol)?.values() ?? [])].sort((a, b) => a.day - b.day),
  };
}

interface LabelledBar {
  readonly row: FactsRow<Role>;
  readonly symbol: Ticker;
  readonly labelledAt: EpochMs;
}

const zoneless = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::00(?:\.0+)?)?$/;

function labelOf(row: FactsRow<Role>): EpochMs {
  const text = row.text('at');
  const match = zoneless.exec(text);
  const day = match ? tryParseDay(match[1]!) : undefined;
  const [hour, minute] = [Number(match?.[2]), Number(match?.[3])];
  if (day !== undefined && hour < 24 && minute < 60) return newYorkInstant(day, hour, minute);
  const at = match ? Number.NaN : row.instant('at');
  if (at % MS_PER_MINUTE !== 0) throw row.malformed('at', 'write the minute of a bar, such as 2014-06-09T09:30:00 in New York time');
  return at as EpochMs;
}

/** False when it lies outside the session. */
function putBar(row: FactsRow<Role>, symbol: Ticker, startsAt: EpochMs, days: Map<EpochDay, MinuteSession>): boolean {
  const day = newYorkDay(startsAt);
  if (!calendarCovers(day)) throw row.malformed('at', 'the exchange calendar here covers the years 1962 to 2040');
  if (!isSession(day)) return false;
  const session = days.get(day) ?? emptySession(symbol, day);
  const minute = (startsAt - sessionOpen(day)) / MS_PER_MINUTE;
  if (minute < 0 || minute >= session.volume.length) return false;
  days.set(day, session);
  if (!Number.isNaN(session.close[minute]!)) throw row.malformed('at', 'this minute of this symbol is there already');
  for (const role of ['open', 'high', 'low', 'close'] as const) session[role][minute] = priceOf(row, role);
  const volume = row.number('volume') ?? 0;
  if (volume === 'not-finite' || volume < 0) throw row.malformed('volume', 'a number of shares is needed');
  session.volume[minute] = volume;
  return true;
}

function priceOf(row: FactsRow<Role>, role: PriceRole): number {
  const price = row.number(role);
  if (price === null || price === 'not-finite' || price <= 0) throw row.malformed(role, 'a price above zero is needed');
  return price;
}

/** What every step between two bars of a symbol is a multiple of is the bars' length; a single step says nothing else. */
function refuseOtherLength(rows: readonly LabelledBar[], fileName: string): void {
  const last = new Map<Ticker, EpochMs>();
  let stepMs = 0;
  for (const { symbol, labelledAt } of rows) {
    const before = last.get(symbol);
    if (before !== undefined) stepMs = greatestCommonDivisor(stepMs, Math.abs(labelledAt - before));
    last.set(symbol, labelledAt);
  }
  if (stepMs === MS_PER_MINUTE || stepMs === 0) return;
  const minutes = stepMs / MS_PER_MINUTE;
  throw new ContractViolation(`${fileName} holds bars of ${minutes} minutes: give bars of one minute`, { file: fileName, minutes });
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

function refuseOtherLabel(rows: readonly LabelledBar[], fileName: string, label: BarLabel): void {
  const seen = labelEvidence(rows.map(({ row, labelledAt }) => ({ labelledAt, volume: Number(row.text('volume')) })));
  if (seen === 'unclear' || seen === label) return;
  const message = `${fileName} is said to label its bars by their ${label}, and looks as if by their ${seen}: read it with the label "${seen}"`;
  throw new ContractViolation(message, { file: fileName, label, seen });
}
