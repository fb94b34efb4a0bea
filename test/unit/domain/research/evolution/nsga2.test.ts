/**
 * The published benchmark: ZDT1 and ZDT2 (Zitzler, Deb & Thiele 2000) with 30 variables, a population of 100, 250 generations, simulated binary crossover and
 * polynomial mutation with index 20, as in Deb et al. (2002), section V. Their convergence metric Υ is the mean distance of the found points to 500
 * points of the known front; table II gives 0.033482 and 0.072391 for NSGA-II with real variables.
 */
import { describe, expect, test } from 'vitest';
import {
  type Candidate,
  crowding,
  fronts,
  standings,
  survivors,
  tournament,
} from '../../../../../shared/domain/research/evolution/nsga2.ts';
import { type Rng, seededRng } from '../../../../../shared/kernel/rng.ts';

const at = (...objectives: number[]): Candidate => ({ objectives, violation: 0 });

describe('sorting', () => {
  test('a front is what nothing outside the fronts before it dominates', () => {
    const candidates = [at(1, 5), at(5, 1), at(2, 6), at(3, 3), at(6, 6), at(3, 3)];
    expect(fronts(candidates)).toEqual([[0, 1, 3, 5], [2], [4]]);
  });

  test('what keeps the constraints comes before what does not, which is ordered by how far it breaks them', () => {
    const candidates = [
      { objectives: [0, 0], violation: 2 },
      { objectives: [9, 9], violation: 0 },
      { objectives: [5, 5], violation: 1 },
    ];
    expect(fronts(candidates)).toEqual([[1], [2], [0]]);
  });

  test('no candidates have no fronts', () => {
    expect(fronts([])).toEqual([]);
    expect(survivors([], 3)).toEqual([]);
  });
});

describe('crowding', () => {
  test('is the side length of the empty box around a candidate, each objective scaled by its range', () => {
    const candidates = [at(0, 10), at(2, 6), at(5, 5), at(10, 0)];
    // Around the second: (5 − 0)/10 and (10 − 5)/10; around the third: (10 − 2)/10 and (6 − 0)/10.
    expect([...crowding(candidates, [0, 1, 2, 3])]).toEqual([Number.POSITIVE_INFINITY, 1, 1.4, Number.POSITIVE_INFINITY]);
  });

  test('an objective that is the same for all says nothing about the ones between', () => {
    const candidates = [at(1, 7), at(2, 7), at(4, 7)];
    expect(crowding(candidates, [0, 1, 2])[1]).toBe(1);
  });

  test('the front that does not fit is cut where it is densest', () => {
    const candidates = [at(0, 10), at(2, 6), at(5, 5), at(10, 0), at(11, 11)];
    expect(survivors(candidates, 3).toSorted()).toEqual([0, 2, 3]);
  });
});

test('a tournament is won by the lower front, then by the emptier place', () => {
  const standing = standings([at(0, 10), at(1, 9), at(10, 0), at(11, 11)]);
  const rng = seededRng('tournament');
  const wins = [0, 0, 0, 0];
  for (let k = 0; k < 2000; k++) wins[tournament(standing, rng)]! += 1;
  // The last wins only against itself, which is drawn in one of sixteen.
  expect(wins[3]! / 2000).toBeCloseTo(1 / 16, 1);
  expect(wins[0]).toBeGreaterThan(wins[1]!);
});

describe.each([
  { name: 'ZDT1', shape: (ratio: number) => 1 - Math.sqrt(ratio), published: 0.033482 },
  { name: 'ZDT2', shape: (ratio: number) => 1 - ratio ** 2, published: 0.072391 },
])('$name', ({ shape, published }) => {
  const objectivesOf = (x: Float64Array): readonly number[] => {
    const g = 1 + (9 * x.subarray(1).reduce((sum, value) => sum + value, 0)) / (x.length - 1);
    return [x[0]!, g * shape(x[0]! / g)];
  };

  test('the search ends on the known front, at least as near as published, from end to end', () => {
    const found = searched(objectivesOf, seededRng('zdt'));
    const known = Array.from({ length: 500 }, (_, k) => [k / 499, shape(k / 499)] as const);
    const distance = (point: readonly number[]): number =>
      Math.min(...known.map(([first, second]) => Math.hypot(point[0]! - first, point[1]! - second)));
    const mean = found.reduce((sum, point) => sum + distance(point), 0) / found.length;
    expect(mean).toBeLessThan(published);
    const firsts = found.map((point) => point[0]!).toSorted((a, b) => a - b);
    expect(firsts[0]).toBeLessThan(0.01);
    expect(firsts.at(-1)).toBeGreaterThan(0.95);
    expect(Math.max(...firsts.slice(1).map((value, k) => value - firsts[k]!))).toBeLessThan(0.1);
  });
});

const [VARIABLES, POPULATION, GENERATIONS, INDEX] = [30, 100, 250, 20];

function searched(objectivesOf: (x: Float64Array) => readonly number[], rng: Rng): ReadonlyArray<readonly number[]> {
  const scored = (x: Float64Array): Candidate & { x: Float64Array } => ({ x, objectives: objectivesOf(x), violation: 0 });
  let population = Array.from({ length: POPULATION }, () => scored(Float64Array.from({ length: VARIABLES }, () => rng.uniform())));
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const standing = standings(population);
    const children: typeof population = [];
    while (children.length < POPULATION) {
      const [a, b] = crossed(population[tournament(standing, rng)]!.x, population[tournament(standing, rng)]!.x, rng);
      children.push(scored(mutated(a, rng)), scored(mutated(b, rng)));
    }
    const all = [...population, ...children];
    population = survivors(all, POPULATION).map((index) => all[index]!);
  }
  return population.map(({ objectives }) => objectives);
}

/** Simulated binary crossover: Deb & Agrawal (1995); nine pairs of ten, each variable with even chance. */
function crossed(a: Float64Array, b: Float64Array, rng: Rng): readonly [Float64Array, Float64Array] {
  const [first, second] = [a.slice(), b.slice()];
  if (rng.uniform() > 0.9) return [first, second];
  for (let k = 0; k < VARIABLES; k++) {
    if (rng.uniform() > 0.5) continue;
    const u = rng.uniform();
    const spread = u <= 0.5 ? (2 * u) ** (1 / (INDEX + 1)) : (1 / (2 * (1 - u))) ** (1 / (INDEX + 1));
    const nearA = within((1 + spread) * 0.5 * a[k]! + (1 - spread) * 0.5 * b[k]!);
    const nearB = within((1 - spread) * 0.5 * a[k]! + (1 + spread) * 0.5 * b[k]!);
    // Which child gets which is drawn as well: without it no child would have variables near both parents.
    const isSwapped = rng.uniform() < 0.5;
    first[k] = isSwapped ? nearB : nearA;
    second[k] = isSwapped ? nearA : nearB;
  }
  return [first, second];
}

/** Polynomial mutation, one variable of thirty on average. */
function mutated(x: Float64Array, rng: Rng): Float64Array {
  for (let k = 0; k < VARIABLES; k++) {
    if (rng.uniform() > 1 / VARIABLES) continue;
    const u = rng.uniform();
    x[k] = within(x[k]! + (u < 0.5 ? (2 * u) ** (1 / (INDEX + 1)) - 1 : 1 - (2 * (1 - u)) ** (1 / (INDEX + 1))));
  }
  return x;
}

const within = (value: number): number => Math.min(1, Math.max(0, value));
