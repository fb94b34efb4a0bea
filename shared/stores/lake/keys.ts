/**
 * Where things lie in the lake bucket. Bars are partitioned the Hive way (`dataset=…/year=…`), so that Athena projects
 * partitions instead of crawling for them; everything that a cycle reads or writes besides is found by its key alone.
 */
export const lakeKeys = {
  manifest: (datasetId: string): string => `datasets/${datasetId}/manifest.json`,
  /** The list a Distributed Map runs over. */
  chunkList: (datasetId: string): string => `datasets/${datasetId}/chunks.json`,
  chunkReport: (datasetId: string, part: number): string => `datasets/${datasetId}/chunks/${partName(part)}.json`,
  bars: (datasetId: string, year: number, part: number): string =>
    `bars/daily/dataset=${datasetId}/year=${String(year).padStart(4, '0')}/${partName(part)}.parquet`,
  /** What was found in the files of facts, rejected records by name. */
  factsReport: (datasetId: string): string => `datasets/${datasetId}/facts.json`,
  market: (datasetId: string): string => `datasets/${datasetId}/market.json`,
  fundamentals: (datasetId: string, part: number): string => `fundamentals/dataset=${datasetId}/${partName(part)}.parquet`,
  earnings: (datasetId: string, part: number): string => `earnings/dataset=${datasetId}/${partName(part)}.parquet`,
  news: (datasetId: string, year: number, part: number): string =>
    `news/dataset=${datasetId}/year=${String(year).padStart(4, '0')}/${partName(part)}.parquet`,
  quality: (datasetId: string, part: number): string => `quality/dataset=${datasetId}/${partName(part)}.json`,
  inbox: (sha256: string, fileName: string): string => `inbox/${sha256}/${fileName}`,
  snapshot: (sha256: string): string => `snapshots/${sha256}.parquet`,
  /** What a language model made of one headline; `reading` is the hash of the model, the prompt, the symbol and the headline. */
  reading: (model: string, promptVersion: string, reading: string): string =>
    `readings/${model.replaceAll(/[^\w.-]+/g, '-')}/${promptVersion}/${reading}.json`,
  /** A language model's answer, word for word. */
  readingAnswer: (sha256: string): string => `readings/answers/${sha256}.txt`,
  /** Lists of opportunities with every score. */
  opportunities: (session: string, listId: string): string => `opportunities/${session}/${listId}.json`,
  cycle: (cycleId: string, name: string): string => `cycles/${cycleId}/${name}.json`,
  cyclePoint: (cycleId: string): string => `analytics/cycles/${cycleId}.json`,
  dailyMetrics: (day: string): string => `analytics/daily/${day}.json`,
  /** The last revision of a day's report; `extension` is md, html or json. */
  report: (day: string, extension: string): string => `reports/${day}/report.${extension}`,
  reportRevision: (day: string, revision: number, extension: string): string =>
    `reports/${day}/revisions/${String(revision).padStart(3, '0')}.${extension}`,
} as const;

const partName = (part: number): string => `part-${String(part).padStart(4, '0')}`;
