/**
 * First step of an ingest: opens the source (which is where a bad file is refused, in one line), and lists the work as
 * chunks of symbols for a Distributed Map. Files of facts are read whole here, and what was rejected of them is written down;
 * an index becomes the market's series. A dataset whose manifest names the same content needs no work.
 */
import { indexReturns } from '../../domain/market/equal-weighted.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import { lakeKeys } from '../../stores/lake/keys.ts';
import type { Lake } from '../../stores/lake/lake.ts';
import type { FactsReport, IngestChunk } from './chunk.ts';
import { inDayOrder } from './day-order.ts';
import { type IngestSource, identify, openedFacts, openIndex, openSource, type SourceIdentity } from './source.ts';

/** Sixty symbols of 28 years fit a small Lambda, and make parts of a size that Athena likes. */
const symbolsPerChunk = 60;

export type IngestPlan = SourceIdentity &
  (
    | { readonly kind: 'unchanged'; readonly symbolCount: number; readonly rows: number }
    | { readonly kind: 'planned'; readonly symbolCount: number; readonly chunkCount: number; readonly chunksKey: string }
  );

/** @throws ContractViolation when the file is missing or cannot be read. */
export async function planIngest({ source }: { readonly source: IngestSource }, { lake }: { readonly lake: Lake }): Promise<IngestPlan> {
  const identity = identify(source);
  const manifest = await lake.readManifest(identity.datasetId);
  if (!isRefusal(manifest) && manifest.contentHash === identity.contentHash) {
    return { ...identity, kind: 'unchanged', symbolCount: manifest.instruments.length, rows: manifest.rows };
  }
  const provider = await openSource(source, lake);
  const symbols = (await provider.listSymbols()).map(({ symbol }) => symbol);
  await lake.putJson(lakeKeys.factsReport(identity.datasetId), await factsReport(source, lake));
  const index = await openIndex(source, lake);
  if (index !== undefined) await lake.writeMarket(identity.datasetId, indexReturns(index.symbol, inDayOrder(index)));
  const chunks = inEqualShares(symbols, symbolsPerChunk).map(
    (share, part): IngestChunk => ({ datasetId: identity.datasetId, part, source: forChunks(source), symbols: share }),
  );
  const chunksKey = lakeKeys.chunkList(identity.datasetId);
  await lake.putJson(chunksKey, chunks);
  return { ...identity, kind: 'planned', symbolCount: symbols.length, chunkCount: chunks.length, chunksKey };
}

/** What a chunk needs of the source: what concerns the data set as a whole stays here. */
function forChunks(source: IngestSource): IngestSource {
  if (source.kind === 'simulator') return source;
  const { index: _, ...facts } = source.facts ?? {};
  return { kind: 'file', key: source.key, ...(Object.keys(facts).length > 0 ? { facts } : {}) };
}

/** Reads the files of facts whole, so that a bad one is refused before any work is done. */
async function factsReport(source: IngestSource, lake: Lake): Promise<FactsReport> {
  if (source.kind === 'simulator') return { files: [] };
  const { fundamentals, earnings, news } = await openedFacts(lake, source.facts ?? {});
  const files = [...fundamentals, ...earnings, ...news].map(({ fileName, rows, facts, repeated, rejected }) => ({
    fileName,
    rows,
    symbols: facts.size,
    repeated,
    rejected: [...rejected],
  }));
  return { files };
}

/** As few runs as `most` allows, in order, whose lengths differ by at most one. */
function inEqualShares<Item>(items: readonly Item[], most: number): Item[][] {
  const count = Math.ceil(items.length / most);
  return Array.from({ length: count }, (_, share) =>
    items.slice(Math.round((share * items.length) / count), Math.round(((share + 1) * items.length) / count)),
  );
}
