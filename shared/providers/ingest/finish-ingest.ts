/**
 * Last step of an ingest: puts the market's returns and the manifest together from the chunk reports, and writes the manifest last,
 * whereby the dataset becomes visible.
 * Idempotent: the reports decide the manifest.
 */
import { equalWeighted, mergeSums } from '../../domain/market/equal-weighted.ts';
import type { MarketHistory } from '../../domain/market/market-history.ts';
import { invariant } from '../../kernel/errors.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { inParallel } from '../../stores/lake/in-parallel.ts';
import { lakeKeys } from '../../stores/lake/keys.ts';
import type { Lake } from '../../stores/lake/lake.ts';
import type { DatasetManifest } from '../../stores/lake/manifest.ts';
import { type BlockedSymbol, ChunkReport } from './chunk.ts';
import { describe, type IngestSource, identify } from './source.ts';

export interface IngestResult {
  readonly datasetId: string;
  readonly provider: string;
  readonly symbolCount: number;
  readonly rows: number;
  readonly firstDay: EpochDay;
  readonly lastDay: EpochDay;
  readonly partCount: number;
  readonly blockedCount: number;
  /** The first ones; all are in the chunk reports. State machine payloads are small. */
  readonly blocked: readonly BlockedSymbol[];
}

const blockedShown = 60;
const getsAtOnce = 8;

/** @throws InvariantViolation when a chunk has left no report. */
export async function finishIngest(
  { source, chunkCount }: { readonly source: IngestSource; readonly chunkCount: number },
  { lake }: { readonly lake: Lake },
): Promise<IngestResult> {
  const { datasetId, contentHash } = identify(source);
  const { provider, instrument } = describe(source);
  const reports = await inParallel(
    Array.from({ length: chunkCount }, (_, part) => part),
    getsAtOnce,
    (part) => readReport(lake, datasetId, part),
  );
  const instruments = reports.flatMap((report) => report.instruments.map((entry) => ({ ...entry, ...instrument(entry.symbol) })));
  invariant(instruments.length > 0, 'an ingested dataset holds at least one symbol', { datasetId });

  const hasIndex = source.kind === 'file' && source.facts?.index !== undefined;
  const marketKey = hasIndex ? lakeKeys.market(datasetId) : await lake.writeMarket(datasetId, marketOf(reports));
  const lastDay = Math.max(...instruments.map((entry) => entry.lastDay)) as EpochDay;
  const manifest: DatasetManifest = {
    datasetId,
    provider,
    contentHash,
    rows: reports.reduce((sum, { rows }) => sum + rows, 0),
    firstDay: Math.min(...instruments.map((entry) => entry.firstDay)) as EpochDay,
    lastDay,
    instruments,
    parts: reports.flatMap(({ parts }) => parts),
    qualityKeys: reports.map(({ qualityKey }) => qualityKey),
    factsParts: reports.flatMap(({ factsParts }) => factsParts),
    marketKey,
  };
  await lake.writeManifest(manifest);

  const blocked = withStale(
    reports.flatMap((report) => report.blocked),
    manifest,
  );
  return {
    datasetId,
    provider,
    symbolCount: instruments.length,
    rows: manifest.rows,
    firstDay: manifest.firstDay,
    lastDay,
    partCount: manifest.parts.length,
    blockedCount: blocked.length,
    blocked: blocked.slice(0, blockedShown),
  };
}

/** All companies with equal weight. */
const marketOf = (reports: readonly ChunkReport[]): MarketHistory => equalWeighted(mergeSums(reports.map(({ returns }) => returns)));

async function readReport(lake: Lake, datasetId: string, part: number): Promise<ChunkReport> {
  const report = await lake.getJson(lakeKeys.chunkReport(datasetId, part), ChunkReport);
  invariant(!isRefusal(report), 'every planned chunk has left its report before the ingest is finished', { datasetId, part });
  return report;
}

/** A series that ends before the dataset does cannot be traded on its last day, whatever its rows are like. */
function withStale(blocked: readonly BlockedSymbol[], { instruments, lastDay }: DatasetManifest): BlockedSymbol[] {
  const bySymbol = new Map(blocked.map((entry) => [entry.symbol, entry]));
  return instruments.flatMap(({ symbol, lastDay: own }) => {
    const entry = bySymbol.get(symbol);
    if (own >= lastDay) return entry ?? [];
    return { symbol, state: 'QUARANTINED' as const, reasons: [...(entry?.reasons ?? []), 'last-bar-stale'] };
  });
}
