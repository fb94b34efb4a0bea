import { describe, expect, test } from 'vitest';
import { newsSentimentFactor } from '../../../../shared/domain/factors/news-sentiment.factor.ts';
import { newYorkInstant } from '../../../../shared/domain/market/calendar.ts';
import type { Headline } from '../../../../shared/domain/market/facts.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { asOf } from '../fixtures.ts';
import { company, contextWith, headline } from './factor-fixtures.ts';

const read = (...news: readonly Headline[]) => newsSentimentFactor.read([company('NEWS', { news })], contextWith())[0]!;
const toneFrom = (...news: readonly Headline[]): number => {
  const reading = read(...news);
  return reading.kind === 'reading' ? reading.value : Number.NaN;
};

/** Told at noon in New York, `daysAgo` days before `asOf`. */
const told = (text: string, daysAgo: number, tone: number, confidence = 1): Headline => ({
  ...headline(text, daysAgo, tone, confidence),
  publishedAt: newYorkInstant((asOf - daysAgo) as EpochDay, 12, 0),
});

describe('news sentiment', () => {
  test('is the mean tone of headlines of one age', () => {
    expect(toneFrom(told('a', 2, 0.8), told('b', 2, -0.2), told('c', 2, 0.3))).toBeCloseTo(0.3, 12);
  });

  test('weighs a headline half when it is one half-life older', () => {
    // Weights 1 and 2: (−0.5 + 2 · 1) / 3.
    expect(toneFrom(told('old', 8, -0.5), told('new', 1, 1))).toBeCloseTo(0.5, 12);
  });

  test('weighs by how sure the reading is, and leaves out what is not sure at all', () => {
    expect(toneFrom(told('a', 1, 1, 0.75), told('b', 1, -1, 0.25))).toBeCloseTo(0.5, 12);
    expect(toneFrom(told('a', 1, 1), told('b', 1, 1), told('c', 1, -1, 0))).toBeCloseTo(1, 12);
  });

  test('counts a story once, however often it is sold', () => {
    expect(toneFrom(told('same', 2, 1), told('other', 2, 0), told('same', 2, 1), told('same', 2, 1))).toBeCloseTo(0.5, 12);
  });

  test('reads plain headlines by the lexicon', () => {
    expect(
      toneFrom(headline('Apple beats earnings estimates and raises guidance', 2), headline('Apple shares surge to record high', 1)),
    ).toBeGreaterThan(0.2);
    expect(
      toneFrom(headline('Apple misses earnings estimates and cuts guidance', 2), headline('Apple shares plunge on weak results', 1)),
    ).toBeLessThan(-0.2);
  });

  test('is absent without news, with old news only, and with a single headline', () => {
    expect(read()).toEqual({ kind: 'absent', reason: 'no-recent-news' });
    expect(read(told('old', 31, 1), told('older', 40, 1))).toEqual({ kind: 'absent', reason: 'no-recent-news' });
    expect(read(told('alone', 1, 1))).toEqual({ kind: 'absent', reason: 'headlines-too-few' });
  });

  test('does not read what is published on the session itself, before the open or after midnight in London', () => {
    const view = {
      ...company('NEWS'),
      facts: { ...company('NEWS').facts, news: [told('a', 1, 0.5), told('b', 1, 0.5), told('today', 0, -1)] },
    };
    expect(newsSentimentFactor.read([view], contextWith())[0]).toMatchObject({ value: 0.5 });
    const lateEvening = { ...told('late', 1, 0.8), publishedAt: newYorkInstant((asOf - 1) as EpochDay, 23, 59) };
    expect(read(told('a', 1, 0.8), lateEvening)).toMatchObject({ kind: 'reading', evidence: { headlines: 2 } });
  });
});
