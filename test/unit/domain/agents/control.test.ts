/** The control agents by themselves; how the Meta-Brain puts them together is in its own test. */
import { describe, expect, test } from 'vitest';
import { controlByPortfolio } from '../../../../shared/domain/agents/control/portfolio-control.ts';
import { controlByRisk, type RiskSituation, type RiskSubject } from '../../../../shared/domain/agents/control/risk-control.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';

const calm: RiskSituation = { riskOverride: null, cvarFracMax: 0.06, grossFracMax: 1, currentGrossFrac: 0.5 };
const subject: RiskSubject = { marginalCvarFrac: 0.03, currentWeight: 0.02, towardWeight: 0.1 };
const ofRisk = (change: Partial<RiskSubject> = {}, situation: Partial<RiskSituation> = {}) =>
  controlByRisk({ ...subject, ...change }, { ...calm, ...situation });

describe('risk control agent', () => {
  test('clears what is within every limit, and the limits themselves are within', () => {
    expect(ofRisk()).toMatchObject({ agent: 'risk', verdict: 'clear', reason: 'within-limits' });
    expect(ofRisk({ marginalCvarFrac: 0.06 }).verdict).toBe('clear');
    expect(ofRisk({ currentWeight: 0, towardWeight: 0.5 }).verdict).toBe('clear');
  });

  test.each([
    ['the override of the cycle, above all', { marginalCvarFrac: 0.9 }, { riskOverride: 'breaker-tier-3' }, 'risk-override'],
    ['a marginal CVaR just over its limit', { marginalCvarFrac: 0.0600001 }, { currentGrossFrac: 2 }, 'marginal-cvar-over-limit'],
    ['a book that is too large already', { towardWeight: 0 }, { currentGrossFrac: 1.01 }, 'leverage-exceeded'],
    ['a book that would become too large', { towardWeight: -0.53 }, {}, 'leverage-exceeded'],
    ['a CVaR that is no number', { marginalCvarFrac: Number.NaN }, {}, 'risk-input-not-finite'],
    ['a limit that is no number', {}, { cvarFracMax: Number.NaN }, 'risk-input-not-finite'],
  ] as ReadonlyArray<readonly [string, Partial<RiskSubject>, Partial<RiskSituation>, string]>)(
    'overrides for %s',
    (_, change, situation, reason) => {
      expect(ofRisk(change, situation)).toMatchObject({ verdict: 'override', reason });
    },
  );

  test('keeps numbers that are not finite out of its evidence', () => {
    expect(ofRisk({ marginalCvarFrac: Number.NaN }).evidence).not.toHaveProperty('marginalCvarFrac');
  });
});

const rules = { positionFracMax: 0.1, entryZScoreMin: 0.5, rebalanceBandFrac: 0.005 };
const ofPortfolio = (kelly: number, z: number, currentWeight: number, allowShort = false) =>
  controlByPortfolio({ kelly, z, currentWeight }, allowShort, rules);

describe('portfolio control agent', () => {
  test.each([
    ['opens what stands out, within the position limit', 0.4, 0.5, 0, 'increase', 0.1],
    ['opens by Kelly where that is less', 0.03, 2, 0, 'increase', 0.03],
    ['does not open what does not stand out', 0.4, 0.499, 0, 'keep', 0],
    ['grows nothing that does not stand out', 0.4, 0.1, 0.05, 'keep', 0.05],
    ['shrinks to Kelly what does not stand out', 0.02, 0.1, 0.05, 'reduce', 0.02],
    ['brings a position back to its limit', 0.4, 0.1, 0.14, 'reduce', 0.1],
    ['closes what is expected to lose', -0.2, -1, 0.05, 'reduce', 0],
    ['closes a remainder smaller than the band', -0.2, -1, 0.001, 'reduce', 0],
    ['leaves a change smaller than the band', 0.052, 3, 0.05, 'keep', 0.052],
    ['makes a change beyond the band', 0.0551, 3, 0.05, 'increase', 0.0551],
    ['covers a short that it may not hold', 0, 0, -0.05, 'increase', 0],
  ] as const)('%s', (_, kelly, z, currentWeight, verdict, towardWeight) => {
    const found = ofPortfolio(kelly, z, currentWeight);
    expect(found).toMatchObject({ agent: 'portfolio', verdict });
    expect(found.towardWeight).toBeCloseTo(towardWeight, 15);
  });

  test('opens a short only where it is allowed and the symbol stands out downward', () => {
    expect(ofPortfolio(-0.4, -1, 0, true)).toMatchObject({ verdict: 'reduce', towardWeight: -0.1 });
    expect(ofPortfolio(-0.4, -0.4, 0, true)).toMatchObject({ verdict: 'keep', towardWeight: 0 });
    expect(ofPortfolio(-0.4, -1, 0)).toMatchObject({ verdict: 'keep', towardWeight: 0, reason: 'expected-return-too-low' });
  });

  test('turns a position around only through what stands out', () => {
    expect(ofPortfolio(-0.4, -0.1, 0.05, true)).toMatchObject({ verdict: 'reduce', towardWeight: 0 });
  });

  test.each([
    ['Kelly', Number.NaN, 1],
    ['z', 0.1, Number.POSITIVE_INFINITY],
  ])('keeps what is held when %s is not finite', (_, kelly, z) => {
    expect(ofPortfolio(kelly, z, 0.05)).toMatchObject({ verdict: 'keep', reason: 'input-not-finite', towardWeight: 0.05 });
  });

  test('takes its limits from the policy', () => {
    expect(controlByPortfolio({ kelly: 9, z: 9, currentWeight: 0 }, false, defaultPolicy.ensemble).towardWeight).toBe(0.1);
  });
});
