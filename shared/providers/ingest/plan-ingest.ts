/**
 * First step of an ingest: opens the source (which is where a bad file is refused, in one line), and lists the work as
 * chunks of symbols for a Distributed Map. A dataset whose manifest names the same content needs no work.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import { lakeKeys } from '../../stores/lake/keys.ts';
import type { Lake } from '../../stores/lake/lake.ts';
import type { IngestChunk } from './chunk.ts';
import { type IngestSource, identify, openSource, type SourceIdentity } from './source.ts';

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
  const chunks = inEqualShares(symbols, symbolsPerChunk).map(
    (share, part): IngestChunk => ({ datasetId: identity.datasetId, part, source: withoutSectors(source), symbols: share }),
  );
  const chunksKey = lakeKeys.chunkList(identity.datasetId);
  await lake.putJson(chunksKey, chunks);
  return { ...identity, kind: 'planned', symbolCount: symbols.length, chunkCount: chunks.length, chunksKey };
}

const withoutSectors = (source: IngestSource): IngestSource => (source.kind === 'file' ? { kind: 'file', key: source.key } : source);

/** As few runs as `most` allows, in order, whose lengths differ by at most one. */
function inEqualShares<Item>(items: readonly Item[], most: number): Item[][] {
  const count = Math.ceil(items.length / most);
  return Array.from({ length: count }, (_, share) =>
    items.slice(Math.round((share * items.length) / count), Math.round(((share + 1) * items.length) / count)),
  );
}
