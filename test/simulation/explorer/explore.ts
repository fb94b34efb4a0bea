/** Runs schedules, one after the other, and holds each against the checker. */
import { check, type Finding } from './checker.ts';
import { noPlan, type Plan } from './faults.ts';
import { runCycle } from './fund-machines.ts';
import type { Entry } from './history.ts';
import { duringTheSession, reconcile, recover, runSweepMachine } from './recovery.ts';
import { type Scenario, scenarios } from './scenario.ts';
import { type PointCounts, type Schedule, scheduleOf, undisturbedSeed } from './schedules.ts';
import { bothWindows, type HaltWindow, haltWindow, noWindow } from './stops.ts';
import { theRealThing, type Variant, World } from './world.ts';

export interface Run {
  readonly findings: readonly Finding[];
  readonly entries: readonly Entry[];
  readonly points: number;
  readonly window: HaltWindow;
}

export interface Violation extends Finding {
  readonly index: number;
  readonly scenario: string;
  readonly what: string;
}

export interface Exploration {
  readonly schedules: number;
  readonly byKind: Readonly<Record<Schedule['kind'], number>>;
  readonly violations: readonly Violation[];
  readonly faultsStruck: number;
  readonly window: HaltWindow;
}

/** Stream records reach the function that starts a sweep after about this long. */
const streamMs = 400;

export async function runPlan(scenario: Scenario, seed: string, plan: Plan, variant: Variant = theRealThing): Promise<Run> {
  const world = await World.open({ scenario, seed, plan, variant });
  try {
    world.history.onControl = (item, state) => {
      if (state === 'HALTED') world.time.in(streamMs, () => world.time.start(() => runSweepMachine(world, item)));
    };
    const findings = await world.tables.serve(() => rested(world));
    return { findings, entries: world.history.entries, points: world.outside.points, window: haltWindow(world.history.entries) };
  } finally {
    world.close();
  }
}

async function rested(world: World): Promise<readonly Finding[]> {
  const { scenario, time } = world;
  try {
    for (const [nth, afterMs] of scenario.cyclesAfterMs.entries()) {
      for (let delivery = 1; delivery <= scenario.deliveries; delivery++)
        time.in(afterMs, () => time.start(() => runCycle(world, nth, delivery)));
    }
    for (const { afterMs, act } of scenario.acts) time.in(afterMs, () => world.outside.operate(act));
    for (const [nth, afterMs] of scenario.reconciledAfterMs.entries())
      time.in(afterMs, () => time.start(() => reconcile(world, `${duringTheSession}${nth + 1}`, false)));
    await time.run();
    time.start(() => recover(world));
    await time.run();
  } catch (error) {
    return [{ invariant: 'every schedule comes to rest', detail: String(error) }];
  }
  return check(world);
}

export const runSchedule = ({ scenario, seed, plan }: Schedule, variant?: Variant): Promise<Run> => runPlan(scenario, seed, plan, variant);

/** What the systematic schedules step through. Recovery has no points: faults have stopped by then. */
export async function countPoints(seed: number): Promise<PointCounts> {
  const counts: PointCounts[number][] = [];
  for (const [of, scenario] of scenarios.entries()) {
    let points = 0;
    const count = (point: number): undefined => {
      points = point;
    };
    const { entries } = await runPlan(scenario, undisturbedSeed(seed, of), { ...noPlan, faultAt: count });
    const decisive = entries.flatMap((entry) => (entry.kind === 'call' && entry.point <= points && isDecisive(entry) ? [entry.point] : []));
    counts.push({ points, decisive });
  }
  return counts;
}

/** What sends, cancels, or books and stops by itself. */
const isDecisive = ({ by, operation }: { readonly by: string; readonly operation: string }): boolean =>
  operation === 'submit' || operation === 'cancel' || (by.startsWith(duringTheSession) && /^(Put|Update|Transact)/.test(operation));

/** Stops early once `enough` violations are found. */
export async function explore(
  seed: number,
  indexes: Iterable<number>,
  points: PointCounts,
  variant?: Variant,
  enough = 25,
): Promise<Exploration> {
  const byKind = { single: 0, pair: 0, random: 0 };
  const violations: Violation[] = [];
  let faultsStruck = 0;
  let inAll = noWindow;
  for (const index of indexes) {
    const schedule = scheduleOf(seed, index, points);
    const { findings, entries, window } = await runSchedule(schedule, variant);
    byKind[schedule.kind]++;
    faultsStruck += entries.filter((entry) => entry.kind === 'call' && entry.outcome !== 'arrives').length;
    inAll = bothWindows(inAll, window);
    violations.push(...findings.map((finding) => ({ ...finding, index, scenario: schedule.scenario.name, what: schedule.what })));
    if (violations.length >= enough) break;
  }
  const schedules = byKind.single + byKind.pair + byKind.random;
  return { schedules, byKind, violations, faultsStruck, window: inAll };
}
