/** Headlines from a CSV: company, instant, text. A field in quotes may hold commas and line feeds; blanks are made one. */
import type { Headline } from '../../domain/market/facts.ts';
import { newYorkDay } from '../../domain/market/new-york-time.ts';
import { type FactsLayout, type FactsRow, factsRows } from './facts-csv.ts';
import type { FactsFile, ReadFact } from './facts-file.ts';
import { siftFacts } from './sift-facts.ts';

type Role = 'symbol' | 'publishedAt' | 'headline';

const layout: FactsLayout<Role> = {
  columns: {
    symbol: ['symbol', 'ticker'],
    publishedAt: ['published_at'],
    headline: ['headline', 'title'],
    ignored: ['source', 'url', 'publisher'],
  },
  required: ['symbol', 'publishedAt', 'headline'],
};

/** The same headline of a company at the same instant is kept once. @throws ContractViolation naming file, line and column of what cannot be read. */
export function readNews(bytes: Uint8Array, fileName: string): FactsFile<Headline> {
  return siftFacts(factsRows(bytes, fileName, layout).map(readHeadline), fileName);
}

function readHeadline(row: FactsRow<Role>): ReadFact<Headline> {
  const symbol = row.ticker('symbol');
  const publishedAt = row.instant('publishedAt');
  const text = row.text('headline').replaceAll(/\s+/g, ' ');
  if (text === '') throw row.malformed('headline', 'a headline is needed');
  return {
    symbol,
    line: row.line,
    periodEnd: null,
    availableDay: newYorkDay(publishedAt),
    key: `${publishedAt} ${text}`,
    fact: { publishedAt, text },
  };
}
