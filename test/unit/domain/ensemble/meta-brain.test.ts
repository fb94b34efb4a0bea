import { describe, expect, test } from 'vitest';
import type { Opinion } from '../../../../shared/domain/agents/agent.ts';
import { decideSymbols, type EnsembleContext, type SymbolOpinions } from '../../../../shared/domain/ensemble/meta-brain.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { ticker } from '../fixtures.ts';

const rules = defaultPolicy.ensemble;
const calm: EnsembleContext = { riskOverride: null, cvarFracMax: 0.06, grossFracMax: 1, currentGrossFrac: 0, allowShort: false };
const opinion = (expectedReturn: number, confidence = 0.8, agent = 'a'): Opinion => ({
  kind: 'opinion',
  agent,
  expectedReturn,
  confidence,
  reasons: [],
  evidence: {},
});
const entry = (symbol: string, mu: number, change: Partial<SymbolOpinions> = {}): SymbolOpinions => ({
  symbol: ticker(symbol),
  opinions: [opinion(mu)],
  sigma: 0.015,
  marginalCvarFrac: 0.03,
  dataQualityScore: 1,
  currentWeight: 0,
  ...change,
});
/** The subject first, then a market around it. */
const among = (subject: SymbolOpinions): SymbolOpinions[] => [
  subject,
  entry('M1', 0),
  entry('M2', 0.0001),
  entry('M3', 0.0002),
  entry('M4', -0.0002),
];
const outcome = (subject: SymbolOpinions, context: Partial<EnsembleContext> = {}) =>
  decideSymbols(among(subject), { ...calm, ...context }, rules).results[0]!;

describe('Meta-Brain', () => {
  test('proposes to buy what stands out, up to the position limit', () => {
    expect(outcome(entry('S', 0.0008))).toMatchObject({ proposal: 'BUY', reasonCodes: ['increase-recommended'], recommendedWeight: 0.1 });
  });

  test('proposes to sell what is held and no longer worth its risk', () => {
    expect(outcome(entry('S', -0.0005, { currentWeight: 0.05 }))).toMatchObject({ proposal: 'SELL', recommendedWeight: 0 });
  });

  test('holds what does not stand out, and what would change by less than the band', () => {
    expect(outcome(entry('S', 0.0001))).toMatchObject({ proposal: 'HOLD', reasonCodes: ['does-not-stand-out'] });
    expect(outcome(entry('S', 0.0008, { currentWeight: 0.098 }))).toMatchObject({
      proposal: 'HOLD',
      reasonCodes: ['within-rebalance-band'],
    });
    expect(outcome(entry('S', -0.0008))).toMatchObject({ proposal: 'HOLD', reasonCodes: ['expected-return-too-low'] });
  });

  test('sells short only where the policy allows it', () => {
    expect(outcome(entry('S', -0.0008), { allowShort: true })).toMatchObject({ proposal: 'SELL', recommendedWeight: -0.1 });
  });

  test('applies the risk rules first and in order', () => {
    const worst = entry('S', -0.0005, { currentWeight: 0.05, marginalCvarFrac: 0.061 });
    const override = { riskOverride: 'regime-crisis', currentGrossFrac: 1.2 };
    expect(outcome(worst, override)).toMatchObject({ proposal: 'REJECT', reasonCodes: ['risk-override', 'regime-crisis'] });
    expect(outcome(worst, { currentGrossFrac: 1.2 })).toMatchObject({ proposal: 'REJECT', reasonCodes: ['marginal-cvar-over-limit'] });
    expect(outcome(entry('S', 0.0008), { currentGrossFrac: 0.95 })).toMatchObject({
      proposal: 'REJECT',
      reasonCodes: ['leverage-exceeded'],
    });
    expect(outcome(entry('S', 0.0008, { marginalCvarFrac: 0.06 })).proposal).toBe('BUY');
  });

  test('counts no opinion below the least confidence', () => {
    const unsure = entry('S', 0, { opinions: [opinion(0.01, 0.29), opinion(0.0008, 0.3)] });
    expect(outcome(unsure)).toMatchObject({ muBeforePenalty: 0.0008, weights: [{ agent: 'a', weight: 1 }] });
    expect(outcome(entry('S', 0, { opinions: [opinion(0.01, 0.29)] }))).toMatchObject({
      proposal: 'REJECT',
      reasonCodes: ['confidence-too-low'],
    });
  });

  test.each([
    ['no opinion at all', { opinions: [] }, 'no-valid-opinion'],
    ['abstentions only', { opinions: [{ kind: 'abstain', agent: 'a', reason: 'no-data' }] }, 'no-valid-opinion'],
    ['an opinion that is no number', { opinions: [opinion(Number.NaN)] }, 'no-valid-opinion'],
    ['a confidence above one', { opinions: [opinion(0.001, 1.2)] }, 'no-valid-opinion'],
    ['data below the gate', { dataQualityScore: 0.59 }, 'data-quality-below-gate'],
    ['no volatility', { sigma: 0 }, 'volatility-unknown'],
    ['a volatility that is no number', { sigma: Number.NaN }, 'volatility-unknown'],
    ['a tail loss that is no number', { marginalCvarFrac: Number.NaN }, 'risk-input-not-finite'],
  ] as ReadonlyArray<readonly [string, Partial<SymbolOpinions>, string]>)('rejects a symbol with %s', (_, change, reason) => {
    expect(outcome(entry('S', 0.0008, change))).toMatchObject({ proposal: 'REJECT', reasonCodes: [reason], mu: null });
  });

  test('disagreement costs more than the mean of the opinions shows', () => {
    const agreed = outcome(entry('S', 0, { opinions: [opinion(0.004), opinion(0.004)] }));
    const torn = outcome(entry('S', 0, { opinions: [opinion(0.034), opinion(-0.026)] }));
    expect(agreed.disagreementPenalty).toBe(1);
    expect(torn.muBeforePenalty).toBeCloseTo(0.004, 12);
    expect(torn.mu!).toBeLessThan(agreed.mu! * 0.2);
  });

  test('singles nobody out when the spread of opinions is zero', () => {
    const { market, results } = decideSymbols([entry('A', 0.0008), entry('B', 0.0008), entry('C', 0.0008)], calm, rules);
    expect(market.madMu).toBe(0);
    for (const result of results) {
      expect(result).toMatchObject({ proposal: 'HOLD', z: 0, reasonCodes: ['does-not-stand-out', 'no-dispersion-across-symbols'] });
    }
  });

  test('records which opinions do not count, and why', () => {
    const silent: Opinion = { kind: 'abstain', agent: 'silent', reason: 'no-fundamentals' };
    const mixed = [opinion(0.0008, 0.8, 'heard'), silent, opinion(0.001, 0.2, 'unsure'), opinion(0.001, 1.2, 'unsound')];
    expect(outcome(entry('S', 0, { opinions: mixed }))).toMatchObject({
      weights: [{ agent: 'heard', weight: 1, confidence: 0.8, expectedReturn: 0.0008 }],
      ignored: [
        { agent: 'silent', reason: 'no-fundamentals' },
        { agent: 'unsure', reason: 'confidence-too-low' },
        { agent: 'unsound', reason: 'opinion-not-sound' },
      ],
    });
    expect(outcome(entry('S', 0, { opinions: [silent] })).ignored).toEqual([{ agent: 'silent', reason: 'no-fundamentals' }]);
  });

  test('records what both control agents said, and lets risk stand above', () => {
    expect(outcome(entry('S', 0.0008, { marginalCvarFrac: 0.07 }))).toMatchObject({
      proposal: 'REJECT',
      control: [
        { agent: 'risk', verdict: 'override', reason: 'marginal-cvar-over-limit' },
        { agent: 'portfolio', verdict: 'increase', reason: 'increase-recommended', towardWeight: 0.1 },
      ],
    });
    expect(outcome(entry('S', 0, { opinions: [] })).control).toEqual([]);
  });

  test('places candidates by expected return: 1 is the highest, equals share', () => {
    const { results } = decideSymbols(
      [entry('A', 0.0001), entry('B', 0.0008), entry('C', 0.0008), entry('D', Number.NaN), entry('E', -0.1)],
      calm,
      rules,
    );
    expect(results.map(({ rank }) => rank)).toEqual([3, 1.5, 1.5, null, 4]);
  });

  test('answers an empty universe with nothing', () => {
    expect(decideSymbols([], calm, rules)).toEqual({ market: { candidates: 0, medianMu: null, madMu: null }, results: [] });
  });
});
