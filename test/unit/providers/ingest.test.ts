import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { deliberateDefects } from '../../../shared/domain/market/simulator/defects.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { ContractViolation, InvariantViolation } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { IngestChunk } from '../../../shared/providers/ingest/chunk.ts';
import { finishIngest } from '../../../shared/providers/ingest/finish-ingest.ts';
import { ingestChunk } from '../../../shared/providers/ingest/ingest-chunk.ts';
import { planIngest } from '../../../shared/providers/ingest/plan-ingest.ts';
import { IngestSource } from '../../../shared/providers/ingest/source.ts';
import { Lake } from '../../../shared/stores/lake/lake.ts';
import { bucket, inMemoryS3 } from '../lake/in-memory-s3.ts';

function fresh() {
  const s3 = inMemoryS3();
  return { s3, lake: new Lake(s3.client, bucket) };
}

async function ingested({ s3, lake }: ReturnType<typeof fresh>, source: IngestSource) {
  const plan = await planIngest({ source }, { lake });
  if (plan.kind === 'unchanged') return plan;
  const chunks = IngestChunk.array().parse(JSON.parse(s3.objects.get(plan.chunksKey)!.toString()));
  const results = [];
  for (const chunk of chunks) results.push(await ingestChunk(chunk, { lake, rules: defaultPolicy }));
  return { ...plan, results, ...(await finishIngest({ source, chunkCount: plan.chunkCount }, { lake })) };
}

/** Sixty-five symbols of two rows in date order, so that their rows lie apart; one has a negative price. */
function fileOfManySymbols(): Buffer {
  const lines = ['symbol,date,open,high,low,close,volume'];
  for (const date of ['2018-12-31', '2019-01-02']) {
    for (let number = 10; number < 75; number++) lines.push(`S${number},${date},5,6,4,${number === 33 ? -5 : 5},100`);
  }
  return gzipSync(lines.join('\n'));
}

describe('ingest of the simulated market', () => {
  test('blocks each deliberate defect for its reason, names the delisted, and lets the others trade', async () => {
    const result = await ingested(fresh(), { kind: 'simulator', seed: 7 });
    if (result.kind === 'unchanged') throw new Error('nothing was ingested');
    const reasonOf = new Map(result.blocked.map(({ symbol, reasons }) => [symbol, reasons]));
    const expected = {
      'negative-price': 'zero-or-negative-price',
      'duplicate-date': 'duplicate-date',
      'unexplained-halving': 'unexplained-split-like-move',
      'short-history': 'history-too-short',
      'stale-bars': 'last-bar-stale',
    };
    for (const { symbol, kind } of deliberateDefects) expect(reasonOf.get(symbol), symbol).toEqual([expected[kind]]);
    expect(reasonOf.get('QHUL')).toEqual(['last-bar-stale']);
    expect(result.symbolCount).toBe(60);
    expect(result.blockedCount).toBe(deliberateDefects.length + 1);
  });

  test('puts sectors and names into the manifest', async () => {
    const { s3, lake } = fresh();
    await ingested({ s3, lake }, { kind: 'simulator', seed: 7 });
    const manifest = await lake.readManifest('sim-7');
    if (isRefusal(manifest)) throw new Error(manifest.reason);
    expect(manifest.instruments[0]).toMatchObject({ symbol: 'QALD', sector: 'Information Technology', name: 'Aldergrove Semiconductors' });
    expect(new Set(manifest.instruments.map(({ sector }) => sector)).size).toBe(11);
    expect(await lake.readProfiles('sim-7')).toHaveLength(60);
  });
});

describe('ingest of a file', () => {
  test('shares its symbols among chunks and quarantines the bad one without failing', async () => {
    const { s3, lake } = fresh();
    const key = await lake.putInbox('many.csv.gz', fileOfManySymbols());
    const result = await ingested({ s3, lake }, { kind: 'file', key, sectors: { S10: 'Energy' } });
    if (result.kind === 'unchanged') throw new Error('nothing was ingested');
    expect(result.results.map(({ symbolCount, rows }) => [symbolCount, rows])).toEqual([
      [33, 66],
      [32, 64],
    ]);
    expect(result.blocked.find(({ symbol }) => symbol === 'S33')).toEqual({
      symbol: 'S33',
      state: 'QUARANTINED',
      reasons: ['zero-or-negative-price', 'history-too-short'],
    });
    const read = await lake.readBars({ datasetId: result.datasetId, before: parseDay('2019-01-02'), sessions: 5, symbols: ['S33'] });
    expect(read).toMatchObject([{ symbol: 'S33', close: Float64Array.of(-5) }]);
    const manifest = await lake.readManifest(result.datasetId);
    expect(isRefusal(manifest) || manifest.instruments[0]).toMatchObject({ symbol: 'S10', sector: 'Energy' });
  });

  test('writes nothing the second time, and the same objects in a second lake', async () => {
    const [one, two] = [fresh(), fresh()];
    const key = await one.lake.putInbox('many.csv.gz', fileOfManySymbols());
    expect(await two.lake.putInbox('many.csv.gz', fileOfManySymbols())).toBe(key);
    await ingested(one, { kind: 'file', key });
    await ingested(two, { kind: 'file', key });
    expect(two.s3.objects).toEqual(one.s3.objects);

    one.s3.calls.length = 0;
    expect(await ingested(one, { kind: 'file', key })).toMatchObject({ kind: 'unchanged', symbolCount: 65, rows: 130 });
    expect(one.s3.calls.filter((call) => call.startsWith('PUT'))).toEqual([]);
  });

  test('is done anew when the sectors differ', async () => {
    const place = fresh();
    const key = await place.lake.putInbox('many.csv.gz', fileOfManySymbols());
    await ingested(place, { kind: 'file', key });
    expect(await planIngest({ source: { kind: 'file', key, sectors: { S10: 'Energy' } } }, { lake: place.lake })).toMatchObject({
      kind: 'planned',
    });
  });

  test('stays invisible until every chunk is in', async () => {
    const { lake } = fresh();
    const key = await lake.putInbox('many.csv.gz', fileOfManySymbols());
    const source = { kind: 'file', key } as const;
    const plan = await planIngest({ source }, { lake });
    if (plan.kind === 'unchanged') throw new Error('nothing was planned');
    await expect(finishIngest({ source, chunkCount: plan.chunkCount }, { lake })).rejects.toThrow(InvariantViolation);
    expect(await lake.readManifest(plan.datasetId)).toMatchObject({ reason: 'dataset-not-found' });
  });

  test('is refused in one line when the file is bad, or is not there', async () => {
    const { lake } = fresh();
    const bad = await lake.putInbox('bad.csv', Buffer.from('symbol,date,open,high,low,close,volume\nA,2019-02-30,1,1,1,1,1\n'));
    await expect(planIngest({ source: { kind: 'file', key: bad } }, { lake })).rejects.toThrow(
      /^bad\.csv line 2, column date: "2019-02-30"/,
    );
    const missing = planIngest({ source: { kind: 'file', key: `inbox/${'0'.repeat(64)}/gone.csv` } }, { lake });
    await expect(missing).rejects.toThrow(ContractViolation);
    await expect(missing).rejects.toThrow(/no file lies at inbox/);
    expect(IngestSource.safeParse({ kind: 'file', key: '../etc' }).success).toBe(false);
  });
});
