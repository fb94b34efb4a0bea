import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { formatDay, parseDay } from '../../../shared/kernel/days.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { FactsReport, IngestChunk } from '../../../shared/providers/ingest/chunk.ts';
import { finishIngest } from '../../../shared/providers/ingest/finish-ingest.ts';
import { ingestChunk } from '../../../shared/providers/ingest/ingest-chunk.ts';
import { planIngest } from '../../../shared/providers/ingest/plan-ingest.ts';
import { describe as describeSource, type FactsSource, type IngestSource, identify } from '../../../shared/providers/ingest/source.ts';
import { lakeKeys } from '../../../shared/stores/lake/keys.ts';
import { Lake } from '../../../shared/stores/lake/lake.ts';
import { bucket, inMemoryS3 } from '../lake/in-memory-s3.ts';

const dates = ['2018-12-31', '2019-01-02', '2019-01-03', '2019-01-04'];

/** Sixty-five symbols, so that there are two chunks; each price rises by a tenth a session. */
const bars = [
  'symbol,date,open,high,low,close,volume',
  ...Array.from({ length: 65 }, (_, number) => dates.map((date, row) => `S${number + 10},${date},1,9,1,${1.1 ** row},100`)).flat(),
].join('\n');

const files = {
  fundamentals:
    'ticker,period_end,available_date,net_income\nS10,2018-09-30,2018-11-01,5\nS74,2018-09-30,2019-01-03,6\nS10,2018-12-31,2018-12-01,7\nELSE,2018-12-31,2018-12-01,7\n',
  earnings: 'symbol,date,eps\nS10,2018-11-01,0.5\nS10,2019-01-03,0.6\n',
  news: 'symbol,published_at,headline\nS10,2019-01-02T22:00:00Z,One\nS10,2019-01-04T03:00:00Z,Two\nS10,2018-05-01T12:00:00Z,Old\n',
  index: 'symbol,date,open,high,low,close,volume\n^GSPC,2019-01-03,1,1,1,102,0\n^GSPC,2019-01-02,1,1,1,100,0\n',
};

function fresh() {
  const s3 = inMemoryS3();
  return { s3, lake: new Lake(s3.client, bucket) };
}

type Place = ReturnType<typeof fresh>;

async function sourceIn({ lake }: Place, wanted: readonly (keyof typeof files)[]): Promise<Extract<IngestSource, { kind: 'file' }>> {
  const facts: { -readonly [Name in keyof FactsSource]: FactsSource[Name] } = {};
  for (const name of wanted) {
    const key = await lake.putInbox(`${name}.csv`, Buffer.from(files[name]));
    if (name === 'index') facts.index = { key, symbol: '^GSPC' };
    else facts[name] = [{ key }];
  }
  const key = await lake.putInbox('bars.csv', Buffer.from(bars));
  return { kind: 'file', key, ...(wanted.length > 0 ? { facts } : {}) };
}

async function ingested({ s3, lake }: Place, source: IngestSource): Promise<string> {
  const plan = await planIngest({ source }, { lake });
  if (plan.kind === 'unchanged') return plan.datasetId;
  const chunks = IngestChunk.array().parse(JSON.parse(s3.objects.get(plan.chunksKey)!.toString()));
  for (const chunk of chunks) await ingestChunk(chunk, { lake, rules: defaultPolicy });
  await finishIngest({ source, chunkCount: plan.chunkCount }, { lake });
  return plan.datasetId;
}

describe('ingest of facts', () => {
  test('stores what is known of the symbols of the bars, and reads it back as of a day', async () => {
    const place = fresh();
    const datasetId = await ingested(place, await sourceIn(place, ['fundamentals', 'earnings', 'news']));
    const before = parseDay('2019-01-04');
    const facts = await place.lake.readFacts({ datasetId, symbols: ['S74', 'S10', 'S11', 'ELSE'], before });
    if (isRefusal(facts)) throw new Error(facts.reason);
    expect(facts.map(({ symbol }) => symbol)).toEqual(['S10', 'S11', 'S74']);
    const [first, none, last] = facts;
    expect(first!.reports.map(({ periodEnd, netIncomeUsd }) => [formatDay(periodEnd), netIncomeUsd])).toEqual([['2018-09-30', 5]]);
    expect(first!.earnings.map(({ epsUsd }) => epsUsd)).toEqual([0.5, 0.6]);
    // 22:00 in New York on the third is the fourth in UTC; May is longer ago than news is kept.
    expect(first!.news.map(({ text }) => text)).toEqual(['One', 'Two']);
    expect(none).toEqual({ symbol: 'S11', reports: [], earnings: [], news: [] });
    expect(last!.reports).toHaveLength(1);
  });

  test('names what it rejected, whichever symbols the bars have', async () => {
    const place = fresh();
    const datasetId = await ingested(place, await sourceIn(place, ['fundamentals', 'news']));
    const report = await place.lake.getJson(lakeKeys.factsReport(datasetId), FactsReport);
    if (isRefusal(report)) throw new Error(report.reason);
    expect(report.files.map(({ fileName, rows, symbols, rejected }) => [fileName, rows, symbols, rejected.length])).toEqual([
      ['fundamentals.csv', 4, 2, 2],
      ['news.csv', 3, 1, 0],
    ]);
    expect(report.files[0]!.rejected.map(({ symbol, availableDay, reason }) => [symbol, availableDay, reason])).toEqual([
      ['S10', '2018-12-01', 'available-before-period-end'],
      ['ELSE', '2018-12-01', 'available-before-period-end'],
    ]);
  });

  test('refuses a bad file before any work, in one line', async () => {
    const place = fresh();
    const source = await sourceIn(place, []);
    const bad = await place.lake.putInbox('bad.csv', Buffer.from('symbol,date,eps\nS10,2019-01-02,much\n'));
    const planned = planIngest({ source: { ...source, facts: { earnings: [{ key: bad }] } } }, { lake: place.lake });
    await expect(planned).rejects.toThrow('bad.csv line 2, column eps: "much" cannot be read');
  });

  test('writes the same objects in another lake, and nothing the second time', async () => {
    const all = ['fundamentals', 'earnings', 'news', 'index'] as const;
    const [one, two] = [fresh(), fresh()];
    await ingested(one, await sourceIn(one, all));
    await ingested(two, await sourceIn(two, all));
    expect(two.s3.objects).toEqual(one.s3.objects);
    const source = await sourceIn(one, all);
    one.s3.calls.length = 0;
    await ingested(one, source);
    expect(one.s3.calls.filter((call) => call.startsWith('PUT'))).toEqual([]);
  });

  test('gives the same bars with other facts another data set, and without any the one they had', async () => {
    const place = fresh();
    const [none, news, more] = [
      await sourceIn(place, []),
      await sourceIn(place, ['news']),
      await sourceIn(place, ['news', 'index', 'fundamentals']),
    ];
    expect(new Set([none, news, more].map((source) => identify(source).datasetId)).size).toBe(3);
    expect(identify({ ...none, facts: {} })).toEqual(identify(none));
    expect(describeSource(more).provider).toBe('file bars.csv with fundamentals, news, ^GSPC');
    expect(describeSource(none).provider).toBe('file bars.csv');
  });
});

describe('the market of a data set', () => {
  test('is all its companies with equal weight when no index is named', async () => {
    const place = fresh();
    const datasetId = await ingested(place, await sourceIn(place, []));
    const market = await place.lake.readMarket({ datasetId, before: parseDay('2019-01-04'), sessions: 5 });
    if (isRefusal(market)) throw new Error(market.reason);
    expect([market.name, [...market.day]]).toEqual(['equal-weighted universe', [parseDay('2019-01-02'), parseDay('2019-01-03')]]);
    for (const simpleReturn of market.simpleReturn) expect(simpleReturn).toBeCloseTo(0.1, 12);
  });

  test('is the index where one is named, in order of days, and ends before the day asked for', async () => {
    const place = fresh();
    const datasetId = await ingested(place, await sourceIn(place, ['index']));
    const read = (before: string) => place.lake.readMarket({ datasetId, before: parseDay(before), sessions: 5 });
    expect(await read('2019-01-04')).toEqual({
      name: '^GSPC',
      day: Int32Array.of(parseDay('2019-01-03')),
      simpleReturn: Float64Array.of(1.02 - 1),
    });
    expect(await read('2019-01-03')).toMatchObject({ day: new Int32Array(0) });
    expect(await place.lake.readMarket({ datasetId: 'none', before: parseDay('2019-01-04'), sessions: 5 })).toMatchObject({
      reason: 'dataset-not-found',
    });
  });

  test('is refused when the file does not hold the index', async () => {
    const place = fresh();
    const source = await sourceIn(place, ['index']);
    const wrong = { ...source, facts: { index: { key: source.facts!.index!.key, symbol: '^SPX' } } };
    await expect(planIngest({ source: wrong }, { lake: place.lake })).rejects.toThrow(
      'index.csv holds no ^SPX; it has ^GSPC. Name one with --index-symbol',
    );
  });
});
