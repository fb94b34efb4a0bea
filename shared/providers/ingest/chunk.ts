/** One item of the Distributed Map: some symbols of a source, and what became of them. */
import * as z from 'zod';
import { FactsPart, ManifestInstrument, ManifestPart } from '../../stores/lake/manifest.ts';
import { RejectedFact } from '../files/facts-file.ts';
import { IngestSource } from './source.ts';

export const IngestChunk = z.object({
  datasetId: z.string(),
  /** Also the part number of everything this chunk writes. */
  part: z.int().nonnegative(),
  /** Without sectors, which concern the manifest alone, and without the index, which is read once. */
  source: IngestSource,
  symbols: z.array(z.string()).min(1),
});

export const BlockedSymbol = z.object({ symbol: z.string(), state: z.enum(['DEGRADED', 'QUARANTINED']), reasons: z.array(z.string()) });

/** Simple total returns of the chunk's companies by session; the market is put together from these. */
const ReturnSums = z.object({ day: z.array(z.int()).readonly(), sum: z.array(z.number()).readonly(), count: z.array(z.int()).readonly() });

/** Written beside the parts; the manifest is put together from these. */
export const ChunkReport = z.object({
  datasetId: z.string(),
  part: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  instruments: z.array(ManifestInstrument),
  parts: z.array(ManifestPart),
  factsParts: z.array(FactsPart),
  returns: ReturnSums,
  qualityKey: z.string(),
  blocked: z.array(BlockedSymbol),
});

/** Written when an ingest is planned: what the files of facts hold, whichever companies the data set has. */
export const FactsReport = z.object({
  files: z.array(
    z.object({
      fileName: z.string(),
      rows: z.int().nonnegative(),
      symbols: z.int().nonnegative(),
      repeated: z.int().nonnegative(),
      rejected: z.array(RejectedFact),
    }),
  ),
});

export type FactsReport = z.output<typeof FactsReport>;
export type IngestChunk = z.output<typeof IngestChunk>;
export type BlockedSymbol = z.output<typeof BlockedSymbol>;
export type ChunkReport = z.output<typeof ChunkReport>;
