/**
 * The order path under every fault that we can inject, in a slice of the schedules that `npm run simulate` explores; and the proof that
 * the checker can fail: six order managers, each broken in a way that is common, are caught.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { countPoints, explore, runSchedule, type Violation } from './explorer/explore.ts';
import { exploreInParallel } from './explorer/parallel.ts';
import { scenarios } from './explorer/scenario.ts';
import { type PointCounts, scheduleOf } from './explorer/schedules.ts';
import { brokenVariants } from './explorer/variants/index.ts';

const seed = 1;
const schedules = 600;
const variantSchedulesMax = 300;
let points: PointCounts;

beforeAll(async () => {
  points = await countPoints(seed);
});

const told = ({ invariant, detail, scenario, what, index }: Violation): string =>
  `${invariant}: ${detail} (${scenario}; ${what}); npm run -s simulate -- --replay ${seed}:${index}`;

describe('whatever befalls the calls of the order path, and whoever stops trading meanwhile', () => {
  test('every invariant holds', async () => {
    const explored = await explore(seed, Array(schedules).keys(), points);
    expect(explored.violations.map(told)).toEqual([]);
    expect(explored.schedules).toBe(schedules);
    expect(explored.byKind.single).toBeGreaterThan(0);
    expect(explored.byKind.pair).toBeGreaterThan(0);
    expect(explored.byKind.random).toBeGreaterThan(0);
    expect(explored.window.halts).toBeGreaterThan(0);
    expect(explored.window.inFlightMax).toBeLessThanOrEqual(1);
  });

  test('an undisturbed run reaches every step of the path in every scenario', () => {
    expect(points).toHaveLength(scenarios.length);
    for (const { points: count, decisive } of points) {
      expect(count).toBeGreaterThan(20);
      expect(decisive.length).toBeGreaterThan(0);
    }
  });

  test('a schedule repeats to the millisecond, and another seed is another schedule', async () => {
    const index = 12;
    const [one, again] = [await runSchedule(scheduleOf(seed, index, points)), await runSchedule(scheduleOf(seed, index, points))];
    expect(again.entries).toEqual(one.entries);
    const other = await runSchedule(scheduleOf(seed + 1, index, points));
    expect(other.entries).not.toEqual(one.entries);
  });

  test('how many workers explore changes nothing of what they find', async () => {
    const few = 12;
    expect(await exploreInParallel(seed, few, 2)).toEqual(await exploreInParallel(seed, few, 1));
  });
});

describe('the checker catches an order manager broken by', () => {
  test.each(brokenVariants)('$name', async (variant) => {
    const { violations } = await explore(seed, Array(variantSchedulesMax).keys(), points, variant, 1);
    expect(violations.map(told)).not.toEqual([]);
  });
});
