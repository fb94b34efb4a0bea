import { describe, expect, test } from 'vitest';
import type { StressScenario } from '../../../../shared/domain/policy/policy.ts';
import { replayEpisode } from '../../../../shared/domain/risk/episode.ts';
import { type StressedHolding, stressLosses } from '../../../../shared/domain/risk/stress.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { ticker } from '../fixtures.ts';

const holding = (symbol: string, weight: number, beta: number, sector: string | null = null): StressedHolding => ({
  symbol: ticker(symbol),
  sector,
  weight,
  beta,
});
const crash: StressScenario = { name: 'crash', indexReturnFrac: -0.4, source: 'test' };
const path = (...returns: number[]) => new Map([['crash', { returns: Float64Array.from(returns) }]]);
const day = (value: number): EpochDay => value as EpochDay;

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

describe('an episode', () => {
  const days = Int32Array.of(1, 2, 3, 6, 7, 8);
  const closes = Float64Array.of(100, 110, 88, 99, 66, 77);

  test('has the returns after its first close, the deepest fall and the worst day', () => {
    expect(replayEpisode(days, closes, day(1), day(8))).toEqual({
      kind: 'episode',
      days: Int32Array.of(2, 3, 6, 7, 8),
      returns: Float64Array.from([110 / 100 - 1, 88 / 110 - 1, 99 / 88 - 1, 66 / 99 - 1, 77 / 66 - 1]),
      endReturnFrac: expect.closeTo(-0.23, 12),
      peakToTroughFrac: expect.closeTo(-0.4, 12),
      peakDay: 2,
      troughDay: 7,
      worstDay: 7,
      worstDayReturnFrac: expect.closeTo(-1 / 3, 12),
    });
  });

  test('that only rises has no fall', () => {
    expect(replayEpisode(days, closes, day(1), day(2))).toMatchObject({ peakToTroughFrac: 0, worstDay: 2 });
  });

  test.each([
    ['a first day without a close', days, closes, 4, 8, 'episode-outside-index'],
    ['a last day beyond the index', days, closes, 1, 9, 'episode-outside-index'],
    ['one day only', days, closes, 3, 3, 'episode-without-return'],
    ['dates the wrong way round', days, closes, 8, 1, 'episode-without-return'],
    ['a close of zero', days, Float64Array.of(100, 110, 0, 99, 66, 77), 1, 8, 'close-not-positive'],
    ['a close that is no number', days, Float64Array.of(100, 110, 88, Number.NaN, 66, 77), 1, 8, 'close-not-positive'],
    ['a day twice', Int32Array.of(1, 2, 2, 6, 7, 8), closes, 1, 8, 'days-not-ascending'],
    ['columns of unequal length', days, closes.subarray(1), 1, 8, 'lengths-differ'],
  ])('refuses %s', (_, indexDays, indexCloses, from, to, reason) => {
    expect(replayEpisode(indexDays, indexCloses, day(from), day(to))).toMatchObject({ kind: 'refused', reason });
  });
});
