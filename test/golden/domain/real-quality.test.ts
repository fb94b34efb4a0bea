/**
 * What the quality rules find in real bars. The expectations come from the data pack's own notes (one OHLC violation: HUBB 2021-05-05;
 * no duplicates, no missing sessions, no price at or below zero) and from the companies' records (McDonald's split in 1968 and 1969).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, test } from 'vitest';
import { profileBars, type QualityProfile } from '../../../shared/domain/quality/profile.ts';
import { formatDay, parseDay } from '../../../shared/kernel/days.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { type Row, toBars } from '../../unit/domain/fixtures.ts';

const folder = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'daily');
const present = existsSync(folder);

interface FileRow {
  symbol: string;
  date: Date;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: bigint;
  dividend: number;
  split_ratio: number;
}

async function profiles(name: string): Promise<QualityProfile[]> {
  const file = await asyncBufferFromFile(join(folder, name));
  const rows = (await parquetReadObjects({ file, compressors })) as FileRow[];
  const bySymbol = Map.groupBy(rows, ({ symbol }) => symbol);
  return [...bySymbol].map(([symbol, own]) => profileBars(toBars(symbol, own.map(toRow)), { adjustment: 'split-adjusted' }));
}

const toRow = (row: FileRow): Row => ({
  ...row,
  day: Math.floor(row.date.getTime() / 86_400_000) as EpochDay,
  volume: Number(row.volume),
  split: row.split_ratio,
});

const splitLike = (all: readonly QualityProfile[]): string[] =>
  all.flatMap(({ symbol, unexplainedMoves }) => unexplainedMoves.map(({ day, looksLike }) => `${symbol} ${formatDay(day)} ${looksLike}`));

describe('quality of real bars', () => {
  test.skipIf(!present)(
    '1996 to 2023: finds the one known violation, and passes every crash day but two without volume (needs market data)',
    async () => {
      const all = await profiles('us_equities_daily.parquet');
      const inconsistent = all.filter((profile) => profile.inconsistent.length > 0);
      expect(inconsistent.map(({ symbol, inconsistent: found }) => ({ symbol, found }))).toEqual([
        { symbol: 'HUBB', found: [{ day: parseDay('2021-05-05'), why: 'open-outside-range' }] },
      ]);
      for (const { duplicateDays, missingDays, offCalendarDays, nonPositive, outOfOrder } of all) {
        expect([duplicateDays, missingDays, offCalendarDays, nonPositive, outOfOrder]).toEqual([[], [], [], [], 0]);
      }
      expect(splitLike(all)).toEqual(['SW 2008-07-25 3:2', 'SW 2008-10-20 3:2']);
      const apple = all.find(({ symbol }) => symbol === 'AAPL')!;
      expect(apple.spikes.map(({ day }) => formatDay(day))).toContain('2000-09-29');
    },
  );

  test.skipIf(!present)('1962 to 1995: finds two splits of McDonald’s that the file does not have (needs market data)', async () => {
    expect(splitLike(await profiles('us_core40_pre1996.parquet'))).toEqual(['MCD 1968-05-21 2:1', 'MCD 1969-06-13 2:1']);
  });
});
