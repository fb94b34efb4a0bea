import { expect, test } from 'vitest';
import { agentRecords } from '../../../../shared/domain/analytics/agent-record.ts';
import type { CyclePoint } from '../../../../shared/domain/analytics/cycle-point.ts';
import { type AgentTally, judgeOpinions, statedProbability } from '../../../../shared/domain/analytics/judge-opinions.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { Ticker } from '../../../../shared/kernel/units.ts';
import { point } from '../../../support/analytics-points.ts';

const closes = (...prices: number[]): Record<string, number> => Object.fromEntries(prices.map((price, index) => [`S${index}`, price]));
const opinions = (...expected: number[]): CyclePoint['opinions'] =>
  expected.map((expectedReturn, index) => ({ symbol: `S${index}` as Ticker, agent: 'one', expectedReturn, confidence: 0.65 }));

function judged(expected: number[], before: number[], after: number[]): AgentTally {
  const from = point('2024-01-03', { closes: closes(...before), opinions: opinions(...expected) });
  const tallies = judgeOpinions(from, point('2024-01-04', { closes: closes(...after) }), 1);
  if (isRefusal(tallies)) throw new Error(tallies.reason);
  return tallies[0]!;
}

test('a rising market makes nobody right: the side is that of the median', () => {
  const tally = judged([0.03, 0.02, 0.01, 0.001], [100, 100, 100, 100], [104, 103, 102, 101]);
  expect(tally).toMatchObject({ judged: 4, hits: 4, signed: 4, signHits: 4 });
  expect(judged([0.001, 0.01, 0.02, 0.03], [100, 100, 100, 100], [104, 103, 102, 101])).toMatchObject({ judged: 4, hits: 0, signHits: 4 });
});

test('an opinion or a return on the median has no side', () => {
  expect(judged([0.03, 0.02, 0.01], [100, 100, 100], [103, 102, 101])).toMatchObject({ opinions: 3, judged: 2, hits: 2 });
});

test('a move that a split or bad data explains better is left out', () => {
  expect(judged([0.03, 0.02, 0.01, 0.005], [100, 100, 100, 100], [50, 102, 101, 100.5])).toMatchObject({ opinions: 3 });
  expect(judged([0.03, 0.02], [100, 0], [101, 102])).toMatchObject({ opinions: 1 });
});

test('a confidence states a chance on the scale that agents are calibrated to', () => {
  expect([0.3, 1].map(statedProbability)).toEqual([0.5, 0.6].map((value) => expect.closeTo(value, 12)));
});

test('few sessions give a hit rate without a standard error, none gives none', () => {
  const tally = judged([0.03, 0.02, 0.01, 0.001], [100, 100, 100, 100], [104, 103, 102, 101]);
  expect(agentRecords([[tally]])[0]).toMatchObject({ hitRate: { value: 1, standardError: null } });
  const silent = judged([Number.NaN], [100], [101]);
  expect(agentRecords([[silent]])[0]).toMatchObject({
    hitRate: { kind: 'refused', reason: 'nothing-judged' },
    rankCorrelation: { reason: 'too-few-sessions' },
  });
  expect(agentRecords(Array.from({ length: 10 }, () => [tally]))[0]).toMatchObject({ hitRate: { value: 1, standardError: 0 } });
});
