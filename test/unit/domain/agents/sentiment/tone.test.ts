import { describe, expect, test } from 'vitest';
import { lexiconTone, toneOf } from '../../../../../shared/domain/agents/sentiment/tone.ts';
import type { EpochMs } from '../../../../../shared/kernel/units.ts';

const good: readonly string[] = [
  // results
  'Acme beats estimates',
  'Acme beats on earnings and revenue',
  'Acme tops expectations',
  'Acme tops Wall Street estimates for the third quarter',
  'Q3 EPS beats by $0.12, beats on revenue',
  'Acme earnings better than expected',
  'Better-than-expected results at Acme',
  'Acme posts smaller-than-expected loss',
  'Loss narrower than expected',
  'Acme loss narrows',
  'Costs lower than expected',
  'Revenue above consensus',
  'Acme swings to a profit',
  'Acme returns to profit after two years',
  'Acme reports record quarterly revenue',
  'Q4 EPS $1.58 vs. $1.04 a year ago',
  'Kellogg Q4 EPS 42 cents vs. per-share loss 24 cents a year ago',
  // guidance, payouts, targets
  'Acme raises guidance',
  'Acme raises full-year profit forecast',
  'Acme boosts dividend by 10%',
  'Acme lifts outlook',
  'Acme hikes quarterly dividend',
  'Price target raised to $315 from $290 at Wedbush',
  'Analyst raises price target on Acme',
  'Acme increases share buyback',
  // more and less of what weighs
  'Acme cuts losses',
  'Acme cuts costs',
  'Acme slashes debt',
  'Acme reduces debt by half',
  'Deal allays concerns over growth',
  'Jobless claims fall',
  'Acme trims loss forecast',
  'Expenses decline at Acme',
  'Acme settles class action lawsuit',
  'Stocks erase losses',
  // analysts
  'Acme upgraded to buy from hold',
  'Bank upgrades Acme',
  'Acme initiated at buy',
  'Coverage of Acme started at overweight with a $14 target',
  'Nokia raised to Buy',
  // moves
  'Acme shares soar 17% premarket',
  'Starbucks +2% after results',
  'Acme stock climbs',
  'Acme rises 3% despite losses at its rival',
  // events
  'Acme wins FDA approval',
  'Acme announces new $1 billion buyback',
  'Acme signs deal with the navy',
  // negation
  'Acme no longer loses money, cuts losses',
  'Acme denies fraud',
  'Analyst sees no slowdown in demand',
  'Acme is not bankrupt',
  "Acme doesn't disappoint",
  'Acme earnings fell, but guidance was raised sharply',
];

const bad: readonly string[] = [
  'Acme misses estimates',
  'Q3 EPS misses by $0.12, misses on revenue',
  'Acme falls short of expectations',
  'Acme falls short',
  'Acme results worse than expected',
  'Losses wider than expected',
  'Costs higher than expected',
  'Higher-than-expected costs at Acme',
  'Revenue below consensus',
  'Lower-than-expected sales',
  'Acme swings to loss',
  'Acme loss widens',
  'Q4 EPS $1.52 vs. $1.55 a year ago',
  'Acme cuts guidance',
  'Acme lowers full-year outlook',
  'Acme slashes dividend',
  'Acme suspends dividend',
  'Acme suspends buyback',
  'Price target lowered to $11 from $14',
  'Acme price target cut to $35 at Imperial',
  'Broker trims target on Acme',
  'Acme issues profit warning',
  'Report raises concerns over accounting',
  'Auditor raises doubts about Acme',
  'Acme raises doubts',
  'Acme raises loss forecast',
  'Debt increases at Acme',
  'Jobless claims rise',
  'Trade war stokes fears',
  'Acme limits gains in stocks',
  'Acme downgraded to sell from buy',
  'Bank downgrades Acme',
  'BTIG cuts to Neutral',
  'Acme initiated at sell',
  'Acme started at underperform',
  'Acme shares plunge 30%',
  'LogicBio -26% as FDA puts hold on trial',
  'Stock slips 2%',
  'Profit falls 27% on higher costs',
  'Acme files for bankruptcy',
  'Acme sued over data breach',
  'Acme recalls all pumps',
  'Acme fails to beat estimates',
  'Acme fails to raise guidance',
  'Acme not profitable',
  'Acme is no longer profitable',
  "Acme can't cut costs",
  'Acme unlikely to raise dividend',
  'Acme denies takeover offer',
  'Acme never beats estimates',
  'Acme beats estimates, but slashes guidance by 30%',
  'Weak demand hits Acme',
  'Slowing growth at Acme',
];

const silent: readonly string[] = [
  '',
  'Acme to present at conference',
  'Earnings Scheduled For June 3, 2020',
  'Acme names new head of marketing',
  'Fed cuts rates',
  'Acme raises $40M',
  'GSMA：気候の非常事態',
  'https://example.com/plunges-30-percent',
  '#crash #bankruptcy @bear',
  '$ACME $BEAR $FALL',
];

const toneIn = (text: string): number => lexiconTone(text)?.tone ?? 0;

describe('the tone of a headline', () => {
  test.each(good)('is good: %s', (text) => expect(toneIn(text)).toBeGreaterThan(0.1));
  test.each(bad)('is bad: %s', (text) => expect(toneIn(text)).toBeLessThan(-0.1));
  test.each(silent)('has nothing to go by: %s', (text) => expect(Math.abs(toneIn(text))).toBeLessThan(0.3));

  test('is stronger for a stronger verb, a larger percentage and a stronger adverb', () => {
    const ascending = [
      ['Acme stock slips', 'Acme stock falls', 'Acme stock plunges'],
      ['Acme shares fall 0.4%', 'Acme shares fall 4%', 'Acme shares fall 40%'],
      ['Acme slightly misses', 'Acme misses', 'Acme badly misses'],
      ['Acme sales fall slightly', 'Acme sales fall', 'Acme sales fall sharply'],
      ['Acme could miss estimates', 'Acme misses estimates'],
      ['Will Acme cut its dividend?', 'Acme may cut its dividend', 'Acme cuts its dividend'],
    ];
    for (const texts of ascending) {
      const tones = texts.map((text) => -toneIn(text));
      expect(tones, texts.join(' < ')).toEqual([...tones].sort((a, b) => a - b));
      expect(new Set(tones).size, texts.join(' < ')).toBe(texts.length);
    }
  });

  test('of two statements that contradict each other is near zero, and nobody is sure of it', () => {
    const mixed = lexiconTone('EPS misses by $0.03, beats on revenue')!;
    expect(Math.abs(mixed.tone)).toBeLessThan(0.05);
    expect(mixed.confidence).toBeLessThan(0.05);
    expect(lexiconTone('EPS beats by $0.03, beats on revenue')!.confidence).toBeGreaterThan(0.9);
  });

  test('is null, not zero, where nothing is said', () => {
    expect(lexiconTone('')).toBeNull();
    expect(lexiconTone('Acme to present at conference')).toBeNull();
  });

  test('does not read a name in capitals, an address or a tag', () => {
    expect(lexiconTone('Acme https://t.co/plunges #crash @fraud')).toBeNull();
  });
});

describe('a reading on file', () => {
  const publishedAt = 0 as EpochMs;
  const reading = { tone: -0.4, confidence: 0.7, model: 'm', answerSha256: 'f00' };

  test('wins over the lexicon, unless the policy reads by the lexicon', () => {
    expect(toneOf({ publishedAt, text: 'Acme beats', reading })).toEqual({ tone: -0.4, confidence: 0.7 });
    expect(toneOf({ publishedAt, text: 'Acme beats', reading }, 'lexicon')!.tone).toBeGreaterThan(0.5);
    expect(toneOf({ publishedAt, text: 'Acme beats' }, 'llm')!.tone).toBeGreaterThan(0.5);
  });

  test.each([Number.NaN, 1.01, -1.01, Number.POSITIVE_INFINITY])('of %s is none', (tone) => {
    expect(toneOf({ publishedAt, text: 'Acme beats', reading: { ...reading, tone } })).toBeNull();
    expect(toneOf({ publishedAt, text: 'Acme beats', reading: { ...reading, confidence: tone - 2 } })).toBeNull();
  });
});
