import { describe, expect, test } from 'vitest';
import { absent, type Factor, type FactorReading } from '../../../../shared/domain/factors/factor.ts';
import { meanPlaces, placeZScores } from '../../../../shared/domain/factors/places.ts';
import { standings } from '../../../../shared/domain/factors/rank.ts';
import { InvariantViolation } from '../../../../shared/kernel/errors.ts';
import { company, contextWith } from './factor-fixtures.ts';

const fixed = (name: string, values: readonly (number | string)[]): Factor => ({
  name,
  read: () => values.map((value): FactorReading => (typeof value === 'string' ? absent(value) : { kind: 'reading', value, evidence: {} })),
});
const views = (count: number) => Array.from({ length: count }, (_, i) => company(`R${i}`));
const ranksOf = (values: readonly (number | string)[], rankedMin = 1) =>
  standings(views(values.length), contextWith({ rankedMin }), [fixed('some', values)]).map(([standing]) =>
    standing!.kind === 'standing' ? standing!.rankFrac : standing!.reason,
  );

describe('standings', () => {
  test('rank the lowest 0 and the highest 1, and those between evenly', () => {
    expect(ranksOf([30, 10, 20, 50, 40])).toEqual([0.5, 0, 0.25, 1, 0.75]);
  });

  test('give equal values the mean of their places', () => {
    // Places 0, 1·2, 3·4·5 of six: scipy.stats.rankdata([1, 2, 2, 3, 3, 3]) is 1, 2.5, 2.5, 5, 5, 5.
    expect(ranksOf([1, 2, 2, 3, 3, 3])).toEqual([0, 0.3, 0.3, 0.8, 0.8, 0.8]);
    expect(ranksOf([0, -0, 5])).toEqual([0.25, 0.25, 1]);
  });

  test('leave out who has no reading, and keep the reason', () => {
    expect(ranksOf([3, 'no-reports', 1, 2])).toEqual([1, 'no-reports', 0, 0.5]);
  });

  test('take a number that is not finite for no reading', () => {
    expect(ranksOf([3, Number.NaN, 1, Number.POSITIVE_INFINITY])).toEqual([1, 'reading-not-finite', 0, 'reading-not-finite']);
    const evidence: Factor = {
      name: 'some',
      read: (all) => all.map((_, i) => ({ kind: 'reading', value: i, evidence: { hidden: i === 1 ? Number.NaN : 0 } })),
    };
    const [, second] = standings(views(3), contextWith({ rankedMin: 1 }), [evidence]);
    expect(second).toEqual([{ kind: 'absent', factor: 'some', reason: 'reading-not-finite' }]);
  });

  test('rank nobody in a cross-section that is too small', () => {
    expect(ranksOf([1, 2, 'no-reports'], 3)).toEqual(['cross-section-too-small', 'cross-section-too-small', 'no-reports']);
    expect(ranksOf([1, 2, 3], 3)).toEqual([0, 0.5, 1]);
  });

  test('put a company that is alone in the middle', () => {
    expect(ranksOf([7])).toEqual([0.5]);
  });

  test('come company by company, and within a company factor by factor', () => {
    const found = standings(views(2), contextWith({ rankedMin: 1 }), [fixed('a', [1, 2]), fixed('b', [2, 1])]);
    expect(found.map((own) => own.map((standing) => [standing.factor, standing.kind === 'standing' && standing.rankFrac]))).toEqual([
      [
        ['a', 0],
        ['b', 1],
      ],
      [
        ['a', 1],
        ['b', 0],
      ],
    ]);
    expect(standings([], contextWith(), [fixed('a', [])])).toEqual([]);
  });

  test('stop for a factor that does not read every company', () => {
    expect(() => standings(views(3), contextWith(), [fixed('lazy', [1, 2])])).toThrow(InvariantViolation);
  });
});

describe('z-scores of places', () => {
  test('are those of scipy.stats.zscore(rankdata(x))', () => {
    // scipy 1.17: zscore(rankdata([3, 1, 2, 2, 9])) with ddof 0.
    const expected = [0.7254762501100117, -1.4509525002200234, -0.36273812505500586, -0.36273812505500586, 1.4509525002200234];
    for (const [i, z] of placeZScores(Float64Array.of(3, 1, 2, 2, 9), 1).entries()) expect(z).toBeCloseTo(expected[i]!, 14);
  });

  test('tell nobody apart when all values are the same, and are missing below the least count', () => {
    expect([...placeZScores(Float64Array.of(5, 5, 5), 1)]).toEqual([0, 0, 0]);
    expect([...placeZScores(Float64Array.of(1, Number.NaN, 3), 3)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([...meanPlaces(Float64Array.of(Number.NaN, 4))]).toEqual([Number.NaN, 0]);
  });
});
