import { describe, expect, test } from 'vitest';
import type { SymbolView } from '../../../../shared/domain/agents/agent.ts';
import { factorsAgent, normalScore } from '../../../../shared/domain/agents/factors.agent.ts';
import type { FactorStanding } from '../../../../shared/domain/factors/factor.ts';
import { noFacts } from '../../../../shared/domain/market/facts.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { asOf, ticker, toBars, walk } from '../fixtures.ts';

const fiveAlike: Readonly<Record<string, number>> = {
  'volatility-scaled-momentum': 1,
  'betting-against-beta': 1,
  'quality-minus-junk': 1,
  'earnings-drift': 1,
  'news-sentiment': 1,
};
const names = Object.keys(fiveAlike);
const standing = (factor: string, rankFrac: number, ranked = 101): FactorStanding => ({
  kind: 'standing',
  factor,
  value: 1,
  rankFrac,
  ranked,
  evidence: {},
});

const view = (factors: readonly FactorStanding[], weights = fiveAlike): SymbolView => ({
  symbol: ticker('F'),
  asOf,
  bars: toBars('F', walk('F', 252)),
  dailyVol: 0.02,
  dataQualityScore: 1,
  facts: noFacts(ticker('F')),
  factors,
  rules: { ...defaultPolicy, factors: { ...defaultPolicy.factors, weights } },
});

const given = (factors: readonly FactorStanding[], weights = fiveAlike) => {
  const opinion = factorsAgent.opine(view(factors, weights));
  if (opinion.kind !== 'opinion') throw new Error(opinion.reason);
  return opinion;
};

describe('the normal score of a rank', () => {
  // scipy 1.17: norm.ppf((rank * (n - 1) + 0.5) / n) / 2, within [-1, 1].
  test.each([
    { rankFrac: 0.5, ranked: 101, expected: 0 },
    { rankFrac: 0.75, ranked: 101, expected: 0.333360396163319 },
    { rankFrac: 0.2, ranked: 11, expected: -0.3739292973816511 },
    { rankFrac: 1, ranked: 10, expected: 0.8224268134757361 },
    { rankFrac: 1, ranked: 500, expected: 1 },
    { rankFrac: 0, ranked: 500, expected: -1 },
  ])('is $expected for the rank $rankFrac of $ranked', ({ rankFrac, ranked, expected }) => {
    expect(normalScore({ rankFrac, ranked }, 2)).toBeCloseTo(expected, 13);
  });
});

describe('the factor agent', () => {
  test('expects most of a company that is first in everything, and says so with full confidence', () => {
    const best = given(names.map((name) => standing(name, 1, 500)));
    expect(best.evidence).toMatchObject({ score: 1, coverageFrac: 1, agreement: 1 });
    expect(best.confidence).toBe(1);
    // score × daily volatility × information coefficient 0.03.
    expect(best.expectedReturn).toBeCloseTo(0.0006, 15);
    expect(best.reasons).toHaveLength(5);
  });

  test('weighs factors by the policy, and hears none that the policy does not name', () => {
    const weights = { 'betting-against-beta': 3, 'earnings-drift': 1, 'news-sentiment': 0 };
    const opinion = given(
      [
        standing('betting-against-beta', 1, 500),
        standing('earnings-drift', 0, 500),
        standing('news-sentiment', 1, 500),
        standing('unknown', 1, 500),
      ],
      weights,
    );
    expect(opinion.evidence).toMatchObject({
      score: 0.5,
      coverageFrac: 1,
      agreement: 0.5,
      'betting-against-beta': 1,
      'earnings-drift': -1,
    });
    expect(Object.keys(opinion.evidence)).not.toContain('news-sentiment');
    expect(opinion.confidence).toBeCloseTo(0.7, 14);
    expect(opinion.reasons).toEqual(['betting-against-beta high', 'earnings-drift low']);
  });

  test('is as sure as the square root of what it covers', () => {
    const [first] = names;
    expect(given([standing(first!, 1, 500)]).confidence).toBeCloseTo(Math.sqrt(0.2), 14);
  });

  test('is unsure when its factors cancel out', () => {
    const opinion = given([standing(names[0]!, 0.9), standing(names[1]!, 0.1)]);
    expect(opinion.evidence.score).toBeCloseTo(0, 14);
    expect(opinion.confidence).toBeCloseTo(0.4 * Math.sqrt(0.4), 12);
  });

  test('has an opinion of the middle: nothing expected, and no reasons', () => {
    expect(given([standing(names[0]!, 0.5)])).toMatchObject({ expectedReturn: 0, reasons: [] });
  });

  test('gives the same opinion in whatever order standings and weights come', () => {
    const all = names.map((name, i) => standing(name, 0.1 + 0.17 * i));
    const reversed = Object.fromEntries(Object.entries(defaultPolicy.factors.weights).toReversed());
    expect(JSON.stringify(given(all.toReversed(), reversed))).toBe(JSON.stringify(given(all)));
  });

  test('abstains when no factor of the policy has a standing', () => {
    const none = names.map((factor): FactorStanding => ({ kind: 'absent', factor, reason: 'no-reports' }));
    expect(factorsAgent.opine(view(none))).toEqual({ kind: 'abstain', agent: 'factors', reason: 'no-factor-standing' });
    expect(factorsAgent.opine(view([]))).toMatchObject({ reason: 'no-factor-standing' });
    expect(factorsAgent.opine(view([standing('unknown', 1)]))).toMatchObject({ reason: 'no-factor-standing' });
  });
});
