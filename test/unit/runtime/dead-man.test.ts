import { describe, expect, test } from 'vitest';
import { fixedClock } from '../../../shared/kernel/clock.ts';
import { refuse } from '../../../shared/kernel/refusal.ts';
import type { CycleId, OrderId } from '../../../shared/kernel/units.ts';
import { deadCycles } from '../../../shared/runtime/dead-man.ts';
import type { LeaseStanding } from '../../../shared/stores/leases.ts';
import type { LedgerOrder } from '../../../shared/stores/ledger/index.ts';
import { at, intentOf } from './order-world.ts';

const earlier = 'cycle-2019-06-13T19-45-00Z' as CycleId;
const today = 'cycle-2019-06-14T19-45-00Z' as CycleId;

const open = (cycleId: CycleId, over: Partial<LedgerOrder> = {}): LedgerOrder => ({
  ...intentOf('ballast-AA-1', { cycleId }),
  ...{ state: 'ACKNOWLEDGED', pending: 'none', cumulativeQuantity: 0 as never, reservedAt: at, updatedAt: at, version: 1 },
  ...over,
});

const lease = (holder: CycleId, state: LeaseStanding['state']): LeaseStanding => ({ holder, token: 3, state });

async function look(
  orders: readonly LedgerOrder[],
  standing: LeaseStanding | null,
  statuses: Readonly<Record<string, string>>,
): Promise<{ readonly dead: readonly (readonly [string, string, number, boolean])[]; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const dead = await deadCycles({
    ledger: { openOrders: async () => orders },
    leases: { standing: async () => standing },
    executions: {
      statusOf: async (name) => {
        asked.push(name);
        return statuses[name] ?? refuse('not-found');
      },
    },
    clock: fixedClock(at),
  });
  return { dead: dead.map((one) => [one.cycleId, one.ended, one.openOrders, one.lease !== null]), asked };
}

describe('a cycle is dead', () => {
  test.each(['FAILED', 'TIMED_OUT', 'ABORTED'])('when its execution is %s and it left orders open', async (status) => {
    const { dead } = await look([open(today), open(today)], lease(today, 'held'), { [today]: status });
    expect(dead).toEqual([[today, status, 2, true]]);
  });

  test('when it failed, let its lease go, and left orders open: the lease that is still in its name is revoked too', async () => {
    const { dead } = await look([open(today)], lease(today, 'released'), { [today]: 'FAILED' });
    expect(dead).toEqual([[today, 'FAILED', 1, true]]);
  });

  test('when it left no order, but never let its lease go', async () => {
    expect((await look([], lease(today, 'expired'), { [today]: 'ABORTED' })).dead).toEqual([[today, 'ABORTED', 0, true]]);
  });

  test('when nobody knows its execution and another holds the lease', async () => {
    const { dead } = await look([open(earlier)], lease(today, 'held'), { [today]: 'RUNNING' });
    expect(dead).toEqual([[earlier, 'unknown', 1, false]]);
  });
});

describe('a cycle is not dead', () => {
  test.each(['RUNNING', 'SUCCEEDED'])('while its execution is %s', async (status) => {
    expect((await look([open(today)], lease(today, 'expired'), { [today]: status })).dead).toEqual([]);
  });

  test('while it holds the lease, though nobody knows its execution', async () => {
    expect((await look([open(today)], lease(today, 'held'), {})).dead).toEqual([]);
  });

  test('when it left nothing: its execution is not even asked for', async () => {
    expect(await look([], lease(today, 'released'), { [today]: 'FAILED' })).toEqual({ dead: [], asked: [] });
    expect(await look([], null, {})).toEqual({ dead: [], asked: [] });
  });

  test.each<[string, Partial<LedgerOrder>]>([
    ['good till cancelled', { timeInForce: 'GTC' }],
    ['slices of a parent', { parentId: 'ballast-AA-parent' as OrderId }],
    ['of a liquidation', { cycleId: 'flatten-fund-7-0a1b2c3d' as CycleId }],
  ])('for orders %s, which others look after', async (_what, over) => {
    expect(await look([open(today, over)], null, { [today]: 'FAILED' })).toEqual({ dead: [], asked: [] });
  });
});
