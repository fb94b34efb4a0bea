/**
 * The calendar against what happened: published dates, and the dates of real bars.
 * Special closings: tradinghours.com, "11 Events that Caused the NYSE to Close" (2022), which lists 2018-12-05, 2012-10-29/30 and 2001-09-11 to 14;
 * the holiday dates are the NYSE's own announcements. Real bars from 1962 to 2023 are the second, independent witness of every date up to then.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, test } from 'vitest';
import { isSession, isShortSession, sessionsBetween } from '../../../shared/domain/market/calendar.ts';
import { formatDay, parseDay } from '../../../shared/kernel/days.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';

const data = process.env.BALLAST_MARKET_DATA ?? '../shared/data';
const present = existsSync(join(data, 'daily'));

describe('published dates', () => {
  test.each([
    ['2024-03-29', 'Good Friday'],
    ['2026-07-03', 'Independence Day, observed'],
    ['2027-06-18', 'Juneteenth, observed'],
    ['2027-12-24', 'Christmas, observed'],
    ['2025-01-09', 'mourning for President Carter'],
    ['2018-12-05', 'mourning for President Bush'],
    ['2012-10-29', 'Hurricane Sandy'],
    ['2001-09-14', 'attack on the World Trade Center'],
    ['1998-01-19', 'first Martin Luther King Jr. Day'],
    ['1980-11-04', 'last Election Day'],
  ])('%s is no session: %s', (date) => expect(isSession(parseDay(date))).toBe(false));

  test.each([
    ['1997-01-20', 'Martin Luther King Jr. Day was not yet kept'],
    ['2021-06-18', 'Juneteenth was not yet kept'],
    ['2021-12-31', "a Saturday New Year's Day has no Friday"],
    ['1984-11-06', 'Election Day was no longer kept'],
    ['2001-09-17', 'trading resumed'],
    ['2024-10-14', 'Columbus Day trades'],
  ])('%s is a session: %s', (date) => expect(isSession(parseDay(date))).toBe(true));

  test.each(['2025-07-03', '2025-11-28', '2025-12-24', '2024-07-03', '2012-11-23', '2003-12-26', '1999-12-31', '2002-07-05'])(
    '%s closes at 13:00',
    (date) => expect(isShortSession(parseDay(date))).toBe(true),
  );

  test.each(['2012-07-05', '2013-07-05', '2026-07-02', '2010-12-23', '1992-11-27', '2022-12-23'])('%s closes at the usual time', (date) => {
    expect(isSession(parseDay(date))).toBe(true);
    expect(isShortSession(parseDay(date))).toBe(false);
  });
});

describe('real bars', () => {
  test.skipIf(!present)('every session from 2005 to 2023 has bars, and no bar falls on another day (needs market data)', () => {
    const text = gunzipSync(readFileSync(join(data, 'daily/core40_daily_2005_2023.csv.gz'))).toString();
    const dates = new Set(
      text
        .split('\n')
        .slice(1)
        .flatMap((line) => (line === '' ? [] : [parseDay(line.split(',')[1]!)])),
    );
    expectSameSessions(dates);
  });

  test.skipIf(!present)('the same from 1996 to 2023 for 356 symbols (needs market data)', async () => {
    expectSameSessions(await parquetDates('daily/us_equities_daily.parquet'));
  });

  test.skipIf(!present)('the same from 1962 to 1995 (needs market data)', async () => {
    expectSameSessions(await parquetDates('daily/us_core40_pre1996.parquet'));
  });
});

async function parquetDates(path: string): Promise<Set<EpochDay>> {
  const file = await asyncBufferFromFile(join(data, path));
  const rows = (await parquetReadObjects({ file, compressors, columns: ['date'] })) as Array<{ date: Date }>;
  return new Set(rows.map(({ date }) => Math.floor(date.getTime() / 86_400_000) as EpochDay));
}

function expectSameSessions(dates: Set<EpochDay>): void {
  const found = [...dates].sort((a, b) => a - b);
  const expected = sessionsBetween(found[0]!, found.at(-1)!);
  expect(found.map(formatDay)).toEqual([...expected].map((session) => formatDay(session as EpochDay)));
}
