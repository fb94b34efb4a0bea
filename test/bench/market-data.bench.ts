/** What it costs to get market data in: parsing, simulating, and whole ingests into the local S3 through the real SDK. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulateMarket } from '../../shared/domain/market/simulator/simulate-market.ts';
import { defaultPolicy } from '../../shared/domain/policy/default-policy.ts';
import { parseDay } from '../../shared/kernel/days.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { openDataset } from '../../shared/providers/files/open-dataset.ts';
import { IngestChunk } from '../../shared/providers/ingest/chunk.ts';
import { finishIngest } from '../../shared/providers/ingest/finish-ingest.ts';
import { ingestChunk } from '../../shared/providers/ingest/ingest-chunk.ts';
import { planIngest } from '../../shared/providers/ingest/plan-ingest.ts';
import type { IngestSource } from '../../shared/providers/ingest/source.ts';
import { Lake } from '../../shared/stores/lake/lake.ts';
import { openS3 } from '../contract/local-cloud/s3/s3-fixture.ts';
import { type Bench, median } from './bench.ts';

const core40 = 'core40_daily_2005_2023.csv.gz';
const equities = 'us_equities_daily.parquet';
const repetitions = 3;
const symbolsAtOnce = 60;

export const benches: Bench[] = [
  { name: 'simulate market', unit: 'ms', goal: { atMost: 400 }, run: () => medianMs(async () => simulateMarket({ seed: 1 })) },
  { name: 'parse core40 CSV', unit: 'ms', goal: { atMost: 350 }, run: () => readingMs(core40) },
  { name: 'read 2.07 M rows Parquet', unit: 'ms', goal: { atMost: 3500 }, run: () => readingMs(equities) },
  {
    name: 'ingest simulated market',
    unit: 'ms',
    run: () => medianMs(async () => void (await ingested(newLake(), { kind: 'simulator', seed: 1 }))),
  },
  { name: 'ingest core40', unit: 'ms', goal: { atMost: 1200 }, run: () => ingestMs(core40) },
  { name: 'ingest 356 symbols', unit: 'ms', goal: { atMost: 6000 }, run: () => ingestMs(equities) },
  { name: 'read 1,300 bars of 40 symbols', unit: 'ms', goal: { atMost: 100 }, run: readBarsMs },
];

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return median(times);
}

function fileBytes(name: string): Uint8Array {
  const path = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'daily', name);
  if (!existsSync(path)) throw new Error(`${name} is not here: set BALLAST_MARKET_DATA to the market data pack`);
  return readFileSync(path);
}

function readingMs(name: string): Promise<number> {
  const bytes = fileBytes(name);
  return medianMs(async () => {
    const dataset = await openDataset(bytes, name);
    for (let start = 0; start < dataset.symbols.length; start += symbolsAtOnce)
      await dataset.bars(dataset.symbols.slice(start, start + symbolsAtOnce));
  });
}

function ingestMs(name: string): Promise<number> {
  const bytes = fileBytes(name);
  return medianMs(async () => {
    const lake = newLake();
    await ingested(lake, { kind: 'file', key: await lake.putInbox(name, bytes) });
  });
}

async function readBarsMs(): Promise<number> {
  const lake = newLake();
  const datasetId = await ingested(lake, { kind: 'file', key: await lake.putInbox(core40, fileBytes(core40)) });
  return medianMs(() => lake.readBars({ datasetId, before: parseDay('2019-06-14'), sessions: 1300 }));
}

const newLake = (): Lake => new Lake(openS3({ pathStyle: true }).client, 'lake');

async function ingested(lake: Lake, source: IngestSource): Promise<string> {
  const plan = await planIngest({ source }, { lake });
  if (plan.kind === 'unchanged') return plan.datasetId;
  const chunks = await lake.getJson(plan.chunksKey, IngestChunk.array());
  if (isRefusal(chunks)) throw new Error(chunks.reason);
  for (const chunk of chunks) await ingestChunk(chunk, { lake, rules: defaultPolicy });
  return (await finishIngest({ source, chunkCount: plan.chunkCount }, { lake })).datasetId;
}
