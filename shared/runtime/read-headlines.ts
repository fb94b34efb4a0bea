/**
 * The headlines of one cycle, read by a language model before the signals are computed, and what became of each.
 *
 * 1. Headlines known before the session, within the look-back of whoever counts news; each once a company, the newest first.
 * 2. What an earlier cycle has read is on file. The rest is asked for, some at a time, until all is read or the time is up.
 * 3. When one turn brings no reading at all, no more is asked: the service is of no use today, and the market closes soon.
 * 4. Every headline ends as a reading, or with the reason why there is none. The lexicon reads what the model did not; how many
 *    headlines of an opinion the model has read is in its evidence.
 */
import type { CycleContext } from '../domain/cycle/step-types.ts';
import type { SymbolFacts } from '../domain/market/facts.ts';
import { newYorkDay } from '../domain/market/new-york-time.ts';
import type { Clock } from '../kernel/clock.ts';
import { isRefusal, type Refusal, refuse } from '../kernel/refusal.ts';
import type { ItemToRead, Reading, ReadingOutcome } from '../providers/language-model/index.ts';
import { inParallel } from '../stores/lake/in-parallel.ts';
import type { NewsModel } from './connect-news-reader.ts';

/** The cycle document `readings`: decisions rest on it, and are replayed from it without the model. */
export interface NewsReadings {
  /** Null when there was none to ask. */
  readonly model: string | null;
  readonly promptVersion: string | null;
  /** How many of the readings are of this cycle; the others were on file. */
  readonly readNow: number;
  readonly read: ReadonlyArray<ItemToRead & { readonly reading: Reading }>;
  readonly unread: ReadonlyArray<ItemToRead & { readonly reason: string; readonly details: Readonly<Record<string, unknown>> }>;
}

/** As many as the reader asks for at once: four requests of twenty. */
const headlinesPerTurn = 80;
/** No turn begins later than this; the last one may take three quarters of a minute more. A cycle has fifteen minutes until the close. */
const turnsBeginMsMax = 45_000;
const lookupsAtOnce = 50;

/** What there is to read, the newest first, so that what time is too short for is the oldest. */
export function headlinesToRead(facts: readonly SymbolFacts[], { asOf, policy }: Pick<CycleContext, 'asOf' | 'policy'>): ItemToRead[] {
  const oldest = asOf - Math.max(policy.sentiment.lookbackDays, policy.factors.news.lookbackDays);
  const recent = facts.flatMap(({ symbol, news }) =>
    news
      .filter(({ publishedAt }) => newYorkDay(publishedAt) < asOf && newYorkDay(publishedAt) >= oldest)
      .map(({ publishedAt, text }) => ({ symbol, headline: text, publishedAt })),
  );
  recent.sort((a, b) => b.publishedAt - a.publishedAt || compare(a.symbol, b.symbol) || compare(a.headline, b.headline));
  const items = new Map(recent.map(({ symbol, headline }) => [keyOf(symbol, headline), { symbol, headline }]));
  return [...items.values()];
}

export async function readHeadlines(items: readonly ItemToRead[], model: NewsModel | Refusal, clock: Clock): Promise<NewsReadings> {
  if (isRefusal(model)) return { model: null, promptVersion: null, ...asDocument(items.map((item) => [item, model])) };
  const known = await inParallel(items, lookupsAtOnce, async (item) => [item, await model.known(item)] as const);
  const news = known.flatMap(([item, reading]) => (reading === null ? [item] : []));
  const asked = new Map((await ask(news, model, clock)).map(([item, outcome]) => [item, outcome]));
  const outcomes = known.map(
    ([item, reading]) => [item, reading === null ? asked.get(item)! : { kind: 'reading' as const, reading }] as const,
  );
  return { model: model.model, promptVersion: model.promptVersion, ...asDocument(outcomes, asked) };
}

/** The facts with each headline's reading, where there is one. */
export function withReadings(facts: readonly SymbolFacts[], { read }: NewsReadings): SymbolFacts[] {
  const readings = new Map(read.map(({ symbol, headline, reading }) => [keyOf(symbol, headline), reading]));
  return facts.map(({ news, ...others }) => ({
    ...others,
    news: news.map((headline) => {
      const reading = readings.get(keyOf(others.symbol, headline.text));
      return reading === undefined ? headline : { ...headline, reading };
    }),
  }));
}

type Outcome = readonly [item: ItemToRead, outcome: ReadingOutcome | Refusal];

async function ask(items: readonly ItemToRead[], model: NewsModel, clock: Clock): Promise<Outcome[]> {
  const began = clock.now();
  const outcomes: Outcome[] = [];
  let noMore: Refusal | null = null;
  for (let from = 0; from < items.length; from += headlinesPerTurn) {
    const turn = items.slice(from, from + headlinesPerTurn);
    if (clock.now() - began > turnsBeginMsMax) noMore ??= refuse('not-asked', { because: 'time-is-up' });
    if (noMore) {
      for (const item of turn) outcomes.push([item, noMore]);
      continue;
    }
    const became = await model.read(turn);
    for (const [at, item] of turn.entries()) outcomes.push([item, became[at]!]);
    const last = became.at(-1)!;
    if (isRefusal(last) && became.every(isRefusal)) noMore = refuse('not-asked', { because: last.reason });
  }
  return outcomes;
}

function asDocument(
  outcomes: readonly Outcome[],
  asked: ReadonlyMap<ItemToRead, unknown> = new Map(),
): Pick<NewsReadings, 'readNow' | 'read' | 'unread'> {
  const read = outcomes.flatMap(([item, outcome]) => (isRefusal(outcome) ? [] : [{ ...item, reading: outcome.reading }]));
  const unread = outcomes.flatMap(([item, outcome]) =>
    isRefusal(outcome) ? [{ ...item, reason: outcome.reason, details: outcome.details }] : [],
  );
  return { readNow: outcomes.filter(([item, outcome]) => asked.has(item) && !isRefusal(outcome)).length, read, unread };
}

const keyOf = (symbol: string, headline: string): string => `${symbol}\n${headline}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
