import { describe, expect, test } from 'vitest';
import { newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import { type Headline, noFacts, type SymbolFacts } from '../../../shared/domain/market/facts.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { EpochDay, EpochMs } from '../../../shared/kernel/units.ts';
import type { ItemToRead, Reading } from '../../../shared/providers/language-model/index.ts';
import type { NewsModel } from '../../../shared/runtime/connect-news-reader.ts';
import { headlinesToRead, readHeadlines, withReadings } from '../../../shared/runtime/read-headlines.ts';
import { asOf, ticker } from '../domain/fixtures.ts';

const context = { asOf, policy: defaultPolicy };
const headline = (text: string, ageDays: number, hour = 12): Headline => ({
  publishedAt: newYorkInstant((asOf - ageDays) as EpochDay, hour, 0),
  text,
});
const factsOf = (symbol: string, ...news: readonly Headline[]): SymbolFacts => ({ ...noFacts(ticker(symbol)), news });
const many = (count: number): ItemToRead[] => Array.from({ length: count }, (_, i) => ({ symbol: ticker('A'), headline: `news ${i}` }));
const reading = (tone: number): Reading => ({ tone, confidence: 1, model: 'small', answerSha256: 'f00' });

/** Time passes only while the model reads. */
function desk(answer: (item: ItemToRead) => Reading | Refusal, { onFile = new Map<string, Reading>(), msPerTurn = 1_000 } = {}) {
  let now = 0;
  const turns: ItemToRead[][] = [];
  const model: NewsModel = {
    model: 'small',
    promptVersion: 'tone/1',
    known: async (item) => onFile.get(item.headline) ?? null,
    read: async (items) => {
      turns.push([...items]);
      now += msPerTurn;
      return items.map((item) => {
        const given = answer(item);
        return 'kind' in given ? (given as Refusal<'service-failed'>) : { kind: 'reading' as const, reading: given };
      });
    },
  };
  return { model, turns, clock: { now: () => now as EpochMs } };
}

describe('the headlines to read', () => {
  test('are those that somebody may count: before the session, and no older than the longest look-back', () => {
    const oldest = Math.max(defaultPolicy.sentiment.lookbackDays, defaultPolicy.factors.news.lookbackDays);
    const facts = factsOf('A', headline('too old', oldest + 1), headline('old', oldest), headline('new', 1, 23), headline('today', 0, 8));
    expect(headlinesToRead([facts], context).map((item) => item.headline)).toEqual(['new', 'old']);
  });

  test('come the newest first, whatever the order of symbols, and each once a company', () => {
    const a = factsOf('A', headline('merger', 5), headline('merger', 2), headline('other', 2));
    const b = factsOf('B', headline('merger', 3));
    const items = headlinesToRead([a, b], context);
    expect(items.map(({ symbol, headline: text }) => `${symbol} ${text}`)).toEqual(['A merger', 'A other', 'B merger']);
    expect(headlinesToRead([b, a], context)).toEqual(items);
  });
});

describe('reading them', () => {
  test('asks for what is not on file, eighty at a time, and keeps the order', async () => {
    const { model, turns, clock } = desk(() => reading(0.5), { onFile: new Map([['news 3', reading(-1)]]) });
    const { read, unread, readNow } = await readHeadlines(many(200), model, clock);
    expect(turns.map(({ length }) => length)).toEqual([80, 80, 39]);
    expect(read.map((item) => item.headline)).toEqual(many(200).map((item) => item.headline));
    expect(read[3]!.reading.tone).toBe(-1);
    expect({ unread, readNow }).toEqual({ unread: [], readNow: 199 });
  });

  test('says of every headline that was not read why', async () => {
    const { model, clock } = desk(({ headline: text }) =>
      text === 'news 1' ? refuse('answer-missing', { answerSha256: 'f00' }) : reading(0),
    );
    const { read, unread } = await readHeadlines(many(3), model, clock);
    expect(read).toHaveLength(2);
    expect(unread).toEqual([{ symbol: 'A', headline: 'news 1', reason: 'answer-missing', details: { answerSha256: 'f00' } }]);
  });

  test('asks no more once a whole turn brought nothing, and still uses what is on file', async () => {
    const { model, turns, clock } = desk(() => refuse('service-failed', { status: 503 }), { onFile: new Map([['news 199', reading(1)]]) });
    const { read, unread } = await readHeadlines(many(200), model, clock);
    expect(turns).toHaveLength(1);
    expect(read.map((item) => item.headline)).toEqual(['news 199']);
    expect(unread[0]).toMatchObject({ reason: 'service-failed', details: { status: 503 } });
    expect(unread.at(-1)).toMatchObject({ reason: 'not-asked', details: { because: 'service-failed' } });
    expect(unread).toHaveLength(199);
  });

  test('begins no turn when the time is up', async () => {
    const { model, turns, clock } = desk(() => reading(0), { msPerTurn: 30_000 });
    const { read, unread } = await readHeadlines(many(400), model, clock);
    expect(turns).toHaveLength(2);
    expect(read).toHaveLength(160);
    expect(new Set(unread.map(({ reason, details }) => `${reason} ${String(details.because)}`))).toEqual(new Set(['not-asked time-is-up']));
  });

  test('leaves all unread, and nothing out, when there is no model', async () => {
    const { clock } = desk(() => reading(0));
    const readings = await readHeadlines(many(2), refuse('model-not-set-up'), clock);
    expect(readings).toMatchObject({ model: null, promptVersion: null, readNow: 0, read: [] });
    expect(readings.unread.map(({ reason }) => reason)).toEqual(['model-not-set-up', 'model-not-set-up']);
  });
});

test('readings stand beside every headline of that company and text, and nowhere else', () => {
  const facts = [factsOf('A', headline('merger', 9), headline('merger', 2), headline('other', 2)), factsOf('B', headline('merger', 3))];
  const read = [{ symbol: ticker('A'), headline: 'merger', reading: reading(0.7) }];
  const joined = withReadings(facts, { model: 'small', promptVersion: 'tone/1', readNow: 1, read, unread: [] });
  expect(joined.map(({ news }) => news.map((one) => one.reading?.tone ?? null))).toEqual([[0.7, 0.7, null], [null]]);
  expect(joined[1]).toEqual(facts[1]);
});
