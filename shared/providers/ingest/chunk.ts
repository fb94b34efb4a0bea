/** One item of the Distributed Map: some symbols of a source, and what became of them. */
import * as z from 'zod';
import { ManifestInstrument, ManifestPart } from '../../stores/lake/manifest.ts';
import { IngestSource } from './source.ts';

export const IngestChunk = z.object({
  datasetId: z.string(),
  /** Also the part number of everything this chunk writes. */
  part: z.int().nonnegative(),
  /** Without sectors: they concern the manifest alone. */
  source: IngestSource,
  symbols: z.array(z.string()).min(1),
});

export const BlockedSymbol = z.object({ symbol: z.string(), state: z.enum(['DEGRADED', 'QUARANTINED']), reasons: z.array(z.string()) });

/** Written beside the parts; the manifest is put together from these. */
export const ChunkReport = z.object({
  datasetId: z.string(),
  part: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  instruments: z.array(ManifestInstrument),
  parts: z.array(ManifestPart),
  qualityKey: z.string(),
  blocked: z.array(BlockedSymbol),
});

export type IngestChunk = z.output<typeof IngestChunk>;
export type BlockedSymbol = z.output<typeof BlockedSymbol>;
export type ChunkReport = z.output<typeof ChunkReport>;
