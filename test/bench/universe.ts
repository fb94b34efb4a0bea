/** Companies with a year of bars and years of facts, for benches that decide on an index-sized universe. */
import { factsBefore, type SymbolFacts } from '../../shared/domain/market/facts.ts';
import { seededRng } from '../../shared/kernel/rng.ts';
import { factsOf } from '../contract/kits/factor-world.ts';
import { asOf, ticker } from '../unit/domain/fixtures.ts';

export const COMPANIES = 500;

/** Read by the lexicon: what a language model has read costs nothing here. */
const texts = [
  'shares jump as quarterly earnings beat estimates',
  'cuts its guidance for the full year, cites weak demand',
  'to present at the industrials conference in May',
  'analysts raise the price target after a strong quarter, but warn of debt',
  'names a new chief financial officer',
];

/** Reports and releases of years and 30 headlines, known before the session of the fixtures. */
export function companyFacts(name: string): SymbolFacts {
  const symbol = ticker(name);
  const facts = factsBefore(factsOf(symbol, seededRng(name)), asOf);
  const news = facts.news.map(({ publishedAt }, k) => ({ publishedAt, text: `${name} ${texts[k % texts.length]} (${k})` }));
  return { ...facts, news };
}
