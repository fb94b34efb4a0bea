/**
 * The lake on the local cloud's S3, through the real SDK and with versioning on, as the template declares its bucket:
 *  1. An ingest of the simulated market is read back: whole, by window, and with its profiles.
 *  2. A second ingest writes nothing.
 *  3. JSON is written once: the same again is fine, other content is refused and nothing changes.
 *  4. A snapshot is one object, however often it is written.
 *  5. An uploaded Parquet file is read by ranges.
 *  6. What is missing is a refusal; what is forbidden fails under S3's own name.
 *  7. Facts of the simulated companies and its market are read back as of a day, and end before it.
 *  8. The lake asks for s3:PutObject and s3:GetObject; and for s3:ListBucket where an object is missing, since without it S3
 *     answers 403 instead of 404. Nothing else.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { simulateMarket } from '../../../shared/domain/market/simulator/simulate-market.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { InvariantViolation } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import { IngestChunk } from '../../../shared/providers/ingest/chunk.ts';
import { finishIngest } from '../../../shared/providers/ingest/finish-ingest.ts';
import { ingestChunk } from '../../../shared/providers/ingest/ingest-chunk.ts';
import { planIngest } from '../../../shared/providers/ingest/plan-ingest.ts';
import type { IngestSource } from '../../../shared/providers/ingest/source.ts';
import { encodeBars } from '../../../shared/stores/lake/bars-parquet.ts';
import { factsInWindow } from '../../../shared/stores/lake/facts-window.ts';
import { lakeKeys } from '../../../shared/stores/lake/keys.ts';
import { Lake } from '../../../shared/stores/lake/lake.ts';
import { openS3, type S3Fixture } from '../local-cloud/s3/s3-fixture.ts';

let fixture: S3Fixture;
let lake: Lake;

beforeEach(() => {
  fixture = openS3({ pathStyle: true });
  lake = new Lake(fixture.client, 'lake');
});

async function ingest(source: IngestSource): Promise<'planned' | 'unchanged'> {
  const plan = await planIngest({ source }, { lake });
  if (plan.kind === 'unchanged') return plan.kind;
  const chunks = await lake.getJson(plan.chunksKey, IngestChunk.array());
  if (isRefusal(chunks)) throw new Error(chunks.reason);
  for (const chunk of chunks) await ingestChunk(chunk, { lake, rules: defaultPolicy });
  await finishIngest({ source, chunkCount: plan.chunkCount }, { lake });
  return plan.kind;
}

describe('the lake on local S3', () => {
  test('1. and 2. an ingest is read back as it was simulated, and is not repeated', async () => {
    const source = { kind: 'simulator', seed: 3 } as const;
    expect(await ingest(source)).toBe('planned');
    const market = simulateMarket({ seed: 3 });
    const stored = await lake.readBars({ datasetId: 'sim-3', before: parseDay('2025-01-01'), sessions: 5000 });
    expect(stored).toEqual([...market.bars.values()]);
    const window = await lake.readBars({ datasetId: 'sim-3', before: parseDay('2023-03-15'), sessions: 252, symbols: ['QALD'] });
    if (isRefusal(window)) throw new Error(window.reason);
    expect([window.length, window[0]!.day.length, window[0]!.day.at(-1)]).toEqual([1, 252, parseDay('2023-03-14')]);
    expect(await lake.readProfiles('sim-3')).toHaveLength(60);

    fixture.caller.takeAsked();
    expect(await ingest(source)).toBe('unchanged');
    expect(fixture.caller.takeAsked().filter((asked) => asked.startsWith('s3:PutObject'))).toEqual([]);
  });

  test('3. JSON that was written once stays', async () => {
    const key = lakeKeys.cycle('c1', 'signals');
    expect(await lake.putJsonOnce(key, { a: 1 })).toBe('written');
    expect(await lake.putJsonOnce(key, { a: 1 })).toBe('already-there');
    await expect(lake.putJsonOnce(key, { a: 2 })).rejects.toThrow(InvariantViolation);
    expect(await lake.getJson(key, z.unknown())).toEqual({ a: 1 });
  });

  test('4. a snapshot is one object', async () => {
    const bars = [...simulateMarket({ seed: 3 }).bars.values()].slice(0, 3);
    const { key } = await lake.writeSnapshot(bars);
    expect((await lake.writeSnapshot(bars)).key).toBe(key);
    expect(await lake.readSnapshot(key)).toEqual(bars);
  });

  test('5. an uploaded Parquet file is ingested by ranges', async () => {
    const bars = [...simulateMarket({ seed: 3 }).bars.values()].slice(0, 3);
    const key = await lake.putInbox('three.parquet', encodeBars(bars));
    expect(await ingest({ kind: 'file', key })).toBe('planned');
    const plan = await planIngest({ source: { kind: 'file', key } }, { lake });
    const [first] = bars;
    expect(
      await lake.readBars({
        datasetId: plan.datasetId,
        before: parseDay('2025-01-01'),
        sessions: 5000,
        symbols: [first!.symbol],
      }),
    ).toEqual([first]);
  });

  test('6. what is missing is refused, what is forbidden is named', async () => {
    expect(await lake.readManifest('none')).toMatchObject({ reason: 'dataset-not-found' });
    expect(await lake.openObject('inbox/none')).toMatchObject({ reason: 'object-not-found' });
    fixture.caller.denies = ({ action }) => action === 's3:PutObject';
    await expect(lake.putJsonOnce('cycles/c1/a.json', {})).rejects.toThrow(/s3:PutObject/);
  });

  test('7. facts and market are read back as of a day', async () => {
    await ingest({ kind: 'simulator', seed: 3 });
    const { facts } = simulateMarket({ seed: 3 });
    const before = parseDay('2023-03-15');
    const symbols = ['QBYT', 'ZSER'];
    const stored = await lake.readFacts({ datasetId: 'sim-3', symbols, before });
    expect(stored).toEqual(symbols.map((symbol) => factsInWindow(facts.get(symbol as Ticker)!, before)));
    if (isRefusal(stored)) throw new Error(stored.reason);
    for (const { reports, earnings, news } of stored) {
      expect(Math.min(reports.length, earnings.length)).toBeGreaterThanOrEqual(20);
      expect(news.length).toBeGreaterThan(0);
      expect([...reports, ...earnings].every(({ availableDay }) => availableDay < before)).toBe(true);
    }
    const market = await lake.readMarket({ datasetId: 'sim-3', before, sessions: 1260 });
    if (isRefusal(market)) throw new Error(market.reason);
    expect([market.name, market.day.length, market.day.at(-1)]).toEqual(['equal-weighted universe', 1260, parseDay('2023-03-14')]);
    expect(market.simpleReturn.every((one) => Math.abs(one) < 0.2)).toBe(true);
  });

  test('8. no action beyond reading and writing objects, and learning that one is missing, is needed', async () => {
    await ingest({ kind: 'simulator', seed: 3 });
    await lake.readBars({ datasetId: 'sim-3', before: parseDay('2023-03-15'), sessions: 10 });
    await lake.readFacts({ datasetId: 'sim-3', symbols: ['QBYT'], before: parseDay('2023-03-15') });
    await lake.readMarket({ datasetId: 'sim-3', before: parseDay('2023-03-15'), sessions: 10 });
    await lake.putJsonOnce('cycles/c1/a.json', {});
    const actions = new Set(fixture.caller.takeAsked().map((asked) => asked.split(' ')[0]));
    expect([...actions].sort()).toEqual(['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
  });
});
