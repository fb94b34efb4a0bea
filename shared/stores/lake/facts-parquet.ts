/**
 * Reports, earnings releases and headlines as Parquet bytes and back, one row for each fact, symbol after symbol. The same facts
 * give the same bytes. Days are DATE, instants TIMESTAMP in UTC and tickers UTF-8, so Athena and DuckDB read the parts as they lie.
 * Numbers that were not reported are null.
 *
 * What is made when the module is loaded is marked pure, so that a bundle that moves no facts carries no Parquet.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type DecodedArray, parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { EarningsRelease, FundamentalReport, Headline } from '../../domain/market/facts.ts';
import { InvariantViolation, invariant } from '../../kernel/errors.ts';
import type { EpochDay, EpochMs, Ticker } from '../../kernel/units.ts';

/** A fact and the company it is about. */
export interface OfSymbol<Fact> {
  readonly symbol: Ticker;
  readonly fact: Fact;
}

interface FactsFormat<Fact> {
  encode(rows: readonly OfSymbol<Fact>[]): Uint8Array;
  /** @throws InvariantViolation for bytes that are no such file. */
  decode(bytes: Uint8Array): Promise<OfSymbol<Fact>[]>;
}

/** How one column holds a field: its name and type in the file, and the way there and back. */
interface FactColumn<Fact> {
  readonly element: SchemaElement;
  write(fact: Fact): string | number | bigint | null;
}

const days = { type: 'INT32', converted_type: 'DATE', repetition_type: 'REQUIRED' } as const;
const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' } as const;
const number = { type: 'DOUBLE', repetition_type: 'REQUIRED' } as const;
const numberOrNull = { type: 'DOUBLE', repetition_type: 'OPTIONAL' } as const;
const instant = { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'REQUIRED' } as const;

/** Column names in the file, and the field each holds. */
const amounts = {
  revenue: 'revenueUsd',
  net_income: 'netIncomeUsd',
  total_assets: 'totalAssetsUsd',
  equity: 'equityUsd',
  operating_cf: 'operatingCashFlowUsd',
  capex: 'capitalExpenditureUsd',
  free_cash_flow: 'freeCashFlowUsd',
  shares_outstanding: 'sharesOutstanding',
} as const satisfies Record<string, keyof FundamentalReport>;

type AmountName = keyof typeof amounts;
const amountNames = /* @__PURE__ */ Object.keys(amounts) as AmountName[];

type ReportRow = { symbol: string; period_end: number; available_date: number } & Record<AmountName, number | null>;

export const reportsFormat = /* @__PURE__ */ factsFormat<FundamentalReport, ReportRow>(
  'fundamentals',
  () => [
    { element: { name: 'period_end', ...days }, write: ({ periodEnd }) => periodEnd },
    { element: { name: 'available_date', ...days }, write: ({ availableDay }) => availableDay },
    ...amountNames.map((name) => ({
      element: { name, ...numberOrNull },
      write: (report: FundamentalReport) => report[amounts[name]],
    })),
  ],
  (row) => ({
    periodEnd: row.period_end as EpochDay,
    availableDay: row.available_date as EpochDay,
    revenueUsd: row.revenue,
    netIncomeUsd: row.net_income,
    totalAssetsUsd: row.total_assets,
    equityUsd: row.equity,
    operatingCashFlowUsd: row.operating_cf,
    capitalExpenditureUsd: row.capex,
    freeCashFlowUsd: row.free_cash_flow,
    sharesOutstanding: row.shares_outstanding,
  }),
);

interface EarningsRow {
  readonly symbol: string;
  readonly date: number;
  readonly release_time: EarningsRelease['session'];
  readonly eps: number;
  readonly eps_est: number | null;
}

export const earningsFormat = /* @__PURE__ */ factsFormat<EarningsRelease, EarningsRow>(
  'earnings',
  () => [
    { element: { name: 'date', ...days }, write: ({ availableDay }) => availableDay },
    { element: { name: 'release_time', ...text }, write: ({ session }) => session },
    { element: { name: 'eps', ...number }, write: ({ epsUsd }) => epsUsd },
    { element: { name: 'eps_est', ...numberOrNull }, write: ({ epsEstimateUsd }) => epsEstimateUsd },
  ],
  (row) => ({ availableDay: row.date as EpochDay, session: row.release_time, epsUsd: row.eps, epsEstimateUsd: row.eps_est }),
);

interface NewsRow {
  readonly symbol: string;
  readonly published_at: number;
  readonly headline: string;
}

export const newsFormat = /* @__PURE__ */ factsFormat<Headline, NewsRow>(
  'news',
  () => [
    { element: { name: 'published_at', ...instant }, write: ({ publishedAt }) => BigInt(publishedAt) },
    { element: { name: 'headline', ...text }, write: ({ text: headline }) => headline },
  ],
  (row) => ({ publishedAt: row.published_at as EpochMs, text: row.headline }),
);

function factsFormat<Fact, Row extends { readonly symbol: string }>(
  name: string,
  columnsOf: () => readonly FactColumn<Fact>[],
  read: (row: Row) => Fact,
): FactsFormat<Fact> {
  return {
    encode(rows) {
      invariant(rows.length > 0, 'a file of facts holds at least one', { name });
      const columns = columnsOf();
      const schema: SchemaElement[] = [
        { name, num_children: columns.length + 1 },
        { name: 'symbol', ...text },
        ...columns.map(({ element }) => element),
      ];
      const buffer = parquetWriteBuffer({
        schema,
        codec: 'ZSTD',
        compressors: { ZSTD: (input) => zstdCompressSync(input) },
        statistics: false,
        rowGroupSize: Number.MAX_SAFE_INTEGER,
        createdBy: 'ballast',
        columnData: [
          { name: 'symbol', data: rows.map(({ symbol }) => symbol), encoding: 'RLE_DICTIONARY', statistics: true },
          ...columns.map(({ element, write }) => ({
            name: element.name,
            data: rows.map(({ fact }) => write(fact)) as DecodedArray,
            encoding: 'PLAIN' as const,
          })),
        ],
      });
      return new Uint8Array(buffer);
    },
    async decode(bytes) {
      const rows = (await readRows(bytes, name)) as Row[];
      return rows.map((row) => ({ symbol: row.symbol as Ticker, fact: read(row) }));
    },
  };
}

async function readRows(bytes: Uint8Array, name: string): Promise<Record<string, unknown>[]> {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  try {
    return await parquetReadObjects({
      file: { byteLength: buffer.byteLength, slice: (start, end) => buffer.slice(start, end) },
      metadata: parquetMetadata(buffer),
      compressors: { ZSTD: (input) => zstdDecompressSync(input) },
      parsers: { dateFromDays: (day: number) => day, timestampFromMilliseconds: (millis: bigint) => Number(millis) },
    });
  } catch (error) {
    throw new InvariantViolation('a file of facts in the lake is readable Parquet', { name }, { cause: error });
  }
}
