import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { DailyBars } from '../../../shared/domain/market/bars.ts';
import { formatDay, parseDay } from '../../../shared/kernel/days.ts';
import { ContractViolation, InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { EpochDay, Sha256, Ticker } from '../../../shared/kernel/units.ts';
import { decodeBars, encodeBars } from '../../../shared/stores/lake/bars-parquet.ts';
import { lakeKeys } from '../../../shared/stores/lake/keys.ts';
import { Lake } from '../../../shared/stores/lake/lake.ts';
import { bucket, inMemoryS3 } from './in-memory-s3.ts';

/** A row for each date; the close tells which. */
function bars(symbol: string, ...dates: string[]): DailyBars {
  const day = Int32Array.from(dates, parseDay);
  const price = Float64Array.from(day, (value) => value / 100);
  return {
    symbol: symbol as Ticker,
    day,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: price.map(() => 1000.5),
    dividend: price.map(() => 0),
    splitRatio: price.map(() => 1),
  };
}

function lakeOf() {
  const s3 = inMemoryS3();
  return { s3, lake: new Lake(s3.client, bucket) };
}

/** Two symbols over two years, in one part each year. */
async function lakeWithDataset() {
  const { s3, lake } = lakeOf();
  const entry = { rows: 3, firstDay: parseDay('2018-12-31'), lastDay: parseDay('2019-01-03'), part: 0 };
  const datasetId = 'test';
  const parts = [
    await lake.writeBarsPart({
      datasetId,
      year: 2019,
      part: 0,
      bars: [bars('NA', '2019-01-02', '2019-01-02', '2019-01-03'), bars('TRUE', '2019-01-02')],
    }),
    await lake.writeBarsPart({ datasetId, year: 2018, part: 0, bars: [bars('NA', '2018-12-31')] }),
  ];
  await lake.writeManifest({
    datasetId,
    provider: 'test',
    contentHash: 'a'.repeat(64) as Sha256,
    rows: 5,
    firstDay: entry.firstDay,
    lastDay: entry.lastDay,
    instruments: [
      { symbol: 'NA' as Ticker, ...entry },
      { symbol: 'TRUE' as Ticker, ...entry },
    ],
    parts,
    qualityKeys: [],
    factsParts: [],
    marketKey: null,
  });
  return { s3, lake, datasetId };
}

const datesOf = (series: DailyBars | undefined) => [...(series?.day ?? [])].map((day) => formatDay(day as EpochDay));

describe('JSON written once', () => {
  test('may be written again with the same content, whatever the order of its keys', async () => {
    const { lake } = lakeOf();
    const key = lakeKeys.cycle('c1', 'risk');
    expect(await lake.putJsonOnce(key, { a: 1, b: [2] })).toBe('written');
    expect(await lake.putJsonOnce(key, { b: [2], a: 1 })).toBe('already-there');
    expect(await lake.getJson(key, z.object({ a: z.number() }))).toEqual({ a: 1 });
  });

  test('never changes', async () => {
    const { lake, s3 } = lakeOf();
    await lake.putJsonOnce('cycles/c1/risk.json', { a: 1 });
    await expect(lake.putJsonOnce('cycles/c1/risk.json', { a: 2 })).rejects.toThrow(InvariantViolation);
    expect(s3.objects.get('cycles/c1/risk.json')!.toString()).toBe('{"a":1}');
  });

  test('is refused as a value when it is missing, and as a contract violation when it has another shape', async () => {
    const { lake } = lakeOf();
    expect(await lake.getJson('cycles/c1/risk.json', z.unknown())).toMatchObject({ kind: 'refused', reason: 'object-not-found' });
    await lake.putJsonOnce('cycles/c1/risk.json', { a: 'text' });
    const wrong = lake.getJson('cycles/c1/risk.json', z.object({ a: z.number() }));
    await expect(wrong).rejects.toThrow(ContractViolation);
    await expect(wrong).rejects.toThrow(/risk\.json is not of the expected shape at a:/);
  });
});

describe('what S3 answers', () => {
  test.each([
    [503, 'SlowDown'],
    [500, 'InternalError'],
    [409, 'ConditionalRequestConflict'],
  ])('%i %s is a transient failure', async (status, code) => {
    const { lake, s3 } = lakeOf();
    s3.fail(status, code);
    await expect(lake.putJsonOnce('cycles/c1/a.json', {})).rejects.toThrow(TransientFailure);
  });

  test('403 passes through under its own name', async () => {
    const { lake, s3 } = lakeOf();
    s3.fail(403, 'AccessDenied');
    await expect(lake.readManifest('x')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('bars as Parquet', () => {
  test('come back as they went in, and the same bars give the same bytes', async () => {
    const series = [bars('NA', '2018-12-31', '2019-01-02'), bars('TRUE', '2019-01-02')];
    series[0]!.volume[1] = 7_421_640_800;
    const encoded = encodeBars(series);
    expect(await decodeBars(encoded)).toEqual(series);
    expect(encodeBars(series)).toEqual(encoded);
  });

  test('keep duplicates, negative prices and prices that are no numbers', async () => {
    const series = bars('X', '2019-01-02', '2019-01-02');
    const odd = { ...series, close: Float64Array.of(-1, Number.NaN) };
    expect(await decodeBars(encodeBars([odd]))).toEqual([odd]);
  });

  test('are never an empty file', () => {
    expect(() => encodeBars([bars('X')])).toThrow(InvariantViolation);
  });
});

describe('reading bars', () => {
  test('never hands out the day itself or what follows', async () => {
    const { lake, datasetId } = await lakeWithDataset();
    const series = await lake.readBars({ datasetId, before: parseDay('2019-01-03'), sessions: 100 });
    if (isRefusal(series)) throw new Error(series.reason);
    expect(series.map(({ symbol }) => symbol)).toEqual(['NA', 'TRUE']);
    expect(datesOf(series[0])).toEqual(['2018-12-31', '2019-01-02', '2019-01-02']);
  });

  test('gives the newest rows, of the symbols asked for, and leaves out who has none', async () => {
    const { lake, datasetId } = await lakeWithDataset();
    const newest = await lake.readBars({ datasetId, before: parseDay('2019-01-04'), sessions: 2, symbols: ['NA', 'UNKNOWN'] });
    if (isRefusal(newest)) throw new Error(newest.reason);
    expect(newest.map((series) => [series.symbol, ...datesOf(series)])).toEqual([['NA', '2019-01-02', '2019-01-03']]);
    expect(await lake.readBars({ datasetId, before: parseDay('2018-12-31'), sessions: 2 })).toEqual([]);
  });

  test('fetches only the years that can hold them', async () => {
    const { lake, datasetId, s3 } = await lakeWithDataset();
    s3.calls.length = 0;
    await lake.readBars({ datasetId, before: parseDay('2018-12-31'), sessions: 10 });
    expect(s3.calls.filter((call) => call.includes('bars/daily'))).toEqual([`GET ${lakeKeys.bars(datasetId, 2018, 0)}`]);
  });

  test('refuses a dataset without a manifest, and notices a part that is gone', async () => {
    const { lake, datasetId, s3 } = await lakeWithDataset();
    expect(await lake.readBars({ datasetId: 'none', before: parseDay('2019-01-03'), sessions: 1 })).toMatchObject({
      reason: 'dataset-not-found',
    });
    s3.objects.delete(lakeKeys.bars(datasetId, 2018, 0));
    await expect(lake.readBars({ datasetId, before: parseDay('2019-01-03'), sessions: 1 })).rejects.toThrow(InvariantViolation);
  });
});

describe('a snapshot', () => {
  test('is named by its content and written once', async () => {
    const { lake, s3 } = lakeOf();
    const series = [bars('NA', '2019-01-02')];
    const first = await lake.writeSnapshot(series);
    expect(await lake.writeSnapshot(series)).toEqual(first);
    expect(first.key).toBe(`snapshots/${first.sha256}.parquet`);
    expect(s3.objects.size).toBe(1);
    expect(await lake.readSnapshot(first.key)).toEqual(series);
    // Every symbol of a cycle may be blocked.
    expect(await lake.readSnapshot((await lake.writeSnapshot([])).key)).toEqual([]);
  });

  test('is not read when its bytes are no longer its own', async () => {
    const { lake, s3 } = lakeOf();
    const { key } = await lake.writeSnapshot([bars('NA', '2019-01-02')]);
    s3.objects.set(key, Buffer.from(encodeBars([bars('NA', '2019-01-03')])));
    await expect(lake.readSnapshot(key)).rejects.toThrow(InvariantViolation);
    expect(await lake.readSnapshot(lakeKeys.snapshot('0'.repeat(64)))).toMatchObject({ reason: 'object-not-found' });
  });
});
