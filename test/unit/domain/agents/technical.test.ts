import { describe, expect, test } from 'vitest';
import type { SymbolView } from '../../../../shared/domain/agents/agent.ts';
import { agentNames, agents } from '../../../../shared/domain/agents/registry.ts';
import { technicalAgent } from '../../../../shared/domain/agents/technical.agent.ts';
import { noFacts } from '../../../../shared/domain/market/facts.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { ContractViolation } from '../../../../shared/kernel/errors.ts';
import { asOf, type Row, ticker, toBars, walk } from '../fixtures.ts';

const view = (rows: readonly Row[], change: Partial<SymbolView> = {}): SymbolView => ({
  symbol: ticker('X'),
  asOf,
  bars: toBars('X', rows),
  dailyVol: 0.012,
  dataQualityScore: 1,
  facts: noFacts(ticker('X')),
  factors: [],
  rules: defaultPolicy,
  ...change,
});

describe('technical agent', () => {
  test('expects a rise from a steady trend up and a fall from one down', () => {
    expect(technicalAgent.opine(view(walk('UP', 252, asOf, 0.003, 0.006)))).toMatchObject({
      kind: 'opinion',
      expectedReturn: expect.any(Number),
    });
    const up = technicalAgent.opine(view(walk('UP', 252, asOf, 0.003, 0.006)));
    const down = technicalAgent.opine(view(walk('UP', 252, asOf, -0.003, 0.006)));
    expect(up.kind === 'opinion' && up.expectedReturn).toBeGreaterThan(0);
    expect(down.kind === 'opinion' && down.expectedReturn).toBeLessThan(0);
  });

  test('never expects more than volatility times its information coefficient', () => {
    for (const name of ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']) {
      const opinion = technicalAgent.opine(view(walk(name, 252)));
      if (opinion.kind !== 'opinion') throw new Error('expected an opinion');
      expect(Math.abs(opinion.expectedReturn)).toBeLessThanOrEqual(0.012 * defaultPolicy.signals.informationCoefficients.technical!);
      expect(opinion.confidence).toBeGreaterThan(0);
      expect(opinion.confidence).toBeLessThanOrEqual(1);
    }
  });

  test('trusts itself less on worse data', () => {
    const good = technicalAgent.opine(view(walk('A', 252)));
    const poor = technicalAgent.opine(view(walk('A', 252), { dataQualityScore: 0.7 }));
    if (good.kind !== 'opinion' || poor.kind !== 'opinion') throw new Error('expected opinions');
    expect(poor.confidence).toBeCloseTo(0.7 * good.confidence, 12);
  });

  test('abstains on a year that is short by a day, on a price that is missing and on one that does not move', () => {
    const holed = walk('A', 252).map((row, i) => (i === 100 ? { ...row, close: Number.NaN } : row));
    const flat = walk('A', 252).map((row) => ({ ...row, open: 10, high: 10, low: 10, close: 10 }));
    expect(technicalAgent.opine(view(walk('A', 251)))).toMatchObject({ kind: 'abstain', reason: 'history-too-short' });
    expect(technicalAgent.opine(view(holed))).toMatchObject({ kind: 'abstain', reason: 'indicator-not-finite' });
    expect(technicalAgent.opine(view(flat, { dailyVol: 0 }))).toMatchObject({ kind: 'abstain', reason: 'price-does-not-move' });
    expect(technicalAgent.opine(view([]))).toMatchObject({ kind: 'abstain', reason: 'history-too-short' });
  });
});

describe('agent registry', () => {
  test('finds agents in the order of the policy', () => {
    expect(agents(['valuation', 'technical']).map(({ name }) => name)).toEqual(['valuation', 'technical']);
    expect(agentNames).toEqual(expect.arrayContaining(['factors', 'fundamental', 'sentiment', 'technical', 'valuation']));
  });

  test('refuses a name nobody has, and says which there are', () => {
    expect(() => agents(['astrology'])).toThrow(ContractViolation);
    expect(() => agents(['astrology'])).toThrow(/technical/);
  });

  test('lets agents without data abstain', () => {
    for (const agent of agents(['factors', 'fundamental', 'sentiment', 'valuation'])) {
      expect(agent.opine(view(walk('A', 252)))).toMatchObject({
        kind: 'abstain',
        agent: agent.name,
        reason: expect.stringMatching(/^[a-z-]+$/),
      });
    }
  });
});
