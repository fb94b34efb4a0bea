/**
 * The same path with the real ingest and the real lake in it: the stored data as the files of a vendor, read, profiled, written as
 * Parquet and read back before a day. Only S3 is not there, but a memory of its objects.
 *
 * Files say nothing of splits here. A vendor's prices, shares and earnings per share have every split up to the file's end divided out,
 * so a split after the session is not one more row but another unit for all of them.
 */

import { judgeUniverse } from '../../../shared/domain/cycle/index.ts';
import type { DailyBars } from '../../../shared/domain/market/bars.ts';
import { regimeSessions } from '../../../shared/domain/policy/regime-rules.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import { invariant } from '../../../shared/kernel/errors.ts';
import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import { IngestChunk } from '../../../shared/providers/ingest/chunk.ts';
import { finishIngest } from '../../../shared/providers/ingest/finish-ingest.ts';
import { ingestChunk } from '../../../shared/providers/ingest/ingest-chunk.ts';
import { planIngest } from '../../../shared/providers/ingest/plan-ingest.ts';
import type { FactsSource, IngestSource } from '../../../shared/providers/ingest/source.ts';
import { Lake } from '../../../shared/stores/lake/lake.ts';
import { bucket, inMemoryS3 } from '../../unit/lake/in-memory-s3.ts';
import { decideOn, type Situation } from './decide.ts';
import { rowsOf, type StoredData } from './stored-data.ts';

/** What a cycle decides on the files of the data, ingested into a lake of their own. */
export async function decideThroughLake(data: StoredData, situation: Situation): Promise<string> {
  const { asOf, policy, held } = situation;
  const s3 = inMemoryS3();
  const lake = new Lake(s3.client, bucket);
  const source = await uploaded(data, lake);
  const plan = await planIngest({ source }, { lake });
  invariant(plan.kind === 'planned', 'an empty lake has everything to ingest', {});
  const chunks = IngestChunk.array().parse(JSON.parse(s3.objects.get(plan.chunksKey)!.toString()));
  for (const chunk of chunks) await ingestChunk(chunk, { lake, rules: policy });
  const { datasetId } = await finishIngest({ source, chunkCount: plan.chunkCount }, { lake });

  const { instruments } = stored(await lake.readManifest(datasetId));
  const sectors = new Map(instruments.map(({ symbol, sector }) => [symbol, sector ?? null]));
  const universe = judgeUniverse({ profiles: stored(await lake.readProfiles(datasetId)), sectors, policy, asOf });
  const active = universe.filter(({ governance }) => governance.state === 'ACTIVE').map(({ symbol }) => symbol);
  const of = { datasetId, before: asOf, symbols: [...new Set([...Object.keys(held), ...active])] };
  const bars = stored(await lake.readBars({ ...of, sessions: policy.history.loadedSessions }));
  const facts = stored(await lake.readFacts(of));
  const market = stored(await lake.readMarket({ ...of, sessions: regimeSessions(policy.regime) }));
  return decideOn({ universe, bars, facts, market }, situation);
}

function stored<Result>(result: Result | Refusal): Result {
  invariant(!isRefusal(result), 'what was ingested is there', {});
  return result;
}

async function uploaded(data: StoredData, lake: Lake): Promise<IngestSource> {
  const facts: { -readonly [Name in keyof FactsSource]: FactsSource[Name] } = {};
  for (const [name, lines] of Object.entries(linesOfFacts(data)) as ['fundamentals' | 'earnings' | 'news', string[]][]) {
    if (lines.length > 1) facts[name] = [{ key: await lake.putInbox(`${name}.csv`, bytesOf(lines)) }];
  }
  if (data.index !== null && data.index.day.length > 0) {
    facts.index = { key: await lake.putInbox('index.csv', bytesOf([barsHeader, ...linesOfBars(data.index)])), symbol: data.index.symbol };
  }
  const key = await lake.putInbox('bars.csv', bytesOf([barsHeader, ...data.bars.flatMap(linesOfBars)]));
  return { kind: 'file', key, sectors: Object.fromEntries(data.sectors), facts };
}

const bytesOf = (lines: readonly string[]): Uint8Array => Buffer.from(`${lines.join('\n')}\n`);

const barsHeader = 'symbol,date,open,high,low,close,volume,dividend';

const linesOfBars = (bars: DailyBars): string[] =>
  rowsOf(bars).map(({ day, open, high, low, close, volume, dividend }) =>
    [bars.symbol, formatDay(day), open, high, low, close, Math.round(volume), dividend].join(','),
  );

function linesOfFacts({ facts }: StoredData): Record<'fundamentals' | 'earnings' | 'news', string[]> {
  const amounts = ['revenue', 'net_income', 'total_assets', 'equity', 'operating_cf', 'capex', 'free_cash_flow', 'shares_outstanding'];
  return {
    fundamentals: [
      `symbol,period_end,available_date,${amounts.join(',')}`,
      ...facts.flatMap(({ symbol, reports }) =>
        reports.map(({ periodEnd, availableDay, ...known }) =>
          [symbol, formatDay(periodEnd), formatDay(availableDay), ...inColumns(known)].join(','),
        ),
      ),
    ],
    earnings: [
      'symbol,date,eps,eps_est,release_time',
      ...facts.flatMap(({ symbol, earnings }) =>
        earnings.map(({ availableDay, epsUsd, epsEstimateUsd, session }) =>
          [symbol, formatDay(availableDay), epsUsd, epsEstimateUsd ?? '', session].join(','),
        ),
      ),
    ],
    news: [
      'symbol,published_at,headline',
      ...facts.flatMap(({ symbol, news }) =>
        news.map(({ publishedAt, text }) => `${symbol},${new Date(publishedAt).toISOString()},"${text.replaceAll('"', '""')}"`),
      ),
    ],
  };
}

type Amounts = Omit<StoredData['facts'][number]['reports'][number], 'periodEnd' | 'availableDay'>;

const inColumns = (known: Amounts): (number | '')[] =>
  [
    ...[known.revenueUsd, known.netIncomeUsd, known.totalAssetsUsd, known.equityUsd],
    ...[known.operatingCashFlowUsd, known.capitalExpenditureUsd, known.freeCashFlowUsd, known.sharesOutstanding],
  ].map((value) => value ?? '');
