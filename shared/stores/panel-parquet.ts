/**
 * A panel as one Parquet file and back: what a research job far away works on. The same panel gives the same bytes, so the file is kept under its own
 * hash; the hash of the source's content, by which trials are counted, is in it.
 *
 *   symbol text · date · end_minute int32 (minute bars only) · open, high, low, close, volume, dividend, split_ratio double
 *
 * Rows are symbol after symbol. Name, hash, frequency and basis stand in the file's key-value metadata. Announcements do not travel: a signal
 * strategy does not see them, and neither does a genome.
 */
import type { AsyncBuffer } from 'hyparquet';
import { panelFrom } from '../domain/research/build-panel.ts';
import { dayAt, type Panel, type PriceBasis, type Series } from '../domain/research/panel.ts';
import { formatDay } from '../kernel/days.ts';
import { invariant } from '../kernel/errors.ts';
import { isRefusal } from '../kernel/refusal.ts';
import type { Ticker } from '../kernel/units.ts';
import { type Column, encodeColumns } from './columns-parquet.ts';
import { readAbout, readColumns } from './read-columns.ts';

/** File column, and the field it holds. */
const numberColumns = {
  open: 'open',
  high: 'high',
  low: 'low',
  close: 'close',
  volume: 'volume',
  dividend: 'dividend',
  split_ratio: 'splitRatio',
} as const satisfies Record<string, keyof Series>;

export function encodePanel(panel: Panel): Uint8Array {
  const { series, frequency, basis, source } = panel;
  const columns: Column[] = [
    { name: 'symbol', kind: 'text', values: series.flatMap(({ symbol, day }) => Array<string>(day.length).fill(symbol)) },
    { name: 'date', kind: 'date', values: joinedIntegers(series.map(({ day }) => day)) },
    ...(frequency === 'minute'
      ? [{ name: 'end_minute', kind: 'int32' as const, values: joinedIntegers(series.map(({ endMinute }) => endMinute ?? [])) }]
      : []),
    ...Object.entries(numberColumns).map(
      ([name, field]): Column => ({ name, kind: 'double', values: joinedDoubles(series.map((bars) => bars[field])) }),
    ),
  ];
  return encodeColumns('panel', columns, {
    ...{ frequency, basis, name: source.name, sha256: source.sha256 },
    ...{
      symbols: String(series.length),
      moments: String(panel.day.length),
      fromDay: formatDay(dayAt(panel, 0)),
      toDay: formatDay(dayAt(panel, panel.day.length - 1)),
    },
  });
}

/** What a plan needs to know of a panel, without reading its bars. */
export interface PanelHeader {
  readonly bars: number;
  readonly symbols: number;
  /** Of the axis. */
  readonly moments: number;
  readonly datasetName: string;
  /** Of the source's content. */
  readonly datasetSha256: string;
  readonly fromDay: string;
  readonly toDay: string;
}

export async function panelHeader(file: AsyncBuffer): Promise<PanelHeader> {
  const { rows, about } = await readAbout('a stored panel', file);
  const { name, sha256, fromDay, toDay } = about;
  const [symbols, moments] = [Number(about.symbols), Number(about.moments)];
  invariant(
    symbols > 0 && moments > 0 && [name, sha256, fromDay, toDay].every((text) => text !== undefined),
    'a stored panel says where it is from and how large it is',
    { about },
  );
  return { bars: rows, symbols, moments, datasetName: name!, datasetSha256: sha256!, fromDay: fromDay!, toDay: toDay! };
}

/** @throws InvariantViolation for what `encodePanel` did not write. */
export async function decodePanel(bytes: Uint8Array): Promise<Panel> {
  const file = await readColumns('a stored panel', bytes);
  const { frequency, basis, name = '', sha256 = '' } = file.about;
  invariant(frequency === 'daily' || frequency === 'minute', 'a stored panel says its frequency', { frequency });
  const endMinute = frequency === 'minute' ? Int16Array.from(file.integers('end_minute')) : null;
  const day = file.integers('date');
  const numbers = Object.entries(numberColumns).map(([column, field]) => [field, file.doubles(column)] as const);
  const symbols = file.texts('symbol');
  const series: Series[] = [];
  for (let start = 0, end = 0; start < file.rows; start = end) {
    while (end < file.rows && symbols[end] === symbols[start]) end++;
    const own = Object.fromEntries(numbers.map(([field, values]) => [field, values.subarray(start, end)]));
    series.push({
      ...(own as Pick<Series, (typeof numberColumns)[keyof typeof numberColumns]>),
      symbol: symbols[start] as Ticker,
      day: day.subarray(start, end),
      endMinute: endMinute?.subarray(start, end) ?? null,
    });
  }
  const panel = panelFrom(series, { name, frequency, basis: basis as PriceBasis });
  invariant(!isRefusal(panel), 'a stored panel is one that was accepted before', { refusal: panel });
  return { ...panel, source: { name, sha256 } };
}

function joinedDoubles(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((rows, { length }) => rows + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function joinedIntegers(parts: readonly ArrayLike<number>[]): Int32Array {
  const all = new Int32Array(parts.reduce((rows, { length }) => rows + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
