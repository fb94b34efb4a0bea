/**
 * What must hold for every text and every list of headlines:
 *  1. A tone and its confidence are finite and bounded, whatever the text.
 *  2. Negation turns the sign of a statement, and does not strengthen it.
 *  3. The sense of a direction is that of its object: what is good of a good thing is bad of a bad one.
 *  4. Case, an address and a hashtag change nothing.
 *  5. The order of the headlines changes nothing, to the last bit.
 *  6. A headline of the session itself or later changes nothing.
 *  7. A story told again within the days of a repeat changes nothing but the count of repeats.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestNews } from '../../../../../shared/domain/agents/sentiment/news-digest.ts';
import { lexiconTone } from '../../../../../shared/domain/agents/sentiment/tone.ts';
import { newYorkInstant } from '../../../../../shared/domain/market/calendar.ts';
import type { Headline } from '../../../../../shared/domain/market/facts.ts';
import { defaultSentimentRules } from '../../../../../shared/domain/policy/sentiment-rules.ts';
import type { EpochDay, EpochMs } from '../../../../../shared/kernel/units.ts';
import { asOf } from '../../../../unit/domain/fixtures.ts';

const words =
  'acme beats misses cuts raises guidance costs losses not no longer fails to denies sharply slightly 12% +5% -7.5% but despite after , . ? $X vs 3.1 2.9 eps upgraded to buy from sell initiated at may never shares fall rise than expected higher lower';
const aWord = fc.constantFrom(...words.split(' '));
const aPhrase = fc.array(aWord, { maxLength: 25 }).map((parts) => parts.join(' '));
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), aPhrase);

const goodOf = ['revenue', 'guidance', 'profit', 'dividend', 'demand', 'margins'];
const badOf = ['costs', 'losses', 'debt', 'concerns', 'doubts', 'tariffs'];
const moves = ['raises', 'cuts', 'boosts', 'slashes', 'lowers', 'increases', 'trims', 'reduces'];
const verbs = [
  'beat estimates',
  'miss estimates',
  'raise guidance',
  'cut guidance',
  'cut costs',
  'raise debt',
  'fall',
  'plunge 30%',
  'soar',
];

const toneIn = (text: string): number => lexiconTone(text)?.tone ?? 0;

const aHeadline: fc.Arbitrary<Headline> = fc
  .record({ age: fc.integer({ min: -3, max: 30 }), hour: fc.integer({ min: 0, max: 23 }), text: anyText })
  .map(({ age, hour, text }) => ({ publishedAt: newYorkInstant((asOf - age) as EpochDay, hour, 0), text }));
const someNews = fc.array(aHeadline, { maxLength: 15 });

describe('sentiment', () => {
  test('1. tone and confidence are finite and bounded', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = lexiconTone(text);
        if (read === null) return;
        expect(Math.abs(read.tone)).toBeLessThan(1);
        expect(read.confidence).toBeGreaterThanOrEqual(0);
        expect(read.confidence).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });

  test('2. negation turns the sign, and does not strengthen', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...verbs),
        fc.constantFrom('fails to', 'does not', "didn't", 'will not', 'never', 'is unlikely to'),
        (verb, no) => {
          const said = toneIn(`Acme ${verb}`);
          const denied = toneIn(`Acme ${no} ${verb}`);
          expect(Math.sign(denied)).toBe(-Math.sign(said));
          expect(Math.abs(denied)).toBeLessThanOrEqual(Math.abs(said));
        },
      ),
    );
  });

  test('3. a direction takes its sense from its object', () => {
    fc.assert(
      fc.property(fc.constantFrom(...moves), fc.constantFrom(...goodOf), fc.constantFrom(...badOf), (move, good, bad) => {
        expect(toneIn(`Acme ${move} ${good}`)).toBe(-toneIn(`Acme ${move} ${bad}`));
        expect(toneIn(`Acme ${move} ${good}`)).not.toBe(0);
      }),
    );
  });

  test('4. case, address and tag change nothing', () => {
    fc.assert(
      fc.property(aPhrase, (text) => {
        expect(lexiconTone(text.toUpperCase())).toEqual(lexiconTone(text));
        expect(lexiconTone(`${text} https://t.co/crash #bankrupt`)).toEqual(lexiconTone(text));
      }),
    );
  });

  test('5. the order of headlines changes nothing', () => {
    fc.assert(
      fc.property(
        someNews.chain((news) => fc.tuple(fc.constant(news), fc.shuffledSubarray(news, { minLength: news.length }))),
        ([news, shuffled]) => {
          expect(digestNews(shuffled, asOf, defaultSentimentRules)).toEqual(digestNews(news, asOf, defaultSentimentRules));
        },
      ),
    );
  });

  test('6. what comes on the session or later changes nothing', () => {
    fc.assert(
      fc.property(someNews, anyText, fc.integer({ min: 0, max: 1000 }), (news, text, hours) => {
        const later: Headline = { publishedAt: (newYorkInstant(asOf, 0, 0) + hours * 3_600_000) as EpochMs, text };
        expect(digestNews([...news, later], asOf, defaultSentimentRules)).toEqual(digestNews(news, asOf, defaultSentimentRules));
      }),
    );
  });

  test('7. a story told again counts once, and all measures stay within 0 and 1', () => {
    fc.assert(
      fc.property(someNews, (news) => {
        const once = digestNews(news, asOf, defaultSentimentRules);
        const twice = digestNews([...news, ...news], asOf, defaultSentimentRules);
        expect(twice).toEqual({ ...once, published: 2 * once.published, repeats: once.repeats + once.published });
        for (const measure of [once.amount, once.freshness, once.agreement])
          if (!Number.isNaN(measure)) expect(Math.abs(measure - 0.5)).toBeLessThanOrEqual(0.5);
        if (!Number.isNaN(once.score)) expect(Math.abs(once.score)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
