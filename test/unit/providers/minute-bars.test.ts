import { describe, expect, test } from 'vitest';
import { newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import type { EpochMs, Ticker } from '../../../shared/kernel/units.ts';
import { labelEvidence } from '../../../shared/providers/files/label-evidence.ts';
import { readMinuteBars } from '../../../shared/providers/files/minute-bars.ts';

const header = 'symbol,ts,open,high,low,close,volume';
const file = (...rows: string[]): Uint8Array => new TextEncoder().encode(`${[header, ...rows].join('\n')}\n`);
const read = (rows: readonly string[], label: 'start' | 'end' = 'start'): ReturnType<typeof readMinuteBars> =>
  readMinuteBars(file(...rows), 'm.csv', label);
const on = 'ON' as Ticker;

const opening = 'ON,2024-12-19T09:30:00,10,11,9,10.5,100';
const second = 'ON,2024-12-19T09:31:00,10.5,10.6,10.4,10.6,50';

describe('minute bars', () => {
  test('become sessions of 390 minutes, with no price where there is no bar', () => {
    const [session, ...others] = read([opening, 'ON,2024-12-19T09:32:00,10,10,10,10,7', 'ON,2024-12-19T09:35:00,10,10,10,10,7']).sessions(
      on,
    );
    expect(others).toEqual([]);
    expect(session!.volume).toHaveLength(390);
    expect([...session!.volume.subarray(0, 4)]).toEqual([100, 0, 7, 0]);
    expect([session!.open[0], session!.high[0], session!.low[0], session!.close[0]]).toEqual([10, 11, 9, 10.5]);
    expect(session!.close[1]).toBeNaN();
  });

  test('labelled by their end lie a minute earlier', () => {
    const rows = [
      'ON,2024-12-19T09:31:00,10,11,9,10.5,100',
      'ON,2024-12-19T09:32:00,10,10,10,10,50',
      'ON,2024-12-19T16:00:00,10,10,10,10,9',
    ];
    const [session] = read(rows, 'end').sessions(on);
    expect([...session!.volume.subarray(0, 2)]).toEqual([100, 50]);
    expect(session!.volume[389]).toBe(9);
  });

  test('outside the session are cut by the calendar and counted: evenings, weekends, and the afternoon of a half day', () => {
    const rows = [
      ...['2024-12-24T09:29:00', '2024-12-24T12:59:00', '2024-12-24T13:00:00', '2024-12-24T15:00:00', '2024-12-25T10:00:00'],
      ...['2024-12-21T10:00:00', '2024-12-21T10:01:00'],
    ].map((at) => `ON,${at},10,10,10,10,5`);
    const { sessions, rowsOutsideSessions, rows: all } = read(rows);
    expect({ all, rowsOutsideSessions }).toEqual({ all: 7, rowsOutsideSessions: 6 });
    expect(sessions(on).map(({ volume }) => [volume.length, volume[209]])).toEqual([[210, 5]]);
  });

  test('may come in any order and with a zone; symbols are told apart', () => {
    const { symbols, sessions } = read(['NA,2024-12-19T14:31:00Z,5,5,5,5,2', second, opening, 'NA,2024-12-19T09:30:00-05:00,5,5,5,5,1']);
    expect(symbols).toEqual(['NA', 'ON']);
    expect([...sessions('NA' as Ticker)[0]!.volume.subarray(0, 2)]).toEqual([1, 2]);
    expect(sessions('TRUE' as Ticker)).toEqual([]);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['a minute twice', [opening, second, opening], /m\.csv line 4, column ts: .* this minute of this symbol is there already/],
    ['half a minute', ['ON,2024-12-19T09:30:30,10,10,10,10,1'], /line 2, column ts: .*cannot be read/],
    ['no time', ['ON,2024-12-19,10,10,10,10,1'], /line 2, column ts/],
    ['a date that is none', ['ON,2024-02-30T09:30:00,10,10,10,10,1'], /line 2, column ts/],
    [
      'a price of zero',
      [opening, 'ON,2024-12-19T09:31:00,10,10,0,10,1'],
      /line 3, column low: "0" cannot be read; a price above zero is needed/,
    ],
    ['a missing price', ['ON,2024-12-19T09:30:00,10,10,10,,1'], /column close: "" cannot be read/],
    ['a negative volume', ['ON,2024-12-19T09:30:00,10,10,10,10,-1'], /column volume: "-1" cannot be read/],
    ['no rows', [], /m\.csv holds a header and no rows/],
    ['bars of 15 minutes', [opening, 'ON,2024-12-19T09:45:00,10,10,10,10,1'], /m\.csv holds bars of 15 minutes: give bars of one minute/],
    [
      'bars labelled the other way',
      ['ON,2024-12-19T09:31:00,10,10,10,10,1', 'ON,2024-12-19T16:00:00,10,10,10,10,1', 'ON,2024-12-19T15:59:00,1,1,1,1,1'],
      /read it with the label "end"/,
    ],
  ])('with %s are refused, with what to do', (_, rows, message) => {
    expect(() => read(rows)).toThrow(message);
  });
});

describe('how bars are labelled', () => {
  const at = (hour: number, minute: number): EpochMs => newYorkInstant(parseDay('2024-12-19'), hour, minute);
  const bars = (...all: Array<readonly [number, number, number]>): Parameters<typeof labelEvidence>[0] =>
    all.map(([hour, minute, volume]) => ({ labelledAt: at(hour, minute), volume }));

  test.each([
    ['start', 'the first label of a session is its opening', bars([9, 30, 1], [9, 31, 1], [15, 59, 1])],
    ['end', 'the last label of a session is its close', bars([9, 31, 1], [15, 59, 1], [16, 0, 1])],
    ['unclear', 'neither is there', bars([9, 31, 1], [15, 59, 1])],
    ['start', 'with trading before the opening, the jump in volume is at 09:30', bars([9, 29, 10], [9, 30, 900], [9, 31, 300])],
    ['end', 'with trading before the opening, the jump in volume is at 09:31', bars([9, 29, 10], [9, 30, 12], [9, 31, 900])],
    ['unclear', 'with trading before the opening and no jump', bars([9, 29, 10], [9, 30, 12], [9, 31, 14])],
    ['unclear', 'there is no bar', bars()],
  ])('is %s where %s', (expected, _, given) => {
    expect(labelEvidence(given)).toBe(expected);
  });
});
