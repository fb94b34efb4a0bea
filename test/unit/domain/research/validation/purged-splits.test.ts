/**
 * Purged splits on cases worked by hand, and the tables of M. López de Prado (2018), "Advances in Financial Machine Learning": figures 12.1 and 12.2
 * (six groups, two of them tested: 15 splits, 5 paths, and which split gives a path each group).
 */
import { describe, expect, test } from 'vitest';
import { assemblePaths, combinatorialPurged, purgedFolds } from '../../../../../shared/domain/research/validation/purged-splits.ts';
import { walkForwardSplits } from '../../../../../shared/domain/research/validation/walk-forward-splits.ts';

/** Observation i begins at bar i, and its label is decided `reach` bars later. */
const spans = (count: number, reach: number) => ({
  from: Int32Array.from({ length: count }, (_, i) => i),
  to: Int32Array.from({ length: count }, (_, i) => i + reach),
});

describe('purged folds', () => {
  test('leave out what overlaps the tested fold on both sides, and the embargo after it', () => {
    const folds = purgedFolds(spans(12, 2), { folds: 3, embargoBars: 1 });
    if ('reason' in folds) throw new Error(folds.reason);
    // The middle fold is observations 4 to 7, its span bars 4 to 9: 2 and 3 reach into it, 8 and 9 begin in it, 10 in the embargo.
    expect(folds[1]).toEqual({ test: Int32Array.of(4, 5, 6, 7), train: Int32Array.of(0, 1, 11), purged: 4, embargoed: 1 });
    // Nothing comes before the first fold: bars 0 to 5; 4 and 5 begin in it, 6 in the embargo.
    expect(folds[0]).toEqual({ test: Int32Array.of(0, 1, 2, 3), train: Int32Array.of(7, 8, 9, 10, 11), purged: 2, embargoed: 1 });
    expect(folds[2]).toEqual({ test: Int32Array.of(8, 9, 10, 11), train: Int32Array.of(0, 1, 2, 3, 4, 5), purged: 2, embargoed: 0 });
  });

  test('purge all three ways to overlap: ending within, beginning within, and lying around the fold', () => {
    // The fold tested second is observations 2 and 3, bars 10 to 13; observation 1 lies around it, 0 ends on its first bar, 4 begins on its last.
    const labels = { from: Int32Array.of(5, 6, 10, 11, 13, 40), to: Int32Array.of(10, 30, 12, 13, 20, 41) };
    const folds = purgedFolds(labels, { folds: 3, embargoBars: 0 });
    if ('reason' in folds) throw new Error(folds.reason);
    expect(folds[1]).toMatchObject({ train: Int32Array.of(5), purged: 3, embargoed: 0 });
  });

  test('without reach and embargo are plain folds, the larger first', () => {
    const folds = purgedFolds(spans(11, 0), { folds: 3, embargoBars: 0 });
    if ('reason' in folds) throw new Error(folds.reason);
    expect(folds.map(({ test: tested, train }) => [tested.length, train.length])).toEqual([
      [4, 7],
      [4, 7],
      [3, 8],
    ]);
  });

  test('are refused when labels end before they begin, when there is nothing left to train on, and for settings without meaning', () => {
    const backwards = { from: Int32Array.of(3, 4), to: Int32Array.of(2, 5) };
    expect(purgedFolds(backwards, { folds: 2, embargoBars: 0 })).toMatchObject({ reason: 'spans-invalid' });
    const unordered = { from: Int32Array.of(3, 2), to: Int32Array.of(4, 5) };
    expect(purgedFolds(unordered, { folds: 2, embargoBars: 0 })).toMatchObject({ reason: 'spans-invalid' });
    expect(purgedFolds(spans(10, 10), { folds: 2, embargoBars: 0 })).toMatchObject({ reason: 'nothing-to-train-on' });
    expect(purgedFolds(spans(10, 0), { folds: 11, embargoBars: 0 })).toMatchObject({ reason: 'setting-invalid' });
    expect(purgedFolds(spans(10, 0), { folds: 2, embargoBars: -1 })).toMatchObject({ reason: 'setting-invalid' });
    expect(purgedFolds({ from: Int32Array.of(1), to: Int32Array.of() }, { folds: 2, embargoBars: 0 })).toMatchObject({
      reason: 'spans-invalid',
    });
  });
});

describe('combinatorial purged cross-validation', () => {
  const plan = combinatorialPurged(spans(600, 0), { groups: 6, testGroups: 2, embargoBars: 0 });
  if (plan.kind === 'refused') throw new Error(plan.reason);

  test('has 15 splits and 5 paths for six groups of which two are tested (AFML, figure 12.1)', () => {
    expect([plan.splits.length, plan.paths]).toEqual([15, 5]);
    expect(plan.splits.map(({ testGroups }) => testGroups.map((group) => group + 1).join(''))).toEqual(
      '12 13 14 15 16 23 24 25 26 34 35 36 45 46 56'.split(' '),
    );
  });

  test('takes each path from the splits of AFML, figure 12.2', () => {
    const splitNumbers = Array.from({ length: 5 }, (_, path) =>
      Array.from(plan.splitOfPath.subarray(path * 6, path * 6 + 6), (split) => split + 1),
    );
    expect(splitNumbers).toEqual([
      [1, 1, 2, 3, 4, 5],
      [2, 6, 6, 7, 8, 9],
      [3, 7, 10, 10, 11, 12],
      [4, 8, 11, 13, 13, 14],
      [5, 9, 12, 14, 15, 15],
    ]);
  });

  test('puts together paths that know for each observation the split that tested it', () => {
    const outOfSample = plan.splits.map(({ test: tested }, split) =>
      Float64Array.from(tested, (observation) => 1000 * split + observation),
    );
    const paths = assemblePaths(plan, outOfSample);
    expect(paths.length).toBe(5);
    for (const [path, values] of paths.entries()) {
      for (const [observation, value] of values.entries()) {
        expect(value).toBe(1000 * plan.splitOfPath[path * 6 + Math.floor(observation / 100)]! + observation);
      }
    }
  });

  test('purges on both sides of every tested group', () => {
    const purged = combinatorialPurged(spans(60, 3), { groups: 6, testGroups: 2, embargoBars: 2 });
    if (purged.kind === 'refused') throw new Error(purged.reason);
    // Groups 2 and 5, observations 10 to 19 and 40 to 49, spans 10 to 22 and 40 to 52.
    const split = purged.splits.find(({ testGroups }) => testGroups.join() === '1,4')!;
    expect([split.purged, split.embargoed]).toEqual([12, 4]);
    expect(Array.from(split.train)).toEqual([
      ...Array.from({ length: 7 }, (_, i) => i),
      ...Array.from({ length: 12 }, (_, i) => 25 + i),
      ...Array.from({ length: 5 }, (_, i) => 55 + i),
    ]);
  });

  test('is refused when it would take more trainings than anybody has time for', () => {
    expect(combinatorialPurged(spans(100, 0), { groups: 20, testGroups: 10, embargoBars: 0 })).toMatchObject({
      reason: 'setting-invalid',
      details: { splits: 184_756 },
    });
    expect(combinatorialPurged(spans(100, 0), { groups: 6, testGroups: 6, embargoBars: 0 })).toMatchObject({ reason: 'setting-invalid' });
  });
});

describe('walk-forward splits', () => {
  const plan = { bars: 100, trainBars: 40, testBars: 25, purgeBars: 3, embargoBars: 2 };

  test('roll a window of the same length', () => {
    expect(walkForwardSplits({ ...plan, window: 'rolling' })).toEqual([
      { trainFrom: 0, trainTo: 40, testFrom: 45, testTo: 70 },
      { trainFrom: 25, trainTo: 65, testFrom: 70, testTo: 95 },
      { trainFrom: 50, trainTo: 90, testFrom: 95, testTo: 100 },
    ]);
  });

  test('keep the beginning where they are anchored', () => {
    const splits = walkForwardSplits({ ...plan, window: 'anchored' });
    expect('reason' in splits ? [] : splits.map(({ trainFrom, trainTo }) => [trainFrom, trainTo])).toEqual([
      [0, 40],
      [0, 65],
      [0, 90],
    ]);
  });

  test('are refused when not one bar is left to test, and for settings without meaning', () => {
    expect(walkForwardSplits({ ...plan, bars: 45, window: 'rolling' })).toMatchObject({ reason: 'too-few-bars', details: { wants: 46 } });
    expect(walkForwardSplits({ ...plan, testBars: 0, window: 'rolling' })).toMatchObject({ reason: 'setting-invalid' });
    expect(walkForwardSplits({ ...plan, purgeBars: 1.5, window: 'rolling' })).toMatchObject({ reason: 'setting-invalid' });
  });
});
