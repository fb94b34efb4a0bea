/**
 * The order path under every fault that we can inject, in a slice of the schedules that `npm run simulate` explores; and the proof that
 * the checker can fail: six order managers, each broken in a way that is common, are caught, and
 * four that stop or book badly.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { countPoints, explore, runPlan, runSchedule, type Violation } from './explorer/explore.ts';
import { noPlan } from './explorer/faults.ts';
import { exploreInParallel } from './explorer/parallel.ts';
import { type Scenario, scenarios } from './explorer/scenario.ts';
import { type PointCounts, scheduleOf } from './explorer/schedules.ts';
import { brokenVariants } from './explorer/variants/index.ts';
import { brokenElsewhere } from './explorer/variants/stopping-and-booking.ts';

const seed = 1;
const schedules = 130;
const variantSchedulesMax = 100;
let points: PointCounts;

beforeAll(async () => {
  points = await countPoints(seed);
});

/** Of each order that ended as cancelled, how it stood when the fund was halted; and what reconciliations reported. */
async function undisturbed(scenario: Scenario) {
  const { entries } = await runPlan(scenario, `${seed}/undisturbed`, noPlan);
  const standing = new Map<string, string>();
  const cancelled: string[] = [];
  const found = new Map<string, string>();
  for (const entry of entries) {
    if (entry.kind === 'control' && entry.state === 'HALTED') for (const [id, state] of standing) found.set(id, state);
    if (entry.kind !== 'ledger-order') continue;
    const { orderId, state } = entry.order;
    standing.set(orderId, state);
    if (state === 'CANCELLED' && found.has(orderId)) cancelled.push(found.get(orderId)!);
  }
  return { cancelled, reports: entries.flatMap((entry) => (entry.kind === 'reconciled' && entry.report ? [entry.report] : [])) };
}

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
    expect(explored.window.lifted).toBeGreaterThan(0);
    expect(explored.window.inFlightMax).toBeLessThanOrEqual(1);
  });

  test('an undisturbed run reaches every step of the path in every scenario', () => {
    expect(points).toHaveLength(scenarios.length);
    for (const { points: count, decisive } of points) {
      expect(count).toBeGreaterThan(20);
      expect(decisive.length).toBeGreaterThan(0);
    }
  });

  test('undisturbed, a halt cancels what works and what is unknown, and a reconciliation settles, stops and books', async () => {
    const [halted, differing] = await Promise.all(scenarios.slice(-2).map(undisturbed));
    expect(halted!.cancelled).toEqual(expect.arrayContaining(['UNKNOWN', 'ACKNOWLEDGED']));
    const [first, , later] = differing!.reports;
    expect(first!.booked.map(({ kind }) => kind)).toEqual(['dividend', 'manual-trade']);
    expect(first!.stopped.map(({ symbol, causes }) => `${symbol} ${causes}`)).toEqual(['BETA late-fill', 'GOOD manual-trade']);
    expect(first!.orders.settled.map(({ state }) => state).sort()).toEqual(['FILLED', 'UNKNOWN']);
    expect(later!.orders.settled.map(({ state }) => state)).toEqual(['REJECTED']);
  });

  test('a schedule repeats to the millisecond, and another seed is another schedule', async () => {
    const index = 12;
    const [one, again] = [await runSchedule(scheduleOf(seed, index, points)), await runSchedule(scheduleOf(seed, index, points))];
    expect(again.entries).toEqual(one.entries);
    const other = await runSchedule(scheduleOf(seed + 1, index, points));
    expect(other.entries).not.toEqual(one.entries);
  });

  test('how many workers explore changes nothing of what they find', async () => {
    const few = 4;
    expect(await exploreInParallel(seed, few, 2)).toEqual(await exploreInParallel(seed, few, 1));
  });
});

describe('the checker catches an order manager broken by', () => {
  test.each(brokenVariants)('$name', async (variant) => {
    const { violations } = await explore(seed, Array(variantSchedulesMax).keys(), points, variant, 1);
    expect(violations.map(told)).not.toEqual([]);
  });
});

describe('and one that stops or books badly:', () => {
  test.each(brokenElsewhere)('$name', async (variant) => {
    const { violations } = await explore(seed, Array(variantSchedulesMax).keys(), points, variant, 1);
    expect(violations.map(told)).not.toEqual([]);
  });
});
