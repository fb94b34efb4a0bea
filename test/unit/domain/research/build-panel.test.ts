/** One axis out of many symbols' bars, and parts of a panel. */
import { describe, expect, test } from 'vitest';
import { ofSymbols, panelFrom, withinDays } from '../../../../shared/domain/research/build-panel.ts';
import type { Panel, Series } from '../../../../shared/domain/research/panel.ts';
import { formatDay, parseDay } from '../../../../shared/kernel/days.ts';
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import type { EpochDay, Ticker } from '../../../../shared/kernel/units.ts';
import { ticker } from '../fixtures.ts';

const daily = { name: 'by hand', frequency: 'daily', basis: 'split-adjusted' } as const;

function bars(symbol: string, closes: Readonly<Record<string, number>>, change: Partial<Series> = {}): Series {
  const close = Float64Array.from(Object.values(closes));
  return {
    symbol: ticker(symbol),
    day: Int32Array.from(Object.keys(closes), parseDay),
    endMinute: null,
    open: close.slice(),
    high: close.map((price) => price + 1),
    low: close.map((price) => price - 1),
    close,
    volume: new Float64Array(close.length).fill(100),
    dividend: new Float64Array(close.length),
    splitRatio: new Float64Array(close.length).fill(1),
    ...change,
  };
}

function sound(panel: Panel | Refusal): Panel {
  if (isRefusal(panel)) throw new Error(JSON.stringify(panel));
  return panel;
}

const early = bars('ZED', { '2020-01-02': 10, '2020-01-03': 11, '2020-01-07': 12 });
const late = bars('ABC', { '2020-01-03': 20, '2020-01-06': 21, '2020-01-08': 22 });

describe('a panel from series', () => {
  test('has the union of all days, and says where each symbol has no bar', () => {
    const panel = sound(panelFrom([early, late], daily));
    expect([...panel.day].map((day) => formatDay(day as EpochDay))).toEqual([
      '2020-01-02',
      '2020-01-03',
      '2020-01-06',
      '2020-01-07',
      '2020-01-08',
    ]);
    expect(panel.series.map(({ symbol }) => symbol)).toEqual(['ABC', 'ZED']);
    expect([...panel.rowOf]).toEqual([-1, 0, 1, -1, 2, 0, 1, -1, 2, -1]);
  });

  test('of minutes has an axis of days and minutes', () => {
    const minutes = (symbol: string, ends: readonly number[]): Series => ({
      ...bars(symbol, { '2020-01-02': 10, '2020-01-03': 11 }),
      endMinute: Int16Array.from(ends),
    });
    const panel = sound(panelFrom([minutes('A', [571, 572]), minutes('B', [960, 572])], { ...daily, frequency: 'minute' }));
    expect([...panel.day].map((day) => formatDay(day as EpochDay))).toEqual(['2020-01-02', '2020-01-02', '2020-01-03']);
    expect([...panel.endMinute!]).toEqual([571, 960, 572]);
    expect([...panel.rowOf]).toEqual([0, -1, 1, -1, 0, 1]);
  });

  test('has the same hash whatever the order and the arrays the bars came in, and another for other bars', () => {
    const whole = new Float64Array([99, 10, 11, 12]);
    const same = panelFrom([late, { ...early, close: whole.subarray(1) }], { ...daily, name: 'another file' });
    const first = sound(panelFrom([early, late], daily));
    expect(sound(same).source.sha256).toBe(first.source.sha256);
    const other = bars('ZED', { '2020-01-02': 10, '2020-01-03': 11, '2020-01-07': 12.000001 });
    expect(sound(panelFrom([other, late], daily)).source.sha256).not.toBe(first.source.sha256);
    expect(sound(panelFrom([early, late], { ...daily, basis: 'total-return' })).source.sha256).not.toBe(first.source.sha256);
  });

  test('is refused without bars', () => {
    expect(panelFrom([], daily)).toMatchObject({ reason: 'no-bars' });
    expect(panelFrom([bars('A', {})], daily)).toMatchObject({ reason: 'no-bars' });
  });

  const close = (value: number): Partial<Series> => ({ close: Float64Array.of(10, value, 12) });
  test.each<[string, Partial<Series>, { field: string; problem: string; day?: string }]>([
    ['a price that is not a number', close(Number.NaN), { field: 'close', problem: 'not-a-number', day: '2020-01-03' }],
    ['a price without end', close(Number.POSITIVE_INFINITY), { field: 'close', problem: 'not-a-number' }],
    ['a price of zero', close(0), { field: 'close', problem: 'zero' }],
    ['a negative price', { open: Float64Array.of(10, 11, -12) }, { field: 'open', problem: 'negative', day: '2020-01-07' }],
    ['a high below its low', { high: Float64Array.of(11, 9, 13) }, { field: 'high', problem: 'high-below-low', day: '2020-01-03' }],
    ['a negative volume', { volume: Float64Array.of(-1, 0, 0) }, { field: 'volume', problem: 'negative', day: '2020-01-02' }],
    ['a split of nothing', { splitRatio: Float64Array.of(1, 0, 1) }, { field: 'splitRatio', problem: 'zero' }],
    ['a day twice', { day: Int32Array.of(1, 2, 2) }, { field: 'day', problem: 'moment-given-twice', day: '1970-01-03' }],
    ['days out of order', { day: Int32Array.of(1, 3, 2) }, { field: 'day', problem: 'moments-not-ascending' }],
    ['a column that is shorter', { low: Float64Array.of(1) }, { field: 'low', problem: 'columns-differ-in-length' }],
    ['minutes among sessions', { endMinute: Int16Array.of(1, 2, 3) }, { field: 'endMinute', problem: 'only-minute-bars-have-a-minute' }],
  ])('is refused with its symbol and day for %s', (_, change, fault) => {
    const refused = panelFrom([late, { ...early, ...change }], daily);
    expect(refused).toMatchObject({ kind: 'refused', reason: 'bars-invalid', details: { symbol: 'ZED', ...fault } });
  });

  test('is refused where a symbol is given twice', () => {
    expect(panelFrom([early, early], daily)).toMatchObject({ details: { symbol: 'ZED', problem: 'symbol-given-twice' } });
  });

  test('takes a volume of zero, and an open outside of low and high', () => {
    const odd = { volume: new Float64Array(3), open: Float64Array.of(20, 1, 12) };
    expect(isRefusal(panelFrom([{ ...early, ...odd }], daily))).toBe(false);
  });

  test('keeps the announcements of each symbol beside its bars', () => {
    const release = { availableDay: parseDay('2020-01-03'), session: 'pre', epsUsd: 1, epsEstimateUsd: null } as const;
    const panel = sound(panelFrom([early, late], { ...daily, earnings: new Map([[ticker('ZED'), [release]]]) }));
    expect(panel.earnings).toEqual([[], [release]]);
    expect(sound(ofSymbols(panel, [ticker('ZED')])).earnings).toEqual([[release]]);
  });
});

describe('a part of a panel', () => {
  const panel = sound(panelFrom([early, late], daily));

  test('by days has views of the bars within, on their own axis, and the source of the whole', () => {
    const part = sound(withinDays(panel, parseDay('2020-01-03'), parseDay('2020-01-06')));
    expect([...part.day].map((day) => formatDay(day as EpochDay))).toEqual(['2020-01-03', '2020-01-06']);
    expect([...part.rowOf]).toEqual([0, 1, 0, -1]);
    expect(part.series[0]!.close.buffer).toBe(late.close.buffer);
    expect(part.source).toBe(panel.source);
  });

  test('by symbols has the moments that those symbols have', () => {
    const part = sound(ofSymbols(panel, [ticker('ZED')]));
    expect([...part.rowOf]).toEqual([0, 1, 2]);
    expect(part.series[0]).toBe(early);
  });

  test('is refused for a symbol that is not there, and for days without bars', () => {
    expect(ofSymbols(panel, ['NOPE' as Ticker])).toMatchObject({ reason: 'symbol-unknown', details: { symbol: 'NOPE' } });
    expect(ofSymbols(panel, [])).toMatchObject({ reason: 'no-bars' });
    expect(withinDays(panel, parseDay('2021-01-01'), parseDay('2021-12-31'))).toMatchObject({ reason: 'no-bars' });
  });
});
