/**
 * Bars from a CSV: sessions, or single minutes where the file has a time of day.
 *
 * A file without a column of symbols is one symbol's; it has the file's name, so that BRK.B.csv is BRK.B. Minute bars are labelled by the start or
 * the end of their minute; nobody can tell for certain from a file, so it is asked for, and a file that plainly is the other way is refused. A minute
 * in which nothing traded has no bar. Bars outside the exchange's sessions are left out, and counted.
 */
import type { MinuteSession } from '../../../shared/domain/execution/algos/minute-session.ts';
import { sessionOpen } from '../../../shared/domain/market/calendar.ts';
import { newYorkOffsetHours } from '../../../shared/domain/market/new-york-time.ts';
import type { Series } from '../../../shared/domain/research/panel.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import { barsBySymbol } from '../../../shared/providers/files/bars-table.ts';
import { parseCsv } from '../../../shared/providers/files/csv.ts';
import { gunzipped } from '../../../shared/providers/files/gunzip.ts';
import { readMinuteBars } from '../../../shared/providers/files/minute-bars.ts';
import { inDayOrder } from '../../../shared/providers/ingest/day-order.ts';
import { rawBarsWithin } from '../../../shared/providers/provider.ts';
import { BadInput } from '../outcome.ts';
import type { PanelRequest, ReadBars } from './panel-request.ts';

/** @throws ContractViolation naming file, line and column of what cannot be read. */
export function readCsvBars(bytes: Uint8Array, fileName: string, request: PanelRequest): ReadBars {
  const text = fileName.toLowerCase().endsWith('.gz') ? gunzipped(bytes, fileName) : bytes;
  return hasTimeOfDay(text) ? minuteBars(bytes, fileName, request) : dailyBars(text, fileName, request);
}

/** Of the first row. Midnight is how some write a date. */
function hasTimeOfDay(text: Uint8Array): boolean {
  const [, first = ''] = new TextDecoder().decode(text.subarray(0, peekBytes)).split(/\r?\n/);
  return /\d[T ](?!00:00)\d{2}:\d{2}/.test(first);
}

const peekBytes = 4096;

function dailyBars(text: Uint8Array, fileName: string, { symbols: wanted, firstDay, lastDay }: PanelRequest): ReadBars {
  const { table, columns } = parseCsv(text, fileName, fileName.replace(/\.csv(\.gz)?$/i, '') as Ticker);
  const bySymbol = barsBySymbol(table);
  const asked = [...bySymbol.values()].filter(({ symbol }) => wanted === undefined || wanted.includes(symbol));
  const range = { from: firstDay ?? Number.NEGATIVE_INFINITY, to: lastDay ?? Number.POSITIVE_INFINITY } as Parameters<
    typeof rawBarsWithin
  >[1];
  const series = asked.map((bars): Series => ({ ...inDayOrder(rawBarsWithin(bars, range)), endMinute: null }));
  return { fileName, frequency: 'daily', basis: columns.priceBasis, series, symbols: [...bySymbol.keys()].sort(), notes: [] };
}

function minuteBars(bytes: Uint8Array, fileName: string, { symbols: wanted, firstDay, lastDay, label }: PanelRequest): ReadBars {
  if (label === undefined)
    throw new BadInput(
      `--data: ${fileName} holds minute bars. Say with --label start or --label end which end of its minute labels a bar.`,
    );
  const file = readMinuteBars(bytes, fileName, label);
  const isWithin = ({ day }: MinuteSession): boolean =>
    day >= (firstDay ?? Number.NEGATIVE_INFINITY) && day <= (lastDay ?? Number.POSITIVE_INFINITY);
  const asked = file.symbols.filter((symbol) => wanted === undefined || wanted.includes(symbol));
  const outside = file.rowsOutsideSessions;
  return {
    fileName,
    frequency: 'minute',
    basis: 'as-traded',
    series: asked.map((symbol) => seriesOf(symbol, file.sessions(symbol).filter(isWithin))),
    symbols: file.symbols,
    notes: outside === 0 ? [] : [`${outside} of ${file.rows} bars lie outside the exchange's sessions and were left out.`],
  };
}

/** Minutes that have a bar, one after another; each ends a minute after it begins. */
function seriesOf(symbol: Ticker, sessions: readonly MinuteSession[]): Series {
  const bars = sessions.flatMap((session) =>
    [...session.close.keys()].filter((minute) => !Number.isNaN(session.close[minute]!)).map((minute) => ({ session, minute })),
  );
  const column = (name: 'open' | 'high' | 'low' | 'close' | 'volume'): Float64Array =>
    Float64Array.from(bars, ({ session, minute }) => session[name][minute]!);
  return {
    symbol,
    day: Int32Array.from(bars, ({ session }) => session.day),
    endMinute: Int16Array.from(bars, ({ session, minute }) => openMinuteOf(session) + minute + 1),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
    dividend: new Float64Array(bars.length),
    splitRatio: new Float64Array(bars.length).fill(1),
  };
}

/** New York minute of the day at which the session opens. */
function openMinuteOf({ day }: MinuteSession): number {
  const opensAt = sessionOpen(day);
  return (opensAt / 60_000 - newYorkOffsetHours(opensAt) * 60) % 1440;
}
