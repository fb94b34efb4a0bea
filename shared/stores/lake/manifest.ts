/**
 * What a dataset in the lake consists of. The manifest is written last, so a dataset is seen whole or not at all;
 * a reader learns from it which parts to fetch, and never lists the bucket.
 */
import * as z from 'zod';
import type { EpochDay, Sha256, Ticker } from '../../kernel/units.ts';

const Day = z.int().transform((day) => day as EpochDay);
const TickerText = z
  .string()
  .min(1)
  .transform((symbol) => symbol as Ticker);
const Count = z.int().nonnegative();

export const ManifestInstrument = z.object({
  symbol: TickerText,
  sector: z.string().optional(),
  name: z.string().optional(),
  rows: Count,
  firstDay: Day,
  lastDay: Day,
  /** The part number under which its bars lie, in every year. */
  part: Count,
});

export const ManifestPart = z.object({ key: z.string(), part: Count, year: z.int(), rows: Count, bytes: Count });

/** Reports and releases of all years lie in one part; headlines, of which a decision wants few weeks, by New York year. */
export const FactsPart = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['fundamentals', 'earnings']), key: z.string(), part: Count, rows: Count, bytes: Count }),
  z.object({ kind: z.literal('news'), year: z.int(), key: z.string(), part: Count, rows: Count, bytes: Count }),
]);

export const DatasetManifest = z.object({
  datasetId: z.string().min(1),
  provider: z.string(),
  /** Names the source: the same hash means the same rows, sectors included. */
  contentHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .transform((hash) => hash as Sha256),
  rows: Count,
  firstDay: Day,
  lastDay: Day,
  instruments: z.array(ManifestInstrument),
  parts: z.array(ManifestPart),
  qualityKeys: z.array(z.string()),
  /** Empty in data sets that were ingested before facts were. */
  factsParts: z.array(FactsPart).default([]),
  /** Where the market's returns lie; null in data sets older than they are. */
  marketKey: z.string().nullable().default(null),
});

export type ManifestInstrument = z.output<typeof ManifestInstrument>;
export type ManifestPart = z.output<typeof ManifestPart>;
export type FactsPart = z.output<typeof FactsPart>;
export type DatasetManifest = z.output<typeof DatasetManifest>;
