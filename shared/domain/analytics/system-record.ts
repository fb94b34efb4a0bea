/**
 * How the machinery did: how long each phase of a cycle took, what kept symbols from being decided on, what kept trades from being sent,
 * how often which regime and mode was in force, and on how many sessions no cycle completed.
 *
 * A phase's time is from the storing of the document before it to the storing of its own, to the second: S3 keeps no finer.
 * Not covered: refused and failed cycles, which complete nothing and are alarmed on elsewhere; here they are sessions without a cycle.
 */
import type { PointSystem } from './cycle-point.ts';
import type { DailyMetrics } from './daily-metrics.ts';

export interface SystemRecord {
  readonly sessions: number;
  readonly sessionsWithCycle: number;
  readonly phases: ReadonlyArray<{ readonly phase: string; readonly medianMs: number; readonly longestMs: number }>;
  /** Largest count first, as in every list here. */
  readonly regimes: readonly Count[];
  readonly modes: readonly Count[];
  readonly blockedToday: readonly Count[];
  readonly abstentionsToday: readonly Count[];
  /** Over all days. */
  readonly refusedTrades: readonly Count[];
  readonly filledFrac: number | null;
}

export interface Count {
  readonly name: string;
  readonly count: number;
}

export function systemRecord(days: readonly DailyMetrics[], sessions: number): SystemRecord {
  const today = days.at(-1)?.system;
  const orders = days.reduce((sum, { cost }) => sum + cost.orders, 0);
  return {
    sessions,
    sessionsWithCycle: days.length,
    phases: phaseTimes(days.map(({ system }) => system)),
    regimes: counted(days.map(({ regime }) => ({ [regime?.name ?? 'unknown']: 1 }))),
    modes: counted(days.map(({ mode }) => ({ [mode]: 1 }))),
    blockedToday: counted([today?.blocked ?? {}]),
    abstentionsToday: counted([today?.abstentions ?? {}]),
    refusedTrades: counted(days.map(({ system }) => system.refusedTrades)),
    filledFrac: orders === 0 ? null : days.reduce((sum, { cost }) => sum + cost.filledOrders, 0) / orders,
  };
}

function counted(counts: ReadonlyArray<Readonly<Record<string, number>>>): Count[] {
  const sums = new Map<string, number>();
  for (const one of counts) for (const [name, count] of Object.entries(one)) sums.set(name, (sums.get(name) ?? 0) + count);
  return [...sums].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

/** In the order in which the phases come. */
function phaseTimes(cycles: readonly PointSystem[]): SystemRecord['phases'] {
  const times = new Map<string, number[]>();
  for (const { phases } of cycles) {
    for (const [index, { phase, storedAt }] of phases.entries()) {
      const before = phases[index - 1];
      if (before !== undefined) times.set(phase, [...(times.get(phase) ?? []), storedAt - before.storedAt]);
    }
  }
  return [...times].map(([phase, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    return { phase, medianMs: sorted[sorted.length >> 1]!, longestMs: sorted.at(-1)! };
  });
}
