import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import {
  type ParameterPlane,
  planeOf,
  plateauOf,
  type SweptRun,
  sweptParameters,
} from '../../../../shared/runtime/sweep-page/parameter-plane.ts';

const run = (a: number, b: number, c: number, sharpePerBar: number): SweptRun => ({ parameters: { a, b, c }, sharpePerBar });
/** The best first, as a ranking has them. */
const runs = [
  run(2, 20, 7, 0.9),
  run(1, 20, 7, 0.8),
  run(3, 20, 7, 0.6),
  run(2, 10, 7, 0.5),
  run(5, 20, 7, 0.4),
  run(2, 20, 8, 0.3),
  run(1, 10, 7, -0.2),
  run(3, 10, 8, -0.4),
];
const size = { columnsMax: 10, rowsMax: 10 };

function plane(given: readonly SweptRun[], asked: Parameters<typeof planeOf>[1] = { axes: null, ...size }): ParameterPlane {
  const made = planeOf(given, asked);
  if (isRefusal(made)) throw new Error(made.reason);
  return made;
}

describe('the plane of a sweep', () => {
  test('has the two parameters with the most values, the others as the best has them', () => {
    const { across, down, fixed, best, sharpePerBar } = plane(runs);
    expect([across.name, down?.name, fixed]).toEqual(['a', 'b', { c: 7 }]);
    expect(across.cells.map(({ from }) => from)).toEqual([1, 2, 3, 5]);
    expect(best).toEqual({ column: 1, row: 1 });
    expect([...sharpePerBar]).toEqual([-0.2, 0.5, Number.NaN, Number.NaN, 0.8, 0.9, 0.6, 0.4]);
  });

  test('has the axes that were asked for', () => {
    const { across, down, fixed, sharpePerBar } = plane(runs, { axes: ['c', 'a'], ...size });
    expect([across.name, down?.name, fixed]).toEqual(['c', 'a', { b: 20 }]);
    expect([...sharpePerBar]).toEqual([0.8, Number.NaN, 0.9, 0.3, 0.6, Number.NaN, 0.4, Number.NaN]);
  });

  test('with more values than cells has the means of neighbours', () => {
    const { across, sharpePerBar, perCell, best } = plane(runs, { axes: ['a', 'b'], columnsMax: 2, rowsMax: 2 });
    expect(across.cells).toEqual([
      { from: 1, to: 2 },
      { from: 3, to: 5 },
    ]);
    expect([...sharpePerBar].map((one) => Number(one.toFixed(12)))).toEqual([0.15, Number.NaN, 0.85, 0.5]);
    expect([perCell, best]).toEqual([2, { column: 0, row: 1 }]);
  });

  test('of one parameter is a line', () => {
    const line = [run(3, 1, 1, 0.2), run(1, 1, 1, 0.1)];
    expect(plane(line)).toMatchObject({ across: { name: 'a' }, down: null, best: { column: 1, row: 0 } });
  });

  test('of nothing that varies, or over what does not, is refused', () => {
    expect(planeOf([runs[0]!], { axes: null, ...size })).toMatchObject({ reason: 'nothing-varies' });
    expect(planeOf([run(1, 1, 1, 1), run(2, 1, 1, 0)], { axes: ['a', 'b'], ...size })).toMatchObject({ reason: 'axis-does-not-vary' });
  });
});

describe('the plateau', () => {
  test('is what lies at most one step of the grid from the best, in every parameter', () => {
    expect(sweptParameters(runs).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    const plateau = plateauOf(runs)!;
    // All but a=5, which is two steps away.
    expect(plateau.neighbours).toBe(6);
    expect(plateau.meanPerBar).toBeCloseTo((0.8 + 0.6 + 0.5 + 0.3 - 0.2 - 0.4) / 6, 12);
    expect(plateau.lowestPerBar).toBe(-0.4);
  });

  test('of a best without neighbours is none', () => {
    expect(plateauOf([runs[0]!])).toBeNull();
    expect(plateauOf([run(1, 1, 1, 1), run(2, 1, 1, Number.NaN), run(3, 1, 1, 0)])).toBeNull();
  });
});
