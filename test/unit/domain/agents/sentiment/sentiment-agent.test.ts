import { describe, expect, test } from 'vitest';
import type { GivenOpinion, SymbolView } from '../../../../../shared/domain/agents/agent.ts';
import { sentimentAgent } from '../../../../../shared/domain/agents/sentiment.agent.ts';
import { newYorkInstant } from '../../../../../shared/domain/market/calendar.ts';
import { type Headline, noFacts } from '../../../../../shared/domain/market/facts.ts';
import { defaultPolicy } from '../../../../../shared/domain/policy/default-policy.ts';
import type { EpochDay } from '../../../../../shared/kernel/units.ts';
import { asOf, ticker, toBars } from '../../fixtures.ts';

const news = (text: string, ageDays = 1, hour = 12, reading?: Headline['reading']): Headline => ({
  publishedAt: newYorkInstant((asOf - ageDays) as EpochDay, hour, 0),
  text,
  ...(reading && { reading }),
});

const view = (headlines: readonly Headline[], change: Partial<SymbolView> = {}): SymbolView => ({
  symbol: ticker('X'),
  asOf,
  bars: toBars('X', []),
  dailyVol: 0.02,
  dataQualityScore: 1,
  facts: { ...noFacts(ticker('X')), news: headlines },
  factors: [],
  rules: defaultPolicy,
  ...change,
});

function opinion(headlines: readonly Headline[], change: Partial<SymbolView> = {}): GivenOpinion {
  const given = sentimentAgent.opine(view(headlines, change));
  if (given.kind !== 'opinion') throw new Error(`abstained: ${given.reason}`);
  return given;
}

const withRules = (change: Partial<SymbolView['rules']['sentiment']>): Partial<SymbolView> => ({
  rules: { ...defaultPolicy, sentiment: { ...defaultPolicy.sentiment, ...change } },
});

describe('sentiment agent', () => {
  test('expects a rise after good news and a fall after bad', () => {
    expect(opinion([news('Acme beats estimates')]).expectedReturn).toBeGreaterThan(0);
    expect(opinion([news('Acme misses estimates')]).expectedReturn).toBeLessThan(0);
  });

  test('never expects more than volatility times its information coefficient', () => {
    const most = 0.02 * defaultPolicy.signals.informationCoefficients.sentiment!;
    const given = opinion(Array.from({ length: 40 }, (_, i) => news(`Acme plunges ${i + 20}% as fraud leads to bankruptcy`)));
    expect(given.expectedReturn).toBeGreaterThanOrEqual(-most);
    expect(given.confidence).toBeLessThanOrEqual(1);
  });

  test('abstains without news, and when the news says nothing', () => {
    expect(sentimentAgent.opine(view([]))).toEqual({ kind: 'abstain', agent: 'sentiment', reason: 'no-news' });
    expect(sentimentAgent.opine(view([news('Acme to present at conference')]))).toMatchObject({ reason: 'news-says-nothing' });
    expect(sentimentAgent.opine(view([news('')]))).toMatchObject({ reason: 'news-says-nothing' });
  });

  test('abstains on a volatility that is no number', () => {
    expect(sentimentAgent.opine(view([news('Acme beats')], { dailyVol: Number.NaN }))).toMatchObject({ kind: 'abstain' });
  });

  test('reads nothing of the session itself, nothing later, and nothing older than the look-back', () => {
    for (const age of [0, -1, -30, defaultPolicy.sentiment.lookbackDays + 1]) {
      expect(sentimentAgent.opine(view([news('Acme beats estimates', age)])), `age ${age}`).toMatchObject({ reason: 'no-news' });
    }
    expect(opinion([news('Acme beats estimates', defaultPolicy.sentiment.lookbackDays)]).expectedReturn).toBeGreaterThan(0);
    expect(opinion([news('Acme beats estimates', 1, 23)]).evidence.newestAgeDays).toBe(1);
  });

  test('trusts fresh news more than old, halving with the half-life', () => {
    const age = (days: number): GivenOpinion => opinion([news('Acme beats estimates', days)]);
    expect(age(1).evidence.freshness).toBeCloseTo(0.7937005259840998, 12);
    expect(age(4).evidence.freshness! / age(1).evidence.freshness!).toBeCloseTo(0.5, 12);
    expect(age(4).confidence / age(1).confidence).toBeCloseTo(0.5, 12);
    expect(age(4).expectedReturn).toBe(age(1).expectedReturn);
  });

  test('lets newer news outweigh older', () => {
    expect(opinion([news('Acme beats estimates', 9), news('Acme misses estimates', 1)]).expectedReturn).toBeLessThan(0);
    expect(opinion([news('Acme beats estimates', 1), news('Acme misses estimates', 9)]).expectedReturn).toBeGreaterThan(0);
  });

  test('trusts more news more, and contradicting news less', () => {
    const one = opinion([news('Acme beats estimates')]);
    const three = opinion([news('Acme beats estimates'), news('Acme raises guidance'), news('Broker upgrades Acme')]);
    const torn = opinion([news('Acme beats estimates'), news('Acme cuts guidance'), news('Broker upgrades Acme')]);
    expect(three.confidence).toBeGreaterThan(one.confidence);
    expect(torn.confidence).toBeLessThan(three.confidence);
  });

  test('passes the minimum confidence of the ensemble on one clear headline of yesterday, not on one of three days ago', () => {
    const least = defaultPolicy.ensemble.confidenceMin;
    expect(opinion([news('Acme beats estimates', 1)]).confidence).toBeGreaterThan(least);
    expect(opinion([news('Acme beats estimates', 3)]).confidence).toBeLessThan(least);
  });

  test('counts a story once that is told again within days, in other case, with another address', () => {
    const once = [news('Acme misses estimates', 5), news('Broker upgrades Acme', 1)];
    const again = [...once, news('ACME Misses Estimates https://t.co/x', 4), news('Acme misses estimates!', 3)];
    const told = opinion(again);
    expect(told).toMatchObject({ expectedReturn: opinion(once).expectedReturn, confidence: opinion(once).confidence });
    expect(told.evidence).toMatchObject({ headlinesPublished: 4, headlinesRepeated: 2, headlinesCounted: 2 });
    expect(opinion([news('Acme misses estimates', 12), news('Acme misses estimates', 1)]).evidence.headlinesCounted).toBe(2);
  });

  test.each([
    '71 Biggest Movers From Yesterday',
    'Stocks That Hit 52-Week Highs On Friday',
    "Benzinga's Top Upgrades, Downgrades For June 3, 2020",
    "46 Stocks Moving In Friday's Mid-Day Session",
    '10 Biggest Price Target Changes For Friday',
    '17 Biggest Mid-Day Gainers For Monday',
    "Benzinga's Top Pre-Market Gainers",
    '$CCL $RCL $NCLH $UAL - travel shares slide',
  ])('takes a round-up for a part: %s', (text) => {
    expect(opinion([news('Acme beats estimates'), news(text)]).evidence.headlinesRoundUp).toBe(1);
  });

  test.each([
    'Acme shares are trading higher after the company reported better-than-expected Q2 EPS',
    '3 reasons Acme beats its rivals',
    '$ACME and $RIVAL agree to merge',
    'UBS Maintains Neutral on Acme, Raises Price Target to $87',
  ])('takes no round-up for one: %s', (text) => {
    expect(opinion([news('Acme beats estimates'), news(text)]).evidence.headlinesRoundUp).toBe(0);
  });

  test('lets a round-up count less than a headline of its own', () => {
    const roundUp = opinion([news('Acme beats estimates'), news('Stocks That Hit 52-Week Lows On Friday')]);
    const own = opinion([news('Acme beats estimates'), news('Acme hits a 52-week low')]);
    expect(roundUp.expectedReturn).toBeGreaterThan(own.expectedReturn);
  });

  test('gives the strongest headlines as reasons, cut to 80 characters', () => {
    const long = `Acme files for bankruptcy ${'after a long and winding road '.repeat(5)}`;
    const { reasons } = opinion([news('Acme slips'), news(long), news('Acme beats estimates', 3), news('Acme could gain', 9)]);
    expect(reasons).toHaveLength(3);
    expect(reasons[0]).toMatch(/^bad, 1 d: Acme files for bankruptcy .*…$/);
    expect([...reasons[0]!.slice('bad, 1 d: '.length)]).toHaveLength(80);
    expect(reasons).toContain('good, 3 d: Acme beats estimates');
  });

  test('reads by a language model only where the policy says so', () => {
    const reading = { tone: -0.9, confidence: 1, model: 'm', answerSha256: 'f00' };
    const headlines = [news('Acme beats estimates', 1, 12, reading)];
    expect(opinion(headlines, withRules({ reader: 'llm' })).expectedReturn).toBeLessThan(0);
    expect(opinion(headlines, withRules({ reader: 'lexicon' })).expectedReturn).toBeGreaterThan(0);
    const mixed = [...headlines, news('Acme raises guidance')];
    expect(opinion(mixed, withRules({ reader: 'llm' })).evidence).toMatchObject({ headlinesCounted: 2, headlinesReadByModel: 1 });
    expect(opinion(mixed, withRules({ reader: 'lexicon' })).evidence.headlinesReadByModel).toBe(0);
  });
});
