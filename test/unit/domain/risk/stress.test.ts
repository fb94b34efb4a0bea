import { describe, expect, test } from 'vitest';
import type { StressScenario } from '../../../../shared/domain/policy/policy.ts';
import { type StressedHolding, stressLosses } from '../../../../shared/domain/risk/stress.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';
import { ticker } from '../fixtures.ts';

const holding = (symbol: string, weight: number, beta: number, sector: string | null = null): StressedHolding => ({
  symbol: ticker(symbol),
  sector,
  weight,
  beta,
});
const crash: StressScenario = { name: 'crash', indexReturnFrac: -0.4, source: 'test' };
const path = (...returns: number[]) => new Map([['crash', { returns: Float64Array.from(returns) }]]);

describe('stress losses', () => {
  test('are beta times the index move, a loss positive, longs and shorts netted', () => {
    expect(stressLosses([holding('A', 0.5, 1.2), holding('B', -0.1, 2)], [crash])).toEqual([
      { name: 'crash', lossFrac: expect.closeTo(0.16, 12) },
    ]);
  });

  test('stop at zero for a long, and for what a short can gain; a short loses without bound', () => {
    expect(stressLosses([holding('A', 0.5, 4)], [crash])).toMatchObject([{ lossFrac: 0.5 }]);
    expect(stressLosses([holding('A', -0.5, 4)], [crash])).toMatchObject([{ lossFrac: -0.5 }]);
    expect(stressLosses([holding('A', -0.5, 4)], [{ ...crash, indexReturnFrac: 1 }])).toMatchObject([{ lossFrac: 2 }]);
  });

  test('compound along a path and count its worst day, not its last', () => {
    expect(stressLosses([holding('A', 1, 1)], [crash], path(-0.5, 0.5))).toMatchObject([{ lossFrac: 0.5 }]);
    expect(stressLosses([holding('A', 1, 1)], [crash], path(-0.1, -0.1))).toMatchObject([{ lossFrac: expect.closeTo(0.19, 12) }]);
    expect(stressLosses([holding('A', -1, 1)], [crash], path(-0.5, 0.2, 1))).toMatchObject([{ lossFrac: expect.closeTo(0.2, 12) }]);
    expect(stressLosses([holding('A', -1, 1)], [crash], path(-0.1, -0.1))).toMatchObject([{ lossFrac: expect.closeTo(-0.1, 12) }]);
  });

  test('a price that reached zero stays there', () => {
    expect(stressLosses([holding('A', 1, 2)], [crash], path(-0.6, 0.5))).toMatchObject([{ lossFrac: 1 }]);
  });

  test('a sector’s shock replaces beta for its members, and a symbol’s goes before its sector’s', () => {
    const scenario: StressScenario = { ...crash, sectorReturnFracs: { Energy: -0.1 }, symbolReturnFracs: { B: 0.2, C: -0.3 } };
    const holdings = [
      holding('A', 0.1, 5, 'Energy'),
      holding('B', 0.1, 1, 'Energy'),
      holding('C', 0.1, 1),
      holding('D', 0.1, 1, 'Utilities'),
    ];
    // A loses a tenth, B gains a fifth, C loses three tenths, D follows the index.
    expect(stressLosses(holdings, [scenario])).toMatchObject([{ lossFrac: expect.closeTo(0.06, 12) }]);
    expect(stressLosses(holdings.slice(0, 3), [scenario], path(-0.5, 0.9))).toMatchObject([{ lossFrac: expect.closeTo(0.02, 12) }]);
  });

  test('an empty book loses nothing, and that is no negative zero', () => {
    expect(stressLosses([], [crash])).toEqual([{ name: 'crash', lossFrac: 0 }]);
    expect(stressLosses([holding('A', -1, 0)], [crash])).toEqual([{ name: 'crash', lossFrac: 0 }]);
  });

  test('are summed in order of symbols', () => {
    // Against B and C half a dollar of A is lost in rounding, or not, as the sum runs: A, B, C loses it.
    const [a, b, c] = [holding('A', 1, 1), holding('B', 1e16, 1), holding('C', -1e16, 1)];
    const half = { ...crash, indexReturnFrac: -0.5 };
    for (const holdings of [
      [a, b, c],
      [a, c, b],
      [b, a, c],
      [b, c, a],
      [c, a, b],
      [c, b, a],
    ])
      expect(stressLosses(holdings, [half])).toEqual([{ name: 'crash', lossFrac: 0 }]);
  });

  test('of a holding without a sector follow the index, whatever a scenario calls its sectors', () => {
    const scenario: StressScenario = { ...crash, sectorReturnFracs: { null: -1 } };
    expect(stressLosses([holding('A', 0.5, 1)], [scenario])).toEqual([{ name: 'crash', lossFrac: expect.closeTo(0.2, 12) }]);
  });

  test('say what they refuse', () => {
    expect(stressLosses([holding('A', 1, 1), holding('B', 1, Number.NaN)], [crash])).toEqual(refuse('holding-not-finite', { symbol: 'B' }));
    const unknown = { ...crash, name: 'unknown', indexReturnFrac: Number.NaN };
    expect(stressLosses([holding('A', 1, 1)], [crash, unknown])).toEqual(refuse('scenario-not-finite', { scenario: 'unknown' }));
  });

  test('do not depend on the order of the holdings', () => {
    const holdings = ['A', 'B', 'C', 'D', 'E'].map((name, i) => holding(name, 0.1 + i / 7, 1 / (i + 1.3)));
    expect(stressLosses(holdings.toReversed(), [crash])).toEqual(stressLosses(holdings, [crash]));
  });

  test.each([
    ['a weight', [holding('A', Number.NaN, 1)], [crash], 'holding-not-finite'],
    ['a beta', [holding('A', 1, Number.POSITIVE_INFINITY)], [crash], 'holding-not-finite'],
    ['an index move', [holding('A', 1, 1)], [{ ...crash, indexReturnFrac: Number.NaN }], 'scenario-not-finite'],
    ['a shock', [holding('A', 1, 1, 'Energy')], [{ ...crash, sectorReturnFracs: { Energy: Number.NaN } }], 'scenario-not-finite'],
  ])('refuse %s that is no number', (_, holdings, scenarios, reason) => {
    expect(stressLosses(holdings, scenarios)).toMatchObject({ kind: 'refused', reason });
  });

  test('refuse an empty path', () => {
    expect(stressLosses([holding('A', 1, 1)], [crash], path())).toMatchObject({ reason: 'scenario-not-finite' });
  });
});
