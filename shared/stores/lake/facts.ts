/** Facts of a data set: written in parts as bars are, one for each chunk of symbols, and read back for a decision. */
import type { EarningsRelease, FundamentalReport, Headline, SymbolFacts } from '../../domain/market/facts.ts';
import { newYorkDay } from '../../domain/market/new-york-time.ts';
import { yearOf } from '../../kernel/days.ts';
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import { earningsFormat, newsFormat, type OfSymbol, reportsFormat } from './facts-parquet.ts';
import { factsInWindow, newsYears } from './facts-window.ts';
import { inParallel } from './in-parallel.ts';
import { lakeKeys } from './keys.ts';
import type { FactsPart } from './manifest.ts';

/** A part that is to be stored. */
export interface EncodedFacts {
  readonly part: FactsPart;
  readonly bytes: Uint8Array;
}

/** The parts of these companies; what nothing is known of leaves no trace. */
export function encodeFacts(datasetId: string, part: number, facts: readonly SymbolFacts[]): EncodedFacts[] {
  const reports = rowsOf(facts, (one) => one.reports);
  const earnings = rowsOf(facts, (one) => one.earnings);
  const newsByYear = Map.groupBy(
    rowsOf(facts, (one) => one.news),
    ({ fact }) => yearOf(newYorkDay(fact.publishedAt)),
  );
  const encoded: EncodedFacts[] = [];
  if (reports.length > 0) {
    const bytes = reportsFormat.encode(reports);
    const key = lakeKeys.fundamentals(datasetId, part);
    encoded.push({ part: { kind: 'fundamentals', key, part, rows: reports.length, bytes: bytes.length }, bytes });
  }
  if (earnings.length > 0) {
    const bytes = earningsFormat.encode(earnings);
    const key = lakeKeys.earnings(datasetId, part);
    encoded.push({ part: { kind: 'earnings', key, part, rows: earnings.length, bytes: bytes.length }, bytes });
  }
  for (const [year, news] of [...newsByYear].sort(([a], [b]) => a - b)) {
    const bytes = newsFormat.encode(news);
    const key = lakeKeys.news(datasetId, year, part);
    encoded.push({ part: { kind: 'news', year, key, part, rows: news.length, bytes: bytes.length }, bytes });
  }
  return encoded;
}

const rowsOf = <Fact>(facts: readonly SymbolFacts[], list: (one: SymbolFacts) => readonly Fact[]): OfSymbol<Fact>[] =>
  facts.flatMap((one) => list(one).map((fact) => ({ symbol: one.symbol, fact })));

interface Gathered {
  readonly reports: FundamentalReport[];
  readonly earnings: EarningsRelease[];
  readonly news: Headline[];
}

const getsAtOnce = 16;

/** What the parts know of the symbols before that day: one entry for each symbol, in their order. */
export async function readFactsParts(
  parts: readonly FactsPart[],
  symbols: readonly Ticker[],
  before: EpochDay,
  load: (key: string) => Promise<Uint8Array>,
): Promise<SymbolFacts[]> {
  const gathered = new Map<string, Gathered>(symbols.map((symbol) => [symbol, { reports: [], earnings: [], news: [] }]));
  const { first, last } = newsYears(before);
  const wanted = parts.filter((part) => part.kind !== 'news' || (part.year >= first && part.year <= last));
  const decoded = await inParallel(wanted, getsAtOnce, async ({ kind, key }) => decodePart(kind, await load(key)));
  for (const store of decoded) store(gathered);
  return [...gathered].map(([symbol, lists]) => factsInWindow({ symbol: symbol as Ticker, ...lists }, before));
}

/** A function that puts the facts of the part where they belong; symbols nobody asked for are passed over. */
async function decodePart(kind: FactsPart['kind'], bytes: Uint8Array): Promise<(gathered: ReadonlyMap<string, Gathered>) => void> {
  const putting =
    <Fact>(rows: readonly OfSymbol<Fact>[], list: (one: Gathered) => Fact[]) =>
    (gathered: ReadonlyMap<string, Gathered>): void => {
      for (const { symbol, fact } of rows) {
        const one = gathered.get(symbol);
        if (one !== undefined) list(one).push(fact);
      }
    };
  switch (kind) {
    case 'fundamentals':
      return putting(await reportsFormat.decode(bytes), ({ reports }) => reports);
    case 'earnings':
      return putting(await earningsFormat.decode(bytes), ({ earnings }) => earnings);
    case 'news':
      return putting(await newsFormat.decode(bytes), ({ news }) => news);
  }
}
